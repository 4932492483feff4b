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

/**
 * Quantiles and at most 20 equal-count bins; a value with much weight (zero, most often) fills one bin of its own.
 * @param values [n] NaN = missing; @param weights [n]
 */
export function numberBins(values: Float32Array, weights: Float64Array): NumberBins {
  const there = new Uint32Array(values.length);
  let n = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i]!)) there[n++] = i;
  const present = Float32Array.from(there.subarray(0, n), (i) => values[i]!);
  const order = ascending(present);
  let total = 0;
  for (let i = 0; i < n; i++) total += weights[there[i]!]!;
  if (n === 0 || !(total > 0)) return { quantiles: null, cuts: new Float32Array(0) };
  const cuts: number[] = [];
  const quantiles: number[] = [];
  let below = 0;
  let cut = 1;
  let quantile = 0;
  for (let t = 0; t < n; t++) {
    const i = order[t]!;
    below += weights[there[i]!]! / total;
    const value = present[i]!;
    for (; quantile < QUANTILES.length - 1 && below >= QUANTILES[quantile]! - 1e-12; quantile++)
      quantiles.push(value);
    for (; cut < BINS && below >= cut / BINS - 1e-12; cut++) if (cuts.at(-1) !== value) cuts.push(value);
  }
  const largest = present[order[n - 1]!]!;
  quantiles[0] = present[order[0]!]!;
  while (quantiles.length < QUANTILES.length) quantiles.push(largest);
  // An end at the largest value would leave the last bin empty.
  if (cuts.at(-1) === largest) cuts.pop();
  return { quantiles, cuts: Float32Array.from(cuts) };
}

/** Which bin a number lies in: 0 … cuts.length. */
export function binOf(cuts: Float32Array, value: number): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= cuts[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
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
