/** The WebGPU programs in Node, where the machine has an adapter (end-to-end tests run the same cases in Chromium): numbers, views, memory. */
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { Session } from '../src/engine/session';
import { tinyData } from '../src/engine/testing/data';
import {
  type Backend,
  Bernoulli,
  close,
  denseRelu,
  embedFeatures,
  fastKernels,
  gateMix,
  gruCell,
  layerNorm,
  openCpu,
  openWasm,
  openWebGpu,
  relu,
  selfAttention,
  setFastKernels,
  slices,
  type Tensor,
  tf,
  use,
  valueAndGradients,
} from '../src/nn';
import { fewKernelCases, kernelCases, kernelError, solveKernelCase } from '../src/nn/kernels/testing/cases';
import { Gpu } from '../src/nn/kernels/webgpu/gpu';
import { wasmPaths } from '../src/nn/wasmPaths';
import { defaultPipeline } from '../src/pipeline/defaults';
import { dropWebGpu, provideWebGpu } from './webgpu';

/** The backend, or in one sentence why there is none. */
async function find(): Promise<Backend | string> {
  const none = await provideWebGpu();
  if (none) return none;
  const opened = await openWebGpu(true);
  return opened.ok ? opened.backend : `There is no adapter in Node here: ${opened.reason}.`;
}
const gpu = await find();
if (typeof gpu === 'string') console.warn(`Skipped: ${gpu}`);
const backend = gpu as Backend;

/** What the GPU holds for tensors, in bytes. */
const held = () => (tf.memory() as unknown as { numBytesInGPU: number }).numBytesInGPU;
const read = async (t: Tensor) => Array.from(await t.data());
const bits = (parts: readonly Float32Array[]) => parts.map((p) => Array.from(new Uint32Array(p.buffer)));

