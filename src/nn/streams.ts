/** Moving between per-task columns and tokens, and the small joins between operations. */
import { fastAddRow } from './kernels/columns';
import { fastJoin } from './kernels/join';
import { type Stream, type Tensor, tf } from './tensor';

/** [B, K·D] → [B·K, D]: a view, task vectors of a row lie together already. */
export function asTokens(x: Stream): Tensor {
  return x.groups === 1 ? x.t : tf.reshape(x.t, [-1, x.width]);
}

/** [B·K, D] → [B, K·D], the view back. */
export function fromTokens(tokens: Tensor, groups: number): Tensor {
  return groups === 1 ? tokens : tf.reshape(tokens, [-1, groups * tokens.shape[1]!]);
}

/** Adds one row to all: [B, N] + [N], or + any shape of N numbers. */
export function addRow(x: Tensor, row: Tensor): Tensor {
  return fastAddRow(x, row) ?? tf.add(x, tf.reshape(row, [x.shape[1]!]));
}

/** Side by side: [B, a], [B, b] … → [B, a+b+…]. */
export function concatColumns(parts: readonly Tensor[]): Tensor {
  return parts.length === 1 ? parts[0]! : (fastJoin(parts) ?? tf.concat(parts as tf.Tensor2D[], 1));
}

/** Codes of C columns → rows of one table: adds each column's offset. @param ids [B, C] int32 */
export function offsetIds(ids: Tensor, offsets: readonly number[]): Tensor {
  return tf.add(ids, tf.tensor1d(offsets as number[], 'int32'));
}

/** Readings of L layers, each [B, …] → [B, L, …]. */
export function stackProbes(readings: readonly Tensor[]): Tensor {
  return tf.stack(readings as Tensor[], 1);
}
