/** Mixtures of experts beyond one softmax over all of them: gates that see some experts only, and static weights. */

import { dense, linear, repeatGroups } from './dense';
import { gateMix, type MixResult } from './gates';
import { concatColumns } from './streams';
import { type Stream, type Tensor, tf } from './tensor';
import type { Open } from './wires';

/** Far below any logit, yet finite: exp of it is exactly 0, and no gradient becomes NaN. */
const NEVER = -1e30;

/**
 * As `gateMix`, where gate g may read only some of the experts: m_g = Σ_{e∈S_g} softmax(logits_g)_e · expert_e.
 * @param logits [B, Σ_g |S_g|], gate by gate, the experts of a gate in rising order
 * @param experts [B, E·D]
 * @param allowed G lists of E flags: may gate g read expert e; each with at least one
 * @param open [G·E] where a pass cuts wires, as in `mixOpen`
 * @returns mixed [B, G·D]; gates [B, G, E], exactly 0 where a gate may not read
 */
export function gateMixAmong(
  logits: Tensor,
  experts: Tensor,
  allowed: readonly (readonly boolean[])[],
  open: Open = null,
): MixResult {
  const flags = allowed.flat();
  const seen = flags.filter(Boolean).length;
  if (logits.shape[1] !== seen)
    throw new Error(`${logits.shape[1]} logits for ${seen} pairs of gate and expert.`);
  if (seen === flags.length) return gateMix(logits, experts, allowed.length, open);
  // One affine map with a 0/1 matrix puts each logit in its place and closes the others: exact, and differentiable on every backend.
  const place = new Array<number>(seen * flags.length).fill(0);
  let row = 0;
  flags.forEach((flag, column) => {
    if (flag) place[row++ * flags.length + column] = 1;
  });
  const closed = tf.tensor1d(flags.map((flag) => (flag ? 0 : NEVER)));
  const spread = dense(logits, tf.tensor2d(place, [seen, flags.length]), closed); // [B, G·E]
  // A wire that is not there cannot stay: a gate whose own are all cut reads nothing.
  const left = open?.map((o, at) => (flags[at] ? o : 0)) ?? null;
  return gateMix(spread, experts, allowed.length, left);
}

/**
 * One gate a task, where the experts ran on one vector for all tasks or on each task's own.
 * @param logits [B, K·E], task k's gate in columns k·E …
 * @param experts [B, E·D] where they ran on one vector; [B·K, E·D] where on each task's, rows of an example together
 * @param open [K·E] where a pass cuts wires, as in `mixOpen`
 * @returns mixed [B, K·D]; gates [B, K, E]
 */
export function gateMixForTasks(
  logits: Tensor,
  experts: Tensor,
  tasks: number,
  open: Open = null,
): MixResult {
  const [B, columns] = logits.shape as [number, number];
  if (experts.shape[0] === B) return gateMix(logits, experts, tasks, open);
  const E = columns / tasks;
  const { mixed, gates } = gateMix(tf.reshape(logits, [B * tasks, E]), experts, 1, open); // [B·K, D], [B·K, 1, E]
  return { mixed: tf.reshape(mixed, [B, -1]), gates: tf.reshape(gates, [B, tasks, E]) };
}

/**
 * Static mixtures of groups: y_g = Σ_j C_{g,j} x_j.
 * @param x [B, J·D]
 * @param C [G, J]
 * @returns [B, G·D]
 */
export function mixGroups(x: Tensor, C: Tensor): Tensor {
  const [G, J] = C.shape as [number, number];
  const [B, columns] = x.shape as [number, number];
  const D = columns / J;
  // As columns of one plain product: [B, J, D] → [B·D, J] · Cᵀ → [B·D, G].
  const cells = tf.reshape(tf.transpose(tf.reshape(x, [B, J, D]), [0, 2, 1]), [B * D, J]);
  const mixed = linear(cells, tf.transpose(C));
  return tf.reshape(tf.transpose(tf.reshape(mixed, [B, D, G]), [0, 2, 1]), [B, G * D]);
}

/**
 * Sum of each group's members, weighted or not: y_g = Σ_i w_{g,i} x_{g,i}.
 * @param x [B, G·m·D], group g's members side by side
 * @param w [G, m], or null for weights of 1
 * @returns [B, G·D]
 */
export function sumMembers(x: Tensor, groups: number, members: number, w: Tensor | null): Tensor {
  const [B, columns] = x.shape as [number, number];
  const D = columns / (groups * members);
  const apart = tf.reshape(x, [B, groups, members, D]);
  const weighted = w ? tf.mul(apart, tf.reshape(w, [1, groups, members, 1])) : apart;
  return tf.reshape(members === 1 ? weighted : tf.sum(weighted, 2), [B, groups * D]);
}

/** Mean over the tasks' vectors: [B, G·D] → [B, D]. */
export function meanOfGroups(x: Stream): Tensor {
  return x.groups === 1 ? x.t : tf.mean(tf.reshape(x.t, [-1, x.groups, x.width]), 1);
}

/**
 * Joins streams group by group: y_g = [x_g; z_g; …]. A stream of one group is repeated.
 * @returns [B, groups·(sum of the widths)]
 */
export function joinGroups(parts: readonly Stream[], groups: number): Stream {
  const width = parts.reduce((sum, p) => sum + p.width, 0);
  // [B, groups·n] → [B·groups, n] each: a view, and then they stand side by side.
  const apart = parts.map((p) =>
    tf.reshape(p.groups === groups ? p.t : repeatGroups(p.t, groups), [-1, p.width]),
  );
  return { t: tf.reshape(concatColumns(apart), [-1, groups * width]), groups, width };
}

/** x + y, shapes alike. */
export function add(x: Tensor, y: Tensor): Tensor {
  return tf.add(x, y);
}

/** Readings of tokens, [B·G, …] → [B, G, …]. */
export function regroup(t: Tensor, groups: number): Tensor {
  return tf.reshape(t, [-1, groups, ...t.shape.slice(1)]);
}

/** A tensor that is the same for all rows, as a reading of one: [1, …]. */
export function asReading(t: Tensor): Tensor {
  return tf.expandDims(t, 0);
}
