import { Mlp } from '../../../nn';
import type { BuildStream } from '../../contract';

/** b_k = MLP_k(x): a network a task, all on the same embeddings. */
export const build: BuildStream = ({ scope, params, tasks }, input) =>
  new Mlp(scope, {
    input,
    groups: tasks.length,
    widths: params.layers as number[],
    dropout: params.dropout as number,
    batchNorm: params.batchNorm as boolean,
  });
