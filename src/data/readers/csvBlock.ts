/** Fields of delimited text, parsed from bytes when they are asked for. */
import { DataError } from '../dataset';
import {
  fieldRefusal,
  isMissing,
  labelFault,
  labelFrom,
  MISSING,
  NOT_WHOLE,
  numberFrom,
  type RowBlock,
} from './block';
import { type CsvScan, QUOTE } from './csvScan';
import { count } from './say';

/** 10⁰ … 10²², all exact. */
const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
const EXACT = 2 ** 53;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class CsvBlock implements RowBlock {
  readonly whole = true;
  /** Ends of the field that `find` found last, without white space and quotes. */
  private from = 0;
  private to = 0;
  /** True where that field holds doubled quotes. */
  private doubled = false;

  constructor(
    private readonly file: string,
    private readonly columns: readonly string[],
    private readonly bytes: Uint8Array,
    private readonly found: CsvScan,
  ) {}

  get rows(): number {
    return this.found.rows;
  }

  async load(): Promise<void> {}

  check(row: number): void {
    const fault = this.found.faults.size > 0 && this.found.faults.get(row);
    if (!fault) return;
    const line = this.found.lines[row]!;
    throw new DataError(`${this.file}, line ${count(line)}: ${fault}.`, { file: this.file, row: line });
  }

  private find(row: number, column: number): void {
    const { bytes, found } = this;
    const at = row * found.fields + column;
    let from = column === 0 ? found.starts[row]! : found.ends[at - 1]! + 1;
    let to = found.ends[at]!;
    this.doubled = false;
    if (to - from >= 2 && bytes[from] === QUOTE && bytes[to - 1] === QUOTE) {
      from++;
      to--;
      const inside = bytes.indexOf(QUOTE, from);
      this.doubled = inside >= 0 && inside < to;
    }
    while (from < to && isSpace(bytes[from]!)) from++;
    while (to > from && isSpace(bytes[to - 1]!)) to--;
    this.from = from;
    this.to = to;
  }

  /** The field that `find` found, as text. */
  private taken(row: number, column: number): string {
    const { bytes, from, to } = this;
    let text = '';
    if (to - from <= 24) {
      let i = from;
      while (i < to && bytes[i]! < 128) text += String.fromCharCode(bytes[i++]!);
      if (i < to) text = this.decode(row, column);
    } else text = this.decode(row, column);
    return this.doubled ? text.replaceAll('""', '"') : text;
  }

  private decode(row: number, column: number): string {
    try {
      return utf8.decode(this.bytes.subarray(this.from, this.to));
    } catch {
      throw this.refusal(row, column, 'is not UTF-8 text; save the file as UTF-8 and open it again');
    }
  }

  text(row: number, column: number): string {
    this.find(row, column);
    const text = this.taken(row, column).trim();
    return isMissing(text) ? '' : text;
  }

  code(row: number, column: number): number {
    this.find(row, column);
    const { bytes, to } = this;
    let at = this.from;
    if (at === to) return MISSING;
    let v = 0;
    const first = bytes[at]!;
    for (; at < to; at++) {
      const digit = bytes[at]! - 48;
      if (digit < 0 || digit > 9) break;
      v = v * 10 + digit;
    }
    const digits = at - this.from;
    if (digits === 0) return isMissing(this.taken(row, column)) ? MISSING : NOT_WHOLE;
    if (digits > 9 || (first === 48 && digits > 1)) return NOT_WHOLE;
    if (at === to) return v;
    // "7.0" is how pandas writes a whole number of a column with gaps.
    if (bytes[at] !== 46 || at + 1 === to) return NOT_WHOLE;
    for (at++; at < to; at++) if (bytes[at] !== 48) return NOT_WHOLE;
    return v;
  }

  number(row: number, column: number): number {
    this.find(row, column);
    const { bytes, from, to } = this;
    let at = from;
    const negative = bytes[at] === 45 && at < to;
    if (negative) at++;
    let mantissa = 0;
    let digits = 0;
    let point = -1;
    for (; at < to; at++) {
      const b = bytes[at]!;
      if (b >= 48 && b <= 57) {
        mantissa = mantissa * 10 + (b - 48);
        digits++;
      } else if (b === 46 && point < 0) point = digits;
      else break;
    }
    const decimals = point < 0 ? 0 : digits - point;
    // A whole number below 2⁵³ over an exact power of ten is rounded once: the nearest double, as Number() gives it.
    if (at === to && digits > 0 && mantissa < EXACT && decimals <= 22) {
      const v = mantissa / POWERS[decimals]!;
      return negative ? -v : v;
    }
    const v = numberFrom(this.taken(row, column).trim());
    if (typeof v === 'string') throw this.refusal(row, column, v);
    return v;
  }

  label(row: number, column: number): 0 | 1 {
    this.find(row, column);
    if (this.to - this.from === 1) {
      const b = this.bytes[this.from]!;
      if (b === 48) return 0;
      if (b === 49) return 1;
    }
    const text = this.taken(row, column).trim();
    const v = labelFrom(text);
    if (v === null) throw this.refusal(row, column, labelFault(text));
    return v;
  }

  list(row: number, column: number, separator: string): readonly string[] {
    const text = this.text(row, column).replace(/^\[(.*)\]$/s, '$1');
    if (text === '') return [];
    return text
      .split(separator)
      .map((entry) => entry.trim().replace(/^(['"])(.*)\1$/s, '$2'))
      .filter((entry) => entry !== '');
  }

  same(row: number, other: number, column: number): boolean {
    const { bytes } = this;
    this.find(row, column);
    const { from, to } = this;
    this.find(other, column);
    if (to - from !== this.to - this.from) return false;
    for (let i = from, j = this.from; i < to; i++, j++) if (bytes[i] !== bytes[j]) return false;
    return true;
  }

  refusal(row: number, column: number, why: string): DataError {
    return fieldRefusal(this.file, 'line', this.found.lines[row]!, this.columns[column]!, why);
  }
}

const isSpace = (b: number) => b === 32 || b === 9 || b === 13;
