/** What steps left on the backend for the next frame, read in one transfer. */
import { type Tensor, tf } from '../nn';
import type { BalanceReading } from './balance';
import type { Divergence } from './diagnose';

/** Readings since the last frame: columns step, learning rate, gradient norm, Σλ_kL_k, L_1…L_K. */
export interface Frame {
  readonly steps: Float64Array;
  readonly columns: number;
  /** What the balancer did, a row a step (balanceRecord.ts); null for one whose weights are the user's. */
  readonly balance: Float64Array | null;
  /** The first step whose numbers are not finite, found by replaying it. */
  readonly divergence: Divergence | null;
}

/** A step whose readings wait. */
export interface PendingStep {
  readonly step: number;
  readonly rate: number;
  /** [2 + K] gradient norm, Σλ_kL_k, L_1…L_K. */
  readonly values: Tensor;
  readonly balance: BalanceReading;
}

/**
 * Reads steps that wait, and frees them.
 * @returns their rows, and the place of the first whose numbers are not all finite, or −1
 */
export async function readPending(
  waiting: readonly PendingStep[],
  columns: number,
): Promise<{ steps: Float64Array; bad: number }> {
  const packed = tf.tidy(() => tf.stack(waiting.map((w) => w.values)));
  for (const w of waiting) w.values.dispose();
  let values: Float32Array;
  try {
    values = (await packed.data()) as Float32Array;
  } finally {
    packed.dispose();
  }
  const steps = new Float64Array(waiting.length * columns);
  const width = columns - 2;
  let bad = -1;
  waiting.forEach((w, i) => {
    steps[i * columns] = w.step;
    steps[i * columns + 1] = w.rate;
    for (let j = 0; j < width; j++) {
      const value = values[i * width + j]!;
      if (bad < 0 && !Number.isFinite(value)) bad = i;
      steps[i * columns + 2 + j] = value;
    }
  });
  return { steps, bad };
}
