/** Affine maps, one or one a group, with bias and ReLU in the product's own tail, and their gradient in one kernel. */
import type { Tensor } from '../tensor';
import type { Heap } from './heap';
import { fastKernels, type Kernels } from './module';
import { define } from './register';
import { denseGradientProgram, denseProgram } from './webgpu/dense';

const NN = 0;
const NT = 1;
const TN = 2;

interface Attrs {
  readonly groups: number;
  /** Inputs of one group. */
  readonly inputs: number;
  readonly relu: boolean;
  /** Leading columns of x that anything depends on; of the others the gradient is 0 and not worked out. */
  readonly live: number;
}

/** Tensors of which only the leading columns depend on a parameter: the rest is data. */
const liveColumns = new WeakMap<Tensor, number>();

/** Notes that nothing needs the gradient of x beyond its first `columns` columns. @returns x */
export function markLive(x: Tensor, columns: number): Tensor {
  liveColumns.set(x, columns);
  return x;
}

/** Scratch for one product with at most N columns. */
const gemmBytes = ({ wasm }: Kernels, N: number) => wasm.gemmScratch(N);

/** A buffer of a kernel's own, then the product's. */
function layout(heap: Heap, own: number, gemm: number): [own: number, gemm: number] {
  const padded = (own + 15) & ~15;
  const at = heap.scratch(padded + gemm);
  return [at, at + padded];
}

/** x [rows, G·I], W [G·I·O numbers], b [G·O] → y [rows, G·O]; rows = size of x / (G·I), whatever x's shape. */
const forward = define<Attrs>({
  name: 'SeesawDense',
  webgpu: denseProgram,
  run: (k, { x, W, b }, { groups: G, inputs: I, relu }) => {
    const { wasm, heap } = k;
    const O = size(W!.shape) / (G * I);
    const rows = size(x!.shape) / (G * I);
    const y = heap.output([rows, G * O]);
    const [px, pW, pb] = [heap.at(x!), heap.at(W!), b ? heap.at(b) : 0];
    const scratch = heap.scratch(gemmBytes(k, O));
    for (let g = 0; g < G; g++) {
      const bias = pb === 0 ? 0 : pb + 4 * g * O;
      wasm.gemm(
        ...[NN, rows, O, I, px + 4 * g * I, G * I, pW + 4 * g * I * O, O, y.at + 4 * g * O, G * O],
        ...([bias, 0, relu ? 1 : 0, scratch] as const),
      );
    }
    return [y.info];
  },
  gradient: {
    inputs: ['x', 'W'],
    outputs: [true],
    of: ([dy], [x, W, y], attrs) => {
      const [dx, dW, db] = backward({ dy: dy!, x: x!, W: W!, y: attrs.relu ? y! : null }, attrs);
      return { x: dx!, W: dW!, b: db! };
    },
  },
});

/** dz = dy where y > 0; db = Σ dz, dW_g = x_gᵀ·dz_g, dx_g = dz_g·W_gᵀ. */
const backward = define<Attrs>({
  name: 'SeesawDenseGradient',
  webgpu: denseGradientProgram,
  run: (k, { dy, x, W, y }, { groups: G, inputs: I, live }) => {
    const { wasm, heap } = k;
    const O = size(W!.shape) / (G * I);
    const rows = size(x!.shape) / (G * I);
    const dx = heap.output(x!.shape);
    const dW = heap.output(W!.shape);
    const db = heap.output([G * O]);
    const [px, pW] = [heap.at(x!), heap.at(W!)];
    const [own, scratch] = layout(heap, y ? 4 * rows * G * O : 0, gemmBytes(k, Math.max(O, live)));
    let dz = heap.at(dy!);
    if (y) {
      wasm.reluMask(dz, heap.at(y), rows * G * O, own);
      dz = own;
    }
    wasm.columnSum(dz, rows, G * O, db.at);
    if (live < I) heap.fillZeros(dx.at, rows * G * I);
    for (let g = 0; g < G; g++) {
      const [x_g, dz_g, W_g] = [px + 4 * g * I, dz + 4 * g * O, pW + 4 * g * I * O];
      wasm.gemm(TN, I, O, rows, x_g, G * I, dz_g, G * O, dW.at + 4 * g * I * O, O, 0, 0, 0, scratch);
      if (live > 0) {
        wasm.gemm(NT, rows, live, O, dz_g, G * O, W_g, O, dx.at + 4 * g * I, G * I, 0, 0, 0, scratch);
      }
    }
    return [dx.info, dW.info, db.info];
  },
});

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/**
 * y_g = x_g·W_g + b_g, with ReLU where asked for; null where the kernels are not to be used.
 * @param x [B, G·I], or anything with the same numbers in the same order
 * @param W G·I·O numbers, group by group, each [I, O]
 * @param b [G·O], or null for none
 * @param inputs I
 */
export function fastDense(
  x: Tensor,
  W: Tensor,
  b: Tensor | null,
  groups: number,
  inputs: number,
  relu: boolean,
): Tensor | null {
  if (!fastKernels()) return null;
  const live = groups === 1 ? Math.min(inputs, liveColumns.get(x) ?? inputs) : inputs;
  return forward({ x, W, b }, { groups, inputs, relu, live })[0]!;
}
