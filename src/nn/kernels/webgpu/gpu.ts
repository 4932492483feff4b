/**
 * TensorFlow.js' WebGPU backend as the programs see it: running one, outputs side by side in one buffer, views, copies.
 *
 * Work-around, webgpu, tfjs 4.22: a program has one output there, a tensor is always a whole buffer, and reading one copies its
 * whole buffer. So a program writes all outputs into one buffer and each is a view of it, at an offset that bindings allow (256
 * bytes); what binds, reads and frees a tensor is told of views. Part of it is private there, so every field is looked for before
 * it is used, and without one of them plain operations compute. May go when the backend knows views and programs with several outputs.
 */
import { type Tensor, tf } from '../../tensor';
import { size } from './wgsl';

interface TensorData {
  readonly dtype: string;
  readonly shape: readonly number[];
  values: ArrayLike<number> | null;
  refCount: number;
  external?: boolean;
  resource?: GPUBuffer | null;
}

/** A number for a program, as `uniforms.<name>`. */
export interface Uniform {
  readonly type: 'int32' | 'uint32' | 'float32';
  readonly data: number[];
}

/** What the backend runs; see its `webgpu_program.ts`. */
interface BackendProgram {
  readonly variableNames: string[];
  readonly outputShape: number[];
  readonly workgroupSize: [number, number, number];
  readonly dispatchLayout: { x: number[] };
  dispatch: [number, number, number];
  shaderKey: string;
  readonly uniforms: string;
  getUserCode(): string;
}

interface WebGpuBackend {
  readonly tensorMap: {
    get(dataId: object): TensorData;
    set(dataId: object, data: TensorData): void;
    has(dataId: object): boolean;
  };
  readonly bufferManager: { acquireBuffer(bytes: number, usage: number): GPUBuffer };
  readonly commandQueueOwnedIds: WeakSet<object>;
  readonly commandEncoder: GPUCommandEncoder | null;
  nextDataId(): number;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  uploadToGPU(dataId: object): void;
  tensorToBinding(tensor: tf.TensorInfo | null): GPUBindingResource | null;
  makeTensorInfo(shape: number[], dtype: 'float32'): tf.TensorInfo;
  incRef(dataId: object): void;
  disposeData(dataId: object, force?: boolean): boolean;
  read(dataId: object): Promise<unknown>;
  readSync(dataId: object): unknown;
  runWebGPUProgram(
    program: BackendProgram,
    inputs: tf.TensorInfo[],
    dtype: 'float32',
    uniforms: Uniform[],
    output: tf.TensorInfo,
  ): tf.TensorInfo;
}

/** Bytes at whose multiples a binding may begin: the largest that WebGPU lets a device ask for. */
const ALIGNMENT = 256;
/** The same in numbers. */
const aligned = (numbers: number) => Math.ceil(numbers / 64) * 64;

export interface Program {
  /** Names the program, with all that its code depends on: what is the same here is compiled once. */
  readonly key: string;
  /** By their names in the code, where each is an array of its numbers. */
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  /** Shapes. All lie in `result`: the first from 0 on, output i from `uniforms.at<i>` on. */
  readonly outputs: readonly (readonly number[])[];
  /** `uniforms.<name>` in the code. */
  readonly numbers: Readonly<Record<string, Uniform>>;
  /** Number of workgroups, and of threads in each (`LANES` unless given). */
  readonly workgroups: number;
  readonly lanes?: number;
  /** The outputs start as zeros instead of whatever lay there. */
  readonly zeroed?: boolean;
  /** WGSL with `fn main(index : i32)`, where index counts threads over all workgroups. More workgroups than asked for may run. */
  readonly code: () => string;
}

/** Threads of a workgroup, unless a program says otherwise. */
export const LANES = 64;
/** Workgroups for one thread each. */
export const forThreads = (threads: number, lanes = LANES) => Math.ceil(threads / lanes);

export const i32 = (n: number): Uniform => ({ type: 'int32', data: [n] });
export const u32 = (n: number): Uniform => ({ type: 'uint32', data: [n] });
export const f32 = (n: number): Uniform => ({ type: 'float32', data: [n] });
const WGSL_TYPES = { int32: 'i32', uint32: 'u32', float32: 'f32' } as const;

interface View {
  /** Data of the tensor in whose buffer it lies. */
  readonly root: object;
  /** Bytes. */
  readonly at: number;
  readonly bytes: number;
}

/** Whether the adapter's backend has all that is used here. */
function asExpected(backend: Partial<WebGpuBackend>): backend is WebGpuBackend {
  const methods = [
    ...['nextDataId', 'ensureCommandEncoderReady', 'endComputePassEncoder', 'uploadToGPU', 'tensorToBinding'],
    ...['makeTensorInfo', 'incRef', 'disposeData', 'read', 'readSync', 'runWebGPUProgram'],
  ] as const;
  return (
    methods.every((name) => typeof (backend as Record<string, unknown>)[name] === 'function') &&
    typeof backend.tensorMap?.get === 'function' &&
    typeof backend.tensorMap.set === 'function' &&
    typeof backend.bufferManager?.acquireBuffer === 'function' &&
    backend.commandQueueOwnedIds instanceof WeakSet &&
    'commandEncoder' in backend
  );
}

