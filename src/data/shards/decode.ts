/** From the values of a Parquet column to the numbers of a table, each one checked. */
import { DataError } from '../dataset';
import type { PageOfColumn, ParquetFile } from './parquet';

type Value = unknown;

/** Makes a number of a value, or refuses it with the end of a sentence that begins with file, row and column. */
export type Judge = (value: Value) => number;

class Refusal extends Error {}

/** Throws what is wrong with a value. */
function refuse(why: string): never {
  throw new Refusal(why);
}

const show = (value: Value): string =>
  typeof value === 'string' ? `"${value.slice(0, 40)}"` : value === undefined ? 'no value' : String(value);

/** A number from what Parquet libraries write numbers as. */
function plain(value: Value): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  return refuse(`holds ${show(value)}, which is no number`);
}

/** Codes 0 … vocabulary−1, or the texts that they stand for. */
export function codeOf(vocabulary: number, values: readonly string[] | undefined): Judge {
  let codes: Map<string, number> | null = null;
  return (value) => {
    if (typeof value === 'string') {
      if (!values) return refuse(`holds ${show(value)}; write codes, or list its values in the manifest`);
      codes ??= new Map(values.map((text, code) => [text, code]));
      return codes.get(value) ?? refuse(`holds ${show(value)}, which the manifest does not list`);
    }
    const code = plain(value);
    if (Number.isInteger(code) && code >= 0 && code < vocabulary) return code;
    return refuse(`holds the code ${show(value)}; codes go from 0 to ${vocabulary - 1}`);
  };
}

export const labelOf: Judge = (value) => {
  const label = plain(value);
  return label === 0 || label === 1 ? label : refuse(`holds ${show(value)}; a label must be 0 or 1`);
};

/** Any number, NaN too. */
export const numberOf: Judge = (value) => {
  const number = Math.fround(plain(value));
  return Math.abs(number) === Number.POSITIVE_INFINITY
    ? refuse(`holds ${show(value)}, which is not finite`)
    : number;
};

/** Any float32, infinite ones too: what a simulated world or an earlier shard had. */
export const floatOf: Judge = (value) => Math.fround(plain(value));

export const weightOf: Judge = (value) => {
  const weight = Math.fround(plain(value));
  if (weight >= 0 && weight < Number.POSITIVE_INFINITY) return weight;
  return refuse(`holds ${show(value)}; a weight must be a finite number of at least 0`);
};

export const probabilityOf: Judge = (value) => {
  const p = Math.fround(plain(value));
  return p >= 0 && p <= 1 ? p : refuse(`holds ${show(value)}; a probability lies between 0 and 1`);
};

export const idOf: Judge = (value) => {
  const id = plain(value);
  if (Number.isInteger(id) && id >= 0 && id < 2 ** 32) return id;
  return refuse(`holds ${show(value)}; a row number must be whole and below 4,294,967,296`);
};

export const partOf: Judge = (value) =>
  value === 'train'
    ? 0
    : value === 'validation' || value === 'test'
      ? 1
      : refuse(`holds ${show(value)}; write train or validation`);

/** Group ids: whole numbers below 2³² stay; where the first is none, all are numbered in the order in which they come. */
export function groupOf(): Judge {
  const numbers = new Map<string, number>();
  let whole: boolean | null = null;
  return (value) => {
    if (value === null || value === undefined) return refuse('holds no value; every row needs its group');
    const id = typeof value === 'bigint' || typeof value === 'number' ? Number(value) : Number.NaN;
    const fits = Number.isInteger(id) && id >= 0 && id < 2 ** 32;
    whole ??= fits;
    if (whole) return fits ? id : refuse(`holds ${show(value)} among group numbers below 4,294,967,296`);
    const key = String(value);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size);
    return numbers.size - 1;
  };
}

/** Where a column's numbers go: row i of the file to target[at(i)]. */
interface Target {
  readonly array: { [i: number]: number };
  readonly first: number;
  readonly stride: number;
}

function blame(cause: unknown, file: string, column: string, row: number): never {
  if (!(cause instanceof Refusal)) throw cause;
  throw new DataError(`${file}, row ${row + 1}, column ${column} ${cause.message}.`, { file, row, column });
}

/**
 * Reads one value a row into `target`.
 * @param missing what an absent value becomes; without it there must be one
 * @throws DataError naming file, row and column
 */
export function readValues(
  parquet: ParquetFile,
  file: string,
  column: string,
  judge: Judge,
  { array, first, stride }: Target,
  missing?: number,
): void {
  if (parquet.columns.get(column)!.list) {
    throw new DataError(`${file}, column ${column} holds lists; one value a row is needed.`, {
      file,
      column,
    });
  }
  let row = 0;
  parquet.readColumn(column, ({ values, definition, highest, entries }) => {
    let next = 0;
    try {
      for (let e = 0; e < entries; e++, row++) {
        const there = definition === null || definition[e] === highest;
        if (there) array[first + row * stride] = judge(values[next++]);
        else if (missing !== undefined) array[first + row * stride] = missing;
        else refuse('holds no value');
      }
    } catch (cause) {
      blame(cause, file, column, row);
    }
  });
}

export interface ListValues {
  /** [rows] entries of each row. */
  readonly lengths: Uint32Array;
  readonly values: number[];
}

/** Reads a list a row. An absent list is an empty one. @throws DataError naming file, row and column */
export function readLists(
  parquet: ParquetFile,
  file: string,
  column: string,
  judge: Judge,
  longest: number,
): ListValues {
  const { list, nullElement } = parquet.columns.get(column)!;
  if (!list) throw new DataError(`${file}, column ${column} holds no lists.`, { file, column });
  const lengths = new Uint32Array(parquet.rows);
  const all: number[] = [];
  let row = -1;
  parquet.readColumn(column, ({ values, definition, highest, repetition, entries }: PageOfColumn) => {
    let next = 0;
    try {
      for (let e = 0; e < entries; e++) {
        if (repetition![e] === 0) row++;
        const level = definition === null ? highest : definition[e]!;
        if (row < 0) refuse('begins within a list');
        if (level === highest) {
          if (++lengths[row]! > longest) refuse(`has a list of more than ${longest} entries`);
          all.push(judge(values[next++]));
        } else if (level === nullElement) refuse('has an entry without a value in its list');
      }
    } catch (cause) {
      blame(cause, file, column, row);
    }
  });
  return { lengths, values: all };
}
