/** Do the tasks pull shared parameters apart? Per-task gradients on the parameters that several losses reach, compared. */
import { flatten, type Pass, sliceParameters, type Tensor, tf, valueAndGradients } from '../nn';
import type { Model } from './assemble';
import { type Batch, disposeBatch } from './batches';

/** Rows of one backward pass: about a training step's worth. */
const CHUNK = 1024;

/** Gradients of K tasks, compared on the parameters that they share. */
export interface Agreement {
  /** Numbers that at least two losses reach. */
  readonly shared: number;
  /**
   * [K][K] cosine of ∇L_j and ∇L_k over the numbers that both losses reach: 1 = the same direction, −1 = each undoes the other.
   * null where the two reach none in common.
   */
  readonly cosine: readonly (readonly (number | null)[])[];
  /** [K][K] ⟨∇L_j, ∇L_k⟩ over the numbers that both losses reach. */
  readonly dots: readonly (readonly number[])[];
  /** [K] length of ∇L_k over the numbers that its loss shares with another one; 0 where it shares none. Without λ. */
  readonly norms: readonly number[];
}

/** One reading of a model. A plain object: it may be posted and stored. */
export interface Conflict {
  readonly step: number;
  readonly rows: number;
  /** All shared parameters together; null where no two losses meet (a single task, or nets apart in all). */
  readonly overall: Agreement | null;
  /** The blocks that hold shared parameters, in the order in which data flows. */
  readonly blocks: readonly (Agreement & { readonly path: string; readonly title: string })[];
}

/** What a reading needs of a session at one state. */
export interface ConflictSource {
  readonly model: Model;
  readonly step: number;
  /** [P] */
  readonly parameters: Tensor;
  gather(rows: ArrayLike<number>): Batch;
  /** An evaluation pass: dropout off and running statistics, so that a reading does not depend on a draw. */
  pass(weights: readonly Tensor[]): Pass;
}

/** `count` rows spread evenly over the training part, which comes first; all of it where it has fewer. */
export function spreadRows(trainRows: number, count: number): Uint32Array {
  const n = Math.min(trainRows, count);
  return Uint32Array.from({ length: n }, (_, i) => Math.floor((i * trainRows) / n));
}

/**
 * ∇L_k over the rows for each task k, [K][P]; losses are means over the rows, weighted as in training, without λ.
 * @param size rows of one backward pass
 */
export async function taskGradients(
  source: ConflictSource,
  rows: ArrayLike<number>,
  onChunk?: () => Promise<void>,
  size = CHUNK,
): Promise<Float64Array[]> {
  const { model } = source;
  const tasks = model.pipeline.tasks;
  const sums = tasks.map(() => new Float64Array(model.layout.size));
  for (let start = 0; start < rows.length; start += size) {
    const chunk = Array.prototype.slice.call(rows, start, start + size) as number[];
    const batch = source.gather(chunk);
    try {
      for (let k = 0; k < tasks.length; k++) {
        const flat = tf.tidy(() => {
          const weights = sliceParameters(model.layout, source.parameters);
          const pass = source.pass(weights);
          const positive = tf.tensor1d(tasks.map((t) => t.positiveWeight));
          const { gradients } = valueAndGradients(() => {
            const each = model
              .forward(batch.features, pass)
              .entire.losses(batch.labels, batch.weights, positive);
            return tf.sum(tf.slice(each, [k], [1]));
          }, weights);
          return flatten(model.layout.parameters, gradients);
        });
        try {
          const values = (await flat.data()) as Float32Array;
          const share = chunk.length / rows.length;
          const sum = sums[k]!;
          for (let p = 0; p < sum.length; p++) sum[p]! += share * values[p]!;
        } finally {
          flat.dispose();
        }
      }
    } finally {
      disposeBatch(batch);
    }
    await onChunk?.();
  }
  return sums;
}

/**
 * Compares gradients over the numbers `from`…`to`. What is shared follows from the gradients themselves: towers of all
 * tasks lie in one tensor, so whole tensors would count as shared where each task has its own part.
 * @param gradients [K][P]
 */
export function agreement(gradients: readonly Float64Array[], from: number, to: number): Agreement {
  const K = gradients.length;
  const dots = new Float64Array(K * K);
  // squares[j·K+k] = |∇L_j|² over what j and k both reach.
  const squares = new Float64Array(K * K);
  const own = new Float64Array(K);
  let shared = 0;
  for (let p = from; p < to; p++) {
    let reached = 0;
    for (let k = 0; k < K; k++) if (gradients[k]![p] !== 0) reached++;
    if (reached < 2) continue;
    shared++;
    for (let j = 0; j < K; j++) {
      const a = gradients[j]![p]!;
      if (a === 0) continue;
      own[j]! += a * a;
      for (let k = 0; k < K; k++) {
        const b = gradients[k]![p]!;
        if (b === 0) continue;
        dots[j * K + k]! += a * b;
        squares[j * K + k]! += a * a;
      }
    }
  }
  const cosine = Array.from({ length: K }, (_, j) =>
    Array.from({ length: K }, (_, k) => {
      const length = Math.sqrt(squares[j * K + k]! * squares[k * K + j]!);
      if (!(length > 0)) return null;
      return j === k ? 1 : Math.max(-1, Math.min(1, dots[j * K + k]! / length));
    }),
  );
  const products = Array.from({ length: K }, (_, j) => Array.from(dots.subarray(j * K, (j + 1) * K)));
  return { shared, cosine, dots: products, norms: Array.from(own, Math.sqrt) };
}

/**
 * Reads how the tasks' gradients on shared parameters compare at the source's state.
 * @param rows rows of the data set; a cosine from few positives is mostly noise, so thousands are wanted
 * @param onChunk is awaited between chunks, so that a long reading does not hold up messages
 * @throws Error where there are no rows
 */
export async function gradientConflict(
  source: ConflictSource,
  rows: ArrayLike<number>,
  onChunk?: () => Promise<void>,
): Promise<Conflict> {
  if (rows.length === 0) throw new Error('Gradients cannot be compared over no rows: give at least one.');
  const { model } = source;
  const gradients = await taskGradients(source, rows, onChunk);
  const overall = agreement(gradients, 0, model.layout.size);
  const blocks = model.blocks.flatMap(({ path, title }) => {
    const own = model.layout.parameters.filter((p) => p.name.startsWith(`${path}.`));
    if (own.length === 0) return [];
    // A block's parameters lie side by side: blocks are laid out one after another.
    const from = Math.min(...own.map((p) => p.offset));
    const to = Math.max(...own.map((p) => p.offset + p.size));
    const found = agreement(gradients, from, to);
    return found.shared > 0 ? [{ path, title, ...found }] : [];
  });
  return { step: source.step, rows: rows.length, overall: overall.shared > 0 ? overall : null, blocks };
}
