/** The fast kernels against the plain operations, forward and backward, over odd shapes; views, memory and the binary itself. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile, WASM } from '../../../scripts/kernels.mjs';
import { Rng } from '../../data/random';
import {
  addLayerNorm,
  addRow,
  Bernoulli,
  dense,
  denseRelu,
  embed,
  embedFeatures,
  fastKernels,
  flatten,
  gateMix,
  groupedDense,
  groupedDenseRelu,
  groupedDot,
  Layout,
  layerNorm,
  linear,
  memory,
  openCpu,
  openWasm,
  Pass,
  relu,
  selfAttention,
  setFastKernels,
  slices,
  type Tensor,
  tf,
  update,
  valueAndGradients,
  zeros,
} from '..';
import { columnSum } from '../matmul';
import { wasmPaths } from '../wasmPaths';
import { Heap } from './heap';
import { kernelCases, kernelError, solveKernelCase } from './testing/cases';

const rng = new Rng(7);
const normals = (shape: readonly number[], scale = 1): Tensor =>
  tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => rng.normal() * scale),
    shape as number[],
  );
const codes = (rows: number, columns: number, below: number): Tensor =>
  tf.tensor2d(
    Int32Array.from({ length: rows * columns }, () => Math.floor(rng.uniform() * below)),
    [rows, columns],
    'int32',
  );

/** Values of the outputs of `f`, then of the gradients of a random weighting of them with respect to `inputs`. */
function everything(f: () => Tensor[], inputs: readonly Tensor[], weights: Tensor[]): Float32Array[] {
  return tf.tidy(() => {
    let outputs: Float32Array[] = [];
    if (inputs.length === 0) return f().map((y) => y.dataSync() as Float32Array);
    const { gradients } = valueAndGradients(() => {
      const ys = f();
      outputs = ys.map((y) => y.dataSync() as Float32Array);
      return ys
        .map((y, i) => {
          weights[i] ??= tf.keep(normals(y.shape));
          return tf.sum(tf.mul(y, weights[i]!));
        })
        .reduce((a, b) => tf.add(a, b));
    }, inputs);
    return [
      ...outputs,
      ...gradients.map((g, i) => (g ?? tf.zerosLike(inputs[i]!)).dataSync() as Float32Array),
    ];
  });
}

const bits = (a: Float32Array) => Buffer.from(a.buffer, a.byteOffset, a.byteLength);
const sameBits = (a: Float32Array, b: Float32Array) => Buffer.compare(bits(a), bits(b)) === 0;

/** Runs `f` on both tiers. @returns the largest difference, over 1 + the largest value of that tensor */
function worst(f: () => Tensor[], inputs: readonly Tensor[]): number {
  const weights: Tensor[] = [];
  const before = setFastKernels(true);
  try {
    expect(fastKernels()).toBe(true);
    const fast = everything(f, inputs, weights);
    const again = everything(f, inputs, weights);
    expect(
      fast.every((a, t) => sameBits(a, again[t]!)),
      'the same from run to run',
    ).toBe(true);
    setFastKernels(false);
    expect(fastKernels()).toBe(false);
    const plain = everything(f, inputs, weights);
    expect(fast.length).toBe(plain.length);
    let largest = 0;
    fast.forEach((a, t) => {
      const b = plain[t]!;
      expect(a.length).toBe(b.length);
      const scale = 1 + b.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
      for (let i = 0; i < a.length; i++) {
        const d = Math.abs(a[i]! - b[i]!) / scale;
        if (!(d <= largest)) largest = d;
      }
    });
    return largest;
  } finally {
    setFastKernels(before);
    tf.dispose(weights);
  }
}

const TOLERANCE = 3e-6;

beforeAll(async () => void (await openWasm(wasmPaths())));

