/** Softmax gates with the mixture of experts, and the gradient of both. */
import type { Tensor } from '../tensor';
import { fastKernels } from './module';
import { define } from './register';
import { gateMixGradientProgram, gateMixProgram } from './webgpu/gates';

interface Attrs {
  readonly gates: number;
}

function sizes(logits: { shape: readonly number[] }, experts: { shape: readonly number[] }, G: number) {
  const [B, columns] = logits.shape as [number, number];
  const E = columns / G;
  return { B, E, D: experts.shape[1]! / E };
}

/** logits [B, G·E], experts [B, E·D] → mixed [B, G·D], gates [B, G, E] */
const forward = define<Attrs>({
  name: 'SeesawGateMix',
  webgpu: (gpu, inputs, { gates }) => gateMixProgram(gpu, inputs, gates),
  run: ({ wasm, heap }, { logits, experts }, { gates: G }) => {
    const { B, E, D } = sizes(logits!, experts!, G);
    const mixed = heap.output([B, G * D]);
    const gates = heap.output([B, G, E]);
    wasm.gateMix(heap.at(logits!), heap.at(experts!), B, G, E, D, gates.at, mixed.at);
    return [mixed.info, gates.info];
  },
  gradient: {
    inputs: ['logits', 'experts'],
    outputs: [false, true],
    of: ([dMixed, dGates], [logits, experts, gates], attrs) => {
      const inputs = { logits: logits!, experts: experts!, gates: gates! };
      const [dLogits, dExperts] = backward({ ...inputs, dMixed: dMixed!, dGates: dGates! }, attrs);
      return { logits: dLogits!, experts: dExperts! };
    },
  },
});

const backward = define<Attrs>({
  name: 'SeesawGateMixGradient',
  webgpu: (gpu, inputs, { gates }) => gateMixGradientProgram(gpu, inputs, gates),
  run: ({ wasm, heap }, { logits, experts, gates, dMixed, dGates }, { gates: G }) => {
    const { B, E, D } = sizes(logits!, experts!, G);
    const dLogits = heap.output(logits!.shape);
    const dExperts = heap.output(experts!.shape);
    wasm.gateMixGradient(
      ...([heap.at(gates!), heap.at(experts!), heap.at(dMixed!), heap.at(dGates!), B, G, E, D] as const),
      ...([dLogits.at, dExperts.at] as const),
    );
    return [dLogits.info, dExperts.info];
  },
});

/** m_g = Σ_e softmax(logits_g)_e·expert_e. Shapes as in `gateMix`. */
export function fastGateMix(
  logits: Tensor,
  experts: Tensor,
  gates: number,
): { mixed: Tensor; gates: Tensor } | null {
  if (!fastKernels()) return null;
  const [mixed, weights] = forward({ logits, experts }, { gates });
  return { mixed: mixed!, gates: weights! };
}
