/** How well one column alone ranks each event: its AUC, on picked rows, in every space in which a model is judged. */
import type { Table } from '../table';
import { type Sorted, sorted } from './bins';
import type { Picked } from './pick';

/** A task on all rows, or on those with the parent event. */
export interface Space {
  readonly id: string;
  readonly task: number;
  readonly given: number | null;
}

export function spacesOf(table: Table): Space[] {
  const { tasks } = table.schema;
  return tasks.flatMap(({ name, parent }, task): Space[] => [
    { id: name, task, given: null },
    ...(parent === null ? [] : [{ id: `${name} given ${tasks[parent]!.name}`, task, given: parent }]),
  ]);
}

/** Codes of all rows: one each, or lists where there are offsets. Those outside of the vocabulary do not count. */
export interface Codes {
  readonly codes: Int32Array;
  /** [N+1], or null where every row has one code. */
  readonly offsets: Uint32Array | null;
}

/** Marks of a row in a space. */
const [MINUS, PLUS, OUTSIDE] = [0, 1, 2];

/** Picked rows and what each row of the table is in each space: what all columns are ranked against. */
export interface Ranking {
  readonly table: Table;
  readonly picked: Picked;
  readonly spaces: readonly Space[];
  /** By space: [N] 1 with the event, 0 without it, 2 where the row is not of the space. */
  readonly marks: readonly Uint8Array[];
  /** By space: [n] marks of the picked rows. */
  readonly pickedMarks: readonly Uint8Array[];
}

export function rankingOf(table: Table, picked: Picked, spaces: readonly Space[]): Ranking {
  const { rows: N, labels } = table;
  const K = table.schema.tasks.length;
  const marks = spaces.map(({ task, given }) => {
    const mark = new Uint8Array(N);
    for (let i = 0; i < N; i++) {
      const inside = given === null || labels[i * K + given] !== 0;
      mark[i] = !inside ? OUTSIDE : labels[i * K + task] === 0 ? MINUS : PLUS;
    }
    return mark;
  });
  const pickedMarks = marks.map((mark) => {
    const here = new Uint8Array(picked.rows.length);
    for (let p = 0; p < here.length; p++) here[p] = mark[picked.rows[p]!]!;
    return here;
  });
  return { table, picked, spaces, marks, pickedMarks };
}

/**
 * AUC of a score in space s, ties half, population-weighted; null where the space lacks positives or negatives.
 * @param column scores [n] of the picked rows; NaN ranks below all numbers
 */
export function aucOf({ picked, pickedMarks }: Ranking, s: number, { values, order }: Sorted): number | null {
  const { weights } = picked;
  const marks = pickedMarks[s]!;
  let [below, positives, wins] = [0, 0, 0];
  let [plus, minus] = [0, 0];
  let tie = Number.NaN;
  for (let t = 0; t < order.length; t++) {
    const i = order[t]!;
    const x = values[i]!;
    const score = Number.isNaN(x) ? Number.NEGATIVE_INFINITY : x;
    if (score !== tie) {
      wins += plus * (below + minus / 2);
      below += minus;
      positives += plus;
      plus = 0;
      minus = 0;
      tie = score;
    }
    const mark = marks[i]!;
    if (mark === MINUS) minus += weights[i]!;
    else if (mark === PLUS) plus += weights[i]!;
  }
  wins += plus * (below + minus / 2);
  below += minus;
  positives += plus;
  const pairs = positives * below;
  return pairs > 0 ? Math.min(1, Math.max(0, wins / pairs)) : null;
}

/** The AUC in the better direction: a column that ranks backwards tells as much. */
const eitherWay = (auc: number | null): number | null => (auc === null ? null : Math.max(auc, 1 - auc));

/** Rows' worth of the overall mean that a category starts with, so that a rare one is not believed at once. */
const PRIOR_ROWS = 10;

/**
 * Scores of picked rows in space s by the target mean of their categories, learned on the other half of the groups: a
 * code that only names a row or a page scores nothing.
 * @returns [n] scores
 */
function targetMeans(
  { table, picked: { rows, fold }, marks }: Ranking,
  s: number,
  vocabulary: number,
  { codes, offsets }: Codes,
): Float32Array {
  const { rows: N, weights } = table;
  const mark = marks[s]!;
  // [2 halves][vocabulary]
  const plus = new Float64Array(2 * vocabulary);
  const all = new Float64Array(2 * vocabulary);
  const totalPlus = new Float64Array(2);
  const total = new Float64Array(2);
  let sum = 0;
  for (let i = 0; i < N; i++) {
    const w = weights[i]!;
    sum += w;
    const m = mark[i]!;
    if (m === OUTSIDE) continue;
    const f = fold[i]!;
    total[f]! += w;
    if (m === PLUS) totalPlus[f]! += w;
    const from = offsets ? offsets[i]! : i;
    const end = offsets ? offsets[i + 1]! : i + 1;
    for (let e = from; e < end; e++) {
      const code = codes[e]!;
      if (code < 0 || code >= vocabulary) continue;
      all[f * vocabulary + code]! += w;
      if (m === PLUS) plus[f * vocabulary + code]! += w;
    }
  }
  const prior = (PRIOR_ROWS * sum) / Math.max(1, N) || PRIOR_ROWS;
  const scores = new Float32Array(rows.length);
  for (let p = 0; p < rows.length; p++) {
    const row = rows[p]!;
    const other = 1 - fold[row]!;
    const base = total[other]! > 0 ? totalPlus[other]! / total[other]! : 0;
    if (base === 0) continue;
    const from = offsets ? offsets[row]! : row;
    const end = offsets ? offsets[row + 1]! : row + 1;
    let means = 0;
    let count = 0;
    for (let e = from; e < end; e++) {
      const code = codes[e]!;
      if (code < 0 || code >= vocabulary) continue;
      const at = other * vocabulary + code;
      means += (plus[at]! + prior * base) / (all[at]! + prior);
      count++;
    }
    // Relative to its own half: the halves' rates differ by chance, and that must not rank rows.
    scores[p] = count > 0 ? means / count / base : 1;
  }
  return scores;
}

/** Cells of the table of target means that fit into memory beside a table. */
const MOST_MEANS = 5_000_000;

/** AUC by space of a column of numbers, in the better direction. */
export const numberAucs = (ranking: Ranking, column: Sorted): (number | null)[] =>
  ranking.spaces.map((_, s) => eitherWay(aucOf(ranking, s, column)));

/**
 * AUC by space of a column of codes or lists; never below ½, for target means know their direction. Null throughout for
 * a vocabulary of millions.
 */
export function categoryAucs(ranking: Ranking, vocabulary: number, codes: Codes): (number | null)[] {
  if (vocabulary > MOST_MEANS) return ranking.spaces.map(() => null);
  return ranking.spaces.map((_, s) => {
    const auc = aucOf(ranking, s, sorted(targetMeans(ranking, s, vocabulary, codes)));
    return auc === null ? null : Math.max(0.5, auc);
  });
}
