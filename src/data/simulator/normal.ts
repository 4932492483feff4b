/** Φ and Φ⁻¹ by table: interpolating costs a quarter of computing them, and tens of millions are looked up. */
import { exactExp } from '../exact-math';
import { normalQuantile } from '../random';

const CELLS = 2048;
/** Scores end at ±3.6, the outer edges of the table's first and last cell. */
const TAIL = 3.6;

/** Φ⁻¹ at the edges of equal cells. */
const QUANTILE_TABLE = Float64Array.from({ length: CELLS + 1 }, (_, i) =>
  i === 0 ? -TAIL : i === CELLS ? TAIL : normalQuantile(i / CELLS),
);

/** Φ⁻¹(u) by table, u in [0, 1). */
export function normalScore(u: number): number {
  const t = u * CELLS;
  const cell = t | 0;
  const left = QUANTILE_TABLE[cell]!;
  return left + (t - cell) * (QUANTILE_TABLE[cell + 1]! - left);
}

/** Φ on [−6, 6] at equal steps, by Simpson's rule over the density. */
const PHI_CELLS = 2048;
const PHI_END = 6;
const PHI = (() => {
  const table = new Float64Array(PHI_CELLS + 1);
  const step = (2 * PHI_END) / PHI_CELLS;
  const density = (z: number) => 0.3989422804014327 * exactExp(-0.5 * z * z);
  for (let i = 1; i <= PHI_CELLS; i++) {
    const left = -PHI_END + (i - 1) * step;
    table[i] =
      table[i - 1]! + (step / 6) * (density(left) + 4 * density(left + step / 2) + density(left + step));
  }
  return table;
})();

/** Φ(z) by table; 0 and 1 outside [−6, 6]. */
export function phi(z: number): number {
  const t = ((z + PHI_END) / (2 * PHI_END)) * PHI_CELLS;
  if (t <= 0) return 0;
  if (t >= PHI_CELLS) return 1;
  const cell = t | 0;
  return PHI[cell]! + (t - cell) * (PHI[cell + 1]! - PHI[cell]!);
}
