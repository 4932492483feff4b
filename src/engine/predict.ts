/** Predictions for rows, chunk by chunk. */
import { type Tensor, tf } from '../nn';
import { type Batch, disposeBatch } from './batches';

/** Rows of one forward pass outside training: about a training step's worth, so that an evaluation gives way as soon as a step would. */
export const CHUNK = 1024;

/**
 * log p and log(1−p) of `count` rows, [count·K] row-major each.
 * @param gather rows from … to as a batch
 * @param forward [2, n, K] of a batch: log p, then log(1−p)
 * @param onChunk is awaited between chunks, so that a long evaluation does not hold up messages
 */
export async function predictRows(
  count: number,
  K: number,
  gather: (from: number, to: number) => Batch,
  forward: (batch: Batch) => Tensor,
  onChunk?: () => Promise<void>,
): Promise<{ logP: Float32Array; log1mP: Float32Array }> {
  const logP = new Float32Array(count * K);
  const log1mP = new Float32Array(count * K);
  for (let start = 0; start < count; start += CHUNK) {
    const end = Math.min(start + CHUNK, count);
    const batch = gather(start, end);
    const packed = tf.tidy(() => forward(batch));
    disposeBatch(batch);
    try {
      const values = (await packed.data()) as Float32Array;
      logP.set(values.subarray(0, (end - start) * K), start * K);
      log1mP.set(values.subarray((end - start) * K), start * K);
    } finally {
      packed.dispose();
    }
    await onChunk?.();
  }
  return { logP, log1mP };
}