describe.skipIf(typeof gpu === 'string')('WebGPU programs', () => {
  afterEach(async () => {
    setFastKernels(true);
    await use(backend);
  });
  afterAll(async () => {
    close(backend);
    dropWebGpu();
    await openCpu();
  });

  it('are in use', () => {
    expect(fastKernels()).toBe(true);
    expect(backend.label).not.toContain('plain');
  });

  it('agree with plain operations of cpu, values and gradients, on every shape', {
    timeout: 600_000,
  }, async () => {
    const cases = kernelCases();
    const got: Float32Array[][] = [];
    for (const c of cases) got.push(await solveKernelCase(c));
    expect(backend.device?.error()).toBeNull();
    setFastKernels(false);
    const [wasm, cpu] = [await openWasm(wasmPaths()), await openCpu()];
    for (const [i, c] of cases.entries()) {
      await use(c.tooSlowForCpu ? wasm : cpu);
      expect(kernelError(got[i]!, await solveKernelCase(c)), c.name).toBeLessThanOrEqual(c.tolerance);
    }
  });

  it('agree with plain operations on the same adapter', { timeout: 600_000 }, async () => {
    for (const c of fewKernelCases()) {
      setFastKernels(true);
      const got = await solveKernelCase(c);
      setFastKernels(false);
      expect(fastKernels()).toBe(false);
      expect(kernelError(got, await solveKernelCase(c)), c.name).toBeLessThanOrEqual(c.tolerance);
    }
  });

  it('give the same to the last bit and leave nothing behind', { timeout: 120_000 }, async () => {
    for (const c of fewKernelCases()) {
      const first = await solveKernelCase(c);
      const [tensors, bytes] = [tf.memory().numTensors, held()];
      const buffers = tf.memory().numDataBuffers;
      expect(bits(await solveKernelCase(c)), c.name).toEqual(bits(first));
      expect([tf.memory().numTensors, tf.memory().numDataBuffers, held()], c.name).toEqual([
        tensors,
        buffers,
        bytes,
      ]);
    }
  });

  it('let NaN through, since a divergence must be seen', async () => {
    const nan = tf.tensor2d([[Number.NaN, -1, 2, 3]]);
    const all = async (t: Tensor) => (await read(t)).every(Number.isNaN);
    expect((await read(relu(nan))).map(Number.isNaN)).toEqual([true, false, false, false]);
    expect(await all(denseRelu(nan, tf.ones([4, 3]), tf.zeros([3])))).toBe(true);
    expect(await all(gateMix(nan, tf.ones([1, 8]), 1).mixed)).toBe(true);
    expect(await all(gateMix(nan, tf.ones([1, 8]), 1).gates)).toBe(true);
    expect(await all(layerNorm(nan, tf.ones([4]), tf.zeros([4])))).toBe(true);
    expect(await all(gruCell(nan, tf.ones([1, 1]), tf.ones([4, 3]), tf.ones([1, 3]), tf.ones([3])))).toBe(
      true,
    );
    expect(await all(selfAttention(nan, tf.ones([2, 6]), 2, 1, null).context)).toBe(true);
    const one = tf.ones([1, 1]);
    const losses = (logit: number) =>
      Bernoulli.fromLogits(tf.tensor2d([[logit]])).losses(one, one, tf.ones([1]));
    expect(await all(losses(Number.NaN))).toBe(true);
    // A small loss keeps its digits.
    for (const logit of [16, 8, 0, -40]) {
      const want = Math.log1p(Math.exp(-logit));
      expect(Math.abs((await read(losses(logit)))[0]! / want - 1)).toBeLessThan(1e-5);
    }
  });

  it('a code outside its column gives NaN and no gradient', async () => {
    const table = tf.ones([4, 2]);
    const ids = tf.tensor2d(
      [
        [0, 1],
        [2, 0],
        [-1, 2],
      ],
      [3, 2],
      'int32',
    );
    let rows: Tensor | null = null;
    const { gradients } = valueAndGradients(() => {
      rows = tf.keep(embedFeatures(table, ids, [0, 2], null));
      return tf.sum(rows);
    }, [table]);
    const nan = Number.NaN;
    expect(await read(rows!)).toEqual([1, 1, 1, 1, nan, nan, 1, 1, nan, nan, nan, nan]);
    expect(await read(gradients[0]!)).toEqual([1, 1, 0, 0, 1, 1, 1, 1]);
  });

  it('views lie in their vector, outlive it, and give its memory back when the last one goes', async () => {
    const before = { ...tf.memory(), held: held() };
    const entries = [
      { offset: 0, size: 4, shape: [2, 2] },
      { offset: 64, size: 2, shape: [2] },
      { offset: 69, size: 3, shape: [3, 1] },
    ];
    const vector = tf.tensor1d(Array.from({ length: 72 }, (_, i) => i));
    const [a, b, c] = slices(entries, vector) as [Tensor, Tensor, Tensor];
    vector.dispose();
    // Were the memory free, the next tensors would lie in it.
    const others = Array.from({ length: 20 }, () => tf.square(tf.fill([72], -1)));
    // Operations of the backend's own find a view as they find any tensor.
    expect(await read(tf.matMul(a as tf.Tensor2D, a as tf.Tensor2D))).toEqual([2, 3, 6, 11]);
    expect(await read(tf.square(c))).toEqual([69 ** 2, 70 ** 2, 71 ** 2]);
    const inner = slices([{ offset: 0, size: 1, shape: [1] }], b)[0]!;
    const copy = tf.clone(b);
    b.dispose();
    expect(await read(inner)).toEqual([64]);
    expect(await read(copy)).toEqual([64, 65]);
    expect(await read(tf.add(copy, 1))).toEqual([65, 66]);
    expect(await read(a)).toEqual([0, 1, 2, 3]);
    tf.dispose([a, c, inner, copy, others]);
    await backend.device!.settled();
    const after = tf.memory();
    // Three results, two numbers 1 and 20 times −1 that were squared are left.
    const left = after.numTensors - before.numTensors;
    expect(after.numDataBuffers - before.numDataBuffers).toBe(left);
    expect(held() - before.held).toBeLessThan(4 * 72 * 25);
  });

  it('a run neither leaks nor grows', { timeout: 120_000 }, async () => {
    const base = defaultPipeline();
    const pipeline = { ...base, training: { ...base.training, batch: 32 } };
    const session = new Session(pipeline, tinyData());
    const some = async () => {
      for (let i = 0; i < 4; i++) await session.trainStep();
      await session.readFrame();
      await backend.device!.settled();
      return [tf.memory().numTensors, tf.memory().numDataBuffers, held()];
    };
    await some();
    const before = await some();
    expect(await some()).toEqual(before);
    session.dispose();
    expect(backend.device?.error()).toBeNull();
  });

  it('Adam on touched rows moves the numbers that it moves on cpu', { timeout: 120_000 }, async () => {
    const base = defaultPipeline();
    const training = { ...base.training, batch: 24, optimizer: 'adam-rows' as const };
    const run = async () => {
      const session = new Session({ ...base, training }, tinyData());
      const begin = (await session.snapshot()).parameters;
      for (let i = 0; i < 5; i++) await session.trainStep();
      const { parameters, moment1, moment2 } = await session.snapshot();
      session.dispose();
      return { begin, after: [parameters, moment1, moment2] };
    };
    const got = await run();
    expect(backend.device?.error()).toBeNull();
    await use(await openCpu());
    const want = await run();
    expect(kernelError(got.after, want.after)).toBeLessThan(1e-4);
    expect(got.after[0]).not.toEqual(got.begin);
  });

  it('are left alone on a backend that is not as expected', () => {
    expect(Gpu.attach({ runWebGPUProgram: () => null })).toMatch(/does not run programs as expected\.$/);
  });

  it('are not used where a driver gets them wrong', { timeout: 60_000 }, async () => {
    const spoiled = vi
      .spyOn(Gpu.prototype, 'run')
      .mockImplementation(({ outputs }) => outputs.map((shape) => tf.zeros(shape as number[])));
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    try {
      const opened = await openWebGpu(true);
      expect(opened.ok && opened.backend.label).toMatch(/ · plain operations$/);
      expect(warned.mock.calls[0]![0]).toMatch(
        /^The WebGPU programs compute a wrong .+, so plain operations compute\.$/,
      );
      expect(fastKernels()).toBe(false);
      if (opened.ok) close(opened.backend);
    } finally {
      spoiled.mockRestore();
      warned.mockRestore();
      const again = await openWebGpu(true);
      if (again.ok) Object.assign(backend, again.backend);
    }
  });
});
