import { Mlp } from '../../../nn';
import type { BuildStream } from '../../contract';
import { mlpOf } from '../../paper';

/** b_k = MLP_k(x): a network a task, all on the same embeddings. */
export const build: BuildStream = ({ scope, params, tasks }, input) =>
  new Mlp(scope, {
    input,
    groups: tasks.length,
    ...mlpOf(params),
  });
