/**
 * Work-around, wasm, tfjs 4.22: the backend has no `UnsortedSegmentSum`, so no embedding can be trained on it.
 * This kernel adds rows on the backend's own heap. May go when the backend ships the kernel.
 */
import { type Tensor, tf } from './tensor';

interface WasmBackend {
  makeOutput(shape: number[], dtype: 'float32'): tf.TensorInfo;
  typedArrayFromHeap(info: tf.TensorInfo): Float32Array | Int32Array;
}

/** Registers the kernel once; a later call does nothing. */
export function registerSegmentSumOnWasm(): void {
  if (tf.getKernel('UnsortedSegmentSum', 'wasm')) return;
  tf.registerKernel({
    kernelName: 'UnsortedSegmentSum',
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const { x, segmentIds } = inputs as unknown as { x: Tensor; segmentIds: Tensor };
      const { numSegments } = attrs as unknown as { numSegments: number };
      const wasm = backend as unknown as WasmBackend;
      const d = x.shape.slice(1).reduce((a, b) => a * b, 1);
      const out = wasm.makeOutput([numSegments, ...x.shape.slice(1)], 'float32');
      // Views are taken after the allocation: growing the heap detaches older ones.
      const target = wasm.typedArrayFromHeap(out) as Float32Array;
      const rows = wasm.typedArrayFromHeap(x) as Float32Array;
      const ids = wasm.typedArrayFromHeap(segmentIds) as Int32Array;
      target.fill(0);
      for (let i = 0, at = 0; i < ids.length; i++) {
        let to = ids[i]! * d;
        for (let j = 0; j < d; j++) target[to++]! += rows[at++]!;
      }
      return out;
    },
  });
}
