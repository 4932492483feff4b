/** Do the tasks pull shared parameters apart? Per-task gradients on the parameters that several losses reach, compared. */
import { flatten, type Pass, recorded, sliceParameters, type Tensor, tf } from '../nn';
import type { Model } from './assemble';
import { perTask } from './balance';
import { type Batch, disposeBatch } from './batches';
import { blockStretches, type Stretch } from './stretches';

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

/** ∇L_k of a batch, [K, P]: K backward passes through one forward pass. */
function gradientsOf(source: ConflictSource, { features, labels, weights: w }: Batch): Tensor {
  const { model } = source;
  const weights = sliceParameters(model.layout, source.parameters);
  const positive = tf.tensor1d(model.pipeline.tasks.map((t) => t.positiveWeight));
  return recorded(
    () => model.forward(features, source.pass(weights)).entire.losses(labels, w, positive), // L_k, [K]
    (each, pull) =>
      tf.stack(perTask(source, each, pull, weights).map((g) => flatten(model.layout.parameters, g))),
  );
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
  const { tasks, layout } = source.model;
  const sums = tasks.map(() => new Float64Array(layout.size));
  for (let start = 0; start < rows.length; start += size) {
    const chunk = Array.prototype.slice.call(rows, start, start + size) as number[];
    const batch = source.gather(chunk);
    const flat = tf.tidy(() => gradientsOf(source, batch)); // [K, P]
    disposeBatch(batch);
    try {
      const values = (await flat.data()) as Float32Array;
      const share = chunk.length / rows.length;
      sums.forEach((sum, k) => {
        for (let p = 0, at = k * sum.length; p < sum.length; p++, at++) sum[p]! += share * values[at]!;
      });
    } finally {
      flat.dispose();
    }
    await onChunk?.();
  }
  return sums;
}

/** What an agreement is made of, over some numbers; sums over several stretches add up. */
interface Sums {
  shared: number;
  /** [K·K] ⟨∇L_j, ∇L_k⟩ over what both reach. */
  readonly dots: Float64Array;
  /** [K·K] |∇L_j|² over what j and k both reach. */
  readonly squares: Float64Array;
  /** [K] |∇L_k|² over what it shares with another. */
  readonly own: Float64Array;
}

const noSums = (K: number): Sums => ({
  shared: 0,
  dots: new Float64Array(K * K),
  squares: new Float64Array(K * K),
  own: new Float64Array(K),
});

function sumsOver(gradients: readonly Float64Array[], { from, to }: Stretch): Sums {
  const K = gradients.length;
  const sums = noSums(K);
  const { dots, squares, own } = sums;
  for (let p = from; p < to; p++) {
    let reached = 0;
    for (let k = 0; k < K; k++) if (gradients[k]![p] !== 0) reached++;
    if (reached < 2) continue;
    sums.shared++;
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
  return sums;
}

function add(to: Sums, more: Sums): Sums {
  to.shared += more.shared;
  for (const name of ['dots', 'squares', 'own'] as const) {
    more[name].forEach((x, i) => {
      to[name][i]! += x;
    });
  }
  return to;
}

function agreementOf({ shared, dots, squares, own }: Sums): Agreement {
  const tasks = Array.from(own.keys());
  const K = own.length;
  const cosine = tasks.map((j) =>
    tasks.map((k) => {
      const length = Math.sqrt(squares[j * K + k]! * squares[k * K + j]!);
      if (!(length > 0)) return null;
      return j === k ? 1 : Math.max(-1, Math.min(1, dots[j * K + k]! / length));
    }),
  );
  const products = tasks.map((j) => Array.from(dots.subarray(j * K, (j + 1) * K)));
  return { shared, cosine, dots: products, norms: Array.from(own, Math.sqrt) };
}

/**
 * Compares gradients over stretches of the flat vector that do not overlap, and over all of them together. What is shared follows
 * from the gradients themselves: towers of all tasks lie in one tensor, so whole tensors would count as shared where each task has
 * its own part.
 * @param gradients [K][P]
 */
export function agreements(
  gradients: readonly Float64Array[],
  stretches: readonly Stretch[],
): { readonly overall: Agreement; readonly each: readonly Agreement[] } {
  const sums = stretches.map((stretch) => sumsOver(gradients, stretch));
  return {
    overall: agreementOf(sums.reduce(add, noSums(gradients.length))),
    each: sums.map(agreementOf),
  };
}

/** The same over one stretch alone. */
export const agreement = (gradients: readonly Float64Array[], from: number, to: number): Agreement =>
  agreementOf(sumsOver(gradients, { from, to }));

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
  const places = blockStretches(model);
  const { overall, each } = agreements(gradients, places);
  const blocks = each.flatMap((found, i) => {
    const { path, title } = places[i]!;
    return found.shared > 0 ? [{ path, title, ...found }] : [];
  });
  return { step: source.step, rows: rows.length, overall: overall.shared > 0 ? overall : null, blocks };
}
