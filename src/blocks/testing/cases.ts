/** Runs the fixtures of reference/ on whatever backend is current: operations, blocks and whole models, forward and backward. */
import opsFixture from '../../../reference/fixtures/ops.json';
import {
  Bernoulli,
  dense,
  embed,
  gateMix,
  groupedDense,
  gruCell,
  Layout,
  layerNorm,
  Pass,
  type PassOptions,
  Scope,
  type Stream,
  type StreamShape,
  selfAttention,
  type Tensor,
  tf,
  valueAndGradients,
} from '../../nn';
import { batchNormEvaluation, batchNormTraining } from '../../nn/norm';
import type { BlockSpec, ParamValues, Pillar } from '../../pipeline/spec';
import { findBuild } from '../builds';
import { CATALOG, findSpec } from '../catalog';
import type { BuildContext, TaskContext } from '../contract';

export interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
export interface Case {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, Numbers>>;
  readonly parameters: Readonly<Record<string, Numbers>>;
  readonly outputs: Readonly<Record<string, Numbers>>;
  readonly gradients: Readonly<Record<string, Numbers>>;
}
export interface Fixture {
  readonly name: string;
  readonly cases: readonly Case[];
}

/** Something differentiable: named tensors in, named tensors out, and the scalar whose gradients are asked for. */
export interface Problem {
  /** Tensors that gradients are taken of, by name. */
  readonly variables: ReadonlyMap<string, Tensor>;
  /** Outputs as the fixture names them, and the scalar. */
  run(variables: ReadonlyMap<string, Tensor>): { outputs: Record<string, Tensor>; scalar: Tensor };
}

const tensor = ({ shape, data }: Numbers, dtype: 'float32' | 'int32' = 'float32') =>
  tf.tensor(data as number[], shape as number[], dtype);

const weighted = (y: Tensor, G: Tensor) => tf.sum(tf.mul(tf.reshape(y, G.shape), G));

/** Weights, then inputs that have a gradient in the fixture. */
function variablesOf(c: Case): Map<string, Tensor> {
  const map = new Map<string, Tensor>();
  for (const [name, value] of Object.entries(c.parameters)) map.set(name, tensor(value));
  for (const [name, value] of Object.entries(c.inputs)) if (name in c.gradients) map.set(name, tensor(value));
  return map;
}

/** One operation of ops.json (those with gradients). */
export function opProblem(c: Case): Problem {
  const config = c.config as Record<string, number> & { op: string; causal: boolean; training: boolean };
  const input = (name: string) => tensor(c.inputs[name]!);
  return {
    variables: variablesOf(c),
    run(v) {
      const get = (name: string) => v.get(name) ?? input(name);
      const ofY = (y: Tensor, outputs: Record<string, Tensor> = { y }) => ({
        outputs,
        scalar: weighted(y, input('G')),
      });
      switch (config.op) {
        case 'dense':
          return ofY(dense(get('x'), get('W'), get('b')));
        case 'groupedDense':
          return ofY(groupedDense(get('x'), get('W'), get('b')));
        case 'embed':
          return ofY(embed(get('table'), tensor(c.inputs.ids!, 'int32')));
        case 'gateMix': {
          const { mixed, gates } = gateMix(get('logits'), get('experts'), config.groups!);
          return ofY(mixed, { mix: mixed, gates });
        }
        case 'attention': {
          const S = config.tokens!;
          const allowed = config.causal
            ? Array.from({ length: S * S }, (_, i) => (i % S <= Math.floor(i / S) ? 1 : 0))
            : null;
          const { context, map } = selfAttention(get('h'), get('Wqkv'), S, config.heads!, allowed);
          return ofY(context, { context, attention: map() });
        }
        case 'layerNorm': {
          const x = get('x');
          const y = layerNorm(tf.reshape(x, [-1, config.width!]), get('gamma'), get('beta'));
          return ofY(tf.reshape(y, x.shape as number[]));
        }
        case 'batchNorm': {
          const running = { mean: input('runningMean'), variance: input('runningVariance') };
          const y = config.training
            ? batchNormTraining(get('x'), get('gamma'), get('beta'), () => {})
            : batchNormEvaluation(get('x'), get('gamma'), get('beta'), running);
          return ofY(y);
        }
        case 'gruCell':
          return ofY(gruCell(get('x'), get('h'), get('W'), get('U'), get('b')));
        case 'weightedBce': {
          const rows = c.inputs.weights!.shape[0]!;
          const losses = Bernoulli.fromLogits(get('logits')).losses(
            input('labels'),
            tf.reshape(input('weights'), [rows, 1]),
            input('positiveWeight'),
          );
          const total = tf.sum(tf.mul(losses, input('lambda')));
          return { outputs: { losses, total }, scalar: total };
        }
        default:
          throw new Error(`No operation is named ${config.op}.`);
      }
    },
  };
}

const PASS: PassOptions = { training: true, seed: 1, step: 0 };

