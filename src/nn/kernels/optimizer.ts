/** One update of flat parameters and moments, in one pass over them. */
import type { Tensor } from '../tensor';
import { fastKernels } from './module';
import { define } from './register';
import type { StepAttrs } from './stepAttrs';
import { updateProgram } from './webgpu/optimizer';

const update = define<StepAttrs>({
  name: 'SeesawUpdate',
  webgpu: updateProgram,
  run: ({ wasm, heap }, { p, m, v, g }, attrs) => {
    const { adam, clipNorm, decay, shrink, rate, correction, beta1, beta2, epsilon } = attrs;
    const n = p!.shape[0]!;
    const newP = heap.output([n]);
    const norm = heap.output([]);
    const gradientNorm = Math.sqrt(wasm.sumOfSquares(heap.at(g!), n));
    heap.writeFloats(norm.at, [gradientNorm]);
    const scale = clipNorm === null ? 1 : Math.min(1, clipNorm / Math.max(gradientNorm, 1e-30));
    if (!adam) {
      wasm.descend(n, heap.at(p!), heap.at(g!), newP.at, scale, decay, shrink, rate);
      return [newP.info, norm.info];
    }
    const newM = heap.output([n]);
    const newV = heap.output([n]);
    wasm.adam(
      ...([n, heap.at(p!), heap.at(m!), heap.at(v!), heap.at(g!), newP.at, newM.at, newV.at] as const),
      ...([scale, decay, shrink, rate, correction] as const),
      ...([beta1, beta2, 1 - beta1, 1 - beta2, epsilon] as const),
    );
    return [newP.info, norm.info, newM.info, newV.info];
  },
});

/** New parameters, ‖g‖₂, and for Adam the new moments. @param p, m, v, g [P] each */
export function fastUpdate(p: Tensor, m: Tensor, v: Tensor, g: Tensor, attrs: StepAttrs): Tensor[] | null {
  return fastKernels() ? update(attrs.adam ? { p, m, v, g } : { p, g }, attrs) : null;
}
