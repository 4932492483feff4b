/** Finds the ends of lines and fields in bytes of delimited text, by the rules of RFC 4180. */
import { DataError } from '../dataset';
import { count } from './say';

export const QUOTE = 34;
const LF = 10;
const CR = 13;

/** A row of a hundred numbers has about 700 characters; one a thousand times as long is no row. */
export const LONGEST_ROW = 1_000_000;

const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

const PLAIN = 0;
const SEPARATOR = 1;
const LINE_END = 2;

/**
 * The fields of the whole rows in a stretch of bytes: row r begins at starts[r] in line lines[r], its field c ends
 * before ends[r·fields + c], and the next one begins one byte later. `faults` tells rows that are none.
 */
export class CsvScan {
  rows = 0;
  starts = new Int32Array(64);
  lines = new Float64Array(64);
  ends: Int32Array;
  readonly faults = new Map<number, string>();
  /** Fields that the first row of the last scan had. */
  firstWidth = 0;
  /** 1-based number of the line at which the next unread byte lies. */
  line = 1;
  private readonly kind = new Uint8Array(256);
  private marks = new Int32Array(0);

  /**
   * @param separator the byte between two fields
   * @param fields fields that a row must have
   */
  constructor(
    readonly separator: number,
    readonly fields: number,
    private readonly file: string,
  ) {
    this.kind[separator] = SEPARATOR;
    this.kind[LF] = LINE_END;
    this.kind[CR] = LINE_END;
    this.kind[QUOTE] = 3;
    this.ends = new Int32Array(64 * fields);
  }

  /**
   * Reads the first `length` bytes as far as whole rows go; `last` where no more bytes follow.
   * Returns how many bytes were used up. Throws a DataError for a row without an end.
   */
  scan(bytes: Uint8Array, length: number, last: boolean): number {
    const { kind, fields, separator } = this;
    this.rows = 0;
    this.faults.clear();
    let { ends } = this;
    let at = 0;
    let begin = 0;
    let fieldBegin = 0;
    let field = 0;
    let base = 0;
    /** Line ends inside quotes, and the fault of the row under way. */
    let inner = 0;
    let fault: string | null = null;
    const marks = this.mark(bytes, length);
    for (let m = 0; ; ) {
      at = marks[m++]!;
      if (at === length) {
        if (!last || begin >= length) break;
      } else {
        const byte = bytes[at]!;
        if (byte === separator) {
          if (field < fields) ends[base + field] = at;
          field++;
          fieldBegin = at + 1;
          continue;
        }
        const k = kind[byte]!;
        if (k === PLAIN) continue;
        if (k !== LINE_END) {
          // A quote that does not begin its field is a character like any other.
          if (at !== fieldBegin) continue;
          const close = closingQuote(bytes, at + 1, length, last);
          if (close < 0) {
            if (!last) {
              this.limit(length - begin, true);
              break;
            }
            throw new DataError(
              `${this.file}, line ${count(this.line)}: a quote is opened in this row and never closed; close it or remove it.`,
              { file: this.file, row: this.line },
            );
          }
          inner += lineEnds(bytes, at, close);
          while (marks[m]! <= close) m++;
          const after = close + 1 < length ? kind[bytes[close + 1]!]! : LINE_END;
          if (after !== SEPARATOR && after !== LINE_END) {
            fault ??= 'there is text after a closing quote; write a quote inside a quoted field twice';
          }
          continue;
        }
      }
      // The end of a row. A \r at the very end may be the first half of \r\n.
      let next = at + 1;
      if (at < length && bytes[at] === CR) {
        if (next === length && !last) break;
        if (next < length && bytes[next] === LF) {
          next++;
          m++;
        }
      }
      if (at - begin > LONGEST_ROW) this.limit(at - begin, false);
      if (field > 0 || !isBlank(bytes, begin, at)) {
        const r = this.rows++;
        this.starts[r] = begin;
        this.lines[r] = this.line;
        if (field < fields) ends[base + field] = at;
        field++;
        if (r === 0) this.firstWidth = field;
        if (field !== fields) {
          fault ??= fieldCount(field, fields);
          for (let f = Math.min(field, fields); f < fields; f++) ends[base + f] = at;
        }
        if (fault !== null) this.faults.set(r, fault);
        base += fields;
        if (base + fields > ends.length || this.rows === this.starts.length) {
          this.grow();
          ends = this.ends;
        }
      }
      this.line += at < length ? inner + 1 : inner;
      inner = 0;
      fault = null;
      field = 0;
      begin = next;
      fieldBegin = next;
      if (at === length) break;
    }
    this.limit(length - begin, false);
    return Math.min(begin, length);
  }