/** A chain, or a tree where the fixture gives parents. */
const tasksOf = (K: number, parents?: readonly (number | null)[]): TaskContext[] =>
  Array.from({ length: K }, (_, k) => ({
    id: `task${k}`,
    parent: parents ? parents[k]! : k === 0 ? null : k - 1,
    baseRate: 0.5 ** (k + 1),
  }));

/** Weights for a pass, in the layout's order. @throws Error where fixture and layout disagree about names or shapes */
function weightsInOrder(layout: Layout, variables: ReadonlyMap<string, Tensor>, prefix: string): Tensor[] {
  return layout.parameters.map((p) => {
    const value = variables.get(p.name.slice(prefix.length));
    if (!value) throw new Error(`The reference has no parameter ${p.name}.`);
    if (value.shape.join() !== p.shape.join()) {
      throw new Error(`${p.name} is [${p.shape}] here and [${value.shape}] in the reference.`);
    }
    return value;
  });
}

const initialBuffers = (layout: Layout) => layout.buffers.map((b) => tf.fill(b.shape as number[], b.initial));

/** What a pillar's fixtures call its input and output: Bottom x → b, Towers b → t, Top t → logits. */
const SYMBOLS: Partial<Record<Pillar, { input: string; output: string }>> = {
  input: { input: 'ids', output: 'x' },
  bottom: { input: 'x', output: 'b' },
  tower: { input: 'b', output: 't' },
  top: { input: 't', output: 'logits' },
};

function placeOf(id: string): { pillar: Pillar; input: string; output: string } {
  for (const [pillar, specs] of Object.entries(CATALOG) as [Pillar, readonly BlockSpec[]][]) {
    const symbols = SYMBOLS[pillar];
    if (symbols && specs.some((s) => s.id === id)) return { pillar, ...symbols };
  }
  throw new Error(`No block is named ${id}.`);
}

/** Every fixture of reference/fixtures/blocks, by block id: a new block is tested as soon as its fixture exists. */
export function blockFixtures(): [id: string, fixture: Fixture][] {
  const files = import.meta.glob<Fixture>('../../../reference/fixtures/blocks/*.json', {
    eager: true,
    import: 'default',
  });
  return Object.values(files).map((f) => [f.name, f]);
}

/** The operations of ops.json that have gradients, by name. */
export function opCases(): [name: string, Case][] {
  return (opsFixture as unknown as Fixture).cases
    .filter((c) => Object.keys(c.gradients).length > 0)
    .map((c) => [c.name, c]);
}

/** An input block that refines the columns `fields` of x0: `land` is the country, and what is `masked` counts as shifted. */
function refining(
  id: string,
  context: BuildContext,
  c: Case,
  fields: readonly [name: string, width: number][],
  masked: readonly string[],
) {
  const { groups, countries } = c.config as { groups: number; countries: number };
  const width = fields.reduce((sum, [, w]) => sum + w, 0);
  const output = { groups, width };
  const block = findBuild('input', id)(
    { ...context, shifts: () => new Map(fields.map(([name]) => [name, masked.includes(name) ? 1 : 0])) },
    { categorical: [{ name: 'land', vocabulary: countries }], numerical: [], country: 'land' },
    {
      output,
      fields: fields.map(([name, w]) => ({
        name,
        width: w,
        kind: name.startsWith('n') ? ('numerical' as const) : ('categorical' as const),
        side: null,
      })),
    },
  );
  return (v: ReadonlyMap<string, Tensor>, pass: Pass): Record<string, Tensor> => {
    const features = { categorical: tensor(c.inputs.codes!, 'int32'), numerical: null };
    return { x: block.forward(features, { t: v.get('x0')!, ...output }, pass).t };
  };
}

