import { glorot, gruOverTasks, Mlp, perTask, stackProbes, type Tensor, zeros } from '../../../nn';
import type { BuildStream } from '../../contract';

/** SEQ (Wang et al. 2025, Eqs 1–3): the tasks as tokens of a sequence, gone through by GRU layers that all tokens share. */
export const build: BuildStream = ({ path, scope, params, tasks }, input) => {
  const K = tasks.length;
  const H = params.hidden as number;
  const before = tasks.map((t, k) => (params.order === 'list' ? (k === 0 ? null : k - 1) : t.parent));
  const tokens = new Mlp(scope.within('token'), {
    input,
    groups: K,
    widths: params.tokenLayers as readonly number[],
    dropout: params.dropout as number,
    batchNorm: params.batchNorm as boolean,
  });
  const layers = Array.from({ length: params.layers as number }, (_, n) => {
    const width = n === 0 ? tokens.output.width : H;
    const own = scope.within(`gru${n + 1}`);
    return {
      W: own.parameter(
        'W',
        [width, 3 * H],
        glorot(width, H),
        `W of GRU layer ${n + 1}, D × 3H, columns z, r, c`,
      ),
      U: own.parameter('U', [H, 3 * H], glorot(H, H), `U of GRU layer ${n + 1}, H × 3H, columns z, r, c`),
      b: own.parameter('b', [3 * H], zeros, `b of GRU layer ${n + 1}, 3H, columns z, r, c`),
    };
  });
  const output = { groups: K, width: H };
  return {
    output,
    forward(x, pass) {
      let h: Tensor = perTask(tokens.forward(x, pass), K).t; // Eq. 1: e_j, [B, K·D_e]
      const kept: (() => Tensor)[] = [];
      for (const { W, U, b } of layers) {
        const layer = gruOverTasks(h, before, pass.weight(W), pass.weight(U), pass.weight(b)); // Eq. 2
        h = layer.states; // [B, K·H]
        kept.push(layer.kept);
      }
      pass.probe(path, 'updateGates', () => stackProbes(kept.map((z) => z())), [layers.length, K]);
      return { t: h, ...output };
    },
  };
};
