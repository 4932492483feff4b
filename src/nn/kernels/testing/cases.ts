/** Every fast kernel over odd shapes, as cases that run on whatever backend and tier is current: values and all gradients. */
import { Rng } from '../../../data/random';
import {
  addLayerNorm,
  addRow,
  Bernoulli,
  concatColumns,
  dense,
  denseRelu,
  embed,
  embedFeatures,
  flatten,
  gateMix,
  groupedDense,
  groupedDenseRelu,
  groupedDot,
  gruCell,
  gruOverTasks,
  Layout,
  layerNorm,
  linear,
  Pass,
  relu,
  selfAttention,
  slices,
  splitGroups,
  type Tensor,
  tf,
  update,
  valueAndGradients,
  zeros,
} from '../..';
import { columnSum } from '../../matmul';

/** Numbers and their shape, on no backend yet. */
interface Values {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

export interface KernelCase {
  readonly name: string;
  /** Differentiated in this order; codes never are. */
  readonly variables: Readonly<Record<string, Values>>;
  readonly constants?: Readonly<Record<string, Values>>;
  readonly run: (t: Readonly<Record<string, Tensor>>) => Tensor[];
  /** Largest difference between two ways to compute it, over 1 + the largest value of the tensor. */
  readonly tolerance: number;
  /** The cpu backend would take minutes: its sum over segments goes through the vocabulary each time. */
  readonly tooSlowForCpu?: boolean;
}

const TOLERANCE = 1e-5;

const rng = new Rng(11);
const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const normals = (shape: readonly number[], scale = 1): Values => ({
  shape,
  values: Float32Array.from({ length: size(shape) }, () => rng.normal() * scale),
});
const positives = (shape: readonly number[], scale = 1): Values => ({
  shape,
  values: normals(shape, scale).values.map(Math.abs) as Float32Array,
});
const codes = (rows: number, columns: number, below: number): Values => ({
  shape: [rows, columns],
  values: Int32Array.from({ length: rows * columns }, () => Math.floor(rng.uniform() * below)),
});
const flags = (rows: number, columns: number): Values => ({
  shape: [rows, columns],
  values: Float32Array.from(codes(rows, columns, 2).values),
});

function* denseCases(): Iterable<KernelCase> {
  const shapes = [
    ...[[1, 1, 1] as const, [1, 5, 3] as const, [33, 32, 32] as const, [7, 8, 8] as const],
    ...[[64, 13, 1] as const, [700, 3, 17] as const, [5, 300, 9] as const, [130, 63, 65] as const],
  ];
  for (const [B, I, O] of shapes) {
    const variables = { x: normals([B, I]), W: normals([I, O], 0.3), b: normals([O]) };
    const { b: _, ...unbiased } = variables;
    const name = `${B} × ${I} × ${O}`;
    yield {
      name: `dense ${name}`,
      variables,
      run: ({ x, W, b }) => [dense(x!, W!, b!)],
      tolerance: TOLERANCE,
    };
    yield {
      name: `dense with ReLU ${name}`,
      variables,
      run: ({ x, W, b }) => [denseRelu(x!, W!, b!)],
      tolerance: TOLERANCE,
    };
    yield {
      name: `linear ${name}`,
      variables: unbiased,
      run: ({ x, W }) => [linear(x!, W!)],
      tolerance: TOLERANCE,
    };
  }
  const grouped = [
    ...[[1, 1, 4, 3] as const, [1, 3, 5, 2] as const, [9, 2, 64, 32] as const],
    ...[[70, 8, 7, 6] as const, [50, 16, 3, 1] as const],
  ];
  for (const [B, G, I, O] of grouped) {
    const variables = { x: normals([B, G * I]), W: normals([G, I, O], 0.3), b: normals([G * O]) };
    const name = `${B} rows, ${G} groups, ${I} → ${O}`;
    yield {
      name: `grouped dense ${name}`,
      variables,
      run: ({ x, W, b }) => [groupedDense(x!, W!, b!)],
      tolerance: TOLERANCE,
    };
    yield {
      name: `grouped dense with ReLU ${name}`,
      variables,
      run: ({ x, W, b }) => [groupedDenseRelu(x!, W!, b!)],
      tolerance: TOLERANCE,
    };
    yield {
      name: `grouped dot ${name}`,
      variables: { x: variables.x, w: normals([G, I]), c: normals([G]) },
      run: ({ x, w, c }) => [groupedDot(x!, w!, c!)],
      tolerance: TOLERANCE,
    };
  }
}

function* embedCases(): Iterable<KernelCase> {
  const shapes = [
    ...[[1, 1, 1, 1] as const, [6, 3, 5, 1] as const, [40, 16, 8, 100] as const],
    ...[[9, 2, 4, 100_000] as const, [3, 1, 13, 7] as const, [70, 3, 6, 1] as const],
  ];
  for (const [B, C, d, V] of shapes) {
    const table = normals([V * C, d]);
    const constants = { ids: codes(B, C, V), numbers: normals([B, 5]) };
    const offsets = Array.from({ length: C }, (_, c) => c * V);
    const same = { constants, tolerance: TOLERANCE, tooSlowForCpu: V * C > 10_000 };
    const name = `${B} rows, ${C} columns, ${d} wide, vocabulary ${V}`;
    yield {
      ...same,
      name: `embedding, one table for all columns, ${name}`,
      variables: { table },
      run: ({ table, ids }) => [embed(table!, ids!)],
    };
    yield {
      ...same,
      name: `embedding, rows of each column's own, ${name}`,
      variables: { table },
      run: ({ table, ids }) => [embedFeatures(table!, ids!, offsets, null)],
    };
    // The first layer works out the gradient of the embeddings' columns only.
    yield {
      ...same,
      name: `embedding, numbers and a layer, ${name}`,
      variables: { table, W: normals([C * d + 5, 6], 0.3) },
      run: ({ table, W, ids, numbers }) => [linear(embedFeatures(table!, ids!, offsets, numbers!), W!)],
    };
  }
}

function* mixtureCases(): Iterable<KernelCase> {
  const norms = [[1, 2] as const, [9, 3] as const, [64, 32] as const, [5, 65] as const, [300, 8] as const];
  for (const [N, D] of norms) {
    const variables = { x: normals([N, D]), gamma: normals([D]), beta: normals([D]) };
    // Two numbers a row are ±1 after normalising, whatever they were: what is left of their gradient is rounding.
    const tolerance = D === 2 ? 1e-4 : 3 * TOLERANCE;
    yield {
      name: `layer norm ${N} × ${D}`,
      variables,
      run: ({ x, gamma, beta }) => [layerNorm(x!, gamma!, beta!)],
      tolerance,
    };
    yield {
      name: `layer norm with a residual ${N} × ${D}`,
      variables: { ...variables, y: normals([N, D]) },
      run: ({ x, y, gamma, beta }) => [addLayerNorm(x!, y!, gamma!, beta!)],
      tolerance,
    };
  }
  for (let S = 2; S <= 8; S++) {
    const causal = Array.from({ length: S * S }, (_, i) => (i % S <= Math.floor(i / S) ? 1 : 0));
    const shapes = [[1, 1, 3] as const, [17, 4, 8] as const, [3, 2, 5] as const];
    for (const [i, [B, heads, width]] of shapes.entries()) {
      const D = heads * width;
      const variables = { h: normals([B, S * D]), W: normals([D, 3 * D], 0.5) };
      for (const allowed of i === 0 ? [null, causal] : [i === 1 ? causal : null]) {
        const name = `${S} tokens, ${allowed ? 'causal' : 'open'}, ${B} × ${heads} × ${width}`;
        const attend = ({ h, W }: Readonly<Record<string, Tensor>>) =>
          selfAttention(h!, W!, S, heads, allowed);
        if (i === 1)
          yield {
            name: `attention over ${name}`,
            variables,
            run: (t) => [attend(t).context],
            tolerance: TOLERANCE,
          };
        yield {
          name: `attention and its map over ${name}`,
          variables,
          run: (t) => {
            const { context, map } = attend(t);
            return [context, map()];
          },
          tolerance: TOLERANCE,
        };
      }
    }
  }
  for (let E = 1; E <= 16; E++) {
    const shapes = [[1, 1, 1] as const, [19, 2, 64] as const, [4, 5, 7] as const];
    for (const [B, G, D] of shapes.slice(0, E % 4 < 2 ? 3 : 2)) {
      const variables = { logits: normals([B, G * E], 3), experts: normals([B, E * D]) };
      const name = `of ${E} experts, ${B} × ${G} × ${D}`;
      if (E % 3 === 0)
        yield {
          name: `mixture ${name}`,
          variables,
          run: ({ logits, experts }) => [gateMix(logits!, experts!, G).mixed],
          tolerance: TOLERANCE,
        };
      yield {
        name: `mixture and gates ${name}`,
        variables,
        run: ({ logits, experts }) => {
          const { mixed, gates } = gateMix(logits!, experts!, G);
          return [mixed, gates];
        },
        tolerance: TOLERANCE,
      };
    }
  }
}

function* columnCases(): Iterable<KernelCase> {
  for (let K = 1; K <= 8; K++) {
    for (const B of [1, 37, 600]) {
      yield {
        name: `cross-entropy of ${K} tasks, ${B} rows, logits up to 60`,
        variables: { logits: normals([B, K], 20) },
        constants: { labels: flags(B, K), weights: positives([B, 1]), positive: positives([K]) },
        run: ({ logits, labels, weights, positive }) => [
          Bernoulli.fromLogits(logits!).losses(labels!, weights!, positive!),
        ],
        tolerance: TOLERANCE,
      };
    }
  }
  for (const [B, N] of [[1, 1] as const, [13, 7] as const, [300, 33] as const]) {
    const variables = { x: normals([B, N]) };
    const name = `${B} × ${N}`;
    yield {
      name: `adding a row ${name}`,
      variables: { ...variables, row: normals([N]) },
      run: ({ x, row }) => [addRow(x!, row!)],
      tolerance: TOLERANCE,
    };
    yield { name: `ReLU ${name}`, variables, run: ({ x }) => [relu(x!)], tolerance: 0 };
    yield {
      name: `column sums ${name}`,
      variables: {},
      constants: variables,
      run: ({ x }) => [columnSum(x!)],
      tolerance: TOLERANCE,
    };
  }
  for (const rate of [0.1, 0.5, 0.97]) {
    yield {
      name: `dropout at rate ${rate}`,
      variables: { x: normals([41, 9]) },
      run: ({ x }) => [new Pass([], [], { training: true, seed: 3, step: 11 }).dropout(x!, rate, 4)],
      // The same numbers are dropped, or the difference would be that of a whole number.
      tolerance: 1e-6,
    };
  }
}

function* joinCases(): Iterable<KernelCase> {
  const shapes = [
    { B: 1, widths: [1, 1] },
    { B: 37, widths: [3, 8, 5] },
    { B: 130, widths: [64, 1] },
    // More parts than a program can bind.
    { B: 9, widths: [1, 2, 3, 4, 5, 6, 7, 8, 9] },
  ];
  for (const { B, widths } of shapes) {
    const variables = Object.fromEntries(widths.map((n, i) => [`part${i}`, normals([B, n])]));
    yield {
      name: `side by side, ${widths.join(' + ')} columns, ${B} rows`,
      variables,
      run: (t) => [concatColumns(Object.keys(variables).map((name) => t[name]!))],
      tolerance: 0,
    };
  }
  for (const [B, groups, D] of [[1, 2, 1] as const, [33, 3, 7] as const, [65, 8, 4] as const]) {
    yield {
      name: `apart, ${groups} × ${D} columns, ${B} rows`,
      variables: { x: normals([B, groups * D]) },
      // The last part is used twice, the second not at all.
      run: ({ x }) => {
        const parts = splitGroups(x!, groups);
        return [parts[0]!, tf.mul(parts.at(-1)!, parts.at(-1)!)];
      },
      tolerance: TOLERANCE,
    };
  }
}

function* gruCases(): Iterable<KernelCase> {
  for (const [B, I, H] of [
    [1, 1, 1] as const,
    [37, 5, 7] as const,
    [130, 16, 32] as const,
    [9, 3, 70] as const,
  ]) {
    const weights = { W: normals([I, 3 * H], 0.4), U: normals([H, 3 * H], 0.4), b: normals([3 * H]) };
    yield {
      name: `GRU step ${B} × ${I}, ${H} units`,
      variables: { x: normals([B, I]), h: normals([B, H]), ...weights },
      run: ({ x, h, W, U, b }) => [gruCell(x!, h!, W!, U!, b!)],
      tolerance: TOLERANCE,
    };
    yield {
      name: `GRU over tasks ${B} × ${I}, ${H} units`,
      variables: { x: normals([B, 4 * I], 3), ...weights },
      // A chain with a branch: the third task and the second both continue the first.
      run: ({ x, W, U, b }) => {
        const { states, kept } = gruOverTasks(x!, [null, 0, 0, 2], W!, U!, b!);
        kept();
        return [states];
      },
      tolerance: TOLERANCE,
    };
  }
}

function* flatCases(): Iterable<KernelCase> {
  const rules = [
    ...[['adam', 0, null] as const, ['adam', 0.01, 0.5] as const, ['adamw', 0.1, null] as const],
    ...[['adamw', 0.1, 100] as const, ['sgd', 0, null] as const, ['sgd', 0.01, 0.5] as const],
  ];
  for (const [kind, weightDecay, clipNorm] of rules) {
    for (const n of [1, 6, 1003, 20_000]) {
      yield {
        name: `${kind} of ${n} parameters, weight decay ${weightDecay}, clipped at ${clipNorm}`,
        variables: {},
        constants: { p: normals([n]), m: normals([n], 0.1), v: positives([n], 0.01), g: normals([n]) },
        run: ({ p, m, v, g }) => {
          const state = { parameters: p!, moment1: m!, moment2: v! };
          const out = update({ kind, weightDecay, clipNorm }, state, g!, 0.01, 3);
          return [out.parameters, out.moment1, out.moment2, out.gradientNorm];
        },
        tolerance: TOLERANCE,
      };
    }
  }
  yield {
    name: 'a flat gradient, with zeros where nothing reaches',
    variables: {},
    constants: { a: normals([3, 2]), c: normals([1]) },
    run: ({ a, c }) => {
      const layout = new Layout();
      for (const [i, shape] of [[3, 2], [5], [1]].entries()) layout.addParameter(`p${i}`, shape, zeros, 'p');
      return [flatten(layout.parameters, [a!, null, c!])];
    },
    tolerance: 0,
  };
  yield {
    name: 'parts of a vector, in place and between places, used by operations of the backend and of ours',
    variables: {},
    constants: { flat: normals([300]) },
    run: ({ flat }) => {
      const [W, b, row, last] = slices(
        [
          { offset: 0, size: 128, shape: [16, 8] },
          { offset: 128, size: 8, shape: [8] },
          { offset: 137, size: 16, shape: [1, 16] },
          { offset: 256, size: 44, shape: [44] },
        ],
        flat!,
      ) as [Tensor, Tensor, Tensor, Tensor];
      return [dense(row, W, b), tf.matMul(row as tf.Tensor2D, W as tf.Tensor2D), tf.square(last), b];
    },
    tolerance: TOLERANCE,
  };
}

export function kernelCases(): KernelCase[] {
  return [
    ...denseCases(),
    ...embedCases(),
    ...mixtureCases(),
    ...columnCases(),
    ...joinCases(),
    ...gruCases(),
    ...flatCases(),
  ];
}

/** One of each kind, for what is checked beside the numbers. */
export function fewKernelCases(): KernelCase[] {
  const kinds = new Map(kernelCases().map((c) => [c.name.replace(/[\d.].*/, ''), c]));
  return [...kinds.values()].filter((c) => !c.tooSlowForCpu);
}

const tensors = (values: Readonly<Record<string, Values>> = {}): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(values).map(([name, { shape, values }]) => [
      name,
      tf.tensor(values, shape as number[], values instanceof Int32Array ? 'int32' : 'float32'),
    ]),
  );

