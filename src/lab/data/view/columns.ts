/** The columns of a profile, found and put in order, and the heights of their histograms: plain functions behind the view. */
import type { Profile } from '../../../../workers/protocol';

export type FeatureProfile = Profile['features'][number];

/** `order`: as in the data; `divergence`; `missing`; or the AUC of a task by its number. */
export type Order = 'order' | 'divergence' | 'missing' | number;

export interface Wanted {
  readonly words: string;
  readonly kind: FeatureProfile['kind'] | 'any';
  readonly order: Order;
}

/** Columns whose name holds the words, of this kind, the largest value of the order first; what has no value comes last. */
export function columnsOf(
  features: readonly FeatureProfile[],
  { words, kind, order }: Wanted,
): FeatureProfile[] {
  const needle = words.trim().toLowerCase();
  const found = features.filter(
    (f) => (kind === 'any' || f.kind === kind) && f.name.toLowerCase().includes(needle),
  );
  if (order === 'order') return found;
  const value = (f: FeatureProfile) =>
    (order === 'divergence' ? f.divergence : order === 'missing' ? f.missing : f.auc[order]) ?? -1;
  return found.sort((a, b) => value(b) - value(a));
}

/** Names of the columns whose divergence between markets is above the threshold. */
export const dependentOn = (features: readonly FeatureProfile[], above: number): string[] =>
  features.filter((f) => f.divergence !== null && f.divergence > above).map((f) => f.name);

/** One bar of a histogram: place and width as shares of the picture, height as a share of its tallest bar. */
export interface Bar {
  readonly x: number;
  readonly width: number;
  readonly height: number;
}

/** From, to; one number stands for a heap on a single value. */
type Range = readonly [from: number, to: number];

/** The ranges of a numerical column's bins, e.g. "0.1 – 0.25" or "0"; null where one is no range. The bin of missing values is left out. */
function rangesOf(bins: readonly string[]): Range[] | null {
  const numbers = bins.at(-1) === 'missing' ? bins.slice(0, -1) : bins;
  const ranges = numbers.map((bin): Range => {
    const [from, to = from] = bin.split(' – ').map(Number);
    return [from!, to!];
  });
  return ranges.every(([from, to]) => Number.isFinite(from) && Number.isFinite(to)) ? ranges : null;
}

/**
 * The bars of a column in each market, on one scale. Numbers: the area of a bar is its share, on an axis from the 5 % to
 * the 95 % quantile, since the tails would squeeze the rest. Categories: the bars stand side by side, as high as their share.
 */
export function histogramOf({ kind, bins, shares, quantiles }: FeatureProfile): Bar[][] {
  const ranges = kind === 'numerical' ? rangesOf(bins) : null;
  const raw = ranges && ranges.length > 0 ? areas(ranges, shares, quantiles) : evenly(shares);
  const tallest = Math.max(1e-12, ...raw.flat().map((b) => b.height));
  return raw.map((bars) => bars.map((b) => ({ ...b, height: Math.min(1, b.height / tallest) })));
}

const evenly = (shares: FeatureProfile['shares']): Bar[][] =>
  shares.map((market) =>
    market.map((height, i) => ({ x: i / market.length, width: 1 / market.length, height })),
  );

function areas(
  ranges: readonly Range[],
  shares: FeatureProfile['shares'],
  quantiles: FeatureProfile['quantiles'],
): Bar[][] {
  const ends = [ranges[0]![0], ranges.at(-1)![1]] as const;
  const [low, high] = [quantiles?.[1] ?? ends[0], quantiles?.[5] ?? ends[1]];
  const [from, to] = high > low ? [low, high] : ends;
  const span = to > from ? to - from : 1;
  // A heap on one value has no width of its own: it is drawn as wide as a fiftieth of the axis.
  const least = span / 50;
  return shares.map((market) =>
    ranges.flatMap(([start, end], i) => {
      const left = Math.max(from, start);
      const right = Math.min(to, end);
      if (right < left) return [];
      const width = Math.max(least, right - left);
      const x = Math.max(0, Math.min((left - from) / span, 1 - width / span));
      return [{ x, width: width / span, height: (market[i] ?? 0) / Math.max(least, end - start) }];
    }),
  );
}

/** A pair of numerical columns and how they go together. */
export interface Pair {
  readonly a: string;
  readonly b: string;
  readonly r: number;
}

/** The pairs of columns that go together most, in either direction. */
export function strongestPairs({ names, values }: Profile['correlation'], most: number): Pair[] {
  const n = names.length;
  const pairs: Pair[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const r = values[i * n + j]!;
      if (Number.isFinite(r)) pairs.push({ a: names[i]!, b: names[j]!, r });
    }
  }
  return pairs.sort((p, q) => Math.abs(q.r) - Math.abs(p.r)).slice(0, most);
}

/** SVG paths of a correlation map with cells of 1 × 1, one for each tenth of |r|: squares where r > 0, triangles below. */
export function heatPaths({ names, values }: Profile['correlation']) {
  const n = names.length;
  const paths = new Map<string, { negative: boolean; strength: number; d: string }>();
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const r = values[i * n + j]!;
      const strength = Math.round(Math.abs(r) * 10) / 10;
      if (!Number.isFinite(r) || strength === 0) continue;
      const key = `${r < 0}${strength}`;
      const path = paths.get(key) ?? { negative: r < 0, strength, d: '' };
      path.d += r < 0 ? `M${j} ${i}v1h1z` : `M${j} ${i}h1v1h-1z`;
      paths.set(key, path);
    }
  }
  return [...paths.values()];
}
