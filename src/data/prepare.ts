/** What every source of data goes through: the split by page, the z-scores, the fingerprint. */
import type { Dataset, DatasetSchema, Scaling, Sequences } from './dataset';
import { hash32 } from './random';

/** Share of the pages that train; the others validate. */
export const TRAIN_SHARE = 0.75;

/** Values further than this many standard deviations from the mean are pulled in. */
export const CLIP = 5;

const SPLIT_STREAM = 0x73706c74;

/**
 * Splits rows into training and validation by hash of their page, so that no page lies in both.
 * `pages` [N] identifies each row's page and alone decides its part: a page falls on the same side in every run.
 * Where that leaves a part empty although there are two pages, the page nearest to the line changes sides.
 * Returns [N] 1 = validation, 0 = training.
 * @param validationShare share of the pages that validate
 */
export function splitByPage(pages: Uint32Array, validationShare = 1 - TRAIN_SHARE): Uint8Array {
  const n = pages.length;
  const line = (1 - validationShare) * 2 ** 32;
  let nearestBelow = -1;
  let nearestAbove = 2 ** 32;
  let lowest = 2 ** 32;
  let highest = -1;
  const places = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const place = hash32(SPLIT_STREAM, pages[i]!);
    places[i] = place;
    if (place < line) nearestBelow = Math.max(nearestBelow, place);
    else nearestAbove = Math.min(nearestAbove, place);
    lowest = Math.min(lowest, place);
    highest = Math.max(highest, place);
  }
  let cut = line;
  if (lowest !== highest) {
    if (nearestBelow < 0) cut = nearestAbove + 1;
    if (nearestAbove === 2 ** 32) cut = nearestBelow;
  } else if (n > 0) {
    // A single page cannot be divided: it trains, and there is nothing to validate on.
    cut = highest + 1;
  }
  const validation = new Uint8Array(n);
  for (let i = 0; i < n; i++) validation[i] = places[i]! < cut ? 0 : 1;
  return validation;
}

type Column = Int32Array | Uint32Array | Uint8Array | Float32Array;

/** Rows of `source` [·, width] in the given order, as a new array [order.length, width]. */
export function gatherRows<T extends Column>(source: T, width: number, order: Uint32Array): T {
  const target = new (source.constructor as new (n: number) => T)(order.length * width);
  for (let i = 0; i < order.length; i++) {
    const from = order[i]! * width;
    for (let c = 0; c < width; c++) target[i * width + c] = source[from + c]!;
  }
  return target;
}

/** The lists of the given rows, in the given order. */
export function gatherSequences({ offsets, codes, ages }: Sequences, order: Uint32Array): Sequences {
  const starts = new Uint32Array(order.length + 1);
  for (let i = 0; i < order.length; i++) {
    starts[i + 1] = starts[i]! + offsets[order[i]! + 1]! - offsets[order[i]!]!;
  }
  const to = { codes: new Int32Array(starts.at(-1)!), ages: new Float32Array(starts.at(-1)!) };
  for (let i = 0; i < order.length; i++) {
    const [from, end] = [offsets[order[i]!]!, offsets[order[i]! + 1]!];
    to.codes.set(codes.subarray(from, end), starts[i]!);
    to.ages.set(ages.subarray(from, end), starts[i]!);
  }
  return { offsets: starts, ...to };
}

/**
 * Mean and 1/sd of each column of raw values [N·M], NaN = missing.
 *
 * Both are those of the training part (the first `trainRows` rows) and weighted by inclusion weight: they describe the
 * population, so that a column means the same whatever share of the clicks was kept. A column without spread has scale 0.
 */
