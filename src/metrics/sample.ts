/** A fixed part of the validation rows for evaluations while a run goes on: rare events all, the rest thinned, weights set right. */
import { takeRows } from '../data/completePages';
import type { Dataset } from '../data/dataset';
import { gatherRows } from '../data/prepare';
import { hash32, hashString, permutation } from '../data/random';

/** Fewer rows than these say too little; a smaller validation part is evaluated whole. */
export const LEAST_ROWS = 2000;

/**
 * Share of the rows trained on between two evaluations. A row costs an evaluation about a third of a training step's, so this
 * keeps evaluations below a tenth of the time (`npm run bench` measures it).
 */
const SHARE = 0.25;

/** Rows that an evaluation may take while a run goes on. */
export function sampleSize({ batch, evaluateEvery }: { batch: number; evaluateEvery: number }): number {
  return Math.max(LEAST_ROWS, Math.floor(SHARE * batch * evaluateEvery));
}

/**
 * How many rows of each kind to take: all of a kind that has no more than an equal share of what is left, the rarest kinds
 * first; the others share the rest equally.
 * @param sizes rows of each kind
 * @param wanted rows in all
 */
export function shares(sizes: readonly number[], wanted: number): number[] {
  const taken = sizes.map(() => 0);
  let left = wanted;
  const rarestFirst = sizes.map((_, i) => i).sort((a, b) => sizes[a]! - sizes[b]! || a - b);
  rarestFirst.forEach((i, done) => {
    taken[i] = Math.min(sizes[i]!, Math.floor(left / (sizes.length - done)));
    left -= taken[i]!;
  });
  return taken;
}

/**
 * Rows of the validation part, the same for every run on these data, so that curves can be compared.
 *
 * Rows with the same events are one kind; within a kind rows are drawn evenly, and their weights are divided by the share that was
 * drawn. So every weighted sum over the sample has that of the whole part for its expectation, and an AUC, a ratio of such sums,
 * is unbiased but for the order of 1/rows.
 * @param columns label columns that tell the kinds
 * @param wanted rows, if there are more
 * @returns a data set of validation rows alone, or null where the part has no more rows than wanted
 */
export function validationSample(
  data: Dataset,
  columns: readonly number[],
  wanted: number,
  seed: number = hashString(data.fingerprint),
): Dataset | null {
  const n = data.rows - data.trainRows;
  if (n <= wanted) return null;
  const K = data.schema.tasks.length;
  const kinds = new Map<string, number[]>();
  for (let r = data.trainRows; r < data.rows; r++) {
    const kind = columns.map((k) => data.labels[r * K + k]).join('');
    const rows = kinds.get(kind);
    if (rows) rows.push(r);
    else kinds.set(kind, [r]);
  }
  const all = [...kinds].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, rows]) => rows);
  const taken = shares(
    all.map((rows) => rows.length),
    wanted,
  );
  const factorOf = new Map<number, number>();
  all.forEach((rows, i) => {
    const count = taken[i]!;
    const order = permutation(rows.length, hash32(seed, i), 0);
    for (let t = 0; t < count; t++) factorOf.set(rows[order[t]!]!, rows.length / count);
  });
  const rows = Uint32Array.from([...factorOf.keys()].sort((a, b) => a - b));
  const weighted = (values: Float32Array) => {
    const out = gatherRows(values, 1, rows);
    rows.forEach((row, i) => {
      out[i]! *= factorOf.get(row)!;
    });
    return out;
  };
  const part = takeRows(data, rows);
  return {
    ...part,
    weights: weighted(data.weights),
    ...(data.truth && {
      truth: { ...part.truth!, featureWeights: weighted(data.truth.featureWeights) },
    }),
  };
}
