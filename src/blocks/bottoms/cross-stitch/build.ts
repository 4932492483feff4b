import { asReading, Mlp, mixGroups, openPart, type StreamShape, stackProbes, tf } from '../../../nn';
import type { BuildStream } from '../../contract';
import { mlpOf } from '../../paper';

/** Cross-stitch networks (Misra et al. 2016, Eq. 1 for K tasks): after each layer, the last too, x_k = Σ_j α_{k,j} a_j. */
export const build: BuildStream = ({ path, scope, params, tasks }, input) => {
  const K = tasks.length;
  const same = K === 1 ? 1 : (params.same as number);
  const start = Array.from({ length: K * K }, (_, i) => (i % (K + 1) === 0 ? same : (1 - same) / (K - 1)));
  const settings = mlpOf(params);
  let reads: StreamShape = input;
  const levels = settings.widths.map((units, i) => {
    const part = scope.within(`level${i + 1}`);
    const nets = new Mlp(part, { input: reads, groups: K, ...settings, widths: [units] });
    reads = nets.output;
    const alpha = part.parameter('alpha', [K, K], { kind: 'values', values: start }, 'α^l, task × task read');
    return { nets, alpha };
  });
  const output = reads;

  return {
    output,
    forward(x, pass) {
      let h = x;
      const shape = [levels.length, K, K];
      const wires = pass.wires(path, 'stitch', shape);
      const stitches = levels.map(({ alpha }, l) => {
        const open = openPart(wires.open, shape, l);
        // Static weights, which add up to nothing in particular: a cut one is gone and the others stay as they are.
        return open ? tf.mul(pass.weight(alpha), tf.tensor2d(open as number[], [K, K])) : pass.weight(alpha);
      });
      for (const [l, { nets }] of levels.entries()) {
        const a = nets.forward(h, pass); // a^l, [B, K·D]
        h = { ...a, t: mixGroups(a.t, stitches[l]!) };
      }
      wires.publish(() => stackProbes(stitches.map(asReading)));
      return h;
    },
  };
};
