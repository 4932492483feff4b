/** All metrics of one evaluation: each reported column's AUC, log-loss and, where the truth is known, expected AUC. */
import type { Dataset } from '../data/dataset';
import type { OutputSpace } from '../pipeline/spaces';
import { type Auc, Ranking } from './auc';
import { type Calibration, calibration } from './calibration';
import { logLoss } from './log-loss';

/** One reported column; the same shape as an entry of the protocol's `Evaluation.metrics`. */
export interface SpaceMetrics {
  readonly space: string;
  readonly auc: Auc;
  /** Weighted mean negative log-likelihood in nats, or null where no row counts. */
  readonly logLoss: number | null;
  /** Where the truth is known: label-free AUC against the true probabilities. */
  readonly expectedAuc: Auc | null;
}

/** Which rows of a data set the predictions stand for. */
export interface Part {
  readonly from: number;
  readonly to: number;
}

export const validationPart = (d: Dataset): Part => ({ from: d.trainRows, to: d.rows });

/** Column k of a row-major [n·width] array, rows `from`…`to`. */
function column<T extends Float32Array | Uint8Array>(
  source: T,
  width: number,
  k: number,
  { from, to }: Part,
): T {
  const out = new (source.constructor as new (n: number) => T)(to - from);
  for (let i = from; i < to; i++) out[i - from] = source[i * width + k]!;
  return out;
}

/**
 * log(1 − q) never falls below this. log p_k − log p_parent is a difference of float32 numbers; whether q is 1 or
 * 1 − 1e-7 cannot be told from it, and a model whose heads are independent (Identity) may even put it above 1. Without
 * a floor a single such row would make the whole log-loss infinite.
 */
const LOWEST_LOG = Math.log(1e-7);

/** log q and log(1−q) of q = min(1, p_k/p_parent). */
function conditionalLogs(logP: Float32Array, logParent: Float32Array) {
  const log = new Float64Array(logP.length);
  const log1m = new Float64Array(logP.length);
  for (let i = 0; i < logP.length; i++) {
    const q = Math.min(0, ratio(logP[i]!, logParent[i]!));
    log[i] = q;
    const complement = q > -Math.LN2 ? Math.log(-Math.expm1(q)) : Math.log1p(-Math.exp(q));
    log1m[i] = Math.max(LOWEST_LOG, complement);
  }
  return { log, log1m };
}

/** log p − log p_parent; an event of probability 0 stays at −∞ whatever its parent. */
function ratio(logP: number, logParent: number): number {
  return logP === Number.NEGATIVE_INFINITY ? logP : logP - logParent;
}

/** f of each row, as doubles. (Float64Array.from with a function is ten times slower than this loop.) */
function each(n: number, f: (row: number) => number): Float64Array {
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) out[i] = f(i);
  return out;
}

/** Index of the label column of task k: the entire-space column of a task is named after it. */
function labelColumn(d: Dataset, spaces: readonly OutputSpace[], task: number): number {
  const id = spaces.find((s) => s.task === task && s.given === null)?.id;
  const at = d.schema.tasks.findIndex((t) => t.name === id);
  if (at < 0)
    throw new Error(`The data set "${d.source.title}" has no label column for "${id ?? `task ${task}`}".`);
  return at;
}

export interface Predictions {
  /** [n·K] row-major log p and log(1−p) of each task's event, entire space. */
  readonly logP: Float32Array;
  readonly log1mP: Float32Array;
  /** K. */
  readonly tasks: number;
}

/**
 * Metrics of predictions for rows `part` (the validation part unless said otherwise), one entry for each space.
 *
 * A conditional column such as CVR = P(purchase | click) is scored by p(purchase)/p(click), for every architecture
 * alike, on the rows that were clicked; its expected AUC takes all rows, positives h·p_k, negatives h·(p_parent − p_k).
 * `nouns` name a positive row of each task in reasons; the names of the label columns do without.
 */