/** One case of blocks/<id>.json. */
export function blockProblem(id: string, c: Case): Problem {
  const place = placeOf(id);
  const config = c.config as Record<string, number> & {
    sharedInput?: boolean;
    ownInputs?: boolean;
    sizes?: number[];
    fields?: [name: string, width: number][];
    masked?: string[];
    parents?: (number | null)[];
  };
  const tasks = tasksOf(config.tasks ?? 2, config.parents);
  const layout = new Layout();
  const context: BuildContext = {
    path: 'block',
    params: c.config as unknown as ParamValues,
    tasks,
    scope: new Scope(layout, 'block'),
  };
  // Bottoms read one shared vector unless a case says otherwise, towers and tops one a task.
  const own = place.pillar === 'bottom' ? config.ownInputs === true : config.sharedInput !== true;
  const sides = findSpec(place.pillar, id)?.sides ? 2 : 1;
  const shape: StreamShape = { groups: sides * (own ? tasks.length : 1), width: config.inputWidth ?? 0 };
  let forward: (v: ReadonlyMap<string, Tensor>, pass: Pass) => Record<string, Tensor>;
  if (config.fields) {
    forward = refining(id, context, c, config.fields, config.masked ?? []);
  } else if (place.pillar === 'input') {
    const block = findBuild('input', id)(
      { ...context, ownInputs: config.ownInputs === true },
      {
        categorical: config.sizes!.map((vocabulary, i) => ({ name: `c${i}`, vocabulary })),
        numerical: Array.from({ length: config.numericals! }, (_, i) => `n${i}`),
      },
      null,
    );
    forward = (_v, pass) => {
      const features = {
        categorical: tensor(c.inputs.ids!, 'int32'),
        numerical: tensor(c.inputs.numericals!),
      };
      return { x: block.forward(features, null, pass).t };
    };
  } else if (place.pillar === 'top') {
    const block = findBuild('top', id)(context, shape);
    forward = (v, pass) => {
      const { entire, auxiliary } = block.forward({ t: v.get('t')!, ...shape }, pass);
      const logP = entire.logP();
      const log1mP = entire.log1mP();
      const predicted = { logits: tf.sub(logP, log1mP), logP, log1mP };
      if (!c.inputs.labels) return predicted;
      // Every loss term: L_k of each task, then the Top's own.
      const batch = {
        labels: tensor(c.inputs.labels),
        weights: tf.reshape(tensor(c.inputs.weights!), [-1, 1]),
      };
      const losses = entire.losses(batch.labels, batch.weights, tensor(c.inputs.positiveWeight!));
      const own = auxiliary?.(batch) ?? [];
      return own.length === 0
        ? { ...predicted, losses }
        : { ...predicted, losses, auxiliary: tf.stack(own.map((a) => tf.reshape(a.value, []))) };
    };
  } else {
    const block = findBuild(place.pillar as 'bottom' | 'tower', id)(context, shape);
    forward = (v, pass) => ({
      [place.output]: block.forward({ t: v.get(place.input)!, ...shape } as Stream, pass).t,
    });
  }
  return {
    variables: variablesOf(c),
    run(v) {
      const outputs: Record<string, Tensor> = {};
      const pass = new Pass(weightsInOrder(layout, v, 'block.'), initialBuffers(layout), {
        ...PASS,
        onProbe: (_block, name, value) => {
          outputs[name] = value;
        },
      });
      Object.assign(outputs, forward(v, pass));
      for (const value of pass.updates.values()) value.dispose();
      const cotangents = Object.entries({
        G: place.output,
        GLogP: 'logP',
        GLog1mP: 'log1mP',
        GLosses: 'losses',
        GAuxiliary: 'auxiliary',
      }).filter(([G]) => G in c.inputs);
      const scalar = cotangents
        .map(([G, name]) => weighted(outputs[name]!, tensor(c.inputs[G]!)))
        .reduce((a, b) => tf.add(a, b));
      return { outputs, scalar };
    },
  };
}

/** Everything a problem says, as plain numbers: outputs, gradients by variable. Leaves no tensor behind. */
export async function solve(
  problem: Problem,
): Promise<{ outputs: Record<string, Float32Array>; gradients: Record<string, Float32Array> }> {
  const names = [...problem.variables.keys()];
  const values = [...problem.variables.values()];
  let outputs: Record<string, Tensor> = {};
  const { gradients } = valueAndGradients(() => {
    const result = problem.run(problem.variables);
    outputs = Object.fromEntries(Object.entries(result.outputs).map(([k, t]) => [k, tf.keep(tf.clone(t))]));
    return result.scalar;
  }, values);
  const read = async (t: Tensor | null, size: number) =>
    t ? Float32Array.from(await t.data()) : new Float32Array(size);
  const out = {
    outputs: Object.fromEntries(
      await Promise.all(Object.entries(outputs).map(async ([k, t]) => [k, await read(t, 0)] as const)),
    ),
    gradients: Object.fromEntries(
      await Promise.all(names.map(async (n, i) => [n, await read(gradients[i]!, values[i]!.size)] as const)),
    ),
  };
  tf.dispose([...Object.values(outputs), ...gradients.filter((g) => g !== null)]);
  return out;
}

/**
 * Largest difference of two tensors relative to the largest expected number. Where all expected numbers are 0 (a bias before
 * batch norm has no gradient) the difference is taken as it is.
 */
export function relativeError(actual: ArrayLike<number>, expected: readonly number[]): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    const d = Math.abs(actual[i]! - expected[i]!);
    if (!(d <= difference)) difference = d;
    scale = Math.max(scale, Math.abs(expected[i]!));
  }
  return difference / (scale === 0 ? 1 : Math.max(scale, 1e-2));
}

/** The worst relative error of a case with the name of the tensor it is in. */
export async function worstError(problem: Problem, c: Case): Promise<{ error: number; at: string }> {
  const { outputs, gradients } = await solve(problem);
  let worst = { error: 0, at: 'none' };
  const look = (kind: string, got: Record<string, Float32Array>, want: Readonly<Record<string, Numbers>>) => {
    for (const [name, { data }] of Object.entries(want)) {
      const values = got[name];
      // Running statistics have a test of their own.
      if (!values) {
        if (name.startsWith('running')) continue;
        throw new Error(`${c.name}: nothing is named ${kind} ${name}.`);
      }
      const error = relativeError(values, data);
      if (!(error <= worst.error)) worst = { error, at: `${kind} ${name}` };
    }
  };
  look('output', outputs, c.outputs);
  look('gradient', gradients, c.gradients);
  return worst;
}
