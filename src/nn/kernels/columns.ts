/** Kernels on whole matrices: ReLU, adding a row, dropout, column sums, a flat vector of gradients. */
import { type Tensor, tf } from '../tensor';
import { fastKernels } from './module';
import { type Call, define } from './register';
import {
  addRowProgram,
  columnSumProgram,
  dropoutProgram,
  reluGradientProgram,
  reluProgram,
} from './webgpu/columns';

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

const relu = define<object>({
  name: 'SeesawRelu',
  webgpu: reluProgram,
  run: ({ wasm, heap }, { x }) => {
    const y = heap.output(x!.shape);
    wasm.relu(heap.at(x!), size(x!.shape), y.at);
    return [y.info];
  },
  gradient: {
    inputs: [],
    outputs: [true],
    of: ([dy], [y]) => ({ x: reluMask({ dy: dy!, y: y! }, {})[0]! }),
  },
});

const reluMask = define<object>({
  name: 'SeesawReluGradient',
  webgpu: reluGradientProgram,
  run: ({ wasm, heap }, { dy, y }) => {
    const dx = heap.output(dy!.shape);
    wasm.reluMask(heap.at(dy!), heap.at(y!), size(dy!.shape), dx.at);
    return [dx.info];
  },
});

/** max(x, 0), any shape. NaN stays NaN. */
export function fastRelu(x: Tensor): Tensor | null {
  return fastKernels() ? relu({ x }, {})[0]! : null;
}

const columnSum = define<object>({
  name: 'SeesawColumnSum',
  webgpu: columnSumProgram,
  run: ({ wasm, heap }, { x }) => {
    const [rows, n] = x!.shape as [number, number];
    const sum = heap.output([n]);
    wasm.columnSum(heap.at(x!), rows, n, sum.at);
    return [sum.info];
  },
});

/** [B, N] → [N]. Not differentiable: it is used within backward passes. */
export function fastColumnSum(x: Tensor): Tensor | null {
  return fastKernels() ? columnSum({ x }, {})[0]! : null;
}

const addRow = define<{ readonly rowShape: readonly number[] }>({
  name: 'SeesawAddRow',
  webgpu: addRowProgram,
  run: ({ wasm, heap }, { x, row }) => {
    const y = heap.output(x!.shape);
    const n = size(row!.shape);
    wasm.addRow(heap.at(x!), heap.at(row!), size(x!.shape) / n, n, y.at);
    return [y.info];
  },
  gradient: {
    inputs: [],
    of: ([dy], _saved, { rowShape }) => ({
      x: tf.clone(dy!),
      row: tf.reshape(columnSum({ x: dy! }, {})[0]!, rowShape as number[]),
    }),
  },
});

/** x [B, N] + row (N numbers of any shape) in every row. */
export function fastAddRow(x: Tensor, row: Tensor): Tensor | null {
  return fastKernels() ? addRow({ x, row }, { rowShape: row.shape })[0]! : null;
}

interface DropoutAttrs {
  readonly key: number;
  readonly threshold: number;
  readonly keep: number;
}

const dropout: Call<DropoutAttrs> = define<DropoutAttrs>({
  name: 'SeesawDropout',
  webgpu: dropoutProgram,
  run: ({ wasm, heap }, { x }, { key, threshold, keep }) => {
    const y = heap.output(x!.shape);
    wasm.dropout(heap.at(x!), size(x!.shape), key, threshold, keep, y.at);
    return [y.info];
  },
  // The same mask again: it is a function of key and place.
  gradient: { inputs: [], of: ([dy], _saved, attrs) => ({ x: dropout({ x: dy! }, attrs)[0]! }) },
});

/** x·mask, where the mask is that of `dropoutMask` in draws.ts, bit for bit. */
export function fastDropout(x: Tensor, attrs: DropoutAttrs): Tensor | null {
  return fastKernels() ? dropout({ x }, attrs)[0]! : null;
}

const flatten = define<{ readonly sizes: readonly number[] }>({
  name: 'SeesawFlatten',
  webgpu: (gpu, inputs, { sizes }) => [
    gpu.join(
      sizes.map((_, i) => inputs[i]),
      sizes,
    ),
  ],
  run: ({ wasm, heap }, inputs, { sizes }) => {
    const flat = heap.output([size([sizes.reduce((a, b) => a + b, 0)])]);
    let at = flat.at;
    sizes.forEach((n, i) => {
      const part = inputs[i];
      if (part) wasm.copyRows(heap.at(part), n, 1, n, at, n);
      else heap.fillZeros(at, n);
      at += 4 * n;
    });
    return [flat.info];
  },
});

/** Tensors one after the other in one vector, zeros where there is none. @param sizes of each, in numbers */
export function fastFlatten(parts: readonly (Tensor | null)[], sizes: readonly number[]): Tensor | null {
  return fastKernels() ? flatten(Object.fromEntries(parts.map((part, i) => [i, part])), { sizes })[0]! : null;
}
