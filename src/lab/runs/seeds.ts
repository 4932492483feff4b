/** Seeds of one pipeline as one curve: their mean, and one standard deviation about it. */

interface Points {
  /** Ascending steps. */
  readonly x: readonly number[];
  readonly y: readonly number[];
}

export interface Band {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** A curve's value at a step between its points, on the straight line that is drawn there; NaN beyond its ends. */
function valueAt({ x, y }: Points, step: number): number {
  const after = x.findIndex((s) => s >= step);
  if (after < 0) return Number.NaN;
  if (x[after] === step) return y[after]!;
  if (after === 0) return Number.NaN;
  const share = (step - x[after - 1]!) / (x[after]! - x[after - 1]!);
  return y[after - 1]! + share * (y[after]! - y[after - 1]!);
}

/**
 * Mean ± sample standard deviation over seeds, at the steps of the first curve that all of them reached with a number.
 * @param curves at least two
 */
export function overSeeds(curves: readonly Points[]): Points & { readonly band: Band } {
  const n = curves.length;
  const x: number[] = [];
  const y: number[] = [];
  const low: number[] = [];
  const high: number[] = [];
  for (const step of curves[0]!.x) {
    const values = curves.map((curve) => valueAt(curve, step));
    if (!values.every(Number.isFinite)) continue;
    const mean = values.reduce((sum, v) => sum + v, 0) / n;
    const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (n - 1));
    x.push(step);
    y.push(mean);
    low.push(mean - deviation);
    high.push(mean + deviation);
  }
  return { x, y, band: { low, high } };
}