describe('both tiers agree', () => {
  it.each([
    [1, 1, 1],
    [1, 5, 3],
    [7, 8, 8],
    [33, 191, 64],
    [64, 13, 1],
    [700, 3, 17],
    [5, 700, 9],
    [512, 63, 31],
  ])('dense, with ReLU, without bias: %d × %d × %d', (B, I, O) => {
    const [x, W, b] = [normals([B, I]), normals([I, O], 0.3), normals([O])];
    expect(worst(() => [dense(x, W, b)], [x, W, b])).toBeLessThan(TOLERANCE);
    expect(worst(() => [denseRelu(x, W, b)], [x, W, b])).toBeLessThan(TOLERANCE);
    expect(worst(() => [linear(x, W)], [x, W])).toBeLessThan(TOLERANCE);
  });

  it.each([
    [1, 1, 4, 3],
    [1, 3, 5, 2],
    [9, 2, 64, 32],
    [130, 8, 7, 6],
    [50, 16, 3, 1],
  ])('grouped dense, with ReLU, dot: %d rows, %d groups, %d → %d', (B, G, I, O) => {
    const [x, W, b] = [normals([B, G * I]), normals([G, I, O], 0.3), normals([G * O])];
    expect(worst(() => [groupedDense(x, W, b)], [x, W, b])).toBeLessThan(TOLERANCE);
    expect(worst(() => [groupedDenseRelu(x, W, b)], [x, W, b])).toBeLessThan(TOLERANCE);
    const [w, c] = [normals([G, I]), normals([G])];
    expect(worst(() => [groupedDot(x, w, c)], [x, w, c])).toBeLessThan(TOLERANCE);
  });

  it.each([
    [1, 1, 1, 1],
    [6, 3, 5, 1],
    [40, 16, 8, 1000],
    [9, 2, 4, 100_000],
    [3, 1, 13, 7],
  ])('embedding: %d rows, %d columns, %d wide, vocabulary %d', (B, C, d, V) => {
    const table = normals([V * C, d]);
    const ids = codes(B, C, V);
    const offsets = Array.from({ length: C }, (_, c) => c * V);
    const numbers = normals([B, 5]);
    expect(worst(() => [embed(table, ids)], [table])).toBeLessThan(TOLERANCE);
    expect(worst(() => [embedFeatures(table, ids, offsets, null)], [table])).toBeLessThan(TOLERANCE);
    expect(worst(() => [embedFeatures(table, ids, offsets, numbers)], [table])).toBeLessThan(TOLERANCE);
    // The first layer works out the gradient of the embeddings' columns only.
    const W = normals([C * d + 5, 6], 0.3);
    const layer = () => [linear(embedFeatures(table, ids, offsets, numbers), W)];
    expect(worst(layer, [table, W])).toBeLessThan(TOLERANCE);
  });

  it.each([
    [1, 2],
    [9, 3],
    [64, 32],
    [5, 65],
  ])('layer norm, with and without a residual: %d × %d', (N, D) => {
    const [x, y, gamma, beta] = [normals([N, D]), normals([N, D]), normals([D]), normals([D])];
    // Two numbers a row are ±1 after normalising, whatever they were: what is left of their gradient is rounding.
    const tolerance = D === 2 ? 1e-4 : 10 * TOLERANCE;
    expect(worst(() => [layerNorm(x, gamma, beta)], [x, gamma, beta])).toBeLessThan(tolerance);
    expect(worst(() => [addLayerNorm(x, y, gamma, beta)], [x, y, gamma, beta])).toBeLessThan(tolerance);
  });

  it.each([2, 3, 4, 5, 6, 7, 8])('attention over %d tokens, open and causal', (S) => {
    for (const [B, heads, width] of [
      [1, 1, 3],
      [17, 4, 8],
      [3, 2, 5],
    ] as const) {
      const D = heads * width;
      const [h, W] = [normals([B, S * D]), normals([D, 3 * D], 0.5)];
      const causal = Array.from({ length: S * S }, (_, i) => (i % S <= Math.floor(i / S) ? 1 : 0));
      for (const allowed of [null, causal]) {
        const run = () => {
          const { context, map } = selfAttention(h, W, S, heads, allowed);
          return [context, map()];
        };
        expect(worst(run, [h, W]), `${B} × ${heads} × ${width}`).toBeLessThan(2 * TOLERANCE);
      }
    }
  });

  it.each([1, 2, 3, 4, 5, 8, 11, 16])('gates over %d experts', (E) => {
    for (const [B, G, D] of [
      [1, 1, 1],
      [19, 2, 64],
      [4, 5, 7],
    ] as const) {
      const [logits, experts] = [normals([B, G * E], 3), normals([B, E * D])];
      const run = () => {
        const { mixed, gates } = gateMix(logits, experts, G);
        return [mixed, gates];
      };
      expect(worst(run, [logits, experts]), `${B} × ${G} × ${D}`).toBeLessThan(TOLERANCE);
    }
  });

  it.each([1, 2, 3, 4, 5, 8])('weighted cross-entropy of %d tasks, also where logits are extreme', (K) => {
    for (const B of [1, 37]) {
      const logits = normals([B, K], 20);
      const labels = tf.cast(codes(B, K, 2), 'float32');
      const weights = tf.abs(normals([B, 1]));
      const positive = tf.abs(normals([K]));
      const run = () => [Bernoulli.fromLogits(logits).losses(labels, weights, positive)];
      expect(worst(run, [logits])).toBeLessThan(TOLERANCE);
    }
  });

  it('a small loss keeps its digits: a logit of 16 on a positive', () => {
    const one = tf.ones([1, 1]);
    const loss = (logit: number) => {
      const losses = Bernoulli.fromLogits(tf.tensor2d([[logit]])).losses(one, one, tf.ones([1]));
      return losses.dataSync()[0]!;
    };
    for (const logit of [16, 8, 3, 0, -3, -40]) {
      const want = Math.log1p(Math.exp(-logit));
      expect(Math.abs(loss(logit) / want - 1)).toBeLessThan(4e-7);
    }
  });

  it.each([
    [1, 1],
    [13, 7],
    [300, 33],
  ])('adding a row, column sums, ReLU: %d × %d', (B, N) => {
    const [x, row] = [normals([B, N]), normals([N])];
    expect(worst(() => [addRow(x, row)], [x, row])).toBeLessThan(TOLERANCE);
    expect(worst(() => [relu(x)], [x])).toBeLessThan(TOLERANCE);
    expect(worst(() => [columnSum(x)], [])).toBeLessThan(TOLERANCE);
  });

  it.each([0.1, 0.5, 0.97])('dropout at rate %d drops the same numbers', (rate) => {
    const x = normals([41, 9]);
    const pass = new Pass([], [], { training: true, seed: 3, step: 11 });
    expect(worst(() => [pass.dropout(x, rate, 4)], [x])).toBe(0);
  });

  it.each([
    ['adam', 0, null],
    ['adam', 0.01, 0.5],
    ['adamw', 0.1, null],
    ['adamw', 0.1, 100],
    ['sgd', 0, null],
    ['sgd', 0.01, 0.5],
  ] as const)('%s, weight decay %d, clipped at %s', (kind, weightDecay, clipNorm) => {
    for (const n of [1, 6, 1003]) {
      const start = [normals([n]), normals([n], 0.1), tf.square(normals([n], 0.1)), normals([n])];
      const run = () => {
        const [parameters, moment1, moment2, g] = start as [Tensor, Tensor, Tensor, Tensor];
        const options = { kind, weightDecay, clipNorm };
        const out = update(options, { parameters, moment1, moment2 }, g, 0.01, 3);
        return [out.parameters, out.moment1, out.moment2, out.gradientNorm];
      };
      expect(worst(run, [])).toBeLessThan(TOLERANCE);
    }
  });

  it('a flat gradient, with zeros where nothing reaches', () => {
    const layout = new Layout();
    const shapes = [[3, 2], [5], [1]];
    for (const [i, shape] of shapes.entries()) layout.addParameter(`p${i}`, shape, zeros, 'p');
    const parts = [normals([3, 2]), null, normals([1])];
    expect(worst(() => [flatten(layout.parameters, parts)], [])).toBe(0);
  });
});

