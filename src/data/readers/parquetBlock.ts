/** Rows of one Parquet row group, held column by column and only as long as a column is needed. */
import type { DataError } from '../dataset';
import {
  fieldRefusal,
  isMissing,
  labelFault,
  labelFrom,
  numberFrom,
  type RowBlock,
  wholeFrom,
} from './block';

/** Values of one column of a row group, page by page. */
export class Cells {
  private readonly ends: number[];
  private page = 0;

  constructor(
    readonly file: string,
    readonly column: string,
    private readonly pages: readonly ArrayLike<unknown>[],
  ) {
    let end = 0;
    this.ends = pages.map((p) => {
      end += p.length;
      return end;
    });
  }

  /** The value of a row; undefined or null where it is missing. */
  at(row: number): unknown {
    const { ends } = this;
    if (row >= (ends[this.page] ?? 0) || row < (this.page > 0 ? ends[this.page - 1]! : 0)) {
      this.page = ends.findIndex((end) => row < end);
    }
    const start = this.page > 0 ? ends[this.page - 1]! : 0;
    return this.pages[this.page]?.[row - start];
  }

  text(row: number): string {
    return textOf(this.at(row));
  }
}

const decoder = new TextDecoder();

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return Number.isNaN(value) ? '' : String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString();
  if (value instanceof Uint8Array) return decoder.decode(value);
  if (Array.isArray(value)) return value.map(textOf).join(',');
  if (typeof value === 'object')
    return JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? String(v) : v));
  const text = String(value).trim();
  return isMissing(text) ? '' : text;
}

export class ParquetBlock implements RowBlock {
  readonly whole = false;
  private loaded = new Map<number, Cells>();

  constructor(
    private readonly file: string,
    private readonly columns: readonly string[],
    readonly rows: number,
    /** Number of the block's first row in the file. */
    private readonly first: number,
    private readonly read: (column: number) => Promise<Cells>,
  ) {}

  async load(columns: readonly number[]): Promise<void> {
    const loaded = new Map<number, Cells>();
    const old = this.loaded;
    // Freed before the next ones come: a wide group would not fit into memory as a whole.
    this.loaded = loaded;
    for (const column of columns) loaded.set(column, old.get(column) ?? (await this.read(column)));
  }

  check(): void {}

  private value(row: number, column: number): unknown {
    return this.loaded.get(column)!.at(row);
  }

  text(row: number, column: number): string {
    return textOf(this.value(row, column));
  }

  code(row: number, column: number): number {
    const v = this.value(row, column);
    if (typeof v === 'number' && Number.isInteger(v) && v >= 0 && v < 1e9) return v;
    if (typeof v === 'bigint' && v >= 0n && v < 1_000_000_000n) return Number(v);
    if (typeof v === 'boolean') return v ? 1 : 0;
    return wholeFrom(textOf(v));
  }

  number(row: number, column: number): number {
    const v = this.value(row, column);
    if (typeof v === 'number' && Number.isFinite(Math.fround(v))) return v;
    if (typeof v === 'bigint') return Number(v);
    if (typeof v === 'boolean') return v ? 1 : 0;
    if (v instanceof Date) return v.getTime();
    const parsed = numberFrom(textOf(v));
    if (typeof parsed === 'string') throw this.refusal(row, column, parsed);
    return parsed;
  }

  label(row: number, column: number): 0 | 1 {
    const v = this.value(row, column);
    if (v === 0 || v === 0n || v === false) return 0;
    if (v === 1 || v === 1n || v === true) return 1;
    const text = textOf(v);
    const label = labelFrom(text);
    if (label === null) throw this.refusal(row, column, labelFault(text));
    return label;
  }

  list(row: number, column: number, separator: string): readonly string[] {
    const v = this.value(row, column);
    const entries = Array.isArray(v) ? v.flat(4).map(textOf) : textOf(v).split(separator);
    return entries.map((e) => e.trim()).filter((e) => e !== '');
  }

  same(row: number, other: number, column: number): boolean {
    return this.text(row, column) === this.text(other, column);
  }

  refusal(row: number, column: number, why: string): DataError {
    return fieldRefusal(this.file, 'row', this.first + row + 1, this.columns[column]!, why);
  }
}
