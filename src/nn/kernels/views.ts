/** Tensors that lie inside another one. */
import type { Tensor } from '../tensor';
import { gpu, kernels } from './module';

/**
 * Parts of a vector in shapes of their own: not copied on wasm, on WebGPU only where they begin between the places that a binding
 * may begin at. What they lie in may be disposed of before them.
 * Not on the tape: a gradient with respect to the whole vector would not pass through them.
 * @param entries offsets in numbers
 */
export function fastViews(
  vector: Tensor,
  entries: readonly { readonly offset: number; readonly shape: readonly number[] }[],
): Tensor[] | null {
  const wasm = kernels();
  if (wasm) return entries.map(({ offset, shape }) => wasm.heap.view(vector, offset, shape));
  return gpu()?.parts(vector, entries) ?? null;
}
