import {
  addRow,
  asReading,
  embed,
  groupedDense,
  he,
  joinGroups,
  Mlp,
  type Parameter,
  type Pass,
  pickOfGroups,
  relu,
  repeatGroups,
  type Scope,
  type Stream,
  spreadColumns,
  type Tensor,
  tf,
  zeros,
} from '../../../nn';
import type { ParamValues } from '../../../pipeline/spec';
import type { BuildInput, Field, InputContext } from '../../contract';

/** Codes of a probe at most: it is read for every market, and a column may have thousands. */
const MOST_READ = 64;

/**
 * Multi-distribution adaptor (Wang et al. 2025, §3.3): u = m ⊙ x_dep with m = a(MLP_mask(c)), x′ = [MLP_trans(u); x_inv].
 *
 * The mask is a function of the country code alone, so it is worked out once a code, [V, d_dep], and looked up row by row. Where the
 * input before it is one a task already (nothing shared), so are mask and networks.
 */
export const build: BuildInput = (context, schema, upstream) => {
  const { path, scope, params, tasks } = context;
  const column = schema.categorical.findIndex((c) => c.name === schema.country);
  if (column < 0) throw new Error(NO_COUNTRY);
  if (!upstream)
    throw new Error('The MD adaptor refines what another input block hands on: put Embedding before it.');
  const V = schema.categorical[column]!.vocabulary;
  const from = upstream.output.groups;
  const G = params.mode === 'per-task' || from > 1 ? tasks.length : 1;
  const columns = splitColumns(upstream.fields, dependent(context, schema.country!, upstream.fields));
  const D = columns.dependent.length;
  const mask = new Mask(scope.within('mask'), V, G, D, params);
  const F = upstream.output.width;
  const probe = (table: Tensor, pass: Pass) => {
    const read = Math.min(V, MOST_READ);
    pass.probe(
      path,
      'mask',
      () =>
        asReading(tf.transpose(tf.slice(tf.reshape(table, [V, G, D]), [0, 0, 0], [read, G, D]), [1, 0, 2])),
      [G, read, D],
    );
  };
  const idsOf = (ids: Tensor) => tf.slice(ids, [0, column], [ids.shape[0]!, 1]); // [B, 1]

  if (params.transform === 'none') {
    const output = { groups: G, width: F };
    return {
      output,
      fields: upstream.fields,
      forward(features, x, pass) {
        const m = mask.table(pass); // [V, G·D]
        probe(m, pass);
        // Columns stay where they are: 1 stands at the invariant ones.
        const spread = spreadColumns(tf.reshape(m, [V * G, D]), columns.dependent, F); // [V·G, F]
        const keep = tf.tensor1d(
          Array.from({ length: F }, (_, f) => (columns.dependent.includes(f) ? 0 : 1)),
        );
        const factors = tf.reshape(addRow(spread, keep), [V, G * F]);
        const row = embed(factors, idsOf(features.categorical!)); // [B, G·F]
        return { t: tf.mul(from === G ? x!.t : repeatGroups(x!.t, G), row), ...output };
      },
    };
  }

  const widths = params.layers as readonly number[];
  const options = { widths, dropout: 0, batchNorm: false };
  const trans = new Mlp(scope.within('trans'), { input: { groups: G, width: D }, groups: G, ...options });
  const invariant = { groups: from, width: F - D };
  const inv =
    params.mode === 'per-task' && F > D
      ? new Mlp(scope.within('inv'), { input: invariant, groups: from, ...options })
      : null;
  const mixed = (name: string): Field => ({ name, kind: 'mixed', width: widths.at(-1)!, side: null });
  const rest = inv ? [mixed('MLP_inv(x_inv)')] : upstream.fields.filter((_, f) => !columns.masked[f]);
  const fields = [mixed('MLP_trans(u)'), ...rest];
  const output = { groups: G, width: fields.reduce((sum, f) => sum + f.width, 0) };
  return {
    output,
    fields,
    forward(features, x, pass) {
      const m = mask.table(pass); // [V, G·D]
      probe(m, pass);
      const own = pickOfGroups(x!, columns.dependent).t; // [B, from·D]
      const row = embed(m, idsOf(features.categorical!)); // [B, G·D]
      const u: Stream = { t: tf.mul(from === G ? own : repeatGroups(own, G), row), groups: G, width: D };
      const parts = [trans.forward(u, pass)];
      if (F > D) {
        const held = pickOfGroups(x!, columns.invariant);
        parts.push(inv ? inv.forward(held, pass) : held);
      }
      return joinGroups(parts, G);
    },
  };
};

