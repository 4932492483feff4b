/** Which tier computes: the switch between the two, and the kernels' wasm module, loaded onto the heap of the wasm backend. */
import { backendName, tf } from '../tensor';
import { Heap } from './heap';
// In the bundle itself: no request, and no path that would differ between browser, tests and command line.
import source from './kernels.wasm?url&inline';
import { type Gpu, gpuOf } from './webgpu/gpu';

/** What the module exports; see assembly/. Pointers are byte offsets, matrices row-major float32. */
export interface Exports {
  gemm(
    ...args: [
      kind: number,
      M: number,
      N: number,
      K: number,
      a: number,
      lda: number,
      b: number,
      ldb: number,
      c: number,
      ldc: number,
      bias: number,
      accumulate: number,
      relu: number,
      scratch: number,
    ]
  ): void;
  gemmScratch(N: number): number;
  gruScratch(rows: number, H: number): number;
  gru(
    ...args: [
      a: number,
      h: number,
      U: number,
      rows: number,
      H: number,
      gates: number,
      state: number,
      scratch: number,
    ]
  ): void;
  gruGradient(
    ...args: [
      d: number,
      h: number,
      U: number,
      gates: number,
      rows: number,
      H: number,
      dA: number,
      dh: number,
      dU: number,
      scratch: number,
    ]
  ): void;
  relu(x: number, size: number, y: number): void;
  reluMask(dy: number, y: number, size: number, dz: number): void;
  columnSum(x: number, rows: number, n: number, out: number): void;
  addRow(x: number, row: number, rows: number, n: number, y: number): void;
  copyRows(from: number, ldFrom: number, rows: number, n: number, to: number, ldTo: number): void;
  dropout(x: number, size: number, key: number, threshold: number, keep: number, y: number): void;
  embed(
    ...args: [
      table: number,
      V: number,
      d: number,
      ids: number,
      offsets: number,
      rows: number,
      C: number,
      numbers: number,
      M: number,
      out: number,
    ]
  ): void;
  embedGradient(
    ...args: [
      dy: number,
      ld: number,
      V: number,
      d: number,
      ids: number,
      offsets: number,
      rows: number,
      C: number,
      dTable: number,
    ]
  ): void;
  layerNorm(
    ...args: [
      x: number,
      y: number,
      gamma: number,
      beta: number,
      rows: number,
      D: number,
      epsilon: number,
      out: number,
    ]
  ): void;
  layerNormGradient(
    ...args: [
      dy: number,
      x: number,
      y: number,
      gamma: number,
      rows: number,
      D: number,
      epsilon: number,
      ds: number,
      dGamma: number,
      dBeta: number,
    ]
  ): void;
  attention(
    ...args: [
      qkv: number,
      B: number,
      S: number,
      heads: number,
      w: number,
      scale: number,
      closed: number,
      context: number,
      A: number,
    ]
  ): void;
  attentionGradient(
    ...args: [
      qkv: number,
      A: number,
      dContext: number,
      dA: number,
      B: number,
      S: number,
      heads: number,
      w: number,
      scale: number,
      dScores: number,
      dqkv: number,
    ]
  ): void;
  gateMix(
    ...args: [
      logits: number,
      experts: number,
      B: number,
      G: number,
      E: number,
      D: number,
      gates: number,
      mixed: number,
    ]
  ): void;
  gateMixGradient(
    ...args: [
      gates: number,
      experts: number,
      dMixed: number,
      dGates: number,
      B: number,
      G: number,
      E: number,
      D: number,
      dLogits: number,
      dExperts: number,
    ]
  ): void;
  crossEntropy(
    ...args: [
      logits: number,
      labels: number,
      weights: number,
      positive: number,
      B: number,
      K: number,
      sums: number,
      losses: number,
    ]
  ): void;
  crossEntropyGradient(
    ...args: [
      dLosses: number,
      logits: number,
      labels: number,
      weights: number,
      positive: number,
      B: number,
      K: number,
      dLogits: number,
    ]
  ): void;
  takeRows(table: number, d: number, rows: number, count: number, to: number): void;
  putRows(from: number, d: number, rows: number, count: number, table: number): void;
  sumOfSquares(x: number, size: number): number;
  adam(
    ...args: [
      size: number,
      p: number,
      m: number,
      v: number,
      g: number,
      newP: number,
      newM: number,
      newV: number,
      scale: number,
      decay: number,
      shrink: number,
      rate: number,
      correction: number,
      beta1: number,
      beta2: number,
      rest1: number,
      rest2: number,
      epsilon: number,
    ]
  ): void;
  descend(
    ...args: [
      size: number,
      p: number,
      g: number,
      newP: number,
      scale: number,
      decay: number,
      shrink: number,
      rate: number,
    ]
  ): void;
}

/** The module on its heap. */
export interface Kernels {
  readonly wasm: Exports;
  readonly heap: Heap;
}

let loaded: Kernels | null = null;
let wanted = true;

/** The wasm kernels, if wasm computes now, they could be loaded and are not switched off. */
export function kernels(): Kernels | null {
  return wanted && loaded !== null && backendName() === 'wasm' ? loaded : null;
}

/** What runs the WebGPU programs, if WebGPU computes now, they can run on it and are not switched off. */
export function gpu(): Gpu | null {
  return wanted && backendName() === 'webgpu' ? gpuOf(tf.backend()) : null;
}

/** Switches between the two tiers, for tests and the bench. @returns how it was */
export function setFastKernels(on: boolean): boolean {
  const before = wanted;
  wanted = on;
  return before;
}

/** Whether operations run on the fast kernels now: the wasm ones or the WebGPU programs. Otherwise plain operations compute. */
export function fastKernels(): boolean {
  return kernels() !== null || gpu() !== null;
}

/** The kernels within a registered kernel, which is only ever run where there are some. */
export function running(): Kernels {
  if (!loaded) throw new Error('The fast kernels are not loaded.');
  return loaded;
}

function bytes(dataUrl: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(dataUrl.slice(dataUrl.indexOf(',') + 1)), (c) => c.charCodeAt(0));
}

/** A product whose result is known: a module that does not compute on this heap is not used. */
function computes({ wasm, heap }: Kernels): boolean {
  return tf.tidy(() => {
    const a = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
    const b = tf.tensor2d([1, 0, 2, -1, 0, 3], [3, 2]);
    const out = heap.output([2, 2]);
    const scratch = heap.scratch(wasm.gemmScratch(2));
    wasm.gemm(0, 2, 2, 3, heap.at(a), 3, heap.at(b), 2, out.at, 2, 0, 0, 0, scratch);
    const c = tf.engine().makeTensorFromTensorInfo(out.info);
    return c.dataSync().join() === '5,7,14,13';
  });
}

/**
 * Loads the module onto the heap of the wasm backend, which must be the current one. A second call does nothing.
 * @returns null, or in one sentence why the kernels cannot be used here
 */
export async function loadKernels(): Promise<string | null> {
  if (loaded) return null;
  const heap = Heap.of(tf.backend());
  if (!heap) return 'This version of the wasm backend does not show its memory.';
  try {
    const { instance } = await WebAssembly.instantiate(bytes(source), { env: { memory: heap.memory } });
    const candidate: Kernels = { wasm: instance.exports as unknown as Exports, heap };
    if (!computes(candidate)) return 'The fast kernels computed a wrong product.';
    loaded = candidate;
    return null;
  } catch (cause) {
    return `The fast kernels could not be loaded (${(cause as Error).message}).`;
  }
}