export function scalingOf(
  values: Float32Array,
  columns: number,
  trainRows: number,
  weights: Float32Array,
): Scaling {
  const sum = new Float64Array(columns);
  const total = new Float64Array(columns);
  const low = new Float64Array(columns).fill(Number.POSITIVE_INFINITY);
  const high = new Float64Array(columns).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0, at = 0; i < trainRows; i++) {
    const w = weights[i]!;
    for (let c = 0; c < columns; c++, at++) {
      const x = values[at]!;
      if (Number.isNaN(x)) continue;
      sum[c]! += w * x;
      total[c]! += w;
      if (x < low[c]!) low[c] = x;
      if (x > high[c]!) high[c] = x;
    }
  }
  const mean = sum.map((s, c) => (total[c]! > 0 ? s / total[c]! : 0));
  const square = new Float64Array(columns);
  for (let i = 0, at = 0; i < trainRows; i++) {
    const w = weights[i]!;
    for (let c = 0; c < columns; c++, at++) {
      const d = values[at]! - mean[c]!;
      if (!Number.isNaN(d)) square[c]! += w * d * d;
    }
  }
  // Equal ends, not a small variance, tell a constant column: rounding leaves a variance just above 0.
  const scale = square.map((s, c) => (low[c]! < high[c]! && s > 0 ? 1 / Math.sqrt(s / total[c]!) : 0));
  return { mean, scale };
}

/** Replaces raw values [N·M] by z-scores clipped to ±5, in place; NaN (missing) and constant columns become 0. */
export function standardise(values: Float32Array, { mean, scale }: Scaling): void {
  const columns = mean.length;
  for (let at = 0, c = 0; at < values.length; at++) {
    const z = (values[at]! - mean[c]!) * scale[c]!;
    values[at] = Number.isNaN(z) ? 0 : z > CLIP ? CLIP : z < -CLIP ? -CLIP : z;
    if (++c === columns) c = 0;
  }
}

/** Two murmur3 lanes over 32-bit words. Not cryptographic: it tells data sets apart, it does not guard against forgery. */
class Digest {
  private a = 0x2f0b4a47;
  private b = 0x5bd1e995;

  word(w: number): void {
    let k = Math.imul(w, 0xcc9e2d51);
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
    this.a ^= k;
    this.a = (Math.imul((this.a << 13) | (this.a >>> 19), 5) + 0xe6546b64) | 0;
    let m = Math.imul(w ^ this.a, 0x239b961b);
    m = Math.imul((m << 16) | (m >>> 16), 0xab0e9789);
    this.b ^= m;
    this.b = (Math.imul((this.b << 17) | (this.b >>> 15), 5) + 0x561ccd1b) | 0;
  }

  hex(): string {
    return [hash32(this.a, this.b, 1), hash32(this.a, this.b, 2)]
      .map((h) => h.toString(16).padStart(8, '0'))
      .join('');
  }
}

/** 64-bit digest of schema, split and all bytes, as 16 hex digits. Where the data came from does not enter, nor do its pages. */
export function fingerprintOf(d: Omit<Dataset, 'fingerprint' | 'source'>): string {
  const digest = new Digest();
  const text = JSON.stringify(d.schema);
  digest.word(text.length);
  for (let i = 0; i < text.length; i++) digest.word(text.charCodeAt(i));
  digest.word(d.rows);
  digest.word(d.trainRows);
  const columns: Column[] = [d.categorical, d.numerical, d.labels, d.weights, d.groups, d.rowIds];
  if (d.truth) columns.push(d.truth.probabilities, d.truth.featureWeights);
  for (const s of d.sequences ?? []) columns.push(s.offsets, s.codes, s.ages);
  for (const column of columns) {
    digest.word(column.length);
    // Bytes are read one by one and all else as whole words, so that the order of bytes in memory does not matter.
    const words =
      column.BYTES_PER_ELEMENT === 1
        ? column
        : new Uint32Array(column.buffer, column.byteOffset, column.length);
    for (let i = 0; i < words.length; i++) digest.word(words[i]!);
  }
  return digest.hex();
}

/** Names of the 16 categorical and of the given numerical columns, and the funnel click → conversion. */
export function aliExpressSchema(
  vocabularies: readonly number[],
  numerical: readonly number[],
): DatasetSchema {
  return {
    categorical: vocabularies.map((vocabulary, i) => ({ name: `categorical_${i + 1}`, vocabulary })),
    numerical: numerical.map((n) => `numerical_${n}`),
    tasks: [
      { name: 'click', parent: null },
      { name: 'conversion', parent: 0 },
    ],
    group: 'search_id',
  };
}
