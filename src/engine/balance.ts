/** From the tasks' losses to one update: what the balancer must see of a step is measured, and what it says is carried out. */
import type { BalanceInput, Balancer, Weighting } from '../blocks/contract';
import { flatten, type Layout, type Parameter, type Pass, type Pull, recorded, type Tensor, tf } from '../nn';
import type { Model } from './assemble';
import type { Batch } from './batches';

/** What a balancer did at a step; plain numbers. */
export interface BalanceReading {
  /** c_k, λ_k included: the update follows Σ c_k ∇L_k. */
  readonly weights: readonly number[];
  /** ‖∇L_k‖ where the balancer looked at gradients: over the shared parameters, or over the last shared layer. */
  readonly norms: readonly number[] | null;
  /** [K][K] cosines of the gradients on shared parameters; null for a pair of which one has none. */
  readonly cosine: readonly (readonly (number | null)[])[] | null;
}

/** A step as far as it goes without numbers on the CPU; tensors are the caller's. */
export interface Measured {
  /** [1 + K]: the sum that was minimised with the Top's own losses, then L_k. */
  readonly losses: Tensor;
  /** What the balancer asks to see, 1-D, or null: L_k, then norms [K] or the Gram matrix [K·K]. */
  readonly numbers: Tensor | null;
  /** [P] the finished gradient of a weighting. */
  readonly flat: Tensor | null;
  /** For a direction: all ∇L_k and their shared part, [K, P] each, and the gradient of the Top's own losses [P]. */
  readonly rows: { readonly all: Tensor; readonly shared: Tensor; readonly own: Tensor | null } | null;
}

export interface BalanceSource {
  readonly model: Model;
  readonly batch: Batch;
  readonly pass: Pass;
  /** Parameters in the layout's order, as the pass has them, and where each lies in the flat gradient. */
  readonly weights: readonly Tensor[];
  readonly parameters: readonly Parameter[];
  readonly input: BalanceInput;
}

/** L_k [K], c_k [K], the sum of the Top's own losses or null, and Σ c_k L_k with it. */
interface Losses {
  readonly each: Tensor;
  readonly weights: Tensor;
  readonly own: Tensor | null;
  readonly total: Tensor;
}

function lossesOf({ model, batch, pass }: BalanceSource, weights: readonly number[]): Losses {
  const positive = tf.tensor1d(model.pipeline.tasks.map((t) => t.positiveWeight));
  const out = model.forward(batch.features, pass);
  const each = out.entire.losses(batch.labels, batch.weights, positive);
  const extras = (out.auxiliary?.(batch) ?? []).map((a) => a.value);
  const own = extras.length === 0 ? null : extras.reduce((a, b) => tf.add(a, b));
  const c = tf.tensor1d(weights as number[]);
  const sum = tf.sum(tf.mul(each, c));
  return { each, weights: c, own, total: own ? tf.add(sum, own) : sum };
}

const packed = ({ total, each }: Losses): Tensor =>
  tf.concat([tf.reshape(total, [1]), each] as tf.Tensor1D[]);

/** [∇_w L_1, …, ∇_w L_K] for some weights w: a backward pass a task through one forward pass. */
export function perTask(
  { model }: { readonly model: Model },
  each: Tensor,
  pull: Pull,
  weights: readonly Tensor[],
): (Tensor | null)[][] {
  const K = model.tasks.length;
  return Array.from({ length: K }, (_, k) => {
    const task = tf.tensor1d(Array.from({ length: K }, (_, j) => Number(j === k)));
    return pull(each, task, weights);
  });
}

/**
 * The forward pass and every backward pass that the model's balancer needs: one for a weighting, one a task for a direction.
 * @param lastShared W of those that look at gradients on the last shared layer; null where nothing is shared
 */
export function measure(source: BalanceSource, lastShared: Parameter | null): Measured {
  const { model, input } = source;
  const { balancer } = model;
  const weighting = balancer.kind === 'weighting';
  return recorded(
    () => lossesOf(source, weighting ? balancer.weights(input) : input.lossWeights),
    (losses, pull) =>
      weighting
        ? measureWeighting(source, balancer, losses, pull, lastShared)
        : measureDirection(source, losses, pull),
    source.pass.options.timer,
  );
}

function measureWeighting(
  source: BalanceSource,
  balancer: Weighting,
  losses: Losses,
  pull: Pull,
  lastShared: Parameter | null,
): Measured {
  const { model, weights } = source;
  // c_k is the derivative of Σ c_k L_k by L_k: to begin there saves the way back through the sum.
  const gradients = losses.own
    ? pull(losses.total, null, weights)
    : pull(losses.each, losses.weights, weights);
  const flat = flatten(source.parameters, gradients);
  let numbers: Tensor | null = null;
  if (balancer.observes === 'losses') numbers = tf.clone(losses.each);
  if (balancer.observes === 'norms') {
    const zero = tf.zeros([1]);
    const norms = lastShared
      ? perTask(source, losses.each, pull, [weights[lastShared.index]!]).map(([g]) =>
          g ? tf.reshape(tf.sqrt(tf.sum(tf.square(g))), [1]) : zero,
        )
      : model.tasks.map(() => zero);
    numbers = tf.concat([losses.each, ...norms] as tf.Tensor1D[]);
  }
  return { losses: packed(losses), numbers, flat, rows: null };
}

