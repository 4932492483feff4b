import {
  asTokens,
  Bernoulli,
  concatColumns,
  dense,
  fromTokens,
  glorot,
  he,
  linear,
  Mlp,
  type Open,
  ones,
  openPart,
  type Parameter,
  type Pass,
  perTask,
  type RunningBuffer,
  type Scope,
  splitGroups,
  stackProbes,
  stopGradient,
  type Tensor,
  tf,
  zeros,
} from '../../../nn';
import type { BuildTop, LossBatch } from '../../contract';
import { edgesOf, entireRates, linearHeads, rise } from '../heads';

/** Adaptive Information Transfer (Xi et al. 2021): z_k is a mixture of the task's own vector and what its parent passes on. */
export const build: BuildTop = ({ path, scope, params, tasks }, input) => {
  const K = tasks.length;
  const d = params.width as number;
  const edges = edgesOf(tasks);
  const adapt =
    input.width === d
      ? null
      : {
          W: scope.parameter('adapt.W', [input.width, d], glorot(input.width, d), 'shared adaptor D_t × d'),
          b: scope.parameter('adapt.b', [d], zeros, 'bias of the adaptor'),
        };
  const bias = params.bias as boolean;
  const common = params.projections === 'one' ? projections(scope, d, bias) : null;
  const steps = new Map(
    edges.map(({ child }) => {
      const own = scope.within(`task${child + 1}`);
      const apart = params.projections === 'entry';
      const first = common ?? projections(apart ? own.within('own') : own, d, bias);
      const second = apart ? projections(own.within('info'), d, bias) : first;
      const transfer = transferLayer(own, d, params.batchNorm as boolean);
      return [child, { transfer, own: first, info: second }] as const;
    }),
  );
  const tower =
    params.head === 'mlp'
      ? new Mlp(scope.within('head'), {
          input: { groups: K, width: d },
          groups: K,
          widths: params.headLayers as readonly number[],
          dropout: params.dropout as number,
          batchNorm: params.batchNorm as boolean,
        })
      : null;
  const heads = linearHeads(scope, tower?.output.width ?? d, entireRates(tasks), 'log-odds of its base rate');

  /** p = Drop(act([BN](z W_g + b_g))), [B, d] */
  const passOn = (z: Tensor, { W, b, norm, site }: TransferLayer, pass: Pass): Tensor => {
    let p = dense(params.stopGradient ? stopGradient(z) : z, pass.weight(W), pass.weight(b));
    if (norm) p = pass.batchNorm(p, norm.gamma, norm.beta, norm.mean, norm.variance);
    if (params.information === 'relu') p = tf.relu(p);
    return pass.dropout(p, params.dropout as number, site);
  };

  return {
    forward(t, pass) {
      let rows = asTokens(perTask(t, K)); // [B·K, D_t]
      if (adapt) rows = dense(rows, pass.weight(adapt.W), pass.weight(adapt.b)); // [B·K, d]
      const z = splitGroups(fromTokens(rows, K), K); // K × [B, d], t_k until its turn comes
      const weights: Tensor[] = [];
      const shape = [edges.length, 2];
      const wires = edges.length > 0 ? pass.wires(path, 'aitmWeights', shape) : null;
      for (const [i, { child, parent }] of edges.entries()) {
        const step = steps.get(child)!;
        const own = project(z[child]!, step.own, pass); // h_q, h_k and h_v of u = t_k
        const info = project(passOn(z[parent]!, step.transfer, pass), step.info, pass); // and of u = p_{k−1}
        const scale = 1 / Math.sqrt(d);
        const ownScore = tf.mul(tf.sum(tf.mul(own.q, own.k), 1, true), scale); // ω of t_k, [B, 1]
        const query = params.attention === 'full' ? own.q : info.q;
        const infoScore = tf.mul(tf.sum(tf.mul(query, info.k), 1, true), scale); // ω of p_{k−1}
        const [a, rest] = shares(ownScore, infoScore, wires && openPart(wires.open, shape, i));
        weights.push(concatColumns([a, rest]));
        z[child] = tf.add(tf.mul(a, own.v), tf.mul(rest, info.v)); // z_k = Σ_u a_u h_v(u), [B, d]
      }
      wires?.publish(() => stackProbes(weights));
      let joined = { t: concatColumns(z), groups: K, width: d };
      if (tower) joined = tower.forward(joined, pass) as typeof joined;
      const logits = heads(joined, pass); // [B, K]
      const alpha = params.calibrator as number;
      const entire = Bernoulli.fromLogits(logits);
      if (alpha === 0 || edges.length === 0) return { entire };
      const value = (batch: LossBatch) => {
        const mean = tf.mul(rise(tf.sigmoid(logits), tasks, batch), alpha);
        return params.reduction === 'sum' ? tf.mul(mean, batch.weights.shape[0]!) : mean;
      };
      return { entire, auxiliary: (batch) => [{ name: 'calibrator', value: value(batch) }] };
    },
  };
};

/** Softmax over two scores, [B, 1] each; of a pair of which a wire is cut the other has all, and of none neither. */
function shares(own: Tensor, info: Tensor, open: Open): [Tensor, Tensor] {
  if (open) return [tf.fill(own.shape, open[0]!), tf.fill(own.shape, open[1]!)];
  return [tf.sigmoid(tf.sub(own, info)), tf.sigmoid(tf.sub(info, own))];
}

interface Projections {
  readonly W: readonly [Parameter, Parameter, Parameter];
  readonly b: readonly [Parameter, Parameter, Parameter] | null;
}

/** h_q, h_k and h_v. */
function projections(scope: Scope, d: number, bias: boolean): Projections {
  const each = <T>(make: (name: string) => T): readonly [T, T, T] => [make('q'), make('k'), make('v')];
  return {
    W: each((n) => scope.parameter(`W${n}`, [d, d], glorot(d, d), `weights of h_${n}, d × d`)),
    b: bias ? each((n) => scope.parameter(`b${n}`, [d], zeros, `bias of h_${n}`)) : null,
  };
}

function project(u: Tensor, { W, b }: Projections, pass: Pass): { q: Tensor; k: Tensor; v: Tensor } {
  const [q, k, v] = W.map((w, i) =>
    b ? dense(u, pass.weight(w), pass.weight(b[i]!)) : linear(u, pass.weight(w)),
  ) as [Tensor, Tensor, Tensor]; // [B, d] each
  return { q, k, v };
}

interface TransferLayer {
  readonly W: Parameter;
  readonly b: Parameter;
  readonly norm: { gamma: Parameter; beta: Parameter; mean: RunningBuffer; variance: RunningBuffer } | null;
  readonly site: number;
}

function transferLayer(scope: Scope, d: number, batchNorm: boolean): TransferLayer {
  return {
    W: scope.parameter('Wg', [d, d], he(d), 'W_g of the step into this task, d × d'),
    b: scope.parameter('bg', [d], zeros, 'b_g'),
    norm: batchNorm
      ? {
          gamma: scope.parameter('gamma', [d], ones, 'batch-norm scale of the transfer layer'),
          beta: scope.parameter('beta', [d], zeros, 'batch-norm shift of the transfer layer'),
          mean: scope.buffer('mean', [d], 0),
          variance: scope.buffer('variance', [d], 1),
        }
      : null,
    site: scope.dropoutSite(),
  };
}
