/**
 * TensorFlow.js' wasm heap as the kernels see it: where a tensor lies, room for an output, scratch memory, and views.
 *
 * Work-around, wasm, tfjs 4.22: none of this is documented (`asm.memory`, `dataIdMap`, `registerTensor`), so every field is looked for
 * before it is used, and without one of them the plain operations compute. May go when the backend offers its memory to others.
 */
import { type Tensor, tf } from '../tensor';

interface HeldTensor {
  readonly id: number;
  readonly memoryOffset: number;
  refCount: number;
}

/** What is used of the backend. */
interface WasmBackend {
  readonly wasm: {
    readonly HEAPU8: Uint8Array;
    readonly asm: { readonly memory: WebAssembly.Memory };
    _malloc(bytes: number): number;
    _free(at: number): void;
    readonly tfjs: {
      registerTensor(id: number, size: number, at: number): void;
      disposeData(id: number): void;
    };
  };
  readonly dataIdMap: {
    get(dataId: object): HeldTensor;
    set(dataId: object, held: object): void;
    has(dataId: object): boolean;
    delete(dataId: object): void;
  };
  dataIdNextNumber: number;
  makeOutput(shape: readonly number[], dtype: 'float32'): tf.TensorInfo;
  incRef(dataId: object): void;
  disposeData(dataId: object, force?: boolean): boolean;
}

/** An output that was just allocated: its contents are whatever lay there. */
export interface Output {
  readonly info: tf.TensorInfo;
  /** Byte offset on the heap. */
  readonly at: number;
}

export class Heap {
  private scratchAt = 0;
  private scratchBytes = 0;
  /** Views, with the tensor in whose memory each lies. */
  private readonly parents = new WeakMap<object, object>();

  private constructor(private readonly backend: WasmBackend) {
    this.keepViewsFromBeingFreed();
  }

  /** The heap of the current backend, or null where it is not wasm or not laid out as expected. */
  static of(candidate: unknown): Heap | null {
    const backend = candidate as Partial<WasmBackend>;
    const wasm = backend.wasm as Partial<WasmBackend['wasm']> | undefined;
    const memory = wasm?.asm?.memory;
    const asExpected =
      memory instanceof WebAssembly.Memory &&
      memory.buffer === wasm?.HEAPU8?.buffer &&
      typeof wasm._malloc === 'function' &&
      typeof wasm._free === 'function' &&
      typeof wasm.tfjs?.registerTensor === 'function' &&
      typeof wasm.tfjs.disposeData === 'function' &&
      typeof backend.dataIdMap?.get === 'function' &&
      typeof backend.dataIdNextNumber === 'number' &&
      typeof backend.makeOutput === 'function' &&
      typeof backend.disposeData === 'function';
    return asExpected ? new Heap(backend as WasmBackend) : null;
  }

  get memory(): WebAssembly.Memory {
    return this.backend.wasm.asm.memory;
  }

  /** Byte offset of a tensor's numbers. */
  at(info: tf.TensorInfo): number {
    return this.backend.dataIdMap.get(info.dataId).memoryOffset;
  }

  /** Room for a float32 output. @throws Error where the heap is full */
  output(shape: readonly number[]): Output {
    const info = this.backend.makeOutput(shape as number[], 'float32');
    return { info, at: this.at(info) };
  }

  /**
   * Scratch memory, 16-byte aligned, until the next call. It grows to what the largest kernel asked for and stays.
   * @throws Error where the heap is full
   */
  scratch(bytes: number): number {
    if (bytes > this.scratchBytes) {
      if (this.scratchAt !== 0) this.backend.wasm._free(this.scratchAt);
      this.scratchBytes = 0;
      this.scratchAt = this.backend.wasm._malloc(bytes) >>> 0;
      if (this.scratchAt === 0) throw new Error('The memory of WebAssembly is full: choose a smaller batch.');
      this.scratchBytes = bytes;
    }
    return this.scratchAt;
  }

  /** Writes numbers to the heap. Typed arrays are made anew each time: growing the heap detaches older ones. */
  writeInts(at: number, values: ArrayLike<number>): void {
    new Int32Array(this.memory.buffer, at, values.length).set(values);
  }

  writeFloats(at: number, values: readonly number[]): void {
    new Float32Array(this.memory.buffer, at, values.length).set(values);
  }

  fillZeros(at: number, count: number): void {
    new Uint8Array(this.memory.buffer, at, 4 * count).fill(0);
  }

  /**
   * A tensor that lies inside another one: `size(shape)` numbers from `offset` on, not copied. The parent's memory is held until the
   * last of its views is disposed of.
   */
  view(parent: Tensor, offset: number, shape: readonly number[]): Tensor {
    const { backend } = this;
    const at = this.at(parent) + 4 * offset;
    const id = backend.dataIdNextNumber++;
    const dataId = { id };
    backend.dataIdMap.set(dataId, { id, memoryOffset: at, shape, dtype: 'float32', refCount: 1 });
    // Stock kernels find tensors by number; theirs is the view's own, so nothing that they cache outlives it.
    backend.wasm.tfjs.registerTensor(
      id,
      shape.reduce((a, b) => a * b, 1),
      at,
    );
    backend.incRef(parent.dataId);
    this.parents.set(dataId, parent.dataId);
    return tf.engine().makeTensorFromDataId(dataId, shape as number[], 'float32');
  }

  /** The backend frees the memory of every tensor; that of a view belongs to its parent. */
  private keepViewsFromBeingFreed(): void {
    const { backend, parents } = this;
    const disposeData = backend.disposeData.bind(backend);
    backend.disposeData = (dataId, force = false) => {
      const parent = parents.get(dataId);
      if (!parent || !backend.dataIdMap.has(dataId)) return disposeData(dataId, force);
      const held = backend.dataIdMap.get(dataId);
      held.refCount--;
      if (!force && held.refCount > 0) return false;
      backend.wasm.tfjs.disposeData(held.id);
      backend.dataIdMap.delete(dataId);
      parents.delete(dataId);
      if (backend.disposeData(parent))
        tf.engine().removeDataId(parent, backend as unknown as tf.KernelBackend);
      return true;
    };
  }
}