const attached = new WeakMap<object, Gpu>();

/** The backend's own extension, made when it was attached; null for every other backend. */
export function gpuOf(backend: object): Gpu | null {
  return attached.get(backend) ?? null;
}

export class Gpu {
  private readonly views = new WeakMap<object, View>();
  /** Buffers that programs wrote several outputs into: no tensor of their own, so the engine does not count them. */
  private readonly unseen = new WeakSet<object>();

  private constructor(private readonly backend: WebGpuBackend) {
    this.teachViews();
  }

  /** Extends a backend. A second call does nothing. @returns null, or in one sentence why the programs cannot run on it */
  static attach(candidate: object): string | null {
    if (attached.has(candidate)) return null;
    if (!asExpected(candidate as Partial<WebGpuBackend>))
      return 'This version of the WebGPU backend does not run programs as expected.';
    attached.set(candidate, new Gpu(candidate as WebGpuBackend));
    return null;
  }

  /** Takes the programs from a backend whose sums they get wrong; its views stay as they are. */
  static detach(candidate: object): void {
    attached.delete(candidate);
  }

  /** Runs a program: one dispatch. @returns its outputs */
  run(program: Program): tf.TensorInfo[] {
    const { backend } = this;
    const { outputs, inputs, lanes = LANES } = program;
    const starts: number[] = [];
    let total = 0;
    for (const shape of outputs) {
      starts.push(total);
      total += size(shape);
      if (outputs.length > 1) total = aligned(total);
    }
    const whole = backend.makeTensorInfo(outputs.length === 1 ? [...outputs[0]!] : [total], 'float32');
    if (program.zeroed) this.clear(whole);
    const uniforms = { ...program.numbers };
    starts.forEach((start, i) => {
      if (i > 0) uniforms[`at${i}`] = i32(start);
    });
    const names = Object.entries(uniforms);
    backend.runWebGPUProgram(
      {
        variableNames: Object.keys(inputs),
        outputShape: [total],
        workgroupSize: [lanes, 1, 1],
        dispatchLayout: { x: [0] },
        dispatch: [program.workgroups, 1, 1],
        shaderKey: `seesaw:${program.key}`,
        uniforms: names.map(([name, { type }]) => `${name} : ${WGSL_TYPES[type]}, `).join(''),
        getUserCode: program.code,
      },
      // As plain vectors: the backend would compile one pipeline for every combination of ranks.
      Object.values(inputs).map((info) => ({ ...info, shape: [size(info.shape)] })),
      'float32',
      names.map(([, number]) => number),
      { ...whole, shape: [total] },
    );
    if (outputs.length === 1) return [whole];
    this.unseen.add(whole.dataId);
    const views = outputs.map((shape, i) => this.view(whole.dataId, starts[i]!, shape));
    backend.disposeData(whole.dataId);
    return views;
  }

  /**
   * Parts of a vector in shapes of their own. What begins at a multiple of 64 numbers is a view of the vector; the others are copied
   * into one new buffer where they do, without a dispatch.
   */
  parts(
    vector: Tensor,
    entries: readonly { readonly offset: number; readonly shape: readonly number[] }[],
  ): Tensor[] {
    const { backend } = this;
    const base = this.views.get(vector.dataId)?.at ?? 0;
    const inPlace = entries.map(({ offset }) => (base + 4 * offset) % ALIGNMENT === 0);
    const total = entries.reduce((sum, { shape }, i) => sum + (inPlace[i] ? 0 : aligned(size(shape))), 0);
    const copies = total > 0 ? backend.makeTensorInfo([total], 'float32') : null;
    let to = 0;
    const parts = entries.map(({ offset, shape }, i) => {
      if (inPlace[i]) return this.view(vector.dataId, offset, shape);
      const numbers = size(shape);
      this.copy(vector, offset, copies!, to, numbers);
      const part = this.view(copies!.dataId, to, shape);
      to += aligned(numbers);
      return part;
    });
    if (copies) {
      this.unseen.add(copies.dataId);
      backend.disposeData(copies.dataId);
    }
    return parts.map((info) => tf.engine().makeTensorFromTensorInfo(info));
  }

  /** Tensors one after the other in one vector, zeros where there is none, without a dispatch. @param sizes of each, in numbers */
  join(parts: readonly (tf.TensorInfo | undefined)[], sizes: readonly number[]): tf.TensorInfo {
    const whole = this.backend.makeTensorInfo([sizes.reduce((a, b) => a + b, 0)], 'float32');
    if (parts.length < sizes.length || parts.includes(undefined)) this.clear(whole);
    let to = 0;
    sizes.forEach((numbers, i) => {
      const part = parts[i];
      if (part) this.copy(part, 0, whole, to, numbers);
      to += numbers;
    });
    return whole;
  }

  /** Lets go of an output that is no kernel's. */
  forget({ dataId }: tf.TensorInfo): void {
    // No tensor was made of it, so the engine does not count it.
    this.backend.disposeData(dataId);
  }

