/** Embedding look-up and its gradient. */
import { type Tensor, tf } from './tensor';

/**
 * Rows of a table, side by side.
 * @param table [V, d]
 * @param ids [B, C] int32, each in 0…V−1
 * @returns [B, C·d]
 */
export function embed(table: Tensor, ids: Tensor): Tensor {
  const [V, d] = table.shape as [number, number];
  const [B, C] = ids.shape as [number, number];
  const op = tf.customGrad((...args: unknown[]) => {
    const [table, save] = args as [Tensor, tf.GradSaveFunc];
    const flat = tf.reshape(ids, [B * C]) as tf.Tensor1D;
    save([flat]);
    return {
      value: tf.reshape(tf.gather(table, flat), [B, C * d]),
      // A row that several ids name gets the sum of their gradients.
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        tf.unsortedSegmentSum(tf.reshape(dy, [B * C, d]), saved[0] as tf.Tensor1D, V),
    };
  });
  return op(table);
}
