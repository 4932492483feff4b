import { Mlp } from '../../../nn';
import type { BuildStream } from '../../contract';
import { mlpOf } from '../../paper';

/**
 * b_k = MLP_k(x_k), with an x_k of task k alone.
 * @throws Error where the input hands all tasks one vector: then the embeddings would be shared after all
 */
export const build: BuildStream = ({ scope, params, tasks }, input) => {
  const K = tasks.length;
  if (input.groups !== K)
    throw new Error('Single task needs an input that gives each task a vector of its own.');
  return new Mlp(scope, { input, groups: K, ...mlpOf(params) });
};
