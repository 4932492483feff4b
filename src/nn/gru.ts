/** The gated recurrent unit that passes state from task to task. */
import { linear } from './dense';
import { type Tensor, tf } from './tensor';

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
  const H = h.shape[1]!;
  const fromInput = tf.add(linear(x, W), b); // [B, 3H]
  const fromState = linear(h, tf.slice(U, [0, 0], [H, 2 * H])); // [B, 2H]
  const gates = tf.sigmoid(tf.add(tf.slice(fromInput, [0, 0], [-1, 2 * H]), fromState));
  const [z, r] = tf.split(gates, 2, 1) as [Tensor, Tensor];
  const candidate = tf.tanh(
    tf.add(tf.slice(fromInput, [0, 2 * H], [-1, H]), linear(tf.mul(r, h), tf.slice(U, [0, 2 * H], [H, H]))),
  );
  return tf.add(tf.mul(z, h), tf.mul(tf.sub(1, z), candidate));
}
