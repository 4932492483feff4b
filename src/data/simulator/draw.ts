/**
 * Draws what a page and an item are like: scores, segment, codes and flags.
 *
 * One random word settles a signal column: its low end says "missing", the rest is the value's rank u ∈ (0, 1). The
 * score is z = Φ⁻¹(u) and the visible column Q(u), so every score can be read off the row and the truth stays observable.
 */
import { normalQuantile, type Rng } from '../random';
import { CATEGORICAL, FLAGS, ITEM_SIGNALS, NUMERICAL, PAGE_SIGNALS, SEGMENT } from './marginals';

const CELLS = 2048;
/** Scores end at ±3.6, the outer edges of the table's first and last cell. */
const TAIL = 3.6;

/** Φ⁻¹ at the edges of equal cells: interpolating costs a quarter of computing it, and 30 million are drawn. */
const QUANTILE_TABLE = Float64Array.from({ length: CELLS + 1 }, (_, i) =>
  i === 0 ? -TAIL : i === CELLS ? TAIL : normalQuantile(i / CELLS),
);

/** Φ⁻¹(u) by table, u in [0, 1). */
export function normalScore(u: number): number {
  const t = u * CELLS;
  const cell = t | 0;
  const left = QUANTILE_TABLE[cell]!;
  return left + (t - cell) * (QUANTILE_TABLE[cell + 1]! - left);
}

const zeroShare = (n: number) => NUMERICAL.find((column) => column.n === n)!.zero;

/** Probability that a signal column is missing, in the order of the scores. */
export const PAGE_ZERO = Float64Array.from(PAGE_SIGNALS, zeroShare);
export const ITEM_ZERO = Float64Array.from(ITEM_SIGNALS, zeroShare);

/** The rank u of a signal whose uniform is `uniform`, or −1 where the column is missing. */
export function rankOf(uniform: number, zero: number): number {
  return uniform < zero ? -1 : (uniform - zero) / (1 - zero);
}

/** What the 20 items of a page share. Scratch space: filled again for each page. */
export interface Page {
  /** Rank of each page signal, −1 = missing; [6]. */
  readonly ranks: Float64Array;
  /** Its score, 0 = missing; [6]. */
  readonly scores: Float64Array;
  /** S: 0 or 1. */
  segment: number;
  /** categorical_9. */
  code: number;
}

export interface Item {
  /** Rank of each item signal, −1 = missing; [8]. */
  readonly ranks: Float64Array;
  /** Its score, 0 = missing; [8]. */
  readonly scores: Float64Array;
  /** B0 and B1: 0 or 1. */
  readonly flags: Uint8Array;
}

export const newPage = (): Page => ({
  ranks: new Float64Array(PAGE_SIGNALS.length),
  scores: new Float64Array(PAGE_SIGNALS.length),
  segment: 0,
  code: 0,
});

export const newItem = (): Item => ({
  ranks: new Float64Array(ITEM_SIGNALS.length),
  scores: new Float64Array(ITEM_SIGNALS.length),
  flags: new Uint8Array(FLAGS.length),
});

/** Cumulative probabilities of a categorical column's codes; [vocabulary]. */
export function cumulative(n: number): Float64Array {
  const column = CATEGORICAL.find((c) => c.n === n)!;
  const sums = new Float64Array(column.vocabulary);
  let sum = 0;
  for (let code = 0; code < column.vocabulary; code++) {
    sum += column.probabilities[code] ?? 0;
    sums[code] = sum;
  }
  // What rounding left missing goes to the last code that occurs, never to one that does not.
  for (let code = column.vocabulary - 1; code >= 0 && sums[code]! > 1 - 1e-9; code--) sums[code] = 1;
  return sums;
}

/** The code whose stretch of (0, 1) holds `uniform`. */
export function codeOf(sums: Float64Array, uniform: number): number {
  let code = 0;
  while (uniform >= sums[code]!) code++;
  return code;
}

const CODE_SUMS = cumulative(9);

/** u_0…u_3 lie in mask block A and are missing together. */
const IN_BLOCK_A = 4;

/** Draws a page: nine words of the generator. */
export function drawPage(rng: Rng, page: Page): void {
  const masked = rng.uniform() < PAGE_ZERO[0]!;
  for (let j = 0; j < page.ranks.length; j++) {
    const uniform = rng.uniform();
    const rank = j >= IN_BLOCK_A ? rankOf(uniform, PAGE_ZERO[j]!) : masked ? -1 : uniform;
    page.ranks[j] = rank;
    page.scores[j] = rank < 0 ? 0 : normalScore(rank);
  }
  page.segment = rng.uniform() < SEGMENT.probability ? 1 : 0;
  page.code = codeOf(CODE_SUMS, rng.uniform());
}

/** i_7 and B1 enter intent alone: they are drawn only for candidates that may be kept. */
const ATTRACTION_SIGNALS = 7;

/** Draws what attraction needs of an item: i_0…i_6 and B0, eight words. */
export function drawItem(rng: Rng, item: Item): void {
  for (let j = 0; j < ATTRACTION_SIGNALS; j++) {
    const rank = rankOf(rng.uniform(), ITEM_ZERO[j]!);
    item.ranks[j] = rank;
    item.scores[j] = rank < 0 ? 0 : normalScore(rank);
  }
  item.flags[0] = rng.uniform() < FLAGS[0] ? 1 : 0;
}

/** Draws the rest of what intent needs: i_7 and B1, two words. */
export function drawItemIntent(rng: Rng, item: Item): void {
  const rank = rankOf(rng.uniform(), ITEM_ZERO[ATTRACTION_SIGNALS]!);
  item.ranks[ATTRACTION_SIGNALS] = rank;
  item.scores[ATTRACTION_SIGNALS] = rank < 0 ? 0 : normalScore(rank);
  item.flags[1] = rng.uniform() < FLAGS[1] ? 1 : 0;
}
