/** The tasks of a pipeline made to fit a data set: its label columns, their funnel, and names that people use for them. */
import type { DatasetSchema } from '../data/dataset';
import { MAX_TASKS, type Task } from './schema';

type Labels = Pick<DatasetSchema, 'tasks'>;

/** Events whose usual name, column and loss weight are known, by what their label column may be called. */
const KNOWN: readonly {
  readonly columns: readonly string[];
  readonly label: string;
  /** Name of the entire-space prediction; `belowClick` where the event needs a click first. */
  readonly metric: string;
  readonly belowClick: string;
  readonly lossWeight: number;
}[] = [
  { columns: ['click', 'clicked', 'clk'], label: 'click', metric: 'CTR', belowClick: 'CTR', lossWeight: 1 },
  {
    columns: ['conversion', 'purchase', 'buy', 'order', 'pay'],
    label: 'purchase',
    metric: 'purchase',
    belowClick: 'CTCVR',
    // As in the pipeline that the lab opens with, where the reason stands.
    lossWeight: 10,
  },
  {
    columns: ['cart', 'atc', 'add_to_cart', 'addtocart'],
    label: 'add to cart',
    metric: 'ATC',
    belowClick: 'CTATC',
    lossWeight: 3,
  },
];

const LONGEST_LABEL = 24;
const LONGEST_METRIC = 16;

/** `is_long_view` and `longView` → `long view`. */
function wordsOf(column: string): string {
  const words = column
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/[_\-.\s]+/g, ' ')
    .trim()
    .toLowerCase();
  return words.replace(/^(is|has|label) (?=\S)/, '') || column;
}

function knownOf(column: string) {
  const plain = wordsOf(column).replaceAll(' ', '_');
  return KNOWN.find(({ columns }) => columns.includes(plain));
}

/** A text of at most so many characters that none of the others is. */
function unlike(text: string, longest: number, taken: ReadonlySet<string>): string {
  const short = text.slice(0, longest).trim() || '?';
  if (!taken.has(short)) return short;
  for (let n = 2; ; n++) {
    const tail = ` ${n}`;
    const numbered = short.slice(0, longest - tail.length) + tail;
    if (!taken.has(numbered)) return numbered;
  }
}

/** Indices of the label columns in an order in which parents come before their children; what hangs in a ring is left out. */
function parentsFirst(tasks: Labels['tasks']): number[] {
  const order: number[] = [];
  for (let grown = true; grown; ) {
    grown = false;
    tasks.forEach(({ parent }, k) => {
      if (order.includes(k) || (parent !== null && !order.includes(parent))) return;
      order.push(k);
      grown = true;
    });
  }
  return order;
}

/**
 * The tasks that a pipeline trains on this data: one for each label column, parents first, at most eight.
 * A task of `before` that stays keeps its label, metric, loss weight and positive weight; its parent is the data's.
 * @returns the tasks, and the label columns beyond the eighth
 */
export function tasksFor(
  { tasks: columns }: Labels,
  before: readonly Task[] = [],
): { tasks: Task[]; left: string[] } {
  const order = parentsFirst(columns);
  const chosen = order.slice(0, MAX_TASKS);
  const kept = new Map(before.map((task) => [task.id, task]));
  const staying = chosen.flatMap((k) => kept.get(columns[k]!.name) ?? []);
  const labels = new Set(staying.map((t) => t.label));
  const metrics = new Set(staying.map((t) => t.metric));
  const tasks = chosen.map((k): Task => {
    const { name: id, parent } = columns[k]!;
    const parentId = parent === null ? null : columns[parent]!.name;
    const old = kept.get(id);
    if (old) return { ...old, parent: parentId };
    const known = knownOf(id);
    const words = wordsOf(id);
    const label = unlike(known?.label ?? words, LONGEST_LABEL, labels);
    const clicked = ancestorsOf(columns, k).some((name) => knownOf(name)?.label === 'click');
    const wanted = known ? (clicked ? known.belowClick : known.metric) : words;
    const metric = unlike(wanted, LONGEST_METRIC, metrics);
    labels.add(label);
    metrics.add(metric);
    return { id, label, metric, parent: parentId, lossWeight: known?.lossWeight ?? 1, positiveWeight: 1 };
  });
  return { tasks, left: order.slice(MAX_TASKS).map((k) => columns[k]!.name) };
}

/** The task of one more label column beside those there are; its parent is the nearest event before it that is among them. */
export function taskOf({ tasks: columns }: Labels, column: string, beside: readonly Task[]): Task | null {
  const task = tasksFor({ tasks: columns }, beside).tasks.find(({ id }) => id === column);
  if (!task || beside.some(({ id }) => id === column)) return null;
  const before = ancestorsOf(
    columns,
    columns.findIndex((c) => c.name === column),
  );
  return { ...task, parent: before.find((name) => beside.some(({ id }) => id === name)) ?? null };
}

/** Names of the events before a column's event. */
function ancestorsOf(columns: Labels['tasks'], index: number): string[] {
  const names: string[] = [];
  let at = columns[index]!.parent;
  // The count bounds the walk, so that parents in a ring cannot hang the page.
  while (at !== null && columns[at] && names.length < columns.length) {
    names.push(columns[at]!.name);
    at = columns[at]!.parent;
  }
  return names;
}

/**
 * Whether a pipeline's tasks have to change for this data: a label is missing, a parent is none in the data, or the
 * data brings labels that the data before did not have. A pipeline that leaves out labels on purpose stays as it is.
 */
export function needsOtherTasks(tasks: readonly Task[], { tasks: columns }: Labels, before: Labels | null) {
  const names = columns.map((c) => c.name);
  const unfit = tasks.some(({ id, parent }) => {
    const k = names.indexOf(id);
    return k < 0 || (parent !== null && !ancestorsOf(columns, k).includes(parent));
  });
  const had = new Set([...(before?.tasks.map((t) => t.name) ?? names), ...tasks.map((t) => t.id)]);
  return unfit || tasksFor({ tasks: columns }).tasks.some(({ id }) => !had.has(id));
}
