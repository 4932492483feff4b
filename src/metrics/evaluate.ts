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
  const columns = judged(spaces, { logP, log1mP, tasks }, dataset, part, nouns);
  return columns.map(({ space, event, scores, labels, weights, mask, logs, truth }) => {
    const ranking = new Ranking(scores);
    return {
      space: space.id,
      auc: ranking.labelled(labels, weights, mask, event),
      logLoss: logLoss(logs.log, logs.log1m, labels, weights, mask),
      expectedAuc: truth ? ranking.expected(truth.positive, truth.negative, event) : null,
    };
  });
}

/** What a space's metrics are computed from; all [n], in the order of the part's rows. */
export interface Judged {
  readonly space: OutputSpace;
  /** What a positive row is called. */
  readonly event: string;
  /** What ranks the rows: log p, or log p_k − log p_parent. */
  readonly scores: Float32Array | Float64Array;
  readonly labels: Uint8Array;
  readonly weights: Float32Array;
  /** 0 where a row does not count; absent: all do. */
  readonly mask: Uint8Array | undefined;
  /** log q and log(1−q) of the space's own probability. */
  readonly logs: {
    readonly log: Float32Array | Float64Array;
    readonly log1m: Float32Array | Float64Array;
  };
  /** Shares of a row that are positive and negative by the true probabilities; null where the truth is not known. */
  readonly truth: { readonly positive: Float64Array; readonly negative: Float64Array } | null;
}

/** Scores, labels and shares of every space for rows `part`; see `evaluate`. */
export function judged(
  spaces: readonly OutputSpace[],
  { logP, log1mP, tasks }: Predictions,
  dataset: Dataset,
  part: Part = validationPart(dataset),
  nouns?: readonly string[],
): Judged[] {
  const n = part.to - part.from;
  const here: Part = { from: 0, to: n };
  const width = dataset.schema.tasks.length;
  const weights = dataset.weights.subarray(part.from, part.to);
  const h = dataset.truth?.featureWeights.subarray(part.from, part.to);
  const truth = (at: number) => column(dataset.truth!.probabilities, width, at, part);

  return spaces.map((space): Judged => {
    const at = labelColumn(dataset, spaces, space.task);
    const event = nouns?.[space.task] ?? dataset.schema.tasks[at]!.name;
    const labels = column(dataset.labels, width, at, part);
    const own = column(logP, tasks, space.task, here);
    const p = h ? truth(at) : null;
    const positive = h && p ? each(n, (i) => h[i]! * p[i]!) : null;
    const common = { space, event, labels, weights };

    if (space.given === null) {
      const negative = h && p ? each(n, (i) => h[i]! * (1 - p[i]!)) : null;
      return {
        ...common,
        scores: own,
        mask: undefined,
        logs: { log: own, log1m: column(log1mP, tasks, space.task, here) },
        truth: positive && negative ? { positive, negative } : null,
      };
    }
    const parentAt = labelColumn(dataset, spaces, space.given);
    const parent = column(logP, tasks, space.given, here);
    const parentP = h ? truth(parentAt) : null;
    const negative = h && p && parentP ? each(n, (i) => h[i]! * Math.max(0, parentP[i]! - p[i]!)) : null;
    return {
      ...common,
      scores: each(n, (i) => ratio(own[i]!, parent[i]!)),
      mask: column(dataset.labels, width, parentAt, part),
      logs: conditionalLogs(own, parent),
      truth: positive && negative ? { positive, negative } : null,
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
