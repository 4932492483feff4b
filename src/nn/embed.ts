/** Embedding look-up and its gradient. */
import { fastEmbed } from './kernels/embed';
import { concatColumns, offsetIds } from './streams';
import { type Tensor, tf } from './tensor';

/**
 * Rows of a table, side by side.
 * @param table [V, d]
 * @param ids [B, C] int32, each in 0…V−1
 * @returns [B, C·d]
 */
export function embed(table: Tensor, ids: Tensor): Tensor {
  return fastEmbed(table, ids, noOffsets(ids.shape[1]!), null) ?? plainEmbed(table, ids);
}

/**
 * Embeddings of all columns of codes with the numerical features beside them: x = [e_1;…;e_C; z], where e_c is row
 * offsets[c] + ids[·, c] of the table. z is data: no gradient is worked out for it.
 * @param table [V, d]
 * @param ids [B, C] int32, raw codes
 * @param offsets row of the table at which each column's own rows start
 * @param numbers z, [B, M], or null
 * @returns [B, C·d + M]
 */
export function embedFeatures(
  table: Tensor,
  ids: Tensor,
  offsets: readonly number[],
  numbers: Tensor | null,
): Tensor {
  const fast = fastEmbed(table, ids, offsets, numbers);
  if (fast) return fast;
  const embeddings = plainEmbed(table, offsetIds(ids, offsets));
  return numbers ? concatColumns([embeddings, numbers]) : embeddings;
}

const noOffsets = (columns: number) => new Array<number>(columns).fill(0);

function plainEmbed(table: Tensor, ids: Tensor): Tensor {
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
