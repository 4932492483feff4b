/** How well one column alone ranks each event: its AUC, on picked rows, in every space in which a model is judged. */
import { ascending } from '../../metrics/order';
import type { Table } from '../table';
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

/**
 * AUC of a score for each space, ties half, population-weighted; null where a space lacks positives or negatives.
 * @param scores [n] of the picked rows; NaN ranks below all numbers
 */
export function aucsOf(
  table: Table,
  picked: Picked,
  spaces: readonly Space[],
  scores: Float32Array,
): (number | null)[] {
  const K = table.schema.tasks.length;
  const { labels } = table;
  const usable = scores.map((s) => (Number.isNaN(s) ? Number.NEGATIVE_INFINITY : s));
  const order = ascending(usable);
  const n = order.length;
  const below = new Float64Array(spaces.length);
  const positives = new Float64Array(spaces.length);
  const wins = new Float64Array(spaces.length);
  const tiedPlus = new Float64Array(spaces.length);
  const tiedMinus = new Float64Array(spaces.length);
  for (let start = 0; start < n; ) {
    const score = usable[order[start]!]!;
    let end = start;
    tiedPlus.fill(0);
    tiedMinus.fill(0);
    for (; end < n && usable[order[end]!]! === score; end++) {
      const i = order[end]!;
      const row = picked.rows[i]! * K;
      const w = picked.weights[i]!;
      for (let s = 0; s < spaces.length; s++) {
        const { task, given } = spaces[s]!;
        if (given !== null && labels[row + given] === 0) continue;
        if (labels[row + task] === 0) tiedMinus[s]! += w;
        else tiedPlus[s]! += w;
      }
    }
    for (let s = 0; s < spaces.length; s++) {
      wins[s]! += tiedPlus[s]! * (below[s]! + tiedMinus[s]! / 2);
      below[s]! += tiedMinus[s]!;
      positives[s]! += tiedPlus[s]!;
    }
    start = end;
  }
  return spaces.map((_, s) => {
    const pairs = positives[s]! * below[s]!;
    return pairs > 0 ? Math.min(1, Math.max(0, wins[s]! / pairs)) : null;
  });
}

/** The AUC in the better direction: a column that ranks backwards tells as much. */
export const eitherWay = (auc: number | null): number | null =>
  auc === null ? null : Math.max(auc, 1 - auc);

/** Rows' worth of the overall mean that a category starts with, so that a rare one is not believed at once. */
const PRIOR_ROWS = 10;

/**
 * Scores of picked rows by the target mean of their categories, learned on the other half of the groups: a code that
 * only names a row or a page scores nothing.
 * @returns by space: [n] scores
 */
export function targetMeans(
  table: Table,
  { rows, fold }: Picked,
  spaces: readonly Space[],
  vocabulary: number,
  { codes, offsets }: Codes,
): Float32Array[] {
  const { rows: N, labels, weights } = table;
  const K = table.schema.tasks.length;
  const S = spaces.length;
  const tables = () => [new Float64Array(vocabulary * S), new Float64Array(vocabulary * S)] as const;
  const plus = tables();
  const all = tables();
  const totalPlus = new Float64Array(2 * S);
  const total = new Float64Array(2 * S);
  let sum = 0;
  for (let i = 0; i < N; i++) {
    const f = fold[i]!;
    const w = weights[i]!;
    sum += w;
    const allHere = all[f]!;
    const plusHere = plus[f]!;
    const from = offsets ? offsets[i]! : i;
    const end = offsets ? offsets[i + 1]! : i + 1;
    for (let s = 0; s < S; s++) {
      const { task, given } = spaces[s]!;
      if (given !== null && labels[i * K + given] === 0) continue;
      const y = labels[i * K + task]! * w;
      total[f * S + s]! += w;
      totalPlus[f * S + s]! += y;
      for (let e = from; e < end; e++) {
        const code = codes[e]!;
        if (code < 0 || code >= vocabulary) continue;
        allHere[code * S + s]! += w;
        plusHere[code * S + s]! += y;
      }
    }
  }
  const prior = (PRIOR_ROWS * sum) / Math.max(1, N) || PRIOR_ROWS;
  const scores = spaces.map(() => new Float32Array(rows.length));
  for (let p = 0; p < rows.length; p++) {
    const row = rows[p]!;
    const other = 1 - fold[row]!;
    const from = offsets ? offsets[row]! : row;
    const end = offsets ? offsets[row + 1]! : row + 1;
    for (let s = 0; s < S; s++) {
      const base = total[other * S + s]! > 0 ? totalPlus[other * S + s]! / total[other * S + s]! : 0;
      if (base === 0) continue;
      let means = 0;
      let count = 0;
      for (let e = from; e < end; e++) {
        const at = codes[e]! * S + s;
        if (codes[e]! < 0 || codes[e]! >= vocabulary) continue;
        means += (plus[other]![at]! + prior * base) / (all[other]![at]! + prior);
        count++;
      }
      // Relative to its own half: the halves' rates differ by chance, and that must not rank rows.
      scores[s]![p] = count > 0 ? means / count / base : 1;
    }
  }
  return scores;
}

/** Cells of the tables of target means that fit into memory beside a table. */
const MOST_MEANS = 5_000_000;

/**
 * AUC by space of a column of codes or lists; never below ½, for target means know their direction. Null throughout for
 * a vocabulary of millions.
 */
export function categoryAucs(
  table: Table,
  picked: Picked,
  spaces: readonly Space[],
  vocabulary: number,
  codes: Codes,
): (number | null)[] {
  if (vocabulary * spaces.length > MOST_MEANS) return spaces.map(() => null);
  return targetMeans(table, picked, spaces, vocabulary, codes).map((scores, s) => {
    const auc = aucsOf(table, picked, [spaces[s]!], scores)[0]!;
    return auc === null ? null : Math.max(0.5, auc);
  });
}
