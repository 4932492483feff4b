/** Readings of probes as tables of numbers with names: the text equivalent of every picture inside a card. */
import type { DatasetSchema } from '../../../data/dataset';
import type { BlockChoice, Task } from '../../../pipeline/schema';
import { ownersOf } from '../gates';
import { parentsOf } from './reading';

/** One table of a reading. */
export interface ReadingTable {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly name: string; readonly values: readonly number[] }[];
}

/** What names rest on. */
export interface Naming {
  readonly tasks: readonly Task[];
  readonly choice: BlockChoice;
  readonly schema: DatasetSchema | null;
}

/** Names of one axis of a probe; a name too few is filled up with the axis' own number. */
type Axis = (of: Naming, size: number) => readonly string[];

const numbered =
  (noun: string): Axis =>
  (_of, size) =>
    Array.from({ length: size }, (_, i) => `${noun} ${i + 1}`);

const tasks: Axis = ({ tasks: all }) => all.map((t) => t.label);
const readers: Axis = ({ tasks: all }) => all.map((t) => `${t.label} reads`);
const children: Axis = ({ tasks: all }) => all.filter((t) => t.parent !== null).map((t) => t.label);
const one =
  (name: string): Axis =>
  () => [name];

const experts: Axis = ({ tasks: all, choice }, size) => {
  const owners = ownersOf(choice, all.length);
  return Array.from({ length: size }, (_, e) => {
    const owner = owners[e];
    const nth = owners.slice(0, e + 1).filter((o) => o === owner).length;
    if (owner === undefined || owners.every((o) => o === null)) return `expert ${e + 1}`;
    return owner === null ? `shared ${nth}` : `${all[owner]!.label} ${nth}`;
  });
};

const markets: Axis = ({ schema }, size) => {
  const column = schema?.categorical.find((c) => c.name === schema.country);
  return Array.from({ length: size }, (_, v) => column?.values?.[v] ?? `country ${v}`);
};

/** Columns that a mask multiplies: their own names where they are the numerical ones. */
const masked: Axis = ({ schema }, size) =>
  schema?.numerical.length === size ? schema.numerical : numbered('column')({} as Naming, size);

const twins: Axis = ({ tasks: all }) => {
  const mine = parentsOf(all).flatMap((p, k) => (p === null ? [] : [all[k]!.label]));
  return [...mine.map((m) => `${m}, after its parent`), ...mine.map((m) => `${m}, without its parent`)];
};

/** What a probe is called, and its axes from the outermost to the columns. */
const PROBES: Readonly<Record<string, { readonly title: string; readonly axes: readonly Axis[] }>> = {
  gates: { title: 'Share of each expert', axes: [numbered('level'), tasks, experts] },
  sharedGate: {
    title: 'Share of each expert in the shared stream',
    axes: [numbered('level'), one('shared'), experts],
  },
  levelGates: {
    title: 'Share of the level below in each expert',
    axes: [numbered('input'), numbered('level'), numbered('expert'), numbered('expert')],
  },
  attention: { title: 'Attention', axes: [numbered('layer'), numbered('head'), readers, tasks] },
  stitch: { title: 'Stitch α', axes: [numbered('after layer'), readers, tasks] },
  updateGates: { title: 'Share of the state before that is kept', axes: [numbered('layer'), tasks] },
  residualShare: { title: 'Share of the parent’s vector', axes: [numbered('block'), tasks] },
  score: { title: 'Score, user · item', axes: [tasks] },
  probabilities: { title: 'Probability on an impression', axes: [tasks] },
  conditionalLogits: { title: 'Log-odds given the parent', axes: [tasks] },
  stepLogits: {
    title: 'Log-odds of the steps',
    axes: [
      () => ['click', 'action given click', 'purchase given action', 'purchase given click without action'],
    ],
  },
  residualLogits: { title: 'Own part of the logit', axes: [tasks] },
  twinRates: { title: 'Twin conversion rates', axes: [twins] },
  relations: { title: 'Share of each vector in what a net reads', axes: [readers, tasks] },
  aitmWeights: { title: 'Weights', axes: [children, () => ['own vector', 'passed vector']] },
  mask: { title: 'Mask of each market', axes: [numbered('mask'), markets, masked] },
  weights: { title: 'Weight c in the update', axes: [tasks] },
  norms: { title: 'Length of the gradient', axes: [tasks] },
  cosine: { title: 'Cosine of gradients', axes: [tasks, tasks] },
};

/** What a probe is called, and the names along each axis of its shape. */
export function readingAxes(
  name: string,
  shape: readonly number[],
  of: Naming,
): { readonly title: string; readonly axes: readonly (readonly string[])[] } {
  const known = PROBES[name];
  const axes = shape.map((size, i) => {
    const names = (known?.axes[i] ?? numbered(''))(of, size);
    return Array.from({ length: size }, (_, n) => names[n] ?? `${n + 1}`);
  });
  return { title: known?.title ?? name, axes };
}

/** Columns that a table shows at most; of more, those that differ most between its rows. */
const MOST_COLUMNS = 8;

/**
 * The tables of a reading: one for each place on its outer axes, the last two being rows and columns.
 * @param shape of the probe without the batch; @param values its numbers, row-major
 */
export function readingTables(
  name: string,
  shape: readonly number[],
  values: ArrayLike<number>,
  of: Naming,
): ReadingTable[] {
  const { title, axes } = readingAxes(name, shape, of);
  const columns = axes.at(-1) ?? [''];
  const rows = shape.length > 1 ? axes.at(-2)! : ['mean'];
  const outer = axes.slice(0, -2);
  const places = outer.reduce<string[][]>(
    (all, names) => all.flatMap((before) => names.map((n) => (names.length > 1 ? [...before, n] : before))),
    [[]],
  );
  const size = rows.length * columns.length;
  return places.map((place, p) => {
    const whole = rows.map((row, r) => ({
      name: row,
      values: columns.map((_, c) => values[p * size + r * columns.length + c] ?? Number.NaN),
    }));
    const kept = mostVaried(whole, columns.length);
    return {
      caption:
        [title, ...place].join(', ') +
        (kept.length < columns.length
          ? ` (${kept.length} columns that differ most, of ${columns.length})`
          : ''),
      columns: kept.map((c) => columns[c]!),
      rows: whole.map((row) => ({ name: row.name, values: kept.map((c) => row.values[c]!) })),
    };
  });
}

/** Indices of the columns to show, in their order. */
function mostVaried(rows: readonly { readonly values: readonly number[] }[], count: number): number[] {
  const all = Array.from({ length: count }, (_, c) => c);
  if (count <= MOST_COLUMNS) return all;
  const range = (c: number) => {
    const column = rows.map((row) => row.values[c]!);
    return Math.max(...column) - Math.min(...column);
  };
  return all
    .sort((a, b) => range(b) - range(a) || a - b)
    .slice(0, MOST_COLUMNS)
    .sort((a, b) => a - b);
}
