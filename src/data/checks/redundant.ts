/** Columns that tell nothing, or nothing that another column does not tell already. */
import { correlation, thinned, zScores } from '../profile/correlations';
import type { Picked } from '../profile/pick';
import { hash32, Rng } from '../random';
import type { Table } from '../table';
import type { Check } from './check';
import { some } from './words';

/** |r| above which two columns say the same. */
export const SAME_ABOVE = 0.9999;

/** Names of columns with one value (or none) on all training rows. */
export function constantColumns(table: Table): Set<string> {
  const { categorical, numerical } = table.schema;
  const constant = new Set<string>();
  const varies = (matrix: Float32Array | Int32Array, width: number, c: number) => {
    let first: number | undefined;
    for (let i = 0; i < table.rows; i++) {
      if (table.validation[i] !== 0) continue;
      const value = matrix[i * width + c]!;
      if (first === undefined) first = value;
      // A missing number among others is a difference too.
      else if (value !== first && !(Number.isNaN(value) && Number.isNaN(first))) return true;
    }
    return false;
  };
  for (const [c, { name }] of categorical.entries())
    if (!varies(table.categorical, categorical.length, c)) constant.add(name);
  for (const [c, name] of numerical.entries())
    if (!varies(table.numerical, numerical.length, c)) constant.add(name);
  return constant;
}

/** Sets of columns that say the same: equal but for the names of their codes, or correlated beyond 0.9999. */
export function duplicateColumns(table: Table, picked: Picked, constant: ReadonlySet<string>): Check[] {
  const sets = [...sameCodes(table, constant), ...sameNumbers(table, picked, constant)];
  if (sets.length === 0) return [];
  const about = sets.flat();
  const told = sets.slice(0, 3).map((set) => some(set));
  const more = sets.length > 3 ? `, and ${sets.length - 3} more sets` : '';
  return [
    {
      kind: 'duplicate column',
      level: 'info',
      about,
      message: `These columns say the same: ${told.join('; ')}${more}; keep one of each set.`,
    },
  ];
}

/** Categorical columns of which one follows from the other by renaming codes. */
function sameCodes(table: Table, constant: ReadonlySet<string>): string[][] {
  const { categorical } = table.schema;
  const C = categorical.length;
  const sets = new Map<string, string[]>();
  for (const [c, { name }] of categorical.entries()) {
    if (constant.has(name)) continue;
    // Codes numbered in the order in which they come: equal for two columns exactly where they match one to one.
    const numbers = new Map<number, number>();
    let [a, b] = [1, 2];
    for (let i = 0; i < table.rows; i++) {
      const code = table.categorical[i * C + c]!;
      let number = numbers.get(code);
      if (number === undefined) {
        number = numbers.size;
        numbers.set(code, number);
      }
      a = Math.imul(a ^ number, 0x9e3779b1) ^ (a >>> 15);
      b = Math.imul(b + number, 0x85ebca6b) ^ (b >>> 13);
    }
    add(sets, `${a} ${b} ${numbers.size}`, name);
  }
  return [...sets.values()].filter((set) => set.length > 1);
}

function add(sets: Map<string, string[]>, key: string, name: string): void {
  const set = sets.get(key);
  if (set) set.push(name);
  else sets.set(key, [name]);
}

const ROWS = 5000;
const DIRECTIONS = 16;
const DIRECTION_STREAM = 0x64697273;

/**
 * Numerical columns with |r| > 0.9999. Comparing all pairs on all rows would take minutes with thousands of columns: each
 * column is first cast on 16 random directions, where two that say the same lie close together, and only pairs that do
 * are compared row by row.
 */
function sameNumbers(table: Table, all: Picked, constant: ReadonlySet<string>): string[][] {
  const { numerical } = table.schema;
  const columns = numerical.map((_, c) => c).filter((c) => !constant.has(numerical[c]!));
  const picked = thinned(all, ROWS);
  const n = picked.rows.length;
  if (n < 3 || columns.length < 2) return [];
  const z = zScores(table, picked, columns);
  const rng = new Rng(hash32(DIRECTION_STREAM), 1);
  const signs = Array.from({ length: DIRECTIONS }, () =>
    Float64Array.from(picked.weights, (w) => (rng.uint32() & 1 ? 1 : -1) * Math.sqrt(w)),
  );
  const total = picked.weights.reduce((sum, w) => sum + w, 0);
  const casts = z.map((column) =>
    signs.map((sign) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += sign[i]! * column[i]!;
      return sum / Math.sqrt(total);
    }),
  );
  // The mean square of a difference is 2(1 − r); six times what is looked for leaves nothing out.
  const close = 6 * 2 * (1 - SAME_ABOVE);
  const parent = columns.map((_, i) => i);
  const root = (i: number): number => (parent[i] === i ? i : root(parent[i]!));
  for (let i = 0; i < columns.length; i++) {
    for (let j = 0; j < i; j++) {
      let [minus, plus] = [0, 0];
      for (let d = 0; d < DIRECTIONS; d++) {
        minus += (casts[i]![d]! - casts[j]![d]!) ** 2;
        plus += (casts[i]![d]! + casts[j]![d]!) ** 2;
      }
      if (Math.min(minus, plus) / DIRECTIONS > close || root(i) === root(j)) continue;
      if (Math.abs(correlation(z[i]!, z[j]!, picked.weights)) > SAME_ABOVE) parent[root(i)] = root(j);
    }
  }
  const sets = new Map<string, string[]>();
  for (const [i, c] of columns.entries()) add(sets, String(root(i)), numerical[c]!);
  return [...sets.values()].filter((set) => set.length > 1);
}
