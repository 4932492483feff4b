/**
 * Draws what a page and an item are like: scores, segment, codes and flags.
 *
 * One number in (0, 1) settles a signal: its low end says "missing", the rest is the value's rank u ∈ (0, 1). The score is
 * z = Φ⁻¹(u) and the visible column Q(u), but for the few columns that are linked to another one (`LINKS`). Every score can
 * be read off the row, so the truth stays observable.
 */
import type { Rng } from '../random';
import { CATEGORICAL, FLAGS, ITEM_SIGNALS, NUMERICAL, PAGE_SIGNALS, SEGMENT } from './marginals';
import { normalScore, phi } from './normal';

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
  /** Rank of each item signal, −1 = missing; [8]. Of its score, and after `settleRanks` of what its column shows. */
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
 * How item columns hang together: the normal score that a child's column shows is load·(its parent's score) + rest·(its
 * own), load² + rest² = 1. Where the parent is missing, its own stands alone.
 *
 * The scores themselves stay independent, so that K and V are as if nothing were linked; and since the parent's score
 * can be read off its column, so can the child's. Which values are missing is drawn apart, and every marginal stays.
 */
export const LINKS = [
  /** numerical_30 and numerical_35. */
  { child: 2, parent: 4, load: -0.54 },
  /** numerical_34 and numerical_35. */
  { child: 3, parent: 4, load: 0.58 },
  /** numerical_53 and numerical_52. */
  { child: 6, parent: 5, load: 0.52 },
  /** numerical_56 and numerical_35. */
  { child: 7, parent: 4, load: 0.7 },
] as const;

const LINKED = LINKS.map((link) => ({ ...link, rest: Math.sqrt(1 - link.load * link.load) }));

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

/** Draws what attraction needs of an item: i_0…i_6 and B0, eight words. */
export function drawItem(rng: Rng, item: Item): void {
  for (let j = 0; j < ATTRACTION_SIGNALS; j++) drawSignal(item, j, rng.uniform());
  item.flags[0] = rng.uniform() < FLAGS[0] ? 1 : 0;
}

/** i_7 and B1 enter intent alone: they are drawn only for candidates that may be kept. */
const ATTRACTION_SIGNALS = 7;

/** Draws the rest of what intent needs: i_7 and B1, two words. */
export function drawItemIntent(rng: Rng, item: Item): void {
  drawSignal(item, ATTRACTION_SIGNALS, rng.uniform());
  item.flags[1] = rng.uniform() < FLAGS[1] ? 1 : 0;
}

/**
 * Gives the linked signals of a drawn item the ranks that their columns show. Only for items that are kept: most
 * candidates are dropped before a column is looked at.
 */
export function settleRanks(item: Item): void {
  for (const { child, parent, load, rest } of LINKED) {
    if (item.ranks[child]! < 0 || item.ranks[parent]! < 0) continue;
    item.ranks[child] = phi(load * item.scores[parent]! + rest * item.scores[child]!);
  }
}