it('ReLU and layers let NaN through: a divergence must be seen', () => {
  const x = tf.tensor2d([[Number.NaN, -1, 2, 3, 4]]);
  expect(relu(x).dataSync()[0]).toBeNaN();
  expect(denseRelu(x, tf.ones([5, 3]), tf.zeros([3])).dataSync()).toEqual(
    new Float32Array(3).fill(Number.NaN),
  );
  expect(
    gateMix(x, tf.ones([1, 10]), 1)
      .mixed.dataSync()
      .every(Number.isNaN),
  ).toBe(true);
});

it('a code outside the table gives NaN and leaves the rest of the memory alone', () => {
  const table = normals([4, 3]);
  const ids = tf.tensor2d([[1], [4], [-1], [2_000_000_000]], [4, 1], 'int32');
  const { value, gradients } = valueAndGradients(() => {
    const rows = embed(table, ids);
    const values = rows.dataSync();
    expect(values.subarray(0, 3).every(Number.isFinite)).toBe(true);
    expect(values.subarray(3).every(Number.isNaN)).toBe(true);
    return tf.sum(rows);
  }, [table]);
  expect(value.dataSync()[0]).toBeNaN();
  expect(Array.from(gradients[0]!.dataSync())).toEqual([0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
});

describe('views', () => {
  const entries = [
    { offset: 0, size: 4, shape: [2, 2] },
    { offset: 5, size: 3, shape: [3, 1] },
  ];
  it('lie in the vector, outlive it, and give its memory back when the last one goes', () => {
    const before = { ...tf.memory() };
    const vector = tf.tensor1d([0, 1, 2, 3, 4, 5, 6, 7]);
    const [a, b] = slices(entries, vector) as [Tensor, Tensor];
    expect(Array.from(b.dataSync())).toEqual([5, 6, 7]);
    vector.dispose();
    // Were the memory free, the next tensors would lie in it.
    const others = Array.from({ length: 50 }, () => tf.fill([8], -1));
    expect(Array.from(a.dataSync())).toEqual([0, 1, 2, 3]);
    const copy = tf.clone(b);
    b.dispose();
    a.dispose();
    // Operations of the backend's own find a view as they find any tensor.
    expect(Array.from(tf.square(copy).dataSync())).toEqual([25, 36, 49]);
    expect(Array.from(tf.matMul(copy, tf.ones([1, 2])).dataSync())).toEqual([5, 5, 6, 6, 7, 7]);
    copy.dispose();
    tf.dispose(others);
    const after = tf.memory();
    // The three results above are left.
    expect(after.numTensors - before.numTensors).toBe(3);
    expect(after.numDataBuffers - before.numDataBuffers).toBe(3);
  });

  it('of a new vector never show the stock matrix product an old one', () => {
    const x = tf.ones([1, 2]);
    for (let i = 0; i < 5; i++) {
      const vector = tf.fill([4], i);
      const [W] = slices([{ offset: 0, size: 4, shape: [2, 2] }], vector) as [Tensor];
      expect(Array.from(tf.matMul(x, W).dataSync())).toEqual([2 * i, 2 * i]);
      tf.dispose([vector, W]);
    }
  });

  it('follow their tensor to another backend', async () => {
    const vector = tf.tensor1d([1, 2, 3, 4, 5, 6, 7, 8]);
    const [, b] = slices(entries, vector) as [Tensor, Tensor];
    await openCpu();
    expect(Array.from(tf.square(b).dataSync())).toEqual([36, 49, 64]);
    expect(fastKernels()).toBe(false);
    await openWasm(wasmPaths());
    expect(Array.from(vector.dataSync())).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    tf.dispose([vector, b]);
  });
});

it('a clone shares its numbers, and they stay until both are gone', () => {
  const x = normals([1000]);
  const before = { ...tf.memory() };
  const copy = tf.clone(x);
  expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
  const values = x.dataSync();
  x.dispose();
  tf.dispose(Array.from({ length: 20 }, () => tf.fill([1000], -1)));
  expect(sameBits(copy.dataSync() as Float32Array, values as Float32Array)).toBe(true);
  copy.dispose();
  expect(tf.memory().numTensors).toBe(before.numTensors - 1);
  expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers - 1);
});

it('the heap may grow between and within kernels', () => {
  const heap = memory().heap;
  const held: Tensor[] = [];
  while (memory().heap === heap) held.push(tf.zeros([1 << 20]));
  const [x, W, b] = [normals([2000, 300]), normals([300, 70], 0.1), normals([70])];
  expect(worst(() => [denseRelu(x, W, b)], [x, W, b])).toBeLessThan(TOLERANCE);
  tf.dispose([...held, x, W, b]);
});

it('a backend that does not show its memory as expected is left alone', () => {
  const backend = tf.backend() as unknown as { wasm: object };
  const disposeData = (backend as { disposeData?: unknown }).disposeData;
  const without = (change: object) => ({ ...backend, wasm: { ...backend.wasm, ...change } });
  expect(Heap.of({})).toBeNull();
  expect(Heap.of(without({ asm: undefined }))).toBeNull();
  expect(Heap.of(without({ asm: { memory: new WebAssembly.Memory({ initial: 1 }) } }))).toBeNull();
  expect(Heap.of(without({ _malloc: undefined }))).toBeNull();
  expect(Heap.of({ ...backend, dataIdMap: undefined })).toBeNull();
  expect((backend as { disposeData?: unknown }).disposeData).toBe(disposeData);
});

describe('the binary', () => {
  it('is what its sources compile to', { timeout: 120_000 }, async () => {
    const { binary } = await compile();
    const checkedIn = readFileSync(WASM);
    expect(Buffer.compare(Buffer.from(binary), checkedIn), 'run "npm run kernels"').toBe(0);
  });

  it('imports the memory and brings no data of its own', async () => {
    const module = await WebAssembly.compile(readFileSync(WASM));
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }]);
    const sections = sectionIds(readFileSync(WASM));
    expect(sections).toContain(10);
    expect(sections).not.toContain(11);
  });
});

