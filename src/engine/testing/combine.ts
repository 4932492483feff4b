/** Trains one combination of blocks for a few steps and tells what went wrong: nothing, where all is well. */
import { CATALOG, findSpec } from '../../blocks/catalog';
import type { Dataset, Side } from '../../data/dataset';
import { memory } from '../../nn';
import { findings } from '../../pipeline/compat';
import { blockWith, defaultPipeline } from '../../pipeline/defaults';
import type { BlockChoice, Pipeline } from '../../pipeline/schema';
import type { BlockSpec, ParamValue, Pillar } from '../../pipeline/spec';
import { Session } from '../session';
import { tinyData } from './data';

const STEPS = 20;
const BATCH = 16;

export interface Combination {
  readonly bottom: string;
  readonly tower: string;
  readonly top: string;
}

const idsOf = (pillar: Pillar) => CATALOG[pillar].map((spec: BlockSpec) => spec.id);

/** Every Bottom × Tower × Top of the catalog. */
export const COMBINATIONS: readonly Combination[] = idsOf('bottom').flatMap((bottom) =>
  idsOf('tower').flatMap((tower) => idsOf('top').map((top) => ({ bottom, tower, top }))),
);

/** A block as small as it can be without losing what it does. */
function small(pillar: Pillar, id: string, more: Readonly<Record<string, ParamValue>> = {}): BlockChoice {
  const params = Object.entries(findSpec(pillar, id)!.params).flatMap(([name, p]): [string, ParamValue][] => {
    if (p.kind === 'int') return [[name, Math.max(p.min, Math.min(p.default, name === 'layers' ? 2 : 4))]];
    return p.kind === 'widths' ? [[name, p.default.length > 1 ? [6, 4] : [4]]] : [];
  });
  return blockWith(pillar, id, { ...Object.fromEntries(params), ...more });
}

const SIDES: Readonly<Record<string, Side>> = { c0: 'user', n0: 'user', n1: 'item', n2: 'item' };

/** Index of each event's parent, or null. */
export type Parents = readonly (number | null)[];

/** Events of this tree, with a country column and features of both sides. */
export function combinationData(parents: Parents): Dataset {
  const tasks = parents.map((parent, k) => ({ name: `task${k}`, parent }));
  const data = tinyData({ rows: 160, vocabularies: [4, 3], numericals: 3, tasks });
  return { ...data, schema: { ...data.schema, country: 'c1', sides: SIDES } };
}

/** The combination on a tree of tasks, with the MD adaptor before it where `md` is given (one mask, or one a task). */
export function combined(
  { bottom, tower, top }: Combination,
  parents: Parents,
  md?: 'plug-in' | 'per-task',
): Pipeline {
  const base = defaultPipeline();
  // Towers that keep the sides apart cannot read what an MLP has mixed.
  const transform = findSpec('tower', tower)!.sides ? 'none' : 'mlp';
  return {
    ...base,
    input: [
      small('input', 'embedding', { dim: 2 }),
      ...(md ? [small('input', 'md', { mode: md, transform })] : []),
    ],
    bottom: small('bottom', bottom),
    towers: small('tower', tower),
    top: small('top', top),
    tasks: parents.map((parent, k) => ({
      ...base.tasks[0]!,
      id: `task${k}`,
      label: `task ${k}`,
      metric: `T${k}`,
      parent: parent === null ? null : `task${parent}`,
      lossWeight: 3 ** k,
    })),
    training: { ...base.training, steps: STEPS, batch: BATCH },
  };
}

/**
 * Trains, evaluates and probes the pipeline and says what is wrong: a number that is not finite, a parameter that stayed where it
 * was, tensors left behind.
 * @returns null where the compatibility table refuses the pipeline
 */
export async function faultsOf(pipeline: Pipeline, data: Dataset): Promise<string[] | null> {
  if (findings(pipeline, data).some((f) => f.level === 'error')) return null;
  const faults: string[] = [];
  const before = memory().tensors;
  const session = new Session(pipeline, data);
  const { layout } = session.model;
  const start = layout.initialParameters(pipeline.training.seed);
  for (let s = 0; s < STEPS; s++) await session.trainStep();
  const frame = await session.readFrame();
  if (frame.divergence) faults.push(frame.divergence.message);
  if (frame.steps.length !== STEPS * frame.columns || !frame.steps.every(Number.isFinite)) {
    faults.push('not every loss is a finite number');
  }
  const { parameters } = await session.snapshot();
  for (const p of layout.parameters) {
    let moved = false;
    for (let i = p.offset; i < p.offset + p.size && !moved; i++) moved = parameters[i] !== start[i];
    if (!moved) faults.push(`${p.name} did not move`);
  }
  const { metrics } = await session.evaluate();
  if (!metrics.every((m) => Number.isFinite(m.logLoss))) faults.push('not every log-loss is a finite number');
  for (const { block, name, shape, cohorts } of await session.probe(null)) {
    const size = shape.reduce((a, b) => a * b, 1);
    for (const { mean } of cohorts) {
      if (mean.length !== size || !mean.every(Number.isFinite))
        faults.push(`the reading ${block}/${name} is unsound`);
    }
  }
  session.dispose();
  const left = memory().tensors - before;
  if (left !== 0) faults.push(`${left} tensors are left behind`);
  return faults;
}

const PLAIN: readonly (readonly [name: string, parents: Parents])[] = [
  ['two tasks', [null, 0]],
  ['three in a chain', [null, 0, 1]],
  ['three in a tree', [null, 0, 0]],
];

/** What was tried and what was wrong with it, one line each. */
export interface Outcome {
  readonly tried: number;
  readonly refused: readonly string[];
  readonly faults: readonly string[];
}

/** Every Top on one Bottom and Tower: two tasks, three (chains and trees by turns), and two behind the MD adaptor. */
export async function trainEveryTop(bottom: string, tower: string): Promise<Outcome> {
  const refused: string[] = [];
  const faults: string[] = [];
  let tried = 0;
  const tryOut = async (name: string, pipeline: Pipeline, parents: Parents) => {
    const found = await faultsOf(pipeline, combinationData(parents));
    if (found === null) refused.push(name);
    else tried++;
    faults.push(...(found ?? []).map((fault) => `${name}: ${fault}`));
  };
  const mine = COMBINATIONS.filter((c) => c.bottom === bottom && c.tower === tower);
  for (const [i, c] of mine.entries()) {
    const [two, chain, tree] = PLAIN;
    for (const [name, parents] of [two!, i % 2 === 0 ? chain! : tree!]) {
      await tryOut(`${c.top} on ${name}`, combined(c, parents), parents);
    }
    // ESM² stands on three tasks.
    const parents = c.top === 'esm2' ? chain![1] : two![1];
    await tryOut(`${c.top} behind MD`, combined(c, parents, i % 2 === 0 ? 'plug-in' : 'per-task'), parents);
  }
  return { tried, refused, faults };
}

/** Half of the pairs of Bottom and Tower: each half is a test file, so that the two run side by side. */
export const halfOfPairs = (half: 0 | 1): [bottom: string, tower: string][] =>
  idsOf('bottom')
    .flatMap((bottom) => idsOf('tower').map((tower): [string, string] => [bottom, tower]))
    .filter((_, i) => i % 2 === half);
