/** Two models on the same rows: how far their AUCs and log-losses lie apart, and how sure that is, row by row. */
import type { Dataset } from '../data/dataset';
import type { OutputSpace } from '../pipeline/spaces';
import type { Scores } from './auc';
import { type Judged, judged, type Part, type Predictions, validationPart } from './evaluate';
import { order } from './order';

/** A difference between two models with the standard error of drawing other rows. */
export interface PairedDifference {
  readonly value: number;
  readonly se: number;
}

/** One reported column's differences; null where either model has no value. */
export interface SpaceDifferences {
  readonly space: string;
  /** Of the AUC on labels. */
  readonly label: PairedDifference | null;
  /** Of the AUC against true probabilities, where they are known. */
  readonly expected: PairedDifference | null;
  /** Of the log-loss in nats; below 0 the first model is better. */
  readonly logLoss: PairedDifference | null;
}

/** An AUC with what each row does to it. */
interface Influenced {
  readonly value: number;
  /** [N] ψ_i of the row's positive and negative share: AUC ≈ its expectation + Σ ψ_i. */
  readonly positive: Float64Array;
  readonly negative: Float64Array;
  /** Rows with a positive share, and with a negative one. */
  readonly rows: { readonly positive: number; readonly negative: number };
}

/**
 * AUC and influences: ψ⁺_i = w⁺_i (V₁₀(i) − A)/W₊ and ψ⁻_i = w⁻_i (V₀₁(i) − A)/W₋ with DeLong's placements V, ties half.
 * Their squares sum to the variance that auc.ts gives.
 * @param positive [N] what of a row counts as positive, ≥ 0, and `negative` likewise
 * @returns null where there is nothing to rank, or a score that counts is not a number
 */
function influences(scores: Scores, positive: Scores, negative: Scores): Influenced | null {
  const n = scores.length;
  const counted: number[] = [];
  const found = { positive: 0, negative: 0 };
  let plus = 0;
  let minus = 0;
  for (let i = 0; i < n; i++) {
    if (!(positive[i]! > 0 || negative[i]! > 0)) continue;
    if (Number.isNaN(scores[i]!)) return null;
    counted.push(i);
    if (positive[i]! > 0) found.positive++;
    if (negative[i]! > 0) found.negative++;
    plus += positive[i]!;
    minus += negative[i]!;
  }
  if (!(plus > 0) || !(minus > 0)) return null;
  const own = new (scores.constructor as new (n: number) => Scores)(counted.length);
  counted.forEach((i, at) => {
    own[at] = scores[i]!;
  });
  const { rows, runs } = order(own);
  const ofPositive = new Float64Array(n);
  const ofNegative = new Float64Array(n);
  let area = 0;
  let below = 0;
  let belowPositive = 0;
  for (let r = 0; r + 1 < runs.length; r++) {
    let tiedPositive = 0;
    let tiedNegative = 0;
    for (let t = runs[r]!; t < runs[r + 1]!; t++) {
      const i = counted[rows[t]!]!;
      tiedPositive += positive[i]!;
      tiedNegative += negative[i]!;
    }
    const v10 = (below + tiedNegative / 2) / minus;
    const v01 = (plus - belowPositive - tiedPositive / 2) / plus;
    area += tiedPositive * v10;
    for (let t = runs[r]!; t < runs[r + 1]!; t++) {
      const i = counted[rows[t]!]!;
      ofPositive[i] = v10;
      ofNegative[i] = v01;
    }
    below += tiedNegative;
    belowPositive += tiedPositive;
  }
  const value = area / plus;
  for (const i of counted) {
    ofPositive[i] = (positive[i]! * (ofPositive[i]! - value)) / plus;
    ofNegative[i] = (negative[i]! * (ofNegative[i]! - value)) / minus;
  }
  return { value, positive: ofPositive, negative: ofNegative, rows: found };
}

/** One model's AUCs and row-wise log-losses in one space. */
interface Reading {
  readonly label: Influenced | null;
  readonly expected: Influenced | null;
  /** [N] −log-likelihood of a row that counts. */
  readonly losses: Float64Array;
}

function readingOf({ scores, labels, weights, mask, logs, truth }: Judged): Reading {
  const n = scores.length;
  const positive = new Float64Array(n);
  const negative = new Float64Array(n);
  const losses = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    if (mask && mask[i] === 0) continue;
    (labels[i]! > 0 ? positive : negative)[i] = weights[i]!;
    losses[i] = -(labels[i]! > 0 ? logs.log[i]! : logs.log1m[i]!);
  }
  return {
    label: influences(scores, positive, negative),
    expected: truth && influences(scores, truth.positive, truth.negative),
    losses,
  };
}

/** DeLong's variance of a difference on labels: positives and negatives are two samples, each with its own n/(n−1). */
function ofLabels(a: Influenced | null, b: Influenced | null): PairedDifference | null {
  if (!a || !b) return null;
  const part = (side: 'positive' | 'negative') => {
    let squares = 0;
    for (let i = 0; i < a[side].length; i++) squares += (a[side][i]! - b[side][i]!) ** 2;
    const n = a.rows[side];
    // One row of a kind shows no spread of its own.
    return n > 1 ? (squares * n) / (n - 1) : squares;
  };
  const variance = part('positive') + part('negative');
  return { value: a.value - b.value, se: Math.sqrt(variance) };
}

/** With true probabilities each row is a bit of both, and one sample. */
function ofTruth(a: Influenced | null, b: Influenced | null): PairedDifference | null {
  if (!a || !b) return null;
  let variance = 0;
  for (let i = 0; i < a.positive.length; i++) {
    variance += (a.positive[i]! - b.positive[i]! + (a.negative[i]! - b.negative[i]!)) ** 2;
  }
  return { value: a.value - b.value, se: Math.sqrt(variance) };
}

function ofLosses(a: Reading, b: Reading, { weights, mask }: Judged): PairedDifference | null {
  let all = 0;
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    if (mask && mask[i] === 0) continue;
    all += weights[i]!;
    sum += weights[i]! * (a.losses[i]! - b.losses[i]!);
  }
  const value = sum / all;
  if (!(all > 0) || !Number.isFinite(value)) return null;
  let squares = 0;
  for (let i = 0; i < weights.length; i++) {
    if (mask && mask[i] === 0) continue;
    squares += (weights[i]! * (a.losses[i]! - b.losses[i]! - value)) ** 2;
  }
  return { value, se: Math.sqrt(squares) / all };
}

/**
 * Every model against every other on the same rows, so that what both owe to the rows cancels out.
 * The interval is that of drawing other rows; another seed of training may move a difference further.
 * @param models predictions of the rows `part` by model; null: that model has none
 * @returns [a][b] differences a − b by space; null where either has no predictions
 */
export function pairedDifferences(
  spaces: readonly OutputSpace[],
  models: readonly (Predictions | null)[],
  dataset: Dataset,
  part: Part = validationPart(dataset),
): (readonly SpaceDifferences[] | null)[][] {
  const sides = models.map((m) => m && judged(spaces, m, dataset, part));
  const readings = sides.map((s) => s?.map(readingOf) ?? null);
  return readings.map((a, i) =>
    readings.map((b) => {
      if (!a || !b) return null;
      return a.map((mine, s): SpaceDifferences => {
        const theirs = b[s]!;
        const side = sides[i]![s]!;
        return {
          space: side.space.id,
          label: ofLabels(mine.label, theirs.label),
          expected: ofTruth(mine.expected, theirs.expected),
          logLoss: ofLosses(mine, theirs, side),
        };
      });
    }),
  );
}
