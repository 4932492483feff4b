/**
 * Work-around, wasm, tfjs 4.22: the backend copies a tensor's numbers whenever it is cloned, and the tape clones whatever a gradient
 * needs, through the engine's whole way of running a kernel. Tensors are immutable and the backend counts references (its `Reshape` relies
 * on both), so a clone can share, and what the tape keeps for itself needs no kernel call at all: those were half of the calls of a step.
 * May go when the backend's own `Identity` counts references and the tape keeps tensors without it.
 */
import { type Tensor, tf } from '../tensor';
import { kernels } from './module';

interface Engine {
  /** What the tape makes of each tensor that a gradient needs; not the public `clone`, which is differentiable. */
  clone?(x: Tensor): Tensor;
  makeTensorFromTensorInfo(info: tf.TensorInfo): Tensor;
}

let installed = false;

/** Another hold on the same numbers. */
function hold(backend: tf.KernelBackend, x: tf.TensorInfo): tf.TensorInfo {
  backend.incRef(x.dataId);
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
}

/** Makes clones share their numbers on the fast tier; the plain tier keeps the backend's own way. A second call does nothing. */
export function shareClones(): void {
  const stock = tf.getKernel('Identity', 'wasm');
  if (installed || !stock) return;
  installed = true;
  tf.unregisterKernel('Identity', 'wasm');
  tf.registerKernel({
    ...stock,
    kernelFunc: (params) => {
      const x = params.inputs.x as tf.TensorInfo;
      if (!kernels() || x.dtype === 'string') return stock.kernelFunc(params);
      return hold(params.backend as tf.KernelBackend, x);
    },
  });
  const engine = tf.engine() as unknown as Engine;
  const clone = engine.clone?.bind(engine);
  if (!clone) return;
  engine.clone = (x) =>
    kernels() && x.dtype !== 'string'
      ? engine.makeTensorFromTensorInfo(hold(tf.backend() as tf.KernelBackend, x))
      : clone(x);
}
