/** Means over seeds and what they can tell apart. */

/** A mean and how sure it is. */
export interface Mean {
  readonly mean: number;
  /** Standard deviation over the seeds (n − 1); NaN of a single one. */
  readonly sd: number;
  /** Standard error of the mean, sd/√n. */
  readonly se: number;
  readonly n: number;
}

/** @throws RangeError where there is nothing to average */
export function meanOf(values: readonly number[]): Mean {
  const n = values.length;
  if (n === 0) throw new RangeError('There is no value to average.');
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const sd = Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / (n - 1));
  return { mean, sd, se: sd / Math.sqrt(n), n };
}

/**
 * Mean of a − b, seed by seed: what both owe to the seed's rows cancels out.
 * @param a by seed, and b likewise; seeds that only one of them has are left out
 */
export function pairedDifference(
  a: ReadonlyMap<number, number>,
  b: ReadonlyMap<number, number>,
): Mean | null {
  const differences = [...a].flatMap(([seed, value]) => (b.has(seed) ? [value - b.get(seed)!] : []));
  return differences.length === 0 ? null : meanOf(differences);
}

/** How many standard errors lie between two independent means; NaN where neither has one. */
export function standardErrorsApart(
  a: { readonly mean: number; readonly se: number },
  b: { readonly mean: number; readonly se: number },
): number {
  return (a.mean - b.mean) / Math.hypot(a.se, b.se);
}