/** Values of the outputs, then gradients of a fixed weighting of all of them, on the current backend. Leaves no tensor behind. */
export async function solveKernelCase({ variables, constants, run }: KernelCase): Promise<Float32Array[]> {
  const [inputs, rest] = [tensors(variables), tensors(constants)];
  const weightings = new Rng(5);
  const found: Tensor[] = [];
  const keep = (y: Tensor) => {
    found.push(tf.keep(tf.clone(y)));
    return y;
  };
  const weighted = (y: Tensor) => {
    const w = Float32Array.from({ length: y.size }, () => weightings.normal());
    return tf.sum(tf.mul(y, tf.tensor(w, y.shape)));
  };
  const names = Object.keys(inputs);
  if (names.length === 0) tf.tidy(() => void run(rest).forEach(keep));
  else {
    const { value, gradients } = valueAndGradients(
      () =>
        run({ ...inputs, ...rest })
          .map((y) => weighted(keep(y)))
          .reduce((a, b) => tf.add(a, b)),
      Object.values(inputs),
    );
    value.dispose();
    found.push(...gradients.map((g, i) => g ?? tf.zerosLike(Object.values(inputs)[i]!)));
  }
  const out: Float32Array[] = [];
  for (const t of found) out.push(Float32Array.from(await t.data()));
  tf.dispose([...found, ...Object.values(inputs), ...Object.values(rest)]);
  return out;
}

/** The largest difference of two results, each over 1 + the largest value of its tensor; infinite where shapes or NaN differ. */
export function kernelError(got: readonly Float32Array[], want: readonly Float32Array[]): number {
  if (got.length !== want.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  want.forEach((b, t) => {
    const a = got[t]!;
    if (a.length !== b.length) worst = Number.POSITIVE_INFINITY;
    const scale = 1 + b.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    b.forEach((v, i) => {
      const d = Math.abs(a[i]! - v) / scale;
      if (!(d <= worst)) worst = Number.isNaN(d) ? Number.POSITIVE_INFINITY : d;
    });
  });
  return worst;
}
