/** Parts of the pipeline that a symbol of an equation may stand for: each knows its address and lights up when it is named. */
import type { ReactNode } from 'react';
import { pointAtPart, useParts } from '../state/parts';

/** Whether a symbol that stands for one of these addresses is pointed at. @param at addresses, with `|` between them */
export const useLit = (at: string): boolean =>
  useParts(({ named }) => named.length > 0 && at.split('|').some((address) => named.includes(address)));

/** Some of a drawing that symbols stand for. */
export function Drawn({ at, children }: { at: string; children: ReactNode }) {
  return (
    <g className={useLit(at) ? 'lit' : undefined} data-part={at}>
      {children}
    </g>
  );
}

/** The smallest part under a position on the screen; the drawings themselves let the pointer through to their cards. */
function partUnder(stage: Element, x: number, y: number): string | null {
  let found: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const part of stage.querySelectorAll<HTMLElement | SVGElement>('[data-part]')) {
    const { left, right, top, bottom } = part.getBoundingClientRect();
    const area = (right - left) * (bottom - top);
    if (x < left || x > right || y < top || y > bottom || area >= least) continue;
    found = part.dataset.part ?? null;
    least = area;
  }
  return found;
}

/** Handlers of what holds the drawings: pointing at a part lights the symbols that stand for it. */
export const pointing = {
  onPointerMove: ({ currentTarget, clientX, clientY }: React.PointerEvent) =>
    pointAtPart(partUnder(currentTarget, clientX, clientY)),
  onPointerLeave: () => pointAtPart(null),
};

/** Handlers of what holds one control: pointing at it, or working it, lights the symbols that stand for it. */
export function pointingAt(at: string) {
  const enter = () => pointAtPart(at);
  const leave = () => pointAtPart(null);
  return { onPointerEnter: enter, onPointerLeave: leave, onFocus: enter, onBlur: leave };
}
