/** A step of a gated recurrent unit after the products with its input, and its gradient. */
import type { Tensor } from '../tensor';
import { fastKernels } from './module';
import { define } from './register';
import { gruGradientProgram, gruProgram } from './webgpu/gru';

/**
 * a [B, 3H], h [B, H], U [H, 3H] → h' [B, H], gates [B, 3H]: z, r, c. Two kernels, since what a kernel saves cannot be absent: the
 * first step of a sequence continues no state.
 */
const forward = (continues: boolean) =>
  define<object>({
    name: continues ? 'SeesawGru' : 'SeesawGruStart',
    webgpu: gruProgram,
    run: ({ wasm, heap }, { a, h, U }) => {
      const [rows, H] = [a!.shape[0]!, a!.shape[1]! / 3];
      const state = heap.output([rows, H]);
      const gates = heap.output([rows, 3 * H]);
      const scratch = heap.scratch(wasm.gruScratch(rows, H));
      const [before, weights] = [h ? heap.at(h) : 0, U ? heap.at(U) : 0];
      wasm.gru(heap.at(a!), before, weights, rows, H, gates.at, state.at, scratch);
      return [state.info, gates.info];
    },
    gradient: {
      inputs: continues ? ['h', 'U'] : [],
      outputs: [false, true],
      // Nothing is differentiated through the gates: they are there to be read.
      of: ([d], saved) => {
        if (!continues) return { a: backward({ d: d!, gates: saved[0]! }, {})[0]! };
        const [h, U, gates] = saved as [Tensor, Tensor, Tensor];
        const [a, dh, dU] = backward({ d: d!, h, U, gates }, {});
        return { a: a!, h: dh!, U: dU! };
      },
    },
  });
const start = forward(false);
const step = forward(true);

const backward = define<object>({
  name: 'SeesawGruGradient',
  webgpu: gruGradientProgram,
  run: ({ wasm, heap }, { d, h, U, gates }) => {
    const [rows, H] = d!.shape as [number, number];
    const dA = heap.output([rows, 3 * H]);
    const scratch = heap.scratch(wasm.gruScratch(rows, H));
    if (!h || !U) {
      wasm.gruGradient(heap.at(d!), 0, 0, heap.at(gates!), rows, H, dA.at, 0, 0, scratch);
      return [dA.info];
    }
    const dh = heap.output(h.shape);
    const dU = heap.output(U.shape);
    wasm.gruGradient(
      ...([heap.at(d!), heap.at(h), heap.at(U), heap.at(gates!), rows, H] as const),
      ...([dA.at, dh.at, dU.at, scratch] as const),
    );
    return [dA.info, dh.info, dU.info];
  },
});

/** h' and [z, r, c] side by side. @param a [B, 3H] @param h [B, H], or null where it is 0 @param U [H, 3H] */
export function fastGru(a: Tensor, h: Tensor | null, U: Tensor): { state: Tensor; gates: Tensor } | null {
  if (!fastKernels()) return null;
  const [state, gates] = h ? step({ a, h, U }, {}) : start({ a }, {});
  return { state: state!, gates: gates! };
}
