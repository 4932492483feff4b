/**
 * Work-around, wasm, tfjs 4.22: the backend copies a tensor's numbers whenever it is cloned, and the tape clones whatever a gradient needs.
 * Tensors are immutable and the backend counts references (its `Reshape` relies on both), so a clone can share.
 * May go when the backend's own `Identity` does.
 */
import { tf } from '../tensor';
import { kernels } from './module';

let installed = false;

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
      (params.backend as tf.KernelBackend).incRef(x.dataId);
      return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
    },
  });
}
