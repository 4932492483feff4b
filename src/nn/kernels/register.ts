/** How a kernel and its gradient are made known to TensorFlow.js. */
import { type Tensor, tf } from '../tensor';
import { type Kernels, running } from './module';
import { type Gpu, gpuOf } from './webgpu/gpu';

export type Tensors = Readonly<Record<string, Tensor>>;
type Infos = Readonly<Record<string, tf.TensorInfo>>;

export interface Definition<A> {
  /** In TensorFlow.js' registry, e.g. `SeesawDense`. */
  readonly name: string;
  /** On wasm: allocates its outputs on the heap and computes them. A missing input is undefined. */
  readonly run: (kernels: Kernels, inputs: Infos, attrs: A) => tf.TensorInfo[];
  /** On WebGPU: runs its program, mostly one. Absent where there is none; whoever calls it then asks for `kernels()`. */
  readonly webgpu?: (gpu: Gpu, inputs: Infos, attrs: A) => tf.TensorInfo[];
  /** Absent where nothing is differentiated through it. */
  readonly gradient?: {
    /** Inputs, then whether each output is saved too; `of` gets them in this order. */
    readonly inputs: readonly string[];
    readonly outputs?: readonly boolean[];
    /** Gradients by input name; inputs that are left out cannot be differentiated. @param dys one an output */
    readonly of: (dys: readonly Tensor[], saved: readonly Tensor[], attrs: A) => Record<string, Tensor>;
  };
}

/** A kernel that can be called. @returns its outputs */
export type Call<A> = (inputs: Readonly<Record<string, Tensor | null>>, attrs: A) => Tensor[];

/** Registers a kernel (and its gradient) for wasm and WebGPU. Called once, when the file that defines it is loaded. */
export function define<A extends object>({ name, run, webgpu, gradient }: Definition<A>): Call<A> {
  if (!tf.getKernel(name, 'wasm')) {
    tf.registerKernel({
      kernelName: name,
      backendName: 'wasm',
      kernelFunc: ({ inputs, attrs }) => run(running(), inputs as Infos, attrs as unknown as A),
    });
    if (webgpu) {
      tf.registerKernel({
        kernelName: name,
        backendName: 'webgpu',
        kernelFunc: ({ inputs, attrs, backend }) =>
          webgpu(gpuOf(backend as object)!, inputs as Infos, attrs as unknown as A),
      });
    }
    if (gradient) {
      tf.registerGradient({
        kernelName: name,
        inputsToSave: gradient.inputs as string[],
        outputsToSave: (gradient.outputs ?? []) as boolean[],
        gradFunc: (dy, saved, attrs) => {
          // All at once, not in the functions: each of those runs in a scope that would free what the next one needs.
          const found = gradient.of(Array.isArray(dy) ? dy : [dy], saved, attrs as unknown as A);
          return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, () => value]));
        },
      });
    }
  }
  return (inputs, attrs) => {
    const present: Record<string, Tensor> = {};
    for (const key in inputs) {
      const tensor = inputs[key];
      if (tensor) present[key] = tensor;
    }
    const out = tf.engine().runKernel(name, present, attrs as tf.NamedAttrMap) as Tensor | Tensor[];
    return Array.isArray(out) ? out : [out];
  };
}
