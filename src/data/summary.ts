/** What is worth knowing of a data set without holding it: sizes, rates, and what no model can beat. */
import { expectedAuc } from '../metrics/auc';
import type { Check } from './checks/check';
import type { Dataset, DatasetSchema, DatasetSource, Origin } from './dataset';

export interface DatasetSummary {
  readonly fingerprint: string;
  readonly source: DatasetSource;
  readonly schema: DatasetSchema;
  readonly rows: number;
  readonly trainRows: number;
  /** By task: positive rows, and the population rate (weighted). */
  readonly tasks: readonly { readonly name: string; readonly positives: number; readonly rate: number }[];
  /** By output space id: AUC of the true probabilities, where known (validation part). */
  readonly oracle: Readonly<Record<string, number>> | null;
  /** How the rows came out of their source, where they were sampled. */
  readonly origin: Origin | null;
  readonly checks: readonly Check[];
  /** Things worth knowing that do not stop the data from loading. */
  readonly notes: readonly string[];
}

/**
 * Expected AUC of the true probabilities on the validation part, by output space: `task` on all rows, and
 * `task|parent` scored by the conditional probability. Spaces without an AUC are left out. Null where no truth is known.
 */
export function oracleAucs(d: Dataset): Record<string, number> | null {
  if (!d.truth) return null;
  const { probabilities, featureWeights } = d.truth;
  const K = d.schema.tasks.length;
  const n = d.rows - d.trainRows;
  const oracle: Record<string, number> = {};
  const add = (id: string, task: number, given: number | null) => {
    const scores = new Float64Array(n);
    const positive = new Float64Array(n);
    const negative = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const row = d.trainRows + i;
      const h = featureWeights[row]!;
      const p = probabilities[row * K + task]!;
      const whole = given === null ? 1 : probabilities[row * K + given]!;
      scores[i] = whole > 0 ? p / whole : 0;
      positive[i] = h * p;
      negative[i] = h * Math.max(0, whole - p);
    }
    const auc = expectedAuc(scores, positive, negative);
    if (auc.ok) oracle[id] = auc.value;
  };
  d.schema.tasks.forEach((task, k) => {
    add(task.name, k, null);
    if (task.parent !== null) add(`${task.name}|${d.schema.tasks[task.parent]!.name}`, k, task.parent);
  });
  return oracle;
}

export function summarise(
  d: Dataset,
  notes: readonly string[] = [],
  checks: readonly Check[] = [],
): DatasetSummary {
  const K = d.schema.tasks.length;
  const positives = new Array<number>(K).fill(0);
  const weighted = new Array<number>(K).fill(0);
  let total = 0;
  for (let i = 0; i < d.rows; i++) {
    total += d.weights[i]!;
    for (let k = 0; k < K; k++) {
      if (d.labels[i * K + k]! === 0) continue;
      positives[k]!++;
      weighted[k]! += d.weights[i]!;
    }
  }
  return {
    fingerprint: d.fingerprint,
    source: d.source,
    schema: d.schema,
    rows: d.rows,
    trainRows: d.trainRows,
    tasks: d.schema.tasks.map(({ name }, k) => ({
      name,
      positives: positives[k]!,
      rate: total > 0 ? weighted[k]! / total : 0,
    })),
    oracle: oracleAucs(d),
    origin: d.origin ?? null,
    checks,
    notes,
  };
}
