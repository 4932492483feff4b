/** Layer normalisation, with or without a residual, and its gradient. */
import { type Tensor, tf } from '../tensor';
import { fastKernels } from './module';
import { define } from './register';
import { layerNormGradientProgram, layerNormProgram } from './webgpu/norm';

interface Attrs {
  readonly epsilon: number;
}

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/**
 * x, y [N, D], γ, β [D] → γ·(s−μ)/√(σ²+ε) + β with s = x + y, or x alone; on WebGPU the rows' moments too, for the gradient (wasm works
 * them out again, which costs it less than keeping them). Two kernels, since what a kernel saves cannot be absent.
 */
const forward = (residual: boolean) =>
  define<Attrs>({
    name: residual ? 'SeesawAddLayerNorm' : 'SeesawLayerNorm',
    webgpu: (gpu, inputs, { epsilon }) => layerNormProgram(gpu, inputs, epsilon),
    run: ({ wasm, heap }, { x, y, gamma, beta }, { epsilon }) => {
      const D = size(gamma!.shape);
      const out = heap.output(x!.shape);
      const [px, py] = [heap.at(x!), y ? heap.at(y) : 0];
      wasm.layerNorm(px, py, heap.at(gamma!), heap.at(beta!), size(x!.shape) / D, D, epsilon, out.at);
      return [out.info];
    },
    gradient: {
      inputs: residual ? ['x', 'gamma', 'y'] : ['x', 'gamma'],
      outputs: [false, true],
      of: ([dy], [x, gamma, ...rest], attrs) => {
        const [y, moments] = residual ? rest : [null, rest[0]];
        const inputs = { dy: dy!, x: x!, y: y ?? null, gamma: gamma!, moments: moments ?? null };
        const [ds, dGamma, dBeta] = backward(inputs, attrs);
        const gradients = { x: ds!, gamma: dGamma!, beta: dBeta! };
        // A tensor of its own on the same numbers: the tape disposes of each by itself.
        return residual ? { ...gradients, y: tf.clone(ds!) } : gradients;
      },
    },
  });
const layerNorm = forward(false);
const addLayerNorm = forward(true);

const backward = define<Attrs>({
  name: 'SeesawLayerNormGradient',
  webgpu: layerNormGradientProgram,
  run: ({ wasm, heap }, { dy, x, y, gamma }, { epsilon }) => {
    const D = size(gamma!.shape);
    const ds = heap.output(x!.shape);
    const dGamma = heap.output(gamma!.shape);
    const dBeta = heap.output(gamma!.shape);
    wasm.layerNormGradient(
      ...([heap.at(dy!), heap.at(x!), y ? heap.at(y) : 0, heap.at(gamma!), size(x!.shape) / D, D] as const),
      ...([epsilon, ds.at, dGamma.at, dBeta.at] as const),
    );
    return [ds.info, dGamma.info, dBeta.info];
  },
});

/** LN(x) or LN(x + y) over the last axis. @param x [N, D] @param y [N, D] or null @param gamma [D] @param beta [D] */
export function fastLayerNorm(
  x: Tensor,
  y: Tensor | null,
  gamma: Tensor,
  beta: Tensor,
  epsilon: number,
): Tensor | null {
  if (!fastKernels()) return null;
  return y
    ? addLayerNorm({ x, y, gamma, beta }, { epsilon })[0]!
    : layerNorm({ x, gamma, beta }, { epsilon })[0]!;
}
