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

/**
 * The bars of a column in each market, on one scale. Where the bins are edges of numbers (one more than shares), the
 * area of a bar is its share, and the axis runs from the 5 % to the 95 % quantile, where the tails would squeeze the rest;
 * else the bars stand side by side and their height is the share.
 */
export function histogramOf({ bins, shares, quantiles }: FeatureProfile): Bar[][] {
  const n = shares[0]?.length ?? 0;
  const edges = bins.map(Number);
  const numeric = edges.length === n + 1 && edges.every(Number.isFinite);
  const raw = numeric ? areas(edges, shares, quantiles) : evenly(n, shares);
  const tallest = Math.max(1e-12, ...raw.flat().map((b) => b.height));
  return raw.map((bars) => bars.map((b) => ({ ...b, height: Math.min(1, b.height / tallest) })));
}

const evenly = (n: number, shares: FeatureProfile['shares']): Bar[][] =>
  shares.map((market) => market.map((height, i) => ({ x: i / n, width: 1 / n, height })));

function areas(
  edges: number[],
  shares: FeatureProfile['shares'],
  quantiles: FeatureProfile['quantiles'],
): Bar[][] {
  const low = quantiles?.[1] ?? edges[0]!;
  const high = quantiles?.[5] ?? edges.at(-1)!;
  const [from, to] = high > low ? [low, high] : [edges[0]!, edges.at(-1)!];
  const span = to > from ? to - from : 1;
  // A heap on one value has no width of its own: it is drawn as wide as a fiftieth of the axis.
  const least = span / 50;
  return shares.map((market) =>
    market.flatMap((share, i) => {
      const left = Math.max(from, edges[i]!);
      const right = Math.min(to, edges[i + 1]!);
      if (right < from || left > to || right < left) return [];
      const whole = Math.max(least, edges[i + 1]! - edges[i]!);
      const width = Math.max(least, right - left);
      const x = Math.min((left - from) / span, 1 - width / span);
      return [{ x, width: width / span, height: share / whole }];
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
