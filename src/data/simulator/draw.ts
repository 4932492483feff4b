/**
 * Draws what a page and an item are like: scores, segment, codes and flags.
 *
 * One number in (0, 1) settles a signal column: its low end says "missing", the rest is the value's rank u ∈ (0, 1). The
 * score is z = Φ⁻¹(u) and the visible column Q(u), so every score can be read off the row and the truth stays observable.
 */
import type { Rng } from '../random';
import { CATEGORICAL, FLAGS, ITEM_SIGNALS, NUMERICAL, PAGE_SIGNALS, SEGMENT } from './marginals';
import { normalScore, phi, rankOfScore, TAIL } from './normal';

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

/**
 * Draws a page: nine words of the generator.
 * @param shift [6] is added to the page scores: markets show other pages. The columns show the shifted score's rank.
 */
export function drawPage(rng: Rng, page: Page, shift: Float64Array | null = null): void {
  const masked = rng.uniform() < PAGE_ZERO[0]!;
  for (let j = 0; j < page.ranks.length; j++) {
    const uniform = rng.uniform();
    const rank = j >= IN_BLOCK_A ? rankOf(uniform, PAGE_ZERO[j]!) : masked ? -1 : uniform;
    page.ranks[j] = rank;
    page.scores[j] = rank < 0 ? 0 : normalScore(rank);
    if (shift !== null && rank >= 0) {
      page.scores[j]! += shift[j]!;
      page.ranks[j] = phi(page.scores[j]!);
    }
  }
  page.segment = rng.uniform() < SEGMENT.probability ? 1 : 0;
  page.code = codeOf(CODE_SUMS, rng.uniform());
}

/**
 * How item signals hang together: a child's score is load·(its parent's score) + rest·noise, load² + rest² = 1. Where the
 * parent is missing, noise stands alone, so that the child stays standard normal; which values are missing is drawn apart.
 *
 * In the real sample the columns' correlations are stronger: numerical_30 with 35 −.50, 34 with 35 .52, 52 with 53 .51, 35
 * with 56 .63. Loads that reach those make the tails of K and V heavier and move the oracle AUCs by up to .005; these
 * keep them within .003 of the specification's table (docs/SIMULATOR.md has the figures).
 */
export const LINKS = {
  /** numerical_30 and numerical_35. */
  i2OnI4: -0.37,
  /** numerical_34 and numerical_35. */
  i3OnI4: 0.43,
  /** numerical_52 and numerical_53. */
  i6OnI5: 0.2,
  /** numerical_35 and numerical_56. */
  i7OnI4: 0.5,
} as const;

const restOf = (load: number) => Math.sqrt(1 - load * load);
const REST = {
  i2: restOf(LINKS.i2OnI4),
  i3: restOf(LINKS.i3OnI4),
  i6: restOf(LINKS.i6OnI5),
  i7: restOf(LINKS.i7OnI4),
} as const;

/** Reciprocal of the share that is not missing: a product is cheaper than a quotient, thirty million times. */
const ITEM_STRETCH = ITEM_ZERO.map((zero) => 1 / (1 - zero));

/** Sets signal j by itself. */
function drawSignal(item: Item, j: number, uniform: number): void {
  const zero = ITEM_ZERO[j]!;
  if (uniform < zero) {
    item.ranks[j] = -1;
    item.scores[j] = 0;
    return;
  }
  const rank = (uniform - zero) * ITEM_STRETCH[j]!;
  item.ranks[j] = rank;
  item.scores[j] = normalScore(rank);
}

/** Just inside the scores' end, so that the rank stays below 1. */
const END = TAIL * (1 - 1e-7);

/** Mixes its parent into signal j. Its rank waits for `settleRanks`: most candidates are dropped before it is looked at. */
function link(item: Item, j: number, parent: number, load: number, rest: number): void {
  if (item.ranks[j]! < 0 || item.ranks[parent]! < 0) return;
  const score = load * item.scores[parent]! + rest * item.scores[j]!;
  item.scores[j] = score > END ? END : score < -END ? -END : score;
}

/** Draws what attraction needs of an item: i_0…i_6 and B0, eight words. */
export function drawItem(rng: Rng, item: Item): void {
  for (let j = 0; j < ATTRACTION_SIGNALS; j++) drawSignal(item, j, rng.uniform());
  link(item, 2, 4, LINKS.i2OnI4, REST.i2);
  link(item, 3, 4, LINKS.i3OnI4, REST.i3);
  link(item, 6, 5, LINKS.i6OnI5, REST.i6);
  item.flags[0] = rng.uniform() < FLAGS[0] ? 1 : 0;
}

/** i_7 and B1 enter intent alone: they are drawn only for candidates that may be kept. */
const ATTRACTION_SIGNALS = 7;

/** Draws the rest of what intent needs: i_7 and B1, two words. */
export function drawItemIntent(rng: Rng, item: Item): void {
  drawSignal(item, ATTRACTION_SIGNALS, rng.uniform());
  link(item, 7, 4, LINKS.i7OnI4, REST.i7);
  item.flags[1] = rng.uniform() < FLAGS[1] ? 1 : 0;
}

/** The children among the signals and their parents. */
const CHILDREN = [
  [2, 4],
  [3, 4],
  [6, 5],
  [7, 4],
] as const;

/** Gives the linked signals of a drawn item the ranks of their scores, which its columns show. */
export function settleRanks(item: Item): void {
  for (const [j, parent] of CHILDREN) {
    if (item.ranks[j]! >= 0 && item.ranks[parent]! >= 0) item.ranks[j] = rankOfScore(item.scores[j]!);
  }
}