export function evaluate(
  spaces: readonly OutputSpace[],
  { logP, log1mP, tasks }: Predictions,
  dataset: Dataset,
  part: Part = validationPart(dataset),
  nouns?: readonly string[],
): SpaceMetrics[] {
  const n = part.to - part.from;
  if (logP.length !== n * tasks || log1mP.length !== n * tasks) {
    throw new Error(`Predictions for ${logP.length / tasks} rows cannot be judged against ${n} rows.`);
  }
  const here: Part = { from: 0, to: n };
  const width = dataset.schema.tasks.length;
  const weights = dataset.weights.subarray(part.from, part.to);
  const h = dataset.truth?.featureWeights.subarray(part.from, part.to);
  const truth = (at: number) => column(dataset.truth!.probabilities, width, at, part);

  return spaces.map((space) => {
    const at = labelColumn(dataset, spaces, space.task);
    const event = nouns?.[space.task] ?? dataset.schema.tasks[at]!.name;
    const labels = column(dataset.labels, width, at, part);
    const own = column(logP, tasks, space.task, here);
    const p = h ? truth(at) : null;
    const positive = h && p ? each(n, (i) => h[i]! * p[i]!) : null;

    if (space.given === null) {
      const ranking = new Ranking(own);
      const negative = h && p ? each(n, (i) => h[i]! * (1 - p[i]!)) : null;
      return {
        space: space.id,
        auc: ranking.labelled(labels, weights, undefined, event),
        logLoss: logLoss(own, column(log1mP, tasks, space.task, here), labels, weights),
        expectedAuc: positive && negative ? ranking.expected(positive, negative, event) : null,
      };
    }
    const parentAt = labelColumn(dataset, spaces, space.given);
    const happened = column(dataset.labels, width, parentAt, part);
    const parent = column(logP, tasks, space.given, here);
    const ranking = new Ranking(each(n, (i) => ratio(own[i]!, parent[i]!)));
    const logs = conditionalLogs(own, parent);
    const parentP = h ? truth(parentAt) : null;
    const negative = h && p && parentP ? each(n, (i) => h[i]! * Math.max(0, parentP[i]! - p[i]!)) : null;
    return {
      space: space.id,
      auc: ranking.labelled(labels, weights, happened, event),
      logLoss: logLoss(logs.log, logs.log1m, labels, weights, happened),
      expectedAuc: positive && negative ? ranking.expected(positive, negative, event) : null,
    };
  });
}

/** One reported column's calibration; the same shape as an entry of a run's `calibration` event. */
export interface SpaceCalibration {
  readonly space: string;
  readonly calibration: Calibration;
}

/**
 * Calibration of predictions for the validation part, one entry for each space. A conditional column is judged as in
 * `evaluate`: p(purchase)/p(click), at most 1, on the rows that were clicked.
 */
export function calibrations(
  spaces: readonly OutputSpace[],
  { logP, tasks }: Pick<Predictions, 'logP' | 'tasks'>,
  dataset: Dataset,
  nouns?: readonly string[],
): SpaceCalibration[] {
  const part = validationPart(dataset);
  const n = part.to - part.from;
  const width = dataset.schema.tasks.length;
  const here: Part = { from: 0, to: n };
  return spaces.map((space) => {
    const at = labelColumn(dataset, spaces, space.task);
    const given = space.given === null ? null : labelColumn(dataset, spaces, space.given);
    const own = column(logP, tasks, space.task, here);
    const parent = space.given === null ? null : column(logP, tasks, space.given, here);
    const p = dataset.truth && column(dataset.truth.probabilities, width, at, part);
    const q =
      dataset.truth && given !== null ? column(dataset.truth.probabilities, width, given, part) : null;
    return {
      space: space.id,
      calibration: calibration({
        predicted: each(n, (i) => Math.exp(parent ? Math.min(0, ratio(own[i]!, parent[i]!)) : own[i]!)),
        labels: column(dataset.labels, width, at, part),
        weights: dataset.weights.subarray(part.from, part.to),
        mask: given === null ? undefined : column(dataset.labels, width, given, part),
        truth: p && each(n, (i) => (q ? Math.min(1, p[i]! / q[i]!) : p[i]!)),
        event: nouns?.[space.task] ?? dataset.schema.tasks[at]!.name,
      }),
    };
  });
}
