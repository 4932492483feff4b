/** Which backend a run gets: what the user asked for, or the fastest that computes correctly. */
import type { Dataset } from '../data/dataset';
import { type Backend, close, openCpu, openWasm, openWebGpu, use, type WasmFiles } from '../nn';
import type { BackendChoice } from '../pipeline/run';
import type { Pipeline } from '../pipeline/schema';
import { Session } from './session';

/** A backend, and why this one in one sentence. */
export interface ChosenBackend {
  readonly backend: Backend;
  readonly reason: string;
}

/** Wasm, or plain JavaScript where there is no WebAssembly. */
async function openFallback(files: WasmFiles, why: string): Promise<ChosenBackend> {
  try {
    return { backend: await openWasm(files), reason: why };
  } catch (cause) {
    const reason = `${why} WASM failed too (${(cause as Error).message}), so plain JavaScript computes, slowly.`;
    return { backend: await openCpu(), reason };
  }
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/**
 * Brings up a backend.
 * `auto` takes WebGPU only on real hardware, only if its sums are right, and only if it trains this very pipeline faster
 * than wasm does.
 */
export async function chooseBackend(
  choice: BackendChoice,
  files: WasmFiles,
  pipeline: Pipeline,
  data: Dataset,
): Promise<ChosenBackend> {
  if (choice === 'cpu') return { backend: await openCpu(), reason: 'You asked for plain JavaScript.' };
  if (choice === 'wasm') return openFallback(files, 'You asked for WASM.');
  const gpu = await openWebGpu(choice === 'webgpu-software');
  if (!gpu.ok) {
    const asked = choice === 'auto' ? '' : 'You asked for WebGPU, but ';
    return openFallback(files, asked ? `${asked}${gpu.reason}.` : sentence(gpu.reason));
  }
  if (choice !== 'auto') return { backend: gpu.backend, reason: 'You asked for WebGPU.' };
  return race(gpu.backend, files, pipeline, data);
}

/** Steps of the race that are timed, after two that compile and warm up. */
const TIMED_STEPS = 4;

/** Milliseconds of the fastest of a few training steps, read back so that nothing is still in flight. */
async function timeSteps(backend: Backend, pipeline: Pipeline, data: Dataset): Promise<number> {
  await use(backend);
  const session = new Session(pipeline, data);
  let best = Number.POSITIVE_INFINITY;
  try {
    for (let i = 0; i < TIMED_STEPS + 2; i++) {
      const start = performance.now();
      await session.trainStep();
      await session.readFrame();
      if (i >= 2) best = Math.min(best, performance.now() - start);
    }
  } finally {
    session.dispose();
  }
  return best;
}

/** WebGPU against wasm on the first steps of this very pipeline; the faster one stays. */
export async function race(
  gpu: Backend,
  files: WasmFiles,
  pipeline: Pipeline,
  data: Dataset,
): Promise<ChosenBackend> {
  let wasm: Backend;
  try {
    wasm = await openWasm(files);
  } catch {
    await use(gpu);
    return { backend: gpu, reason: 'WASM is not available here.' };
  }
  const gpuTime = await timeSteps(gpu, pipeline, data);
  const wasmTime = await timeSteps(wasm, pipeline, data);
  const times = `${gpuTime.toFixed(1)} ms a step on WebGPU, ${wasmTime.toFixed(1)} ms on WASM`;
  if (gpuTime < wasmTime) {
    await use(gpu);
    return { backend: gpu, reason: `Faster on this pipeline: ${times}.` };
  }
  close(gpu);
  await use(wasm);
  return { backend: wasm, reason: `Faster on this pipeline: ${times}.` };
}