const NO_COUNTRY =
  'The MD adaptor needs a country column, and the data have none: give one column the role country, take the world of all markets, or take the adaptor out.';

/** By field, whether the mask multiplies it. @throws Error in one sentence where that leaves none */
function dependent({ params, shifts }: InputContext, country: string, fields: readonly Field[]): boolean[] {
  const free = (f: Field) => f.name !== country;
  const by = params.dependent as string;
  if (by !== 'shifted') {
    const flags = fields.map((f) => free(f) && (by === 'all' || f.kind === 'numerical'));
    if (flags.some(Boolean)) return flags;
    throw new Error(
      'The MD adaptor has no feature to mask: set Dependent to all, or open data with numerical features.',
    );
  }
  if (!shifts) throw new Error('Which features are shifted can only be told from the data: open them first.');
  const found = shifts();
  const threshold = params.threshold as number;
  const flags = fields.map((f) => free(f) && (found.get(f.name) ?? 0) > threshold);
  if (flags.some(Boolean)) return flags;
  const [name, most] = [...found].reduce((a, b) => (b[1] > a[1] ? b : a), ['', 0] as [string, number]);
  throw new Error(
    most > 0
      ? `No feature differs between markets by more than the MD adaptor's threshold of ${threshold}: the most is ${most.toPrecision(2)}, by ${name}; lower the threshold.`
      : 'The markets of the data do not differ in any feature, so the MD adaptor has nothing to mask: set Dependent to numerical.',
  );
}

/** Columns of one task's part of x. */
function splitColumns(fields: readonly Field[], masked: readonly boolean[]) {
  const [dependent, invariant]: [number[], number[]] = [[], []];
  let at = 0;
  fields.forEach(({ width }, f) => {
    for (let c = 0; c < width; c++, at++) (masked[f] ? dependent : invariant).push(at);
  });
  return { masked, dependent, invariant };
}

/** m = a(MLP_mask(c)) for every code of the country column: rows of W_1 are what its one-hot vectors pick. */
class Mask {
  private readonly first: { W: Parameter; b: Parameter };
  private readonly hidden: Mlp | null;
  private readonly last: { W: Parameter; b: Parameter };
  private readonly activation: string;

  constructor(scope: Scope, V: number, G: number, D: number, params: ParamValues) {
    const [units, ...more] = params.maskLayers as readonly number[];
    this.activation = params.activation as string;
    const each = G > 1 ? ', task k in columns k·h …' : '';
    this.first = {
      // One input of a one-hot vector is 1: that is its fan-in.
      W: scope.parameter(
        'layer1.W',
        [V, G * units!],
        he(1),
        `weights of MLP_mask layer 1, country code × unit${each}`,
      ),
      b: scope.parameter('layer1.b', [G * units!], zeros, `biases of MLP_mask layer 1${each}`),
    };
    const input = { groups: G, width: units! };
    this.hidden =
      more.length === 0
        ? null
        : new Mlp(scope.within('more'), { input, groups: G, widths: more, dropout: 0, batchNorm: false });
    this.last = {
      // Small, so that every mask starts near the value that changes nothing: 1, or ½ everywhere with σ.
      W: scope.parameter(
        'out.W',
        [G, more.at(-1) ?? units!, D],
        { kind: 'normal', sd: 0.05 },
        'output weights of MLP_mask, mask × unit × dependent column',
      ),
      b: scope.parameter(
        'out.b',
        [G * D],
        this.activation === 'linear' ? { kind: 'values', values: new Array<number>(G * D).fill(1) } : zeros,
        'output biases of MLP_mask, mask k in k·d_dep …',
      ),
    };
  }

  /** [V, G·D] */
  table(pass: Pass): Tensor {
    let h = relu(addRow(pass.weight(this.first.W), pass.weight(this.first.b))); // [V, G·h]
    if (this.hidden) {
      const { groups, width } = { groups: this.last.W.shape[0]!, width: h.shape[1]! / this.last.W.shape[0]! };
      h = this.hidden.forward({ t: h, groups, width }, pass).t;
    }
    const m = groupedDense(h, pass.weight(this.last.W), pass.weight(this.last.b));
    if (this.activation === 'linear') return m;
    return this.activation === 'sigmoid' ? tf.sigmoid(m) : tf.mul(tf.sigmoid(m), 2);
  }
}
