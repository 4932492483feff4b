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

/** The same pipeline with another block in the slot. */
export function withBlock(p: Pipeline, pillar: Pillar, choice: BlockChoice, index = 0): Pipeline {
  switch (pillar) {
    case 'input':
      return { ...p, input: p.input.map((held, i) => (i === index ? choice : held)) };
    case 'tower':
      return { ...p, towers: choice };
    default:
      return { ...p, [pillar]: choice };
  }
}
