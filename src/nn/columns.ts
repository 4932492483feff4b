/** Picking columns, and holding a value constant. */
import { type Tensor, tf } from './tensor';

/** Columns of x in the order given. @param x [B, K] @returns [B, number of columns] */
export function pickColumns(x: Tensor, columns: readonly number[]): Tensor {
  const K = x.shape[1]!;
  const N = columns.length;
  const one = Array.from({ length: K * N }, (_, i) => (columns[i % N] === Math.floor(i / N) ? 1 : 0));
  return tf.matMul(x, tf.tensor2d(one, [K, N]));
}

/** The same numbers, through which no gradient goes. */
export function stopGradient(x: Tensor): Tensor {
  const op = tf.customGrad((...args: unknown[]) => {
    const [x] = args as [Tensor];
    return { value: tf.clone(x), gradFunc: (dy: Tensor) => tf.zerosLike(dy) };
  });
  return op(x);
}
