/** Where each pillar's block sits in a pipeline, for code that handles any pillar alike. */
import { findSpec } from '../blocks/catalog';
import type { BlockChoice, Pipeline } from './schema';
import type { Pillar } from './spec';
import { defaultParams } from './spec';

/** A block of the catalog with its own defaults, or undefined where the pillar has none of that id. */
export function newBlock(pillar: Pillar, id: string): BlockChoice | undefined {
  const spec = findSpec(pillar, id);
  return spec && { block: id, params: defaultParams(spec) };
}

/** Dotted path of a slot, e.g. `towers` or `input.0`. `index` counts only for inputs, which are a list. */
export function slotPath(pillar: Pillar, index = 0): string {
  switch (pillar) {
    case 'input':
      return `input.${index}`;
    case 'tower':
      return 'towers';
    default:
      return pillar;
  }
}

/** What the slot holds; undefined where there is no input of that index. */
export function blockAt(p: Pipeline, pillar: Pillar, index = 0): BlockChoice | undefined {
  switch (pillar) {
    case 'input':
      return p.input[index];
    case 'tower':
      return p.towers;
    default:
      return p[pillar];
  }
}

/**
 * Where a block goes when it is put in a pillar: its one slot; among inputs the place of the block at `index`, or for a block that
 * refines what others hand on its own place, and the end of the chain if it has none yet.
 */
export function placeFor(p: Pipeline, pillar: Pillar, id: string, index = 0): number {
  if (pillar !== 'input' || index > 0 || !findSpec(pillar, id)?.refines) return index;
  const held = p.input.findIndex((choice) => choice.block === id);
  return held < 0 ? p.input.length : held;
}

/** The same pipeline with another block in the slot; an input one beyond the last is appended. */
export function withBlock(p: Pipeline, pillar: Pillar, choice: BlockChoice, index = 0): Pipeline {
  switch (pillar) {
    case 'input':
      return { ...p, input: [...p.input.slice(0, index), choice, ...p.input.slice(index + 1)] };
    case 'tower':
      return { ...p, towers: choice };
    default:
      return { ...p, [pillar]: choice };
  }
}
