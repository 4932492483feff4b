/** Correlations of numerical columns, those that tell most of the tasks first. */
import { CLIP, scalingOf, standardise } from '../prepare';
import type { Table } from '../table';
import { columnAt, type Picked } from './pick';
import type { FeatureProfile, Profile } from './profile';

export const MOST_CORRELATED = 100;

/** Rows that are enough for a correlation to ±0.02. */
const ROWS = 10_000;

/** z-scores [columns][n] of picked rows as training sees them: clipped to ±5, 0 where missing; population-weighted. */
export function zScores(table: Table, picked: Picked, columns: readonly number[]): Float32Array[] {
  const M = table.schema.numerical.length;
  const weights = Float32Array.from(picked.weights);
  return columns.map((c) => {
    const z = columnAt(table.numerical, M, c, picked.rows);
    // Numbers beyond all measure would make the mean infinite.
    for (let i = 0; i < z.length; i++) if (!Number.isFinite(z[i]!)) z[i] = Number.NaN;
    standardise(z, scalingOf(z, 1, z.length, weights));
    return z;
  });
}

/** Pearson's r of two columns of z-scores under weights; 0 where one of them is constant. */
export function correlation(a: Float32Array, b: Float32Array, weights: Float64Array): number {
  let [sw, sa, sb, aa, bb, ab] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const w = weights[i]!;
    const x = a[i]!;
    const y = b[i]!;
    sw += w;
    sa += w * x;
    sb += w * y;
    aa += w * x * x;
    bb += w * y * y;
    ab += w * x * y;
  }
  const va = aa / sw - (sa / sw) ** 2;
  const vb = bb / sw - (sb / sw) ** 2;
  // Below what rounding leaves of numbers up to 5.
  if (!(va > 1e-9 * CLIP) || !(vb > 1e-9 * CLIP)) return 0;
  return Math.min(1, Math.max(-1, (ab / sw - (sa / sw) * (sb / sw)) / Math.sqrt(va * vb)));
}

/** Every n-th picked row, so that pairs of columns stay affordable. */
export function thinned(picked: Picked, most: number): Picked {
  const { rows, weights } = picked;
  if (rows.length <= most) return picked;
  const keep = Uint32Array.from({ length: most }, (_, i) => Math.floor((i * rows.length) / most));
  return {
    ...picked,
    rows: keep.map((i) => rows[i]!),
    weights: Float64Array.from(keep, (i) => weights[i]!),
  };
}

export function correlations(
  table: Table,
  all: Picked,
  features: readonly FeatureProfile[],
): Profile['correlation'] {
  const picked = thinned(all, ROWS);
  const tells = new Map(
    features
      .filter((f) => f.kind === 'numerical')
      .map((f) => [f.name, Math.max(0, ...f.auc.map((a) => a ?? 0))]),
  );
  const columns = table.schema.numerical
    .map((name, c) => ({ name, c }))
    .sort((a, b) => tells.get(b.name)! - tells.get(a.name)! || a.c - b.c)
    .slice(0, MOST_CORRELATED);
  const z = zScores(
    table,
    picked,
    columns.map(({ c }) => c),
  );
  const n = columns.length;
  const values = new Array<number>(n * n).fill(1);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const r = correlation(z[i]!, z[j]!, picked.weights);
      values[i * n + j] = r;
      values[j * n + i] = r;
    }
  }
  return { names: columns.map(({ name }) => name), values };
}
