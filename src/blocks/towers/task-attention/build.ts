import {
  addLayerNorm,
  addRow,
  asTokens,
  dense,
  denseRelu,
  fromTokens,
  glorot,
  he,
  linear,
  ones,
  openPart,
  type Parameter,
  perTask,
  selfAttention,
  stackProbes,
  type Tensor,
  zeros,
} from '../../../nn';
import type { BuildContext, BuildStream, TaskContext } from '../../contract';

/**
 * Task Attention (Kutak 2025, §3.2, Eqs 4–11): post-LN Transformer layers over the K task vectors as tokens.
 * The study gives no bias to W^Q, W^K, W^V, W^O and no mask; the causal mask is an option of the lab.
 */
export const build: BuildStream = ({ path, scope, params, tasks }, input) => {
  const K = tasks.length;
  const D = params.width as number;
  const h = params.heads as number;
  const L = params.layers as number;
  const hidden = (params.ratio as number) * D;
  const rate = params.dropout as number;
  const allowed = params.mask === 'causal' ? ancestry(tasks) : null;

  // The study is silent on D_b ≠ D: one linear layer, shared by the tasks, adapts it.
  const adapt =
    input.width === D
      ? null
      : {
          W: scope.parameter('adapt.W', [input.width, D], glorot(input.width, D), 'shared adaptor D_b × D'),
          b: scope.parameter('adapt.b', [D], zeros, 'bias of the adaptor'),
        };
  const T = scope.parameter(
    'T',
    [K, D],
    { kind: 'normal', sd: 0.05 },
    'T, task embeddings, task × D (Eq. 4)',
  );
  const layers = Array.from({ length: L }, (_, i) => layer(scope, `layer${i + 1}`, D, hidden));

  return {
    output: { groups: K, width: D },
    forward(x, pass) {
      let tokens = asTokens(perTask(x, K)); // [B·K, D_b]
      if (adapt) tokens = dense(tokens, pass.weight(adapt.W), pass.weight(adapt.b)); // [B·K, D]
      let H: Tensor = addRow(fromTokens(tokens, K), pass.weight(T)); // Eq. 4: H = b + T, [B, K·D]
      const maps: (() => Tensor)[] = [];
      const shape = [L, h, K, K];
      const wires = pass.wires(path, 'attention', shape);
      for (const [n, l] of layers.entries()) {
        const open = openPart(wires.open, shape, n); // [h·K·K]
        const { context, map } = selfAttention(H, pass.weight(l.Wqkv), K, h, allowed, open); // Eqs 5–7
        maps.push(map); // [B, h, K, K]
        const flat = asTokens({ t: H, groups: K, width: D }); // [B·K, D]
        const attended = linear(asTokens({ t: context, groups: K, width: D }), pass.weight(l.Wo)); // Eq. 8
        const Z = addLayerNorm(
          flat,
          pass.dropout(attended, rate, l.sites[0]),
          pass.weight(l.ln1.gamma),
          pass.weight(l.ln1.beta),
        ); // Eq. 9
        const wide = denseRelu(Z, pass.weight(l.W1), pass.weight(l.b1)); // [B·K, rD]
        const mlp = dense(wide, pass.weight(l.W2), pass.weight(l.b2)); // Eq. 10
        const out = addLayerNorm(
          Z,
          pass.dropout(mlp, rate, l.sites[1]),
          pass.weight(l.ln2.gamma),
          pass.weight(l.ln2.beta),
        ); // Eq. 11
        H = fromTokens(out, K);
      }
      wires.publish(() => stackProbes(maps.map((map) => map())));
      return { t: H, groups: K, width: D };
    },
  };
};

interface Layer {
  Wqkv: Parameter;
  Wo: Parameter;
  ln1: { gamma: Parameter; beta: Parameter };
  W1: Parameter;
  b1: Parameter;
  W2: Parameter;
  b2: Parameter;
  ln2: { gamma: Parameter; beta: Parameter };
  sites: readonly [number, number];
}

function layer(scope: BuildContext['scope'], name: string, D: number, hidden: number): Layer {
  const norm = (which: string, equation: string) => ({
    gamma: scope.parameter(`${name}.${which}.gamma`, [D], ones, `LayerNorm scale of Eq. ${equation}`),
    beta: scope.parameter(`${name}.${which}.beta`, [D], zeros, `LayerNorm shift of Eq. ${equation}`),
  });
  return {
    Wqkv: scope.parameter(
      `${name}.Wqkv`,
      [D, 3 * D],
      glorot(D, D),
      '[W^Q | W^K | W^V], D × 3D, head i in columns i·d_k … within each (Eq. 5)',
    ),
    Wo: scope.parameter(`${name}.Wo`, [D, D], glorot(D, D), 'W^O, (head·d_k) × D (Eq. 8)'),
    ln1: norm('ln1', '9'),
    W1: scope.parameter(`${name}.W1`, [D, hidden], he(D), 'W_1, D × rD (Eq. 10)'),
    b1: scope.parameter(`${name}.b1`, [hidden], zeros, 'b_1, rD (Eq. 10)'),
    W2: scope.parameter(`${name}.W2`, [hidden, D], glorot(hidden, D), 'W_2, rD × D (Eq. 10)'),
    b2: scope.parameter(`${name}.b2`, [D], zeros, 'b_2, D (Eq. 10)'),
    ln2: norm('ln2', '11'),
    sites: [scope.dropoutSite(), scope.dropoutSite()],
  };
}

/** [K·K] 1 where the row's task may read the column's: itself and the events that come before it in the funnel or tree. */
function ancestry(tasks: readonly TaskContext[]): number[] {
  const K = tasks.length;
  const allowed = new Array<number>(K * K).fill(0);
  for (let k = 0; k < K; k++) {
    for (let a: number | null = k; a !== null; a = tasks[a]!.parent) allowed[k * K + a] = 1;
  }
  return allowed;
}