function measureDirection(source: BalanceSource, losses: Losses, pull: Pull): Measured {
  const { weights, parameters } = source;
  const all = tf.stack(perTask(source, losses.each, pull, weights).map((g) => flatten(parameters, g))); // [K, P]
  // Shared is what at least two losses reach: towers of all tasks lie in one tensor, so whole tensors would say too much.
  const shared = tf.mul(all, tf.cast(tf.greaterEqual(reached(all), 2), 'float32')); // [K, P]
  const gram = tf.matMul(shared as tf.Tensor2D, shared as tf.Tensor2D, false, true); // [K, K]
  const own = losses.own ? flatten(parameters, pull(losses.own, null, weights)) : null;
  const numbers = tf.concat([losses.each, tf.reshape(gram, [-1])] as tf.Tensor1D[]);
  return { losses: packed(losses), numbers, flat: null, rows: { all, shared, own } };
}

/** A step's gradient, what the balancer did, and what it carries on. */
export interface Balanced {
  /** [P], the caller's. */
  readonly flat: Tensor;
  readonly reading: BalanceReading;
  readonly balancer: Float32Array;
}

/**
 * Carries out what the balancer says. Takes over `flat` or `rows` of what was measured.
 * @param seen the values of `measured.numbers`, empty where there are none
 */
export function balance(
  balancer: Balancer,
  input: BalanceInput,
  measured: Measured,
  seen: Float32Array,
): Balanced {
  const K = input.lossWeights.length;
  const losses = Array.from(seen.subarray(0, K));
  if (balancer.kind === 'weighting') {
    const norms = balancer.observes === 'norms' ? Array.from(seen.subarray(K)) : null;
    const weights = balancer.weights(input);
    const next = balancer.next?.(input, { losses, norms: norms ?? losses.map(() => 0) });
    return {
      flat: measured.flat!,
      reading: { weights, norms, cosine: null },
      balancer: Float32Array.from(next ?? []),
    };
  }
  const gram = losses.map((_, j) => Array.from(seen.subarray(K + j * K, K + (j + 1) * K)));
  const { weights, state } = balancer.direct(input, { losses, gram });
  const { all, shared, own } = measured.rows!;
  const flat = tf.tidy(() => {
    const row = (values: readonly number[]) => tf.tensor2d(values as number[], [1, K]);
    // Σ λ_k ∇L_k everywhere, and what the balancer makes different of it on the shared part.
    const plain = tf.matMul(row(input.lossWeights), all as tf.Tensor2D);
    const change = tf.matMul(row(weights.map((c, k) => c - input.lossWeights[k]!)), shared as tf.Tensor2D);
    const sum = tf.reshape(tf.add(plain, change), [-1]);
    return own ? tf.add(sum, own) : sum;
  });
  tf.dispose([all, shared, ...(own ? [own] : [])]);
  return { flat, reading: { weights, ...agreementOf(gram) }, balancer: Float32Array.from(state) };
}

/** Norms and cosines from a Gram matrix. */
function agreementOf(gram: readonly (readonly number[])[]): Pick<BalanceReading, 'norms' | 'cosine'> {
  const norms = gram.map((row, k) => Math.sqrt(row[k]!));
  const cosine = gram.map((row, j) =>
    row.map((x, k) => {
      const length = norms[j]! * norms[k]!;
      if (!(length > 0)) return null;
      return j === k ? 1 : Math.max(-1, Math.min(1, x / length));
    }),
  );
  return { norms, cosine };
}

/** How many losses reach each number of the flat vector: [P]. */
export function sharedCounts(source: BalanceSource): Tensor {
  const { parameters } = source;
  return recorded(
    () => lossesOf(source, source.input.lossWeights),
    ({ each }, pull) => {
      const rows = perTask(source, each, pull, source.weights).map((g) => flatten(parameters, g));
      return reached(tf.stack(rows));
    },
  );
}

/** By column, how many rows are not 0. @param rows [K, P] */
const reached = (rows: Tensor): Tensor => tf.sum(tf.cast(tf.notEqual(rows, 0), 'float32'), 0);

/**
 * The last shared layer W of a model (Chen et al. 2018): of the parameters that at least two losses reach the last weight
 * matrix, in the order in which data flows; a gain or a bias only where there is no matrix. It follows from the assembled
 * graph, whatever blocks it is made of.
 * @param counts as of `sharedCounts`
 * @returns null where no two losses meet
 */
export function lastSharedLayer({ parameters }: Layout, counts: Float32Array): Parameter | null {
  const shared = parameters.filter(({ offset, size }) =>
    counts.subarray(offset, offset + size).some((n) => n >= 2),
  );
  return shared.findLast((p) => p.shape.length >= 2) ?? shared.at(-1) ?? null;
}
