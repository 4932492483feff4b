/** Checks a mapping against the columns at hand and brings it into the order in which rows are read. */
import { DataError, type TaskColumn } from '../dataset';
import { list } from '../readers/say';
import { type Mapping, mappingSchema, type Role } from './mapping';

/** Most tasks that a pipeline can have. */
export const MOST_TASKS = 8;

/** A mapping that can be carried out. Columns are numbers of the table's columns. */
export interface Plan {
  readonly mapping: Mapping;
  /** Categories, the country among them. */
  readonly categorical: readonly number[];
  readonly numerical: readonly number[];
  readonly lists: readonly number[];
  /** Labels, parents first. */
  readonly labels: readonly number[];
  readonly tasks: readonly TaskColumn[];
  readonly group: number | null;
  readonly weight: number | null;
  readonly time: number | null;
  readonly country: number | null;
}

const refuse = (sentence: string, column?: string): never => {
  throw new DataError(sentence, column === undefined ? {} : { column });
};

/** Parses a mapping from outside. Throws a DataError with one sentence about its first fault. */
export function parseMapping(input: unknown): Mapping {
  const parsed = mappingSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const where = issue.path.length > 0 ? ` at "${issue.path.join('.')}"` : '';
  return refuse(
    `The mapping cannot be used because of its part${where}: ${issue.message.replace(/\.$/, '')}.`,
  );
}

/**
 * The plan of a mapping for a table of these columns read from `files` files of rows. Throws a DataError with one
 * sentence where the mapping is impossible.
 */
export function planOf(input: unknown, columns: readonly string[], files: number): Plan {
  const mapping = parseMapping(input);
  const place = new Map(columns.map((name, i) => [name, i]));
  const seen = new Set<string>();
  for (const { name } of mapping.columns) {
    if (!place.has(name)) {
      refuse(
        `The mapping names the column "${name}", which the file does not have; take it out of the mapping.`,
        name,
      );
    }
    if (seen.has(name)) refuse(`The mapping gives the column "${name}" twice; remove one of them.`, name);
    seen.add(name);
  }
  const of = (role: Role) => mapping.columns.filter((c) => c.role === role).map((c) => place.get(c.name)!);
  const one = (role: Role): number | null => {
    const found = of(role);
    if (found.length > 1) {
      refuse(
        `Only one column can have the role ${role}, but ${list(found.map((c) => columns[c]!))} have it; choose one of them.`,
        columns[found[1]!]!,
      );
    }
    return found[0] ?? null;
  };
  const group = one('group');
  const weight = one('weight');
  const time = one('time');
  const country = one('country');
  const { labels, tasks } = tasksOf(mapping, place);
  const plan: Plan = {
    mapping,
    categorical: mapping.columns
      .filter((c) => c.role === 'categorical' || c.role === 'country')
      .map((c) => place.get(c.name)!),
    numerical: of('numerical'),
    lists: of('list'),
    labels,
    tasks,
    group,
    weight,
    time,
    country,
  };
  if (plan.categorical.length + plan.numerical.length + plan.lists.length === 0) {
    refuse('There is no feature: give at least one column the role categorical, numerical or list.');
  }
  checkSplit(mapping, plan, files);
  return plan;
}

function checkSplit(mapping: Mapping, plan: Plan, files: number): void {
  const { by } = mapping.split;
  if (by === 'group' && plan.group === null) {
    refuse(
      'Rows cannot be split by group, for no column has the role group: give it to one, or split by row.',
    );
  }
  if (by === 'row' && plan.group !== null) {
    refuse(
      'Rows cannot be split one by one where a group column exists, for rows of one group would lie in both parts: split by group or by time.',
    );
  }
  if (by === 'time' && plan.time === null) {
    refuse(
      'Rows cannot be split by time, for no column has the role time: give it to one, or split by group.',
    );
  }
  if (by === 'file' && files < 2) {
    refuse(
      'Rows cannot be split by file, for there is one file only: open a test file with it, or split by group.',
    );
  }
  if (mapping.sampling.wholePages && plan.group === null) {
    refuse(
      'Pages cannot be kept whole, for no column has the role group: give it to one, or keep single rows.',
    );
  }
}

/** Labels with their parents, parents first and else in the order of the mapping. */
function tasksOf(mapping: Mapping, place: ReadonlyMap<string, number>) {
  const labels = mapping.columns.filter((c) => c.role === 'label');
  if (labels.length === 0) {
    refuse('There is no task: give at least one column that holds 0 and 1 the role label.');
  }
  if (labels.length > MOST_TASKS) {
    refuse(
      `There are ${labels.length} columns with the role label, but at most ${MOST_TASKS} tasks can be learned together; ignore some.`,
    );
  }
  const parents = new Map(labels.map((c) => [c.name, c.parent ?? null]));
  for (const [name, parent] of parents) {
    if (parent !== null && !parents.has(parent)) {
      refuse(
        `The label "${name}" follows "${parent}", which is no label; choose a column with the role label.`,
        name,
      );
    }
  }
  const order: string[] = [];
  while (order.length < labels.length) {
    const next = labels.find(({ name }) => {
      const parent = parents.get(name)!;
      return !order.includes(name) && (parent === null || order.includes(parent));
    });
    if (!next) {
      const rest = labels.filter((c) => !order.includes(c.name)).map((c) => c.name);
      return refuse(
        `The labels ${list(rest)} follow each other in a circle; let one of them have no parent.`,
        rest[0],
      );
    }
    order.push(next.name);
  }
  return {
    labels: order.map((name) => place.get(name)!),
    tasks: order.map((name) => {
      const parent = parents.get(name)!;
      return { name, parent: parent === null ? null : order.indexOf(parent) };
    }),
  };
}
