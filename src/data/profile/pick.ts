/** A part of the rows that stands for all of them, for statistics that need a sort: rare events stay, the rest is thinned and weighted. */
import { hash32 } from '../random';
import type { Table } from '../table';

/** Enough for an AUC to two digits and a quantile to half a percent. */
export const PICKED_ROWS = 20_000;

export interface Picked {
  /** [n] rising row numbers. */
  readonly rows: Uint32Array;
  /** [n] population weight: the row's own times what it stands for. */
  readonly weights: Float64Array;
  /** [all rows] 0 or 1 by group: what is learned on one half is tried on the other. */
  readonly fold: Uint8Array;
}

const FOLD_STREAM = 0x666f6c64;

/**
 * At most `limit` rows. Rows with the same labels form a stratum; every stratum gets the same room, what one leaves
 * over goes to the larger ones, and within one the picked rows are spread evenly. The same table gives the same rows.
 */
export function pickRows(table: Table, limit = PICKED_ROWS): Picked {
  const { rows: N, labels, weights } = table;
  const K = table.schema.tasks.length;
  const stratumOf = new Uint8Array(N);
  const sizes = new Map<number, number>();
  for (let i = 0; i < N; i++) {
    let pattern = 0;
    for (let k = 0; k < K; k++) pattern |= labels[i * K + k]! << k;
    stratumOf[i] = pattern;
    sizes.set(pattern, (sizes.get(pattern) ?? 0) + 1);
  }
  let room = limit;
  let left = sizes.size;
  const strata = new Map<
    number,
    { size: number; quota: number; seen: number; taken: number; next: number }
  >();
  for (const [pattern, size] of [...sizes].sort((a, b) => a[1] - b[1] || a[0] - b[0])) {
    const quota = Math.min(size, Math.floor(room / left));
    room -= quota;
    left--;
    strata.set(pattern, {
      size,
      quota,
      seen: 0,
      taken: 0,
      next: quota > 0 ? place(pattern, size, quota, 0) : -1,
    });
  }
  const total = [...strata.values()].reduce((n, s) => n + s.quota, 0);
  const fold = new Uint8Array(N);
  for (let i = 0; i < N; i++) fold[i] = hash32(FOLD_STREAM, table.groups[i]!) & 1;
  const picked = { rows: new Uint32Array(total), weights: new Float64Array(total), fold };
  let at = 0;
  for (let i = 0; i < N; i++) {
    const pattern = stratumOf[i]!;
    const s = strata.get(pattern)!;
    if (s.seen++ !== s.next) continue;
    picked.rows[at] = i;
    picked.weights[at++] = (weights[i]! * s.size) / s.quota;
    s.taken++;
    s.next = s.taken < s.quota ? place(pattern, s.size, s.quota, s.taken) : -1;
  }
  return picked;
}

/** Which of a stratum's rows is its j-th: one at random out of each of `quota` equal stretches. */
function place(pattern: number, size: number, quota: number, j: number): number {
  const from = Math.floor((j * size) / quota);
  const to = Math.floor(((j + 1) * size) / quota);
  return from + (hash32(pattern, j) % (to - from));
}

/** One column of a row-major matrix [N·width] at the picked rows. */
export function columnAt<T extends Float32Array | Int32Array>(
  matrix: T,
  width: number,
  column: number,
  rows: Uint32Array,
): T {
  const values = new (matrix.constructor as new (n: number) => T)(rows.length);
  for (let i = 0; i < rows.length; i++) values[i] = matrix[rows[i]! * width + column]!;
  return values;
}
