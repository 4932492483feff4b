/** Is a predicted probability true on average? Reliability by bins of equal weight, and predicted over observed. */
import { order } from './order';

/** Bins of a reliability diagram. */
export const BINS = 10;
/** 97.5 % point of the normal distribution. */
const Z = 1.96;

/** Rows with neighbouring predictions: what was predicted of them, and what happened. */
export interface Bin {
  readonly rows: number;
  /** Weighted mean of the predictions. */
  readonly predicted: number;
  /** Weighted share with the event. */
  readonly observed: number;
  /** 95 % interval of `observed` (Wilson), with the effective number of rows (Σw)²/Σw². */
  readonly low: number;
  readonly high: number;
  /** Weighted mean of the true probabilities, or null where they are not known. */
  readonly truth: number | null;
}

export type Calibration =
  | {
      readonly ok: true;
      readonly rows: number;
      readonly positives: number;
      readonly bins: readonly Bin[];
      /** Σw·p / Σw·y: 1 = right on average, above 1 = too much is predicted. */
      readonly ratio: number;
      /** 95 % interval of the ratio, on the log scale. */
      readonly low: number;
      readonly high: number;
      /** Σw·p over Σw·(true p), or null where the truth is not known. */
      readonly truthRatio: number | null;
    }
  | { readonly ok: false; readonly reason: string; readonly rows: number };

/** Wilson's 95 % interval of a share p of n rows; n may be an effective, broken number. */
export function wilson(p: number, n: number): { low: number; high: number } {
  const z2 = Z * Z;
  const middle = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z / (1 + z2 / n)) * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

export interface CalibrationInput {
  /** [N] predicted probabilities. */
  readonly predicted: Float64Array;
  /** [N] 0 or 1. */
  readonly labels: Uint8Array;
  /** [N], all 1 without. */
  readonly weights?: Float32Array | undefined;
  /** [N]; rows with 0 do not count. */
  readonly mask?: Uint8Array | undefined;
  /** [N] true probabilities, where they are known. */
  readonly truth?: Float64Array | null | undefined;
  /** What a positive row is called in a reason. */
  readonly event?: string | undefined;
}

/**
 * Reliability of predictions. A bin holds rows next to each other in order of prediction, with 1/`bins` of the weight;
 * equal predictions are never parted, so that there are fewer bins where many rows are predicted alike.
 */
export function calibration(
  { predicted, labels, weights, mask, truth, event = 'positive row' }: CalibrationInput,
  bins = BINS,
): Calibration {
  const weightOf = (i: number) => (mask && mask[i] === 0 ? 0 : weights ? weights[i]! : 1);
  let total = 0;
  let rows = 0;
  let positives = 0;
  for (let i = 0; i < predicted.length; i++) {
    const w = weightOf(i);
    if (!(w > 0)) continue;
    if (Number.isNaN(predicted[i]!)) {
      return { ok: false, reason: `the prediction of row ${i} is not a number (NaN)`, rows };
    }
    total += w;
    rows++;
    if (labels[i]! > 0) positives++;
  }
  if (rows === 0) return { ok: false, reason: 'no rows to compare', rows };
  if (positives === 0) return { ok: false, reason: `no ${event}s among these ${rows} rows`, rows };
  // Rows that do not count may hold anything; NaN does not sort.
  const sortable = predicted.map((p) => (Number.isNaN(p) ? 0 : p));
  const { rows: sorted, runs } = order(sortable);
  const done: Bin[] = [];
  const all = emptySums();
  let bin = emptySums();
  for (let r = 0; r + 1 < runs.length; r++) {
    for (let t = runs[r]!; t < runs[r + 1]!; t++) {
      const i = sorted[t]!;
      const w = weightOf(i);
      if (!(w > 0)) continue;
      add(bin, w, predicted[i]!, labels[i]! > 0 ? 1 : 0, truth?.[i] ?? 0);
    }
    const passed = all.w + bin.w;
    if (bin.w > 0 && (passed >= ((done.length + 1) * total) / bins - 1e-9 * total || passed === total)) {
      done.push(binOf(bin, truth !== null && truth !== undefined));
      merge(all, bin);
      bin = emptySums();
    }
  }
  if (bin.w > 0) {
    done.push(binOf(bin, truth !== null && truth !== undefined));
    merge(all, bin);
  }
  const ratio = all.p / all.y;
  // Delta method: Var log(Σwp/Σwy) of rows drawn anew is Σ w²(p/P − y/Y)² over rows, with sums P and Y.
  let variance = 0;
  for (let i = 0; i < predicted.length; i++) {
    const w = weightOf(i);
    if (!(w > 0)) continue;
    const share = w * (predicted[i]! / all.p - (labels[i]! > 0 ? 1 : 0) / all.y);
    variance += share * share;
  }
  const half = Math.exp(Z * Math.sqrt(variance));
  return {
    ok: true,
    rows,
    positives,
    bins: done,
    ratio,
    low: ratio / half,
    high: ratio * half,
    truthRatio: truth && all.q > 0 ? all.p / all.q : null,
  };
}

/** Sums over rows: weights, their squares, w·prediction, w·label, w·truth. */
interface Sums {
  rows: number;
  w: number;
  ww: number;
  p: number;
  y: number;
  q: number;
}

const emptySums = (): Sums => ({ rows: 0, w: 0, ww: 0, p: 0, y: 0, q: 0 });

function add(s: Sums, w: number, p: number, y: number, q: number): void {
  s.rows++;
  s.w += w;
  s.ww += w * w;
  s.p += w * p;
  s.y += w * y;
  s.q += w * q;
}

function merge(into: Sums, s: Sums): void {
  for (const key of ['rows', 'w', 'ww', 'p', 'y', 'q'] as const) into[key] += s[key];
}

function binOf(s: Sums, known: boolean): Bin {
  const observed = s.y / s.w;
  return {
    rows: s.rows,
    predicted: s.p / s.w,
    observed,
    ...wilson(observed, (s.w * s.w) / s.ww),
    truth: known ? s.q / s.w : null,
  };
}
