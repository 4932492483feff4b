/** Where a block's numbers lie in the flat vector of all parameters. */
import type { Model } from './assemble';

/** Numbers `from` … `to` of the flat vector. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Blocks that have parameters, each with its stretch: they are laid out one block after another. */
export function blockStretches({
  blocks,
  layout,
}: Pick<Model, 'blocks' | 'layout'>): (Stretch & { readonly path: string; readonly title: string })[] {
  return blocks.flatMap(({ path, title }) => {
    const own = layout.parameters.filter((p) => p.name.startsWith(`${path}.`));
    if (own.length === 0) return [];
    const from = Math.min(...own.map((p) => p.offset));
    const to = Math.max(...own.map((p) => p.offset + p.size));
    return [{ path, title, from, to }];
  });
}

/** Euclidean length of a vector over a stretch. */
export function lengthOver(vector: ArrayLike<number>, { from, to }: Stretch): number {
  let squares = 0;
  for (let p = from; p < to; p++) squares += vector[p]! ** 2;
  return Math.sqrt(squares);
}
