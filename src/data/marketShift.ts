/** How far each feature's distribution differs between markets: what splits features into dependent and invariant ones (MD). */
import type { Dataset } from './dataset';

/** Bins of a numerical feature: its quantiles over all markets together. */
const BINS = 20;
/** Values that the quantiles are taken of, at most. */
const MOST_SORTED = 20_000;
/** Markets that are compared, the largest first: pairs grow with the square. */
const MOST_MARKETS = 60;

/**
 * By feature, the Jensen–Shannon divergence of its distribution in two markets, in bits (0 = alike, 1 = no value in common),
 * averaged over all pairs of markets. Training rows by their weights; numerical features in 20 bins of their common quantiles.
 * Empty where the data name no country column. Small markets lie a little apart by chance alone.
 */
export function marketShifts(d: Dataset): ReadonlyMap<string, number> {
  const { categorical, numerical, country } = d.schema;
  const C = categorical.length;
  const M = numerical.length;
  const column = categorical.findIndex((c) => c.name === country);
  if (column < 0) return new Map();
  const { place, markets } = largestMarkets(d, column);
  const shiftOf = (bins: number, binAt: (row: number) => number): number => {
    const shares = Array.from({ length: markets }, () => new Float64Array(bins));
    const total = new Float64Array(markets);
    for (let i = 0; i < d.trainRows; i++) {
      const m = place[d.categorical[i * C + column]!]!;
      if (m < 0) continue;
      shares[m]![binAt(i)]! += d.weights[i]!;
      total[m]! += d.weights[i]!;
    }
    shares.forEach((share, m) => {
      for (let b = 0; b < bins; b++) share[b]! /= total[m]! || 1;
    });
    return meanOverPairs(shares);
  };
  const found = new Map<string, number>();
  categorical.forEach(({ name, vocabulary }, c) => {
    if (c !== column)
      found.set(
        name,
        shiftOf(vocabulary, (i) => d.categorical[i * C + c]!),
      );
  });
  numerical.forEach((name, m) => {
    const edges = quantiles(d.numerical, M, m, d.trainRows);
    found.set(
      name,
      shiftOf(edges.length + 1, (i) => binOf(edges, d.numerical[i * M + m]!)),
    );
  });
  return found;
}

/** Place of each country code among the markets that are compared, or −1; by training rows. */
function largestMarkets(d: Dataset, column: number): { place: Int32Array; markets: number } {
  const { vocabulary } = d.schema.categorical[column]!;
  const C = d.schema.categorical.length;
  const rows = new Float64Array(vocabulary);
  for (let i = 0; i < d.trainRows; i++) rows[d.categorical[i * C + column]!]!++;
  const codes = Array.from(rows.keys())
    .filter((code) => rows[code]! > 0)
    .sort((a, b) => rows[b]! - rows[a]! || a - b)
    .slice(0, MOST_MARKETS);
  const place = new Int32Array(vocabulary).fill(-1);
  codes.forEach((code, m) => {
    place[code] = m;
  });
  return { place, markets: codes.length };
}

/** Different inner edges of a column's bins, rising. */
function quantiles(values: Float32Array, columns: number, c: number, rows: number): Float32Array {
  const stride = Math.max(1, Math.ceil(rows / MOST_SORTED));
  const sorted = Float32Array.from(
    { length: Math.ceil(rows / stride) },
    (_, i) => values[i * stride * columns + c]!,
  );
  sorted.sort();
  const edges = Array.from(
    { length: BINS - 1 },
    (_, b) => sorted[Math.floor(((b + 1) * sorted.length) / BINS)]!,
  );
  return Float32Array.from(new Set(edges));
}

/** Number of edges at or below x. */
function binOf(edges: Float32Array, x: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle]! <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}

function meanOverPairs(shares: readonly Float64Array[]): number {
  let sum = 0;
  let pairs = 0;
  for (let a = 0; a < shares.length; a++) {
    for (let b = a + 1; b < shares.length; b++) {
      sum += divergence(shares[a]!, shares[b]!);
      pairs++;
    }
  }
  return pairs === 0 ? 0 : sum / pairs;
}

/** Jensen–Shannon divergence in bits. */
function divergence(p: Float64Array, q: Float64Array): number {
  let bits = 0;
  for (let b = 0; b < p.length; b++) {
    const middle = (p[b]! + q[b]!) / 2;
    if (p[b]! > 0) bits += (p[b]! / 2) * Math.log2(p[b]! / middle);
    if (q[b]! > 0) bits += (q[b]! / 2) * Math.log2(q[b]! / middle);
  }
  return bits;
}
