/** The matrix products of one Shared-Bottom step by our kernel, against the stock product of the wasm backend on the same sizes. */
import { Rng } from '../src/data/random';
import { kernels } from '../src/nn/kernels/module';
import { type Tensor, tf } from '../src/nn/tensor';
import { type Contestant, race, ratio } from './measure';

export interface ProductResult {
  readonly batch: number;
  /** GFLOP/s, medians. */
  readonly ours: Readonly<Record<'NN' | 'NT' | 'TN' | 'step', number>>;
  /** `tf.matMul` of plain operands; its transposed ones are an order of magnitude slower. */
  readonly stock: number;
  /** Our rate over all products of the step / the stock rate, each pair from the same round. */
  readonly share: number;
}

/** [inputs, outputs, live inputs] of the layers; the two towers' own layers count twice. */
const LAYERS = [
  [191, 128, 128],
  [128, 64, 128],
  [64, 128, 64],
  [64, 32, 64],
  [64, 32, 64],
] as const;

/** Floating-point operations of all products of one SB step; the first layer's input gradient is worked out for the embeddings only. */
export function stepFlops(B: number): number {
  return LAYERS.reduce((sum, [I, O, live]) => sum + 2 * B * O * (2 * I + live), 0);
}

/** Times the products. @throws Error where the kernels are not loaded */
export async function benchProducts(B: number, rounds: number, slice: number): Promise<ProductResult> {
  const k = kernels();
  if (!k) throw new Error('The fast kernels are not loaded.');
  const { wasm, heap } = k;
  const scratch = heap.scratch(wasm.gemmScratch(256));
  const rng = new Rng(3);
  const random = (shape: [number, number]) =>
    tf.tensor2d(
      Float32Array.from({ length: shape[0] * shape[1] }, () => rng.normal()),
      shape,
    );
  const layers = LAYERS.map(([I, O, live]) => {
    const tensors = { x: random([B, I]), W: random([I, O]), dy: random([B, O]) };
    const out = { y: tf.zeros([B, O]), dW: tf.zeros([I, O]), dx: tf.zeros([B, I]) };
    const at = (t: Tensor) => heap.at(t);
    const { x, W, dy } = tensors;
    return {
      tensors: [...Object.values(tensors), ...Object.values(out)],
      flops: { NN: 2 * B * I * O, NT: 2 * B * live * O, TN: 2 * B * I * O },
      NN: () => wasm.gemm(0, B, O, I, at(x), I, at(W), O, at(out.y), O, 0, 0, 0, scratch),
      NT: () => wasm.gemm(1, B, live, O, at(dy), O, at(W), O, at(out.dx), I, 0, 0, 0, scratch),
      TN: () => wasm.gemm(2, I, O, B, at(x), I, at(dy), O, at(out.dW), O, 0, 0, 0, scratch),
      stock: () => tf.matMul(x as tf.Tensor2D, W as tf.Tensor2D).dispose(),
    };
  });
  const kinds = ['NN', 'NT', 'TN'] as const;
  const contestants: Contestant[] = [
    ...kinds.map((kind) => ({
      name: kind,
      run: () => {
        for (const l of layers) l[kind]();
      },
    })),
    {
      name: 'step',
      run: () => {
        for (const l of layers) for (const kind of kinds) l[kind]();
      },
    },
    {
      name: 'stock',
      run: () => {
        for (const l of layers) l.stock();
      },
    },
  ];
  const timings = await race(contestants, rounds, slice);
  tf.dispose(layers.flatMap((l) => l.tensors));
  const flops = (kind: 'NN' | 'NT' | 'TN') => layers.reduce((sum, l) => sum + l.flops[kind], 0);
  const all = { NN: flops('NN'), NT: flops('NT'), TN: flops('TN'), step: 0, stock: flops('NN') };
  all.step = all.NN + all.NT + all.TN;
  const rate = (i: number, f: number) => f / timings[i]!.median / 1e6;
  return {
    batch: B,
    ours: {
      NN: rate(0, all.NN),
      NT: rate(1, all.NT),
      TN: rate(2, all.TN),
      step: rate(3, all.step),
    },
    stock: rate(4, all.stock),
    share: ratio(timings[4]!, timings[3]!) * (all.step / all.stock),
  };
}
