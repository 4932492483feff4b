/** Between which blocks ResFlow has links, read from its flags. */
import type { ParamValues } from '../../../pipeline/spec';

/** As many blocks as an MLP may have. */
export const mostLayers = 4;

/** Whether there is a link behind each of the `count` blocks. */
export function linksOf(params: ParamValues, count: number): boolean[] {
  return Array.from({ length: count }, (_, i) => params[`link${i + 1}`] !== false);
}
