/**
 * Matrix products for every backend.
 *
 * Work-around, wasm, tfjs 4.22: `transposeA/B` and batched products leave the XNNPACK path and run at about a thirteenth of its
 * rate, and `sum(axis 0)` is slow too. On wasm we transpose explicitly and sum columns with a product. May go when the
 * wasm backend hands transposed operands to XNNPACK.
 */
import { fastColumnSum } from './kernels/columns';
import { backendName, type Tensor, tf } from './tensor';

/** a·b, with either operand transposed: [M,K]·[K,N] → [M,N]. */
export function matMul(a: Tensor, b: Tensor, transposeA = false, transposeB = false): Tensor {
  if (backendName() !== 'wasm') return tf.matMul(a, b, transposeA, transposeB);
  return tf.matMul(transposeA ? tf.transpose(a) : a, transposeB ? tf.transpose(b) : b);
}

/** Sum over rows: [B, N] → [N]. */
export function columnSum(x: Tensor): Tensor {
  const fast = fastColumnSum(x);
  if (fast) return fast;
  const [rows, columns] = x.shape as [number, number];
  if (backendName() !== 'wasm') return tf.sum(x, 0);
  return tf.reshape(tf.matMul(tf.ones([1, rows]), x), [columns]);
}