  /**
   * A tensor, or nothing where it holds only zeros and never reached the GPU. The tape makes those for each output that nothing
   * depends on; a program that does without them saves their way there.
   */
  unlessZero(tensor: tf.TensorInfo | undefined): tf.TensorInfo | undefined {
    const { values, resource } = tensor ? this.backend.tensorMap.get(tensor.dataId) : {};
    if (resource || !values) return tensor;
    for (let i = 0; i < values.length; i++) if (values[i] !== 0) return tensor;
    return undefined;
  }

  /** A place between two dispatches for commands that are none, with both tensors on the GPU. */
  private between(...tensors: tf.TensorInfo[]): GPUCommandEncoder {
    const { backend } = this;
    for (const { dataId } of tensors) {
      backend.uploadToGPU(this.views.get(dataId)?.root ?? dataId);
      // What waiting commands use is not handed out again before they are submitted.
      backend.commandQueueOwnedIds.add(dataId);
    }
    backend.ensureCommandEncoderReady();
    backend.endComputePassEncoder();
    return backend.commandEncoder!;
  }

  private place({ dataId }: tf.TensorInfo): { buffer: GPUBuffer; at: number } {
    return { buffer: this.backend.tensorMap.get(dataId).resource!, at: this.views.get(dataId)?.at ?? 0 };
  }

  private clear(tensor: tf.TensorInfo): void {
    const encoder = this.between(tensor);
    encoder.clearBuffer(this.place(tensor).buffer);
  }

  /** Copies numbers from one buffer to another. */
  private copy(from: tf.TensorInfo, start: number, to: tf.TensorInfo, at: number, numbers: number): void {
    const encoder = this.between(from, to);
    const [source, target] = [this.place(from), this.place(to)];
    encoder.copyBufferToBuffer(
      source.buffer,
      source.at + 4 * start,
      target.buffer,
      target.at + 4 * at,
      4 * numbers,
    );
  }

  /** A tensor inside another one's buffer, which is held until the last view of it goes. @param offset in numbers */
  private view(of: object, offset: number, shape: readonly number[]): tf.TensorInfo {
    const { backend } = this;
    const outer = this.views.get(of);
    const root = outer?.root ?? of;
    backend.uploadToGPU(root);
    const dataId = { id: backend.nextDataId() };
    const resource = backend.tensorMap.get(root).resource!;
    // `external` keeps the backend from handing the root's buffer out again when a view goes.
    backend.tensorMap.set(dataId, {
      dtype: 'float32',
      shape,
      values: null,
      refCount: 1,
      external: true,
      resource,
    });
    backend.incRef(root);
    this.views.set(dataId, { root, at: (outer?.at ?? 0) + 4 * offset, bytes: 4 * size(shape) });
    return { dataId, shape: [...shape], dtype: 'float32' };
  }

  /** A view goes: its root goes too, if nothing else holds it. */
  private letGo(dataId: object, { root }: View): void {
    const { backend } = this;
    this.views.delete(dataId);
    if (backend.commandQueueOwnedIds.has(dataId)) backend.commandQueueOwnedIds.add(root);
    if (backend.disposeData(root) && !this.unseen.has(root)) {
      tf.engine().removeDataId(root, backend as unknown as tf.KernelBackend);
    }
  }

  /** Gives a view a buffer of its own: the backend reads whole buffers. */
  private makeWhole(dataId: object): void {
    const view = this.views.get(dataId);
    const { backend } = this;
    if (!view || !backend.tensorMap.has(dataId)) return;
    const data = backend.tensorMap.get(dataId);
    const source = data.resource!;
    const buffer = backend.bufferManager.acquireBuffer(view.bytes, source.usage);
    const encoder = this.between({ dataId, shape: [...data.shape], dtype: 'float32' });
    encoder.copyBufferToBuffer(source, view.at, buffer, 0, view.bytes);
    data.resource = buffer;
    data.external = false;
    this.letGo(dataId, view);
  }

  /** Binding, reading and freeing a tensor know of views. */
  private teachViews(): void {
    const { backend, views } = this;
    const tensorToBinding = backend.tensorToBinding.bind(backend);
    backend.tensorToBinding = (tensor) => {
      const binding = tensorToBinding(tensor);
      const view = tensor && views.get(tensor.dataId);
      return view ? { ...(binding as GPUBufferBinding), offset: view.at, size: view.bytes } : binding;
    };
    const disposeData = backend.disposeData.bind(backend);
    backend.disposeData = (dataId, force = false) => {
      const gone = disposeData(dataId, force);
      const view = gone && views.get(dataId);
      if (view) this.letGo(dataId, view);
      return gone;
    };
    const [read, readSync] = [backend.read.bind(backend), backend.readSync.bind(backend)];
    backend.read = (dataId) => {
      this.makeWhole(dataId);
      return read(dataId);
    };
    backend.readSync = (dataId) => {
      this.makeWhole(dataId);
      return readSync(dataId);
    };
  }
}
