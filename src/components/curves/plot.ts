/** The plot of a curve chart: where it lies in the figure, from numbers to pixels and back, and a curve as one path. */

import { fraction } from '../format';

/** Everything that the axes follow from: while it stays, the frame stays. */
export interface PlotShape {
  /** Pixels of the whole figure. */
  readonly width: number;
  readonly height: number;
  /** Steps from 0 to here. */
  readonly xMax: number;
  readonly yMin: number;
  readonly yMax: number;
  readonly yTicks: readonly number[];
  /** Type for the back row of a hall. */
  readonly large: boolean;
}

/** The plot inside a figure, in pixels from its upper left corner. */
export interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly x: (step: number) => number;
  readonly y: (value: number) => number;
  /** The step under a pixel, within the axis. */
  readonly stepAt: (pixel: number) => number;
}

const MOST_DIGITS = 6;

/** Digits that print each tick as what it is, at least one: half of .5 is .25 and not .3. */
export function digitsOf(ticks: readonly number[]): number {
  for (let digits = 1; digits < MOST_DIGITS; digits++) {
    const scale = 10 ** digits;
    if (ticks.every((t) => Math.abs(t * scale - Math.round(t * scale)) < 1e-6)) return digits;
  }
  return MOST_DIGITS;
}

/** Figures of the longest tick beyond a sign, one figure, the point and what follows it. */
function furtherFigures(yTicks: readonly number[]): number {
  const digits = digitsOf(yTicks);
  return Math.max(0, ...yTicks.map((y) => fraction(Math.abs(y), digits).length - digits - 2));
}

/** Room around the plot in pixels: the figures of both axes, and half a task's letter at the end of a curve. */
export function roomOf({ yMax, yTicks, large }: Pick<PlotShape, 'yMax' | 'yTicks' | 'large'>) {
  return {
    top: large ? 20 : 14,
    right: large ? 18 : 14,
    bottom: large ? 34 : 24,
    left:
      ((yMax >= 1 ? 18 : 12) +
        (yTicks.some((y) => y < 0) ? 8 : 0) +
        (digitsOf(yTicks) + furtherFigures(yTicks)) * 9) *
      (large ? 1.5 : 1),
  };
}

export function plotOf(shape: PlotShape): Plot {
  const room = roomOf(shape);
  const { width, height, xMax, yMin, yMax } = shape;
  const right = width - room.right;
  const bottom = height - room.bottom;
  const perStep = (right - room.left) / xMax;
  const perUnit = (bottom - room.top) / (yMax - yMin);
  return {
    left: room.left,
    right,
    top: room.top,
    bottom,
    x: (step) => room.left + step * perStep,
    y: (value) => bottom - (value - yMin) * perUnit,
    stepAt: (pixel) => Math.min(xMax, Math.max(0, (pixel - room.left) / perStep)),
  };
}

const tenth = (pixels: number) => Math.round(pixels * 10) / 10;

/** A curve as the `d` of one path, to a tenth of a pixel. A point that holds no number is left out: its neighbours are joined. */
export function pathOf(x: readonly number[], y: readonly number[], plot: Pick<Plot, 'x' | 'y'>): string {
  let d = '';
  for (let i = 0; i < x.length; i++) {
    const value = y[i]!;
    if (Number.isFinite(value)) d += `${d ? 'L' : 'M'}${tenth(plot.x(x[i]!))} ${tenth(plot.y(value))}`;
  }
  return d;
}

/** What lies between two curves over the same steps, as the `d` of one path: along the upper one and back along the lower. */
export function bandOf(
  x: readonly number[],
  { low, high }: { readonly low: readonly number[]; readonly high: readonly number[] },
  plot: Pick<Plot, 'x' | 'y'>,
): string {
  const back = pathOf([...x].reverse(), [...low].reverse(), plot);
  return x.length < 2 ? '' : `${pathOf(x, high, plot)}L${back.slice(1)}Z`;
}

/** Index of the last step at or before one, the first where all are later; −1 where there is none. Steps ascend. */
export function indexAt(steps: readonly number[], step: number): number {
  if (steps.length === 0) return -1;
  return Math.max(
    0,
    steps.findLastIndex((s) => s <= step),
  );
}

export function lastFinite(values: readonly number[]): number | null {
  return values.findLast(Number.isFinite) ?? null;
}

/** A curve as far as a step, with its first point at least. */
export const upTo = <C extends { readonly x: readonly number[]; readonly y: readonly number[] }>(
  curve: C,
  step: number,
): C => {
  const to = indexAt(curve.x, step) + 1;
  return { ...curve, x: curve.x.slice(0, to), y: curve.y.slice(0, to) };
};
