/** The one door to TensorFlow.js: what the rest of nn uses of it, and the types that blocks see. */
import * as tf from '@tensorflow/tfjs-core';
// tfjs-core alone registers no gradients. After the core: registering asks for its flags.
import '@tensorflow/tfjs-core/dist/register_all_gradients';

// Our own checks stand at the edges (schema, layout, frames); tf's per-kernel ones cost time and print advice.
tf.enableProdMode();

export { tf };

/** An opaque tensor. Blocks pass it between nn operations and never read it. */
export type Tensor = tf.Tensor;

/** Name of the backend that runs now. */
export function backendName(): string {
  return tf.getBackend();
}

/**
 * The numbers of a small tensor: at once on cpu and wasm, whose memory can be read, and as a promise on WebGPU, which has to
 * finish its queue first. A copy: some backends hand out their own memory.
 */
export function readNow(t: Tensor): Float32Array | Promise<Float32Array> {
  if (tf.getBackend() !== 'webgpu') return Float32Array.from(t.dataSync());
  return t.data().then((values) => Float32Array.from(values));
}

/**
 * Per-task vectors side by side in one tensor: `t` is [B, groups·width], group g in columns g·width … (g+1)·width.
 * `groups` is 1 where all tasks share the vector, else the number of tasks.
 */
export interface StreamShape {
  readonly groups: number;
  readonly width: number;
}
export interface Stream extends StreamShape {
  readonly t: Tensor;
}
