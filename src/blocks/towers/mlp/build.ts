import { Mlp } from '../../../nn';
import type { BuildStream } from '../../contract';
import { mlpOf } from '../../paper';

/** t_k = MLP_k(b_k). */
export const build: BuildStream = ({ scope, params, tasks }, input) =>
  new Mlp(scope, {
    input,
    groups: tasks.length,
    ...mlpOf(params),
  });
