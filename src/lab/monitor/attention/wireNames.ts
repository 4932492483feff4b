/** Wires in words, and those that are cut in groups that can be mended together. */
import type { Cut, ProbeReading } from '../../../../workers/protocol';
import { type Naming, readingAxes } from '../../builder/insides/tables';

/** From what is read to who reads it. */
export const arrow = (reader: string, read: string): string => `${read} → ${reader.replace(/ reads$/, '')}`;

/** Places on all axes of a row-major cell. */
export function placesOf(shape: readonly number[], cell: number): number[] {
  const at: number[] = [];
  let rest = cell;
  for (let i = shape.length - 1; i >= 0; i--) {
    at.unshift(rest % shape[i]!);
    rest = Math.floor(rest / shape[i]!);
  }
  return at;
}

/** Probes whose wire is not from column to row: what the cell of a task stands for. */
const OWN: Readonly<Record<string, (task: string) => string>> = {
  updateGates: (task) => `the task before → ${task}`,
  residualShare: (task) => `parent → ${task}`,
  residualLogits: (task) => `parent → ${task}`,
};

/** One wire: which, and where. */
export interface WireName {
  readonly wire: string;
  /** "layer 1, head 2"; empty where there is one place alone. */
  readonly place: string;
}

/** The name of a probe's cell. */
export function wireName(name: string, shape: readonly number[], cell: number, of: Naming): WireName {
  const { axes } = readingAxes(name, shape, of);
  const at = placesOf(shape, cell);
  const named = at.map((i, axis) => axes[axis]![i]!);
  const own = OWN[name];
  const inner = own ? 1 : 2;
  const place = named
    .slice(0, -inner)
    .filter((_, axis) => shape[axis]! > 1)
    .join(', ');
  const column = named.at(-1)!;
  return { wire: own ? own(column) : arrow(named.at(-2)!, column), place };
}

/** Wires of one name that are cut in one probe. */
export interface CutGroup {
  readonly key: string;
  readonly block: string;
  readonly probe: string;
  readonly wire: string;
  readonly cells: readonly number[];
  /** Where: a place, or how many of them. */
  readonly where: string;
}

/** What is cut, one group a wire; a probe that has not been read is left out. */
export function cutGroups(
  cuts: readonly Cut[],
  shapeOf: (block: string, name: string) => ProbeReading['shape'] | null,
  of: (block: string) => Naming,
): CutGroup[] {
  return cuts.flatMap(({ block, name, cells }) => {
    const shape = shapeOf(block, name);
    if (!shape) return [];
    const groups = new Map<string, { cells: number[]; places: string[] }>();
    for (const cell of cells) {
      const { wire, place } = wireName(name, shape, cell, of(block));
      const group = groups.get(wire) ?? { cells: [], places: [] };
      group.cells.push(cell);
      group.places.push(place);
      groups.set(wire, group);
    }
    return [...groups].map(([wire, g]) => ({
      key: `${block}/${name}/${wire}`,
      block,
      probe: name,
      wire,
      cells: g.cells,
      where: g.places.length === 1 ? g.places[0]! : `${g.places.length} places`,
    }));
  });
}
