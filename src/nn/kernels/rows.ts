/** The part of a flat vector that a batch reaches, as a smaller vector: taken out, and put back in place. */
import { type Tensor, tf } from '../tensor';
import { kernels, running } from './module';

/** A stretch of both vectors: all of it, or rows of a table. */
export interface Stretch {
  /** Where it begins in the whole vector and in the part, in numbers. */
  readonly offset: number;
  readonly partOffset: number;
  /** Numbers of it that are in the part. */
  readonly size: number;
  /** Of a table: which rows are in the part, none twice, and their width d. */
  readonly rows?: Int32Array;
  readonly width?: number;
}

/** Whether vectors can be changed in place here: on wasm, where the kernels know where they lie. */
export const rowsInPlace = (): boolean => kernels() !== null;

/** The parts of several vectors, [size] each. @param vectors [P] each */
export function takePart(vectors: readonly Tensor[], stretches: readonly Stretch[], size: number): Tensor[] {
  const { heap } = running();
  const out = vectors.map(() => heap.output([size]));
  each(vectors, stretches, (v, whole, stretch, rows) => {
    const part = out[v]!.at + 4 * stretch.partOffset;
    const { wasm } = running();
    if (stretch.rows) wasm.takeRows(whole, stretch.width!, rows, stretch.rows.length, part);
    else wasm.copyRows(whole, stretch.size, 1, stretch.size, part, stretch.size);
  });
  return out.map(({ info }) => tf.engine().makeTensorFromTensorInfo(info));
}

/**
 * Writes parts back into the vectors **in place**: whoever holds a clone or a view of them sees the change.
 * @param parts [size] each, one a vector
 */
export function putPart(
  parts: readonly Tensor[],
  vectors: readonly Tensor[],
  stretches: readonly Stretch[],
): void {
  const { wasm, heap } = running();
  each(vectors, stretches, (v, whole, stretch, rows) => {
    const part = heap.at(parts[v]!) + 4 * stretch.partOffset;
    if (stretch.rows) wasm.putRows(part, stretch.width!, rows, stretch.rows.length, whole);
    else wasm.copyRows(part, stretch.size, 1, stretch.size, whole, stretch.size);
  });
}

/** Every vector's stretches, with their byte offsets; the numbers of rows are written to scratch memory once a stretch. */
function each(
  vectors: readonly Tensor[],
  stretches: readonly Stretch[],
  visit: (vector: number, whole: number, stretch: Stretch, rows: number) => void,
): void {
  const { heap } = running();
  for (const stretch of stretches) {
    let at = 0;
    if (stretch.rows) {
      at = heap.scratch(4 * stretch.rows.length);
      heap.writeInts(at, stretch.rows);
    }
    vectors.forEach((vector, v) => {
      visit(v, heap.at(vector) + 4 * stretch.offset, stretch, at);
    });
  }
}
