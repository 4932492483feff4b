/** Where the time of a fast step goes: every kernel that TensorFlow.js runs, timed from outside. */
import { Batcher } from '../src/engine/batches';
import { Session } from '../src/engine/session';
import { setFastKernels, tf } from '../src/nn';
import { benchData } from './data';
import { MODELS, type ModelId } from './models';
import { onOneBatch } from './steps';

export interface KernelTimes {
  readonly model: ModelId;
  readonly batch: number;
  /** Milliseconds of a whole step, by the wall clock. */
  readonly step: number;
  /** By kernel, the most expensive first; shares of the whole step. */
  readonly kernels: readonly { readonly name: string; readonly calls: number; readonly share: number }[];
}

const STEPS = 20;

/** Times each kernel of a model's step. What is left of the step is the tape, scopes and JavaScript around the kernels. */
export async function benchKernels(model: ModelId, batchSize: number): Promise<KernelTimes> {
  setFastKernels(true);
  const data = benchData(batchSize + 1024);
  const pipeline = MODELS[model].pipeline(batchSize);
  const batch = new Batcher(data, pipeline, batchSize, 1).training(0);
  const session = onOneBatch(new Session(pipeline, data), batch);
  const run = async () => {
    for (let i = 0; i < STEPS; i++) await session.trainStep();
    await session.readFrame();
  };
  await run();
  const spent = new Map<string, { ms: number; calls: number }>();
  const stock = [...tf.getKernelsForBackend('wasm')];
  for (const config of stock) {
    tf.unregisterKernel(config.kernelName, 'wasm');
    tf.registerKernel({
      ...config,
      kernelFunc: (params) => {
        const start = performance.now();
        const out = config.kernelFunc(params);
        const entry = spent.get(config.kernelName) ?? { ms: 0, calls: 0 };
        entry.ms += performance.now() - start;
        entry.calls++;
        spent.set(config.kernelName, entry);
        return out;
      },
    });
  }
  const start = performance.now();
  try {
    await run();
  } finally {
    for (const config of stock) {
      tf.unregisterKernel(config.kernelName, 'wasm');
      tf.registerKernel(config);
    }
  }
  const all = performance.now() - start;
  session.dispose();
  const kernels = [...spent]
    .map(([name, { ms, calls }]) => ({ name, calls: calls / STEPS, share: ms / all }))
    .sort((a, b) => b.share - a.share);
  return { model, batch: batchSize, step: all / STEPS, kernels };
}
