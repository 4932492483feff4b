/** What every file format is to the sampler: named columns, and blocks of rows whose fields are parsed only when asked for. */
import { DataError } from '../dataset';
import { count, quote } from './say';

/** What `whole` says of a field that is no whole number from 0. */
export const MISSING = -1;
export const NOT_WHOLE = -2;

/** Some rows of a file at once. Rows and columns are counted from 0; a block is valid until the next one is asked for. */
export interface RowBlock {
  readonly rows: number;
  /** True where fields can be read without `load`. */
  readonly whole: boolean;
  /** Makes the fields of these columns readable, and those of all others unreadable. */
  load(columns: readonly number[]): Promise<void>;
  /** Throws the refusal of a row that is none: too few fields, a stray quote. */
  check(row: number): void;
  /** The field as text without white space at its ends; '' where it is missing. */
  text(row: number, column: number): string;
  /** A whole number from 0 to 10⁹−1 written plainly ("7", "7.0"), MISSING or NOT_WHOLE. */
  code(row: number, column: number): number;
  /** A finite number, or NaN where it is missing. Throws a refusal. */
  number(row: number, column: number): number;
  /** 0 or 1. Throws a refusal. */
  label(row: number, column: number): 0 | 1;
  /** The entries of a field that holds a list. */
  list(row: number, column: number, separator: string): readonly string[];
  /** True where two rows of the block hold the same text. */
  same(row: number, other: number, column: number): boolean;
  /** The refusal of a field: "<file>, line 5, column click <why>." */
  refusal(row: number, column: number, why: string): DataError;
}

/** The first rows of a file, as text. */
export interface Head {
  /** [rows][columns] */
  readonly rows: readonly (readonly string[])[];
  /** About how many rows the file has; exact where the format says so. */
  readonly estimatedRows: number;
  /** Columns of lists, where the format says so. */
  readonly lists: readonly boolean[];
}

export interface BlockAt {
  readonly block: RowBlock;
  /** Bytes of the file read so far. */
  readonly bytes: number;
}

/** An opened file: its columns are known, none of its rows has been read but the first. */
export interface RowSource {
  readonly file: string;
  /** Size of the file as it was given, packed or not. */
  readonly bytes: number;
  /** e.g. "CSV, comma" or "Parquet, gzip". */
  readonly format: string;
  readonly columns: readonly string[];
  /** False where the columns have no names of their own and are called column_1, column_2 … */
  readonly named: boolean;
  readonly head: Head;
  /** All rows from the first one on. Rejects with a DataError of one sentence. */
  blocks(signal?: AbortSignal): AsyncGenerator<BlockAt, void>;
}

/** Texts that stand for "no value". */
const NONE = new Set([
  '',
  'NA',
  'N/A',
  'na',
  'n/a',
  'NaN',
  'nan',
  'NAN',
  'null',
  'NULL',
  'Null',
  'None',
  '\\N',
  '<NA>',
]);

export const isMissing = (text: string): boolean => text.length <= 4 && NONE.has(text);

/**
 * The number in a text: NaN where it is missing, or what is wrong with it where it is no finite number.
 * Number() alone would take "0x1F" for a number.
 */
export function numberFrom(text: string): number | string {
  if (isMissing(text)) return Number.NaN;
  const v = Number(text);
  const second = text.charCodeAt(1) | 32;
  const third = text.charCodeAt(2) | 32;
  // The x, o or b of a hexadecimal, octal or binary literal, after a sign or not.
  const literal = (c: number) => c === 120 || c === 111 || c === 98;
  if (!Number.isNaN(v) && !literal(second) && !literal(third) && Number.isFinite(Math.fround(v))) return v;
  return /^[-+]?inf(inity)?$/i.test(text) || (Math.abs(v) > 3e38 && !literal(second))
    ? `holds ${quote(text)}, which is not a finite number; leave the field empty where the value is missing`
    : `holds ${quote(text)}, which is not a number; correct the field, leave it empty or give the column another role`;
}

/** 0 or 1, or null for a text that is no label. */
export function labelFrom(text: string): 0 | 1 | null {
  if (text === '0' || text === '0.0' || text === 'false' || text === 'False' || text === 'FALSE') return 0;
  if (text === '1' || text === '1.0' || text === 'true' || text === 'True' || text === 'TRUE') return 1;
  return null;
}

export const labelFault = (text: string): string => `holds ${quote(text)}; a label must be 0 or 1`;

/** Whole number written plainly, MISSING or NOT_WHOLE. */
export function wholeFrom(text: string): number {
  if (isMissing(text)) return MISSING;
  return /^(0|[1-9]\d{0,8})(\.0+)?$/.test(text) ? Number(text) : NOT_WHOLE;
}

/** The refusal of a field in a numbered line or row of a file. */
export function fieldRefusal(file: string, unit: 'line' | 'row', at: number, column: string, why: string) {
  return new DataError(`${file}, ${unit} ${count(at)}, column ${column} ${why}.`, { file, row: at, column });
}

/** Checks the names of columns once they are known. */
export function checkNames(file: string, names: readonly string[]): void {
  const refuse = (why: string, column?: string) => {
    throw new DataError(`${file}: ${why}.`, column === undefined ? { file } : { file, column });
  };
  if (names.length > 5000) {
    refuse(
      `it has ${count(names.length)} columns, more than the 5,000 that can be mapped; take out those you do not need`,
    );
  }
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name))
      refuse(`the column ${quote(name)} occurs twice in the header; remove or rename one of them`, name);
    if (name.length > 200)
      refuse(`the name of column ${quote(name)} is longer than 200 characters; shorten it`, name);
    seen.add(name);
  }
}
