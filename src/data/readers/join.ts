/** Completes the rows of a sample from a second file: one pass over it, keeping only what the sample asks for. */
import { DataError } from '../dataset';
import type { Places, RowStore } from '../sampling/store';
import { MISSING, NOT_WHOLE, type RowBlock } from './block';
import type { Collector } from './collect';
import type { OpenFile } from './set';

export interface Join {
  readonly file: OpenFile & { readonly key: number };
  readonly features: Places;
  readonly skipBroken: boolean;
}

export interface Joined {
  /** Slots whose id is not in the file. */
  readonly without: ReadonlySet<number>;
  /** Ids that are in the file more than once (the first row counts), and rows that could not be read. */
  readonly repeated: number;
  readonly broken: number;
}

/**
 * Fills the features that the file has into the rows of the sample. Memory: one entry a row of the sample.
 * `beat` is awaited after every block with the bytes read.
 */
export async function join(
  { file, features, skipBroken }: Join,
  collector: Collector,
  beat: (bytes: number) => Promise<void>,
  signal?: AbortSignal,
): Promise<Joined> {
  const { store } = collector;
  const wanted = new Map<number, number[]>();
  const without = new Set<number>();
  for (const slot of collector.sampler.finish().slots) {
    store.clear(slot, features);
    without.add(slot);
    const key = store.keys[slot]!;
    const slots = wanted.get(key);
    if (slots) slots.push(slot);
    else wanted.set(key, [slot]);
  }
  wanted.delete(MISSING);
  const met = new Set<number>();
  let repeated = 0;
  let broken = 0;
  const tolerate = (fault: unknown) => {
    if (!skipBroken || !(fault instanceof DataError)) throw fault;
    broken++;
  };
  for await (const { block, bytes } of file.source.blocks(signal)) {
    if (!block.whole) await block.load([file.key]);
    const found: { row: number; slots: number[] }[] = [];
    for (let row = 0; row < block.rows; row++) {
      try {
        block.check(row);
        const key = keyOf(store, block, row, file.key);
        const slots = key === undefined ? undefined : wanted.get(key);
        if (!slots) continue;
        if (met.has(key!)) {
          repeated++;
          continue;
        }
        if (block.whole) for (const slot of slots) store.putAll(slot, block, row, features);
        met.add(key!);
        found.push({ row, slots });
      } catch (fault) {
        tolerate(fault);
      }
    }
    if (!block.whole) await fill(store, block, features, found, tolerate);
    for (const { slots } of found) for (const slot of slots) without.delete(slot);
    await beat(bytes);
  }
  for (const slot of without) store.clear(slot, features);
  return { without, repeated, broken };
}

function keyOf(store: RowStore, block: RowBlock, row: number, column: number): number | undefined {
  const code = block.code(row, column);
  if (code !== NOT_WHOLE) return code;
  return store.texts.find(block.text(row, column));
}

async function fill(
  store: RowStore,
  block: RowBlock,
  features: Places,
  found: { row: number; slots: number[] }[],
  tolerate: (fault: unknown) => void,
): Promise<void> {
  if (found.length === 0) return;
  const bad = new Set<(typeof found)[number]>();
  const each = async (column: number, put: (slot: number, row: number) => void) => {
    if (column < 0) return;
    await block.load([column]);
    for (const entry of found) {
      try {
        for (const slot of entry.slots) put(slot, entry.row);
      } catch (fault) {
        if (!bad.has(entry)) tolerate(fault);
        bad.add(entry);
      }
    }
  };
  for (const [c, column] of features.categorical.entries()) {
    await each(column, (slot, row) => store.putCategorical(slot, c, block, row, column));
  }
  for (const [m, column] of features.numerical.entries()) {
    await each(column, (slot, row) => store.putNumerical(slot, m, block, row, column));
  }
  for (const [l, column] of features.lists.entries()) {
    await each(column, (slot, row) => store.putList(slot, l, block, row, column, features.separators[l]!));
  }
  for (const entry of bad) found.splice(found.indexOf(entry), 1);
}
