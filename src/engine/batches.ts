/** Rows → batches: order from the seed alone, tensors from typed arrays. */
import type { Features } from '../blocks/contract';
import type { Dataset } from '../data/dataset';
import { hash32, hashString, permutation, Rng } from '../data/random';
import { type Tensor, tf } from '../nn';
import type { Pipeline } from '../pipeline/schema';
import { labelColumns } from './assemble';

/** Weighted share of positives of each task in the training part, kept inside (0, 1) so that its log-odds are finite. */
export function baseRates(pipeline: Pipeline, data: Dataset): number[] {
  const K = data.schema.tasks.length;
  return labelColumns(pipeline, data.schema).map((column) => {
    let positive = 0;
    let all = 0;
    for (let i = 0; i < data.trainRows; i++) {
      const w = data.weights[i]!;
      all += w;
      if (data.labels[i * K + column]) positive += w;
    }
    // With no positive (or no negative) row, half a row of the other kind stands in.
    return Math.min(Math.max(positive, 0.5), all - 0.5) / all;
  });
}

/** One batch on the backend. Dispose of it with `disposeBatch`. */
export interface Batch {
  readonly features: Features;
  /** [B·C] the codes of `features`, row-major, for who must see them. */
  readonly codes: Int32Array;
  /** [B, K] */
  readonly labels: Tensor;
  /** [B, 1], mean 1 over the training part. */
  readonly weights: Tensor;
  readonly rows: number;
}

export function disposeBatch(batch: Batch): void {
  batch.features.categorical?.dispose();
  batch.features.numerical?.dispose();
  batch.labels.dispose();
  batch.weights.dispose();
}

/** Names the draws of label noise among all that a seed decides. */
const NOISE = hashString('label noise');

/** Feeds a data set to a pipeline's tasks. */
export class Batcher {
  private readonly columns: readonly number[];
  /** Mean row weight of the training part: losses divide by it, so that a thinned sample keeps the scale of an unthinned one. */
  private readonly meanWeight: number;
  private epoch = -1;
  private order: Uint32Array = new Uint32Array(0);

  constructor(
    private readonly data: Dataset,
    pipeline: Pipeline,
    private readonly size: number,
    private readonly seed: number,
  ) {
    if (data.trainRows === 0) throw new Error('The data has no training rows: open a larger file.');
    this.columns = labelColumns(pipeline, data.schema);
    let sum = 0;
    for (let i = 0; i < data.trainRows; i++) sum += data.weights[i]!;
    this.meanWeight = sum / data.trainRows || 1;
  }

  /**
   * The training rows of a step, a function of (seed, step): every epoch is a new permutation, and a batch may run over its
   * end into the next.
   * @param step from 0
   */
  rowsOf(step: number): Uint32Array {
    const N = this.data.trainRows;
    const rows = new Uint32Array(this.size);
    let at = step * this.size;
    for (let i = 0; i < this.size; i++, at++) {
      const epoch = Math.floor(at / N);
      if (epoch !== this.epoch) {
        this.order = permutation(N, this.seed, epoch);
        this.epoch = epoch;
      }
      rows[i] = this.order[at - epoch * N]!;
    }
    return rows;
  }

  /**
   * The batch of a training step.
   * @param noise share of its rows that learn from the labels and weight of some other row: the funnel's rules and the base rates
   *   stay, what features say of labels goes. A function of (seed, step); what a smaller share replaces, a larger one does too.
   */
  training(step: number, noise = 0): Batch {
    const rows = this.rowsOf(step);
    return this.gather(rows, this.data, 0, rows.length, noise > 0 ? this.astray(rows, step, noise) : rows);
  }

  /** The rows whose labels stand for each row of a step under label noise. */
  private astray(rows: Uint32Array, step: number, noise: number): Uint32Array {
    const rng = new Rng(this.seed, hash32(NOISE, step));
    return rows.map((row) => {
      const other = rng.below(this.data.trainRows);
      return rng.uniform() < noise ? other : row;
    });
  }

  /**
   * Rows `from` … `to` of a list as a batch.
   * @param rows row numbers, all of them unless `from` and `to` say otherwise
   * @param data where they lie: the data itself, or its pages, which have the same columns
   * @param labelled rows whose labels and weights are taken in their place
   */
  gather(
    rows: ArrayLike<number>,
    data: Dataset = this.data,
    from = 0,
    to = rows.length,
    labelled: ArrayLike<number> = rows,
  ): Batch {
    const { categorical, numerical, labels, weights, schema } = data;
    const B = to - from;
    const C = schema.categorical.length;
    const M = schema.numerical.length;
    const K = this.columns.length;
    const allTasks = schema.tasks.length;
    const ids = new Int32Array(B * C);
    const numbers = new Float32Array(B * M);
    const y = new Float32Array(B * K);
    const w = new Float32Array(B);
    for (let i = 0; i < B; i++) {
      const row = rows[from + i]!;
      for (let c = 0, at = i * C, its = row * C; c < C; c++) ids[at++] = categorical[its++]!;
      for (let m = 0, at = i * M, its = row * M; m < M; m++) numbers[at++] = numerical[its++]!;
      const its = labelled[from + i]!;
      for (let k = 0; k < K; k++) y[i * K + k] = labels[its * allTasks + this.columns[k]!]!;
      w[i] = weights[its]! / this.meanWeight;
    }
    return {
      features: {
        categorical: C > 0 ? tf.tensor2d(ids, [B, C], 'int32') : null,
        numerical: M > 0 ? tf.tensor2d(numbers, [B, M]) : null,
      },
      codes: ids,
      labels: tf.tensor2d(y, [B, K]),
      weights: tf.tensor2d(w, [B, 1]),
      rows: B,
    };
  }
}
