/** Which row or page is meant: rows with an event, the next one, a random one. Plain arithmetic on typed arrays. */
import type { Dataset } from '../data/dataset';
import { hash32 } from '../data/random';
import type { PagePick, RowFilter, RowPick } from '../pipeline/rowReading';

const RANDOM_STREAM = 0x726f7773;

/** A range of rows of a data set. */
export interface RowRange {
  readonly data: Dataset;
  readonly from: number;
  readonly to: number;
}

/** A task's label column. */
function columnOf(task: number, columns: readonly number[]): number {
  const column = columns[task];
  if (column !== undefined) return column;
  throw new Error(`There are ${columns.length} tasks, and none of them is number ${task + 1}.`);
}

/** Numbers, from 0 within the range, of the rows that a filter lets through. @param columns the tasks' label columns */
export function matchingRows(
  { data, from, to }: RowRange,
  filter: RowFilter,
  columns: readonly number[],
): number[] {
  const { labels, categorical, schema } = data;
  const K = schema.tasks.length;
  const C = schema.categorical.length;
  const { withEvent, without } = filter.event;
  const happened = withEvent === null ? null : columnOf(withEvent, columns);
  const not = without === null ? null : columnOf(without, columns);
  const market = schema.categorical.findIndex((c) => c.name === schema.country);
  if (filter.country !== null && market < 0) throw new Error('No column of these data tells the market.');
  const found: number[] = [];
  for (let r = from; r < to; r++) {
    if (filter.country !== null && categorical[r * C + market] !== filter.country) continue;
    if (happened !== null && labels[r * K + happened] !== 1) continue;
    if (not !== null && labels[r * K + not] === 1) continue;
    found.push(r - from);
  }
  return found;
}

/** An element of a rising list: the nearest after (or before) a number, round the end. */
const after = (list: readonly number[], n: number) => list.find((x) => x > n) ?? list[0];
const before = (list: readonly number[], n: number) => list.findLast((x) => x < n) ?? list.at(-1);
const drawn = (list: readonly number[], seed: number) => list[hash32(seed, RANDOM_STREAM) % list.length];

/** The row that is sought among those that match, or undefined where none does. "surprising" needs predictions and is not done here. */
export function seekRow(
  matches: readonly number[],
  seek: Exclude<RowPick['seek'], { kind: 'surprising' }>,
): number | undefined {
  switch (seek.kind) {
    case 'first':
      return matches[0];
    case 'row':
      return seek.row;
    case 'next':
      return after(matches, seek.row);
    case 'previous':
      return before(matches, seek.row);
    case 'random':
      return matches.length > 0 ? drawn(matches, seek.seed) : undefined;
  }
}

/**
 * The place of the page that is sought, or undefined where none matches.
 * @param has whether a page has an event of a task
 */
export function seekPage(
  pages: readonly (readonly number[])[],
  pick: Extract<PagePick, { kind: 'page' | 'next' | 'previous' | 'random' }>,
  has: (page: readonly number[], task: number) => boolean,
): number | undefined {
  if (pick.kind === 'page') return pick.page < pages.length ? pick.page : undefined;
  const { event } = pick;
  const matches = pages.flatMap((page, p) => (event === null || has(page, event) ? [p] : []));
  switch (pick.kind) {
    case 'next':
      return after(matches, pick.page);
    case 'previous':
      return before(matches, pick.page);
    case 'random':
      return matches.length > 0 ? drawn(matches, pick.seed) : undefined;
  }
}