/** Numbers of a binary's sections: 10 is code, 11 is data. */
function sectionIds(binary: Uint8Array): number[] {
  const ids: number[] = [];
  for (let at = 8; at < binary.length; ) {
    ids.push(binary[at++]!);
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = binary[at++]!;
      size |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    at += size;
  }
  return ids;
}

it('what the tape keeps for a gradient is no kernel call and no copy', async () => {
  await openWasm(wasmPaths());
  const x = tf.ones([4, 3]);
  const W = tf.ones([3, 2]);
  const b = tf.zeros([2]);
  const before = memory().tensors;
  const { kernels } = await tf.profile(() =>
    tf.tidy(() => valueAndGradients(() => tf.sum(denseRelu(x, W, b)), [x, W, b]).gradients as Tensor[]),
  );
  const names = kernels.map((k) => k.name);
  expect(names).toContain('SeesawDenseGradient');
  expect(names).not.toContain('Identity');
  expect(memory().tensors - before).toBe(3);
});

describe('columns side by side, and GRU steps', () => {
  for (const kernel of kernelCases().filter(({ name }) => /^(side by side|apart|GRU)/.test(name))) {
    it(kernel.name, async () => {
      const before = setFastKernels(true);
      try {
        const fast = await solveKernelCase(kernel);
        const again = await solveKernelCase(kernel);
        expect(fast.every((a, i) => sameBits(a, again[i]!))).toBe(true);
        setFastKernels(false);
        expect(kernelError(fast, await solveKernelCase(kernel))).toBeLessThanOrEqual(kernel.tolerance);
      } finally {
        setFastKernels(before);
      }
    });
  }
});
