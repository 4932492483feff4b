/**
 * One-hot vectors. tfjs-backend-wasm 4.22 writes the integer 1 into a float32 result as it is, which reads as 1.4e-45: ask
 * for integers and convert. This file may become a plain `tf.oneHot` once that is mended.
 */
import { type Tensor, tf } from './tensor';

/**
 * [B, V] with a 1 at each row's code and 0 elsewhere; a code outside 0…V−1 gives zeros.
 * @param ids [B, C] int32
 * @param column of `ids` that holds the codes
 * @param vocabulary V
 */
export function oneHot(ids: Tensor, column: number, vocabulary: number): Tensor {
  const B = ids.shape[0]!;
  const codes = tf.reshape(tf.slice(ids, [0, column], [B, 1]), [B]); // [B]
  return tf.cast(tf.oneHot(codes, vocabulary, 1, 0, 'int32'), 'float32');
}
