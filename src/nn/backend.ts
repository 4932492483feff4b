/** Which backend computes: brings one up, says why another was not taken. */
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { shareClones } from './kernels/identity';
import { loadKernels } from './kernels/module';
import { Gpu } from './kernels/webgpu/gpu';
import { registerSegmentSumOnWasm } from './segmentSumWasm';
import { selfCheck } from './selfCheck';
import { tf } from './tensor';
import { type OwnedDevice, openDevice } from './webgpuDevice';

/** Where the wasm binaries of TensorFlow.js lie: URLs in a browser, file paths in Node. */
export interface WasmFiles {
  readonly plain: string;
  readonly simd: string;
}

/** A backend that is up. */
export interface Backend {
  readonly name: 'webgpu' | 'wasm' | 'cpu';
  /** For the page, e.g. "WASM", "WebGPU · nvidia ampere". */
  readonly label: string;
  /** The device, on webgpu. */
  readonly device: OwnedDevice | null;
}

let wasmIsSet = false;

/** Brings up wasm. @throws Error where WebAssembly is missing or the binary cannot be loaded */
export async function openWasm(files: WasmFiles): Promise<Backend> {
  if (!wasmIsSet) {
    // One thread: the threaded build breaks under Vite's minifier and gained nothing on two cores (docs/ARCHITECTURE.md).
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    setWasmPaths({
      'tfjs-backend-wasm.wasm': files.plain,
      'tfjs-backend-wasm-simd.wasm': files.simd,
      'tfjs-backend-wasm-threaded-simd.wasm': files.simd,
    });
    registerSegmentSumOnWasm();
    wasmIsSet = true;
  }
  if (!(await tf.setBackend('wasm'))) throw new Error('WebAssembly could not be started.');
  await tf.ready();
  const why = await loadKernels();
  // Slower by a few times and correct all the same: the label says it, the console why.
  if (why) console.warn(why);
  shareClones();
  return { name: 'wasm', label: why ? 'WASM · plain operations' : 'WASM', device: null };
}

/** Brings up plain JavaScript: slow, but it always works. */
export async function openCpu(): Promise<Backend> {
  await tf.setBackend('cpu');
  await tf.ready();
  return { name: 'cpu', label: 'CPU', device: null };
}

/** Does a piece of work on plain JavaScript and goes back to the backend there was; nothing else runs in between. */
export function onCpu<T>(work: () => T): T {
  const before = tf.engine().backendName;
  // Switching to a backend that is up, or that comes up at once as cpu does, is done when the call returns its promise.
  void tf.setBackend('cpu');
  try {
    return work();
  } finally {
    if (before) void tf.setBackend(before);
  }
}

/**
 * Brings up WebGPU on a device of our own and checks its sums against cpu.
 * @returns the backend, or in one sentence why there is none
 */
export async function openWebGpu(
  allowSoftware: boolean,
): Promise<{ ok: true; backend: Backend } | { ok: false; reason: string }> {
  const device = await openDevice(allowSoftware);
  if (!device.ok) return device;
  // Small tensors would be computed on the CPU otherwise, and nothing of the GPU be tested.
  tf.env().set('WEBGPU_CPU_FORWARD', false);
  try {
    await tf.setBackend('webgpu');
    await tf.ready();
    const programs = await addPrograms();
    // Without our programs, what is left are the backend's own.
    const wrong = programs === null ? null : await checked();
    if (wrong !== null) {
      device.destroy();
      return { ok: false, reason: `WebGPU computes a wrong ${wrong} on ${device.adapter}` };
    }
    // Slower by several times and correct all the same: the label says it, the console why.
    if (programs) console.warn(programs);
    await tf.setBackend('webgpu');
    const label = `WebGPU · ${device.software ? 'software' : device.adapter}${programs ? ' · plain operations' : ''}`;
    return { ok: true, backend: { name: 'webgpu', label, device } };
  } catch (cause) {
    device.destroy();
    return { ok: false, reason: `WebGPU failed to start (${(cause as Error).message})` };
  }
}

/** The self-check on WebGPU, which is the current backend before and after. */
async function checked(): Promise<string | null> {
  const wrong = await selfCheck(async () => void (await tf.setBackend('cpu')));
  await tf.setBackend('webgpu');
  return wrong;
}

/**
 * Lets operations run as WebGPU programs of our own, if the backend takes them and a driver computes them rightly.
 * @returns null, or in one sentence why plain operations compute
 */
async function addPrograms(): Promise<string | null> {
  const backend = tf.backend();
  const why = Gpu.attach(backend);
  if (why) return why;
  const wrong = await checked();
  if (wrong === null) return null;
  Gpu.detach(backend);
  return `The WebGPU programs compute a wrong ${wrong} here, so plain operations compute.`;
}

/** Makes a backend that is up the current one. */
export async function use(backend: Backend): Promise<void> {
  await tf.setBackend(backend.name);
}

/** Lets go of a lost or unwanted webgpu backend. Tensors on it are gone. */
export function close(backend: Backend): void {
  if (backend.name !== 'webgpu') return;
  backend.device?.destroy();
  if (tf.findBackend('webgpu')) tf.removeBackend('webgpu');
}

/** What is held now: tensors and their bytes, and on wasm the size of the whole heap, which grows but never shrinks. */
export function memory(): { tensors: number; bytes: number; heap: number } {
  const { numTensors, numBytes } = tf.memory();
  const wasm = (tf.backend() as unknown as { wasm?: { HEAPU8: Uint8Array } }).wasm;
  return { tensors: numTensors, bytes: numBytes, heap: wasm?.HEAPU8.byteLength ?? 0 };
}
