/** Matrices side by side, and taking one apart again: each is the other's gradient. */
import type { Tensor } from '../tensor';
import { fastKernels, kernels } from './module';
import { type Call, define } from './register';
import { joinProgram, MOST_JOINED, splitProgram } from './webgpu/join';

interface Attrs {
  /** Columns of each part. */
  readonly widths: readonly number[];
}

const sum = (widths: readonly number[]) => widths.reduce((a, b) => a + b, 0);

/** Parts [B, n_i], named by their index → [B, Σ n_i] */
const join: Call<Attrs> = define<Attrs>({
  name: 'SeesawJoin',
  webgpu: (gpu, inputs, { widths }) => joinProgram(gpu, inputs, widths),
  run: ({ wasm, heap }, inputs, { widths }) => {
    const total = sum(widths);
    const rows = inputs[0]!.shape[0]!;
    const whole = heap.output([rows, total]);
    let at = whole.at;
    widths.forEach((n, i) => {
      wasm.copyRows(heap.at(inputs[i]!), n, rows, n, at, total);
      at += 4 * n;
    });
    return [whole.info];
  },
  gradient: {
    inputs: [],
    of: ([dy], _saved, attrs) => Object.fromEntries(split({ x: dy! }, attrs).map((part, i) => [i, part])),
  },
});

/** x [B, Σ n_i] → parts [B, n_i] */
const split: Call<Attrs> = define<Attrs>({
  name: 'SeesawSplit',
  webgpu: (gpu, { x }, { widths }) => splitProgram(gpu, x!, widths),
  run: ({ wasm, heap }, { x }, { widths }) => {
    const total = sum(widths);
    const rows = x!.shape[0]!;
    let column = 0;
    return widths.map((n) => {
      const part = heap.output([rows, n]);
      wasm.copyRows(heap.at(x!) + 4 * column, total, rows, n, part.at, n);
      column += n;
      return part.info;
    });
  },
  gradient: {
    inputs: [],
    of: (dys, _saved, attrs) => ({ x: join(Object.fromEntries(dys.map((dy, i) => [i, dy])), attrs)[0]! }),
  },
});

/** Side by side: [B, n_1], [B, n_2] … → [B, Σ n_i]. */
export function fastJoin(parts: readonly Tensor[]): Tensor | null {
  // A program can bind only so many buffers; the wasm module knows no such bound.
  if (!fastKernels() || (!kernels() && parts.length > MOST_JOINED)) return null;
  const widths = parts.map((part) => part.shape[1]!);
  return join(Object.fromEntries(parts.map((part, i) => [i, part])), { widths })[0]!;
}

/** [B, Σ n_i] → [B, n_1], [B, n_2] … */
export function fastSplit(x: Tensor, widths: readonly number[]): Tensor[] | null {
  // On WebGPU the gradient is a join, with its bound.
  if (!fastKernels() || (!kernels() && widths.length > MOST_JOINED)) return null;
  return split({ x }, { widths });
}
