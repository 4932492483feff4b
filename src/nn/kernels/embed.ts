/** Embedding look-up with numerical features beside it, and the gradient of the table. */
import type { Tensor } from '../tensor';
import { markLive } from './dense';
import { fastKernels } from './module';
import { define } from './register';
import { embedGradientProgram, embedProgram } from './webgpu/embed';

interface Attrs {
  /** Of the table. */
  readonly shape: readonly number[];
  /** Row of the table at which each column of ids starts. */
  readonly offsets: readonly number[];
}

/** table [V, d], ids [B, C], numbers [B, M] → [B, C·d + M] */
const forward = define<Attrs>({
  name: 'SeesawEmbed',
  webgpu: embedProgram,
  run: ({ wasm, heap }, { table, ids, numbers }, { shape, offsets }) => {
    const [V, d] = shape as [number, number];
    const [B, C] = ids!.shape as [number, number];
    const M = numbers ? numbers.shape[1]! : 0;
    const out = heap.output([B, C * d + M]);
    const scratch = heap.scratch(4 * C);
    heap.writeInts(scratch, offsets);
    const places = [scratch, B, C, numbers ? heap.at(numbers) : 0, M, out.at] as const;
    wasm.embed(heap.at(table!), V, d, heap.at(ids!), ...places);
    return [out.info];
  },
  gradient: {
    inputs: ['ids'],
    of: ([dy], [ids], attrs) => ({ table: backward({ dy: dy!, ids: ids! }, attrs)[0]! }),
  },
});

/** dy [B, ≥ C·d] → [V, d], the sum of all gradients of a row in the order of the batch. */
const backward = define<Attrs>({
  name: 'SeesawEmbedGradient',
  webgpu: embedGradientProgram,
  run: ({ wasm, heap }, { dy, ids }, { offsets, shape }) => {
    const [V, d] = shape as [number, number];
    const [B, C] = ids!.shape as [number, number];
    const dTable = heap.output(shape);
    const scratch = heap.scratch(4 * C);
    heap.writeInts(scratch, offsets);
    wasm.embedGradient(heap.at(dy!), dy!.shape[1]!, V, d, heap.at(ids!), scratch, B, C, dTable.at);
    return [dTable.info];
  },
});

/**
 * Rows of a table side by side, then numbers: [e_1;…;e_C;z].
 * @param table [V, d]
 * @param ids [B, C] int32; with the offset of its column each must be in 0…V−1, else the row is NaN
 * @param offsets C of them
 * @param numbers [B, M], or null
 */
export function fastEmbed(
  table: Tensor,
  ids: Tensor,
  offsets: readonly number[],
  numbers: Tensor | null,
): Tensor | null {
  if (!fastKernels()) return null;
  const out = forward({ table, ids, numbers }, { shape: table.shape, offsets })[0]!;
  return markLive(out, offsets.length * table.shape[1]!);
}
