/** The gated recurrent unit that passes state from task to task. */
import { dense, linear } from './dense';
import { fastGru } from './kernels/gru';
import { concatColumns } from './streams';
import { type Tensor, tf } from './tensor';
import { splitGroups } from './tree';
import type { Open } from './wires';

/**
 * One step of a gated recurrent unit, reset before the matrix product (Cho et al. 2014; SEQ, Wang et al. 2024):
 * z = σ(xW_z+hU_z+b_z), r = σ(xW_r+hU_r+b_r), c = tanh(xW_c+(r⊙h)U_c+b_c), h' = z⊙h + (1−z)⊙c.
 * @param x [B, I]
 * @param h [B, H]
 * @param W [I, 3H], columns z, r, c
 * @param U [H, 3H], columns z, r, c
 * @param b [3H]
 * @returns [B, H]
 */
export function gruCell(x: Tensor, h: Tensor, W: Tensor, U: Tensor, b: Tensor): Tensor {
  return gruStep(dense(x, W, b), h, U).state;
}

interface Step {
  /** h', [B, H]. */
  readonly state: Tensor;
  /** z, [B, H], when it is asked for; null where there was no state to keep. */
  readonly keep: (() => Tensor) | null;
}

/** The step after the products with the input. @param a xW + b, [B, 3H] @param h [B, H], or null where it is 0 */
function gruStep(a: Tensor, h: Tensor | null, U: Tensor): Step {
  const fast = fastGru(a, h, U);
  if (!fast) return plainStep(a, h, U);
  const { state, gates } = fast; // gates [B, 3H]: z, r, c
  return { state, keep: h && (() => tf.slice(gates, [0, 0], [-1, U.shape[0]!])) };
}

function plainStep(a: Tensor, h: Tensor | null, U: Tensor): Step {
  const H = U.shape[0]!;
  const part = (i: number, n = 1) => tf.slice(a, [0, i * H], [-1, n * H]);
  if (!h) return { state: tf.mul(tf.sub(1, tf.sigmoid(part(0))), tf.tanh(part(2))), keep: null };
  const gates = tf.sigmoid(tf.add(part(0, 2), linear(h, tf.slice(U, [0, 0], [H, 2 * H])))); // [B, 2H]
  const [z, r] = splitGroups(gates, 2) as [Tensor, Tensor];
  const candidate = tf.tanh(tf.add(part(2), linear(tf.mul(r, h), tf.slice(U, [0, 2 * H], [H, H]))));
  return { state: tf.add(tf.mul(z, h), tf.mul(tf.sub(1, z), candidate)), keep: () => z };
}

export interface TaskStates {
  /** h_k side by side, [B, K·H]. */
  readonly states: Tensor;
  /** Mean over units of z, how much of the state before is kept; 0 for a first token: [B, K], computed when asked for. */
  readonly kept: () => Tensor;
}

/**
 * One recurrent layer over the tasks as tokens, with one set of weights: h_k = GRU(x_k, h_before(k)), from 0 for a first token.
 * @param x [B, K·I], token k in columns k·I …
 * @param before index of the token whose state token k continues, or null; those come first
 * @param W [I, 3H], columns z, r, c
 * @param U [H, 3H]
 * @param b [3H]
 * @param open [K] where a pass cuts wires: a token that is cut off starts from 0
 */
export function gruOverTasks(
  x: Tensor,
  before: readonly (number | null)[],
  W: Tensor,
  U: Tensor,
  b: Tensor,
  open: Open = null,
): TaskStates {
  const K = before.length;
  const [I, H] = [W.shape[0]!, U.shape[0]!];
  const B = x.shape[0]!;
  // The products with the input wait for nobody: one for all tokens.
  const all = dense(tf.reshape(x, [B * K, I]), W, b); // [B·K, 3H]
  const inputs = splitGroups(tf.reshape(all, [B, K * 3 * H]), K); // K × [B, 3H]
  const steps: Step[] = [];
  inputs.forEach((a, k) => {
    const p = before[k]!;
    steps.push(gruStep(a, p === null || open?.[k] === 0 ? null : steps[p]!.state, U));
  });
  return {
    states: concatColumns(steps.map((s) => s.state)),
    kept: () => concatColumns(steps.map((s) => (s.keep ? tf.mean(s.keep(), 1, true) : tf.zeros([B, 1])))),
  };
}
