/** Which parts of the lab a symbol of an equation points at, and which part points back at the symbols. */
import { create } from 'zustand';
import type { Part } from '../pipeline/spec';

/**
 * Where a part stands on the page: what all blocks have in common by its own name, e.g. `loss`, and any other under its block,
 * e.g. `towers probe.attention`.
 */
export const addressOf = (path: string, part: Part): string =>
  part === 'loss' || part === 'weight' ? part : `${path} ${part}`;

interface PartsStore {
  /** Addresses that the symbol in question stands for. */
  readonly named: readonly string[];
  /** Addresses of the drawing or knob that is pointed at. */
  readonly pointed: readonly string[];
}

const NONE: readonly string[] = [];

export const useParts = create<PartsStore>(() => ({ named: NONE, pointed: NONE }));

/** A symbol is pointed at: the addresses that it stands for, none where it is left. */
export const nameParts = (named: readonly string[]): void =>
  useParts.setState(named.length > 0 ? { named, pointed: NONE } : { named: NONE });

/** A part is pointed at: its addresses as `data-part` has them, or null where it is left. */
export function pointAtPart(addresses: string | null): void {
  const pointed = addresses?.split('|') ?? NONE;
  if (pointed.join('|') !== useParts.getState().pointed.join('|')) useParts.setState({ pointed });
}