  /**
   * Places of all bytes that may be a separator, line end or quote, in rising order and closed by `length`. Only these are
   * looked at one by one: of a table of numbers, one byte in six.
   */
  private mark(bytes: Uint8Array, length: number): Int32Array {
    if (this.marks.length <= length) this.marks = new Int32Array(length + (length >> 3) + 64);
    const { marks, kind } = this;
    const above = Math.max(QUOTE, this.separator);
    let n = 0;
    let i = 0;
    if (above <= 44 && bytes.byteOffset % 4 === 0 && LITTLE_ENDIAN) {
      const words = new Uint32Array(bytes.buffer, bytes.byteOffset, length >> 2);
      // Four bytes at once: with its high bit set, a byte keeps it when above+1 is taken away, unless it lies below.
      const least = (above + 1) * 0x01010101;
      for (let w = 0; w < words.length; w++) {
        const low = (((words[w]! | 0x80808080) - least) & 0x80808080) ^ 0x80808080;
        if (low === 0) continue;
        const at = w << 2;
        if (low & 0x80) marks[n++] = at;
        if (low & 0x8000) marks[n++] = at + 1;
        if (low & 0x800000) marks[n++] = at + 2;
        if (low < 0) marks[n++] = at + 3;
      }
      i = words.length << 2;
    }
    for (; i < length; i++) if (kind[bytes[i]!] !== PLAIN) marks[n++] = i;
    marks[n] = length;
    return marks;
  }

  /** Takes away the first row: the header. */
  drop(): void {
    const { fields } = this;
    this.rows--;
    this.starts.copyWithin(0, 1);
    this.lines.copyWithin(0, 1);
    this.ends.copyWithin(0, fields);
    const faults = [...this.faults];
    this.faults.clear();
    for (const [r, fault] of faults) if (r > 0) this.faults.set(r - 1, fault);
  }

  private limit(length: number, quoted: boolean): void {
    if (length <= LONGEST_ROW) return;
    throw new DataError(
      `${this.file}, line ${count(this.line)}: there is no line end within a million characters${
        quoted ? ' after a quote that is opened here' : ''
      }, so this is not a table of rows; choose a CSV file with one row a line.`,
      { file: this.file, row: this.line },
    );
  }

  private grow(): void {
    const wider = <T extends Int32Array | Float64Array>(a: T): T => {
      const b = new (a.constructor as new (n: number) => T)(a.length * 2);
      b.set(a);
      return b;
    };
    this.ends = wider(this.ends);
    if (this.rows === this.starts.length) {
      this.starts = wider(this.starts);
      this.lines = wider(this.lines);
    }
  }
}

/** Place of the quote that ends the field whose text begins at `from`, or −1 where it does not lie in the bytes for certain. */
function closingQuote(bytes: Uint8Array, from: number, length: number, last: boolean): number {
  for (let at = from; ; ) {
    const close = bytes.indexOf(QUOTE, at);
    if (close < 0 || close >= length || (close + 1 === length && !last)) return -1;
    if (close + 1 === length || bytes[close + 1] !== QUOTE) return close;
    at = close + 2;
  }
}

function lineEnds(bytes: Uint8Array, from: number, to: number): number {
  let n = 0;
  for (let i = from; i < to; i++) {
    if (bytes[i] === LF || (bytes[i] === CR && bytes[i + 1] !== LF)) n++;
  }
  return n;
}

function isBlank(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] !== 32 && bytes[i] !== 9) return false;
  return true;
}

const fieldCount = (have: number, wanted: number) =>
  have < wanted
    ? `this row has ${have} of ${wanted} fields, so the file seems to be cut off or damaged there; download or export it again`
    : `this row has ${have} fields instead of ${wanted}; remove the surplus separators or put such fields in quotes`;
