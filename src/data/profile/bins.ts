/** Histograms that can be compared: quantile bins of numbers, the most frequent categories, and the distance between two. */
import { ascending } from '../../metrics/order';

export const BINS = 20;

export interface NumberBins {
  /** Smallest, 5 %, 25 %, 50 %, 75 %, 95 %, largest number; null where none is there. */
  readonly quantiles: readonly number[] | null;
  /** Rising upper ends of all bins but the last; a number equal to an end lies below it. */
  readonly cuts: Float32Array;
}

const QUANTILES = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1];

/** Numbers in rising order with the missing ones first: what bins, quantiles and AUCs of a column all need. */
export interface Sorted {
  readonly values: Float32Array;
  /** [n] places in `values`. NaN stands among −∞. */
  readonly order: Uint32Array;
}

/** Sorts a column; a missing number ranks below all others. @param values [n] NaN = missing */
export function sorted(values: Float32Array): Sorted {
  const usable = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!;
    usable[i] = Number.isNaN(x) ? Number.NEGATIVE_INFINITY : x;
  }
  return { values, order: ascending(usable) };
}

/**
 * Quantiles and at most 20 equal-count bins; a value with much weight (zero, most often) fills one bin of its own.
 * @param weights [n]
 */
export function numberBins({ values, order }: Sorted, weights: Float64Array): NumberBins {
  let total = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i]!)) total += weights[i]!;
  if (!(total > 0)) return { quantiles: null, cuts: new Float32Array(0) };
  const cuts: number[] = [];
  const quantiles: number[] = [];
  let [below, cut, quantile] = [0, 1, 0];
  let [smallest, largest] = [Number.NaN, Number.NaN];
  for (let t = 0; t < order.length; t++) {
    const i = order[t]!;
    const value = values[i]!;
    if (Number.isNaN(value)) continue;
    if (Number.isNaN(smallest)) smallest = value;
    largest = value;
    below += weights[i]! / total;
    for (; quantile < QUANTILES.length - 1 && below >= QUANTILES[quantile]! - 1e-12; quantile++)
      quantiles.push(value);
    for (; cut < BINS && below >= cut / BINS - 1e-12; cut++) if (cuts.at(-1) !== value) cuts.push(value);
  }
  quantiles[0] = smallest;
  while (quantiles.length < QUANTILES.length) quantiles.push(largest);
  // An end at the largest value would leave the last bin empty.
  if (cuts.at(-1) === largest) cuts.pop();
  return { quantiles, cuts: Float32Array.from(cuts) };
}

/** The upper 16 bits of a float, so turned that they rise with the number: −∞ 0x007f, −0 0x7fff, 0 0x8000, ∞ 0xff80. */
const upper = (bits: number): number => (bits >> 31 ? ~bits >>> 16 : (bits >>> 16) | 0x8000);

/** By `upper`: bins that lie wholly below. Kept from one call to the next. */
const lowest = new Uint8Array(1 << 16);

/**
 * Which bin each number lies in: 0 … cuts.length, and `missing` for NaN. A binary search would cost five mispredicted
 * branches a number; the upper bits of the number say where to begin, and a step or two do the rest.
 * @param cuts rising upper ends of all bins but the last, at most 254
 * @param values [n], @param out [n]
 */
export function binAll(cuts: Float32Array, values: Float32Array, missing: number, out: Uint8Array): void {
  // Without −0, which equals 0 and has other bits.
  const ends = cuts.map((c) => c + 0);
  const cutBits = new Int32Array(ends.buffer);
  let from = 0;
  for (let b = 0; b < ends.length; b++) {
    const to = upper(cutBits[b]!) + 1;
    lowest.fill(b, from, to);
    from = to;
  }
  lowest.fill(ends.length, from);
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!;
    if (Number.isNaN(x)) {
      out[i] = missing;
      continue;
    }
    let bin = lowest[upper(bits[i]!)]!;
    while (bin < ends.length && x > ends[bin]!) bin++;
    out[i] = bin;
  }
}

/** The codes with the most weight, at most 19, heaviest first; all others share one more bin. */
export function frequentCodes(weightByCode: Float64Array): number[] {
  const codes: number[] = [];
  for (let code = 0; code < weightByCode.length; code++) if (weightByCode[code]! > 0) codes.push(code);
  codes.sort((a, b) => weightByCode[b]! - weightByCode[a]! || a - b);
  return codes.length <= BINS ? codes : codes.slice(0, BINS - 1);
}

/** Shares that sum to 1, or all 0 where nothing was counted. */
export function normalised(counts: ArrayLike<number>): number[] {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i]!;
  return Array.from(counts, (c) => (total > 0 ? c / total : 0));
}

/**
 * Jensen–Shannon divergence of two distributions over the same bins, in bits: 0 = equal, 1 = nothing in common.
 * Null where one of them is empty.
 */
export function jensenShannon(p: readonly number[], q: readonly number[]): number | null {
  const sum = (d: readonly number[]) => d.reduce((s, x) => s + x, 0);
  if (!(sum(p) > 0) || !(sum(q) > 0)) return null;
  let bits = 0;
  for (let b = 0; b < p.length; b++) {
    const middle = (p[b]! + q[b]!) / 2;
    if (p[b]! > 0) bits += (p[b]! / 2) * Math.log2(p[b]! / middle);
    if (q[b]! > 0) bits += (q[b]! / 2) * Math.log2(q[b]! / middle);
  }
  return Math.min(1, Math.max(0, bits));
}

/** Mean over all pairs of distributions; null where there are no two. */
export function meanDivergence(distributions: readonly (readonly number[])[]): number | null {
  let sum = 0;
  let pairs = 0;
  for (const [i, p] of distributions.entries()) {
    for (const q of distributions.slice(i + 1)) {
      const bits = jensenShannon(p, q);
      if (bits === null) continue;
      sum += bits;
      pairs++;
    }
  }
  return pairs > 0 ? sum / pairs : null;
}
