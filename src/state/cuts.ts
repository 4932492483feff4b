/** Wires that the user has cut for a look: what is cut, and the few ways to change it. The trainer is told in session.ts. */
import { create } from 'zustand';
import type { Cut } from '../../workers/protocol';

interface CutStore {
  /** By block and probe, each with at least one wire; equal lists mean equal cuts. */
  readonly cuts: readonly Cut[];
}

export const useCuts = create<CutStore>(() => ({ cuts: [] }));

/** Whether a wire is cut. */
export const isCut = (cuts: readonly Cut[], block: string, name: string, cell: number): boolean =>
  cuts.some((c) => c.block === block && c.name === name && c.cells.includes(cell));

/** Cuts wires of a block's probe, or mends them where all of them are cut. @param cells places in the probe, row-major */
export function toggleWires(block: string, name: string, cells: readonly number[]): void {
  const { cuts } = useCuts.getState();
  const mend = cells.every((cell) => isCut(cuts, block, name, cell));
  const before = cuts.find((c) => c.block === block && c.name === name)?.cells ?? [];
  const kept = before.filter((cell) => !cells.includes(cell));
  const after = mend ? kept : [...kept, ...cells].sort((a, b) => a - b);
  const others = cuts.filter((c) => c.block !== block || c.name !== name);
  const next = after.length > 0 ? [...others, { block, name, cells: after }] : others;
  useCuts.setState({ cuts: next.sort((a, b) => (`${a.block}/${a.name}` < `${b.block}/${b.name}` ? -1 : 1)) });
}

/** Mends every wire. */
export function mendAll(): void {
  if (useCuts.getState().cuts.length > 0) useCuts.setState({ cuts: [] });
}

/** Whether a reading is of these cuts. */
export const sameCuts = (a: readonly Cut[], b: readonly Cut[]): boolean =>
  JSON.stringify(a) === JSON.stringify(b);
