/** Tensors that lie inside another one. */
import type { Tensor } from '../tensor';
import { kernels } from './module';

/**
 * A part of a vector in a shape of its own, not copied. What it lies in may be disposed of before it.
 * Not on the tape: a gradient with respect to the whole vector would not pass through it.
 * @param offset in numbers
 */
export function fastView(vector: Tensor, offset: number, shape: readonly number[]): Tensor | null {
  return kernels()?.heap.view(vector, offset, shape) ?? null;
}
