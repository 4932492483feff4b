import {
  concatColumns,
  glorot,
  gruOverTasks,
  Mlp,
  openPart,
  type Parameter,
  perTask,
  splitGroups,
  stackProbes,
  stopGradient,
  type Tensor,
  tf,
  zeros,
} from '../../../nn';
import type { BuildStream } from '../../contract';

/** SEQ (Wang et al. 2025, Eqs 1–3): the tasks as tokens of a sequence, gone through by GRU layers that all tokens share. */
export const build: BuildStream = ({ path, scope, params, tasks }, input) => {
  const K = tasks.length;
  const H = params.hidden as number;
  const before = tasks.map((t, k) => (params.order === 'list' ? (k === 0 ? null : k - 1) : t.parent));
  // The task that is never trained, an index, or −1: its token net is the mean of its neighbours' (§5.2).
  const unseen = K > 1 && Number(params.zeroShot ?? 0) <= K ? Number(params.zeroShot ?? 0) - 1 : -1;
  const neighbours = [unseen - 1, unseen + 1].filter((k) => k >= 0 && k < K);
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
      const read = unseen < 0 ? pass : pass.withWeights((p, w) => averageAt(unseen, neighbours, K, p, w));
      let h: Tensor = perTask(tokens.forward(x, read), K).t; // Eq. 1: e_j, [B, K·D_e]
      // In training nothing is read from a token that is not there yet; when it is appended, the next state follows it.
      const order = pass.options.training
        ? before.map((p) => (p === unseen && p >= 0 ? before[p]! : p))
        : before;
      const kept: (() => Tensor)[] = [];
      const shape = [layers.length, K];
      const wires = pass.wires(path, 'updateGates', shape);
      for (const [n, { W, U, b }] of layers.entries()) {
        const open = openPart(wires.open, shape, n);
        const layer = gruOverTasks(h, order, pass.weight(W), pass.weight(U), pass.weight(b), open); // Eq. 2
        h = layer.states; // [B, K·H]
        kept.push(layer.kept);
      }
      wires.publish(() => stackProbes(kept.map((z) => z())));
      if (unseen >= 0) {
        const states = splitGroups(h, K);
        states[unseen] = stopGradient(states[unseen]!); // its loss must train no net that it borrows
        h = concatColumns(states);
      }
      return { t: h, ...output };
    },
  };
};

/**
 * Weights of the token nets, in which those of task `at` are the mean of its neighbours', held constant.
 * @param value [K, I, d], [F, K·d] or [K·d], task k in columns k·d … of the latter two
 */
function averageAt(at: number, from: readonly number[], K: number, p: Parameter, value: Tensor): Tensor {
  const axis = p.shape.length === 3 ? 0 : p.shape.length - 1;
  const parts = [...tf.split(value, K, axis)];
  const sum = from.map((k) => parts[k]!).reduce((a, b) => tf.add(a, b));
  parts[at] = stopGradient(tf.mul(sum, 1 / from.length));
  return tf.concat(parts, axis);
}
