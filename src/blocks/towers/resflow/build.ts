import {
  dense,
  groupedDense,
  he,
  ones,
  openParents,
  openPart,
  type Parameter,
  type Pass,
  type RunningBuffer,
  stackProbes,
  sumLineageGroups,
  type Tensor,
  tf,
  zeros,
} from '../../../nn';
import type { BuildContext, BuildStream } from '../../contract';
import { linksOf } from './levels';

/** Feature residuals (Fu et al. 2024, Eqs 3–4): o_k = f_k(o_k) + o_pa(k) behind every linked block, for any tree of tasks. */
export const build: BuildStream = ({ path, scope, params, tasks }, input) => {
  const K = tasks.length;
  const parents = tasks.map((t) => t.parent);
  const widths = params.layers as readonly number[];
  const links = linksOf(params, widths.length);
  let before = input.width;
  const blocks = widths.map((units, i) => {
    const block = declare(scope, i + 1, K, before, units, i === 0 && input.groups === 1, params);
    before = units;
    return block;
  });
  const output = { groups: K, width: before };
  return {
    output,
    forward(x, pass) {
      let o = x.t; // [B, D_b] or [B, K·D_b]
      const shares: (() => Tensor)[] = [];
      const shape = [widths.length, K];
      const wires = pass.wires(path, 'residualShare', shape);
      blocks.forEach((block, i) => {
        const own = run(o, block, params.dropout as number, pass); // f_k^l(o_k^{l−1}), [B, K·D_l]
        // What a task adds is its parent's sum, which is all of its line: o_k = Σ f over the task and those before it.
        o = links[i] ? sumLineageGroups(own, openParents(parents, openPart(wires.open, shape, i))) : own;
        const sum = o;
        shares.push(() => share(own, sum, K, widths[i]!));
      });
      wires.publish(() => stackProbes(shares.map((s) => s())));
      return { t: o, ...output };
    },
  };
};

interface Block {
  readonly W: Parameter;
  readonly b: Parameter;
  readonly alpha: Parameter | null;
  readonly norm: { gamma: Parameter; beta: Parameter; mean: RunningBuffer; variance: RunningBuffer } | null;
  readonly site: number;
  /** True where all tasks read the same vector: one wide product then serves them all. */
  readonly wide: boolean;
}

/** Declares block l of every task, named as the layers of MLP towers are. */
function declare(
  scope: BuildContext['scope'],
  l: number,
  K: number,
  inside: number,
  units: number,
  shared: boolean,
  params: BuildContext['params'],
): Block {
  const wide = K === 1 || shared;
  const columns = [K * units];
  const name = (what: string) => `layer${l}.${what}`;
  const at = `of f_k^${l}, task k in k·d …`;
  return {
    W: scope.parameter(
      name('W'),
      wide ? [inside, K * units] : [K, inside, units],
      he(inside),
      `weights of f_k^${l}, ${wide ? 'input × (task·unit), task k in columns k·d …' : 'task × input × unit'}`,
    ),
    b: scope.parameter(name('b'), columns, zeros, `biases ${at}`),
    // Zero, as the authors' framework has it: the block then starts as a ReLU.
    alpha:
      params.activation === 'prelu'
        ? scope.parameter(name('alpha'), columns, zeros, `slopes below 0 ${at}`)
        : null,
    norm: params.batchNorm
      ? {
          gamma: scope.parameter(name('gamma'), columns, ones, `batch-norm scale ${at}`),
          beta: scope.parameter(name('beta'), columns, zeros, `batch-norm shift ${at}`),
          mean: scope.buffer(name('mean'), columns, 0),
          variance: scope.buffer(name('variance'), columns, 1),
        }
      : null,
    site: scope.dropoutSite(),
    wide,
  };
}

/** f: Lin → [BN] → ReLU, or Lin → PReLU → [BN]; then dropout. */
function run(x: Tensor, { W, b, alpha, norm, site, wide }: Block, rate: number, pass: Pass): Tensor {
  const normed = (h: Tensor) =>
    norm ? pass.batchNorm(h, norm.gamma, norm.beta, norm.mean, norm.variance) : h;
  const h = (wide ? dense : groupedDense)(x, pass.weight(W), pass.weight(b));
  const active = alpha
    ? normed(tf.sub(tf.relu(h), tf.mul(pass.weight(alpha), tf.relu(tf.neg(h)))))
    : tf.relu(normed(h));
  return pass.dropout(active, rate, site);
}

/** How much of each task's sum is its parent's: ‖o−f‖ / (‖o−f‖ + ‖f‖), [B, K]. */
function share(own: Tensor, sum: Tensor, K: number, width: number): Tensor {
  const norm = (x: Tensor) => tf.norm(tf.reshape(x, [-1, K, width]), 2, 2); // [B, K]
  const added = norm(tf.sub(sum, own));
  return tf.div(added, tf.add(tf.add(added, norm(own)), 1e-12));
}
