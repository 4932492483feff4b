/**
 * Owns the WebGPU device.
 *
 * Work-around, webgpu, tfjs 4.22: the backend's own factory does not check for a missing adapter, does not listen for a lost
 * device and keeps the default limit of 8 storage buffers. So we make the device and register the backend on it. May go
 * when the backend does these three things.
 */
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { tf } from './tensor';

export interface DeviceRefusal {
  readonly ok: false;
  /** One sentence: why there is no WebGPU. */
  readonly reason: string;
}
export interface OwnedDevice {
  readonly ok: true;
  readonly software: boolean;
  /** e.g. "nvidia ampere". */
  readonly adapter: string;
  /** Resolves when the device is lost, with a reason in words. It never rejects. */
  readonly lost: Promise<string>;
  /** Resolves when all work handed over so far is done: keeps the queue from running ahead of what the user sees. */
  settled(): Promise<void>;
  /** Lets go of the device and of everything on it. */
  destroy(): void;
  /** First error that the device reported outside any scope, or null. */
  error(): string | null;
}

/** What the backend does before it submits; two of the three are private there. */
interface EncoderOfBackend {
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
}

const describe = (info: GPUAdapterInfo | undefined) =>
  [info?.vendor, info?.architecture].filter(Boolean).join(' ') || info?.description || 'unnamed adapter';

/**
 * Requests a device and registers the `webgpu` backend on it.
 * @param allowSoftware take a software adapter too; slow, for checks
 */
export async function openDevice(allowSoftware: boolean): Promise<OwnedDevice | DeviceRefusal> {
  const gpu = (globalThis.navigator as Navigator | undefined)?.gpu;
  if (!gpu) return { ok: false, reason: 'this browser has no WebGPU' };
  let adapter: GPUAdapter | null;
  try {
    adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  } catch (cause) {
    return { ok: false, reason: `WebGPU refused an adapter (${(cause as Error).message})` };
  }
  if (!adapter) return { ok: false, reason: 'WebGPU found no graphics adapter' };
  const info = adapter.info as GPUAdapterInfo | undefined;
  const software =
    Boolean(info?.isFallbackAdapter) ||
    /swiftshader|llvmpipe|software/i.test(`${describe(info)} ${info?.description}`);
  if (software && !allowSoftware) return { ok: false, reason: 'WebGPU has only a software adapter here' };
  let device: GPUDevice;
  try {
    const { limits } = adapter;
    device = await adapter.requestDevice({
      requiredLimits: {
        maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
        maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
        maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
        maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
        maxBufferSize: limits.maxBufferSize,
        maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
        maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
      },
    });
  } catch (cause) {
    return { ok: false, reason: `WebGPU refused a device (${(cause as Error).message})` };
  }
  let reported: string | null = null;
  device.addEventListener('uncapturederror', (event) => {
    reported ??= (event as GPUUncapturedErrorEvent).error.message;
  });
  const backend = new WebGPUBackend(device, info as GPUAdapterInfo);
  const encoder = backend as unknown as EncoderOfBackend;
  if (tf.findBackend('webgpu')) tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => backend, 3);
  return {
    ok: true,
    software,
    adapter: describe(info),
    lost: device.lost.then((l) => l.message || l.reason || 'no reason given'),
    settled: async () => {
      // In this order: submitting while a compute pass is open makes the whole command buffer invalid, silently.
      encoder.ensureCommandEncoderReady();
      encoder.endComputePassEncoder();
      encoder.submitQueue();
      await device.queue.onSubmittedWorkDone();
    },
    destroy: () => device.destroy(),
    error: () => reported,
  };
}
