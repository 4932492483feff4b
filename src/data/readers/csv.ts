/** Opens delimited text (comma, tab, semicolon or bar; with a header or not) and reads it block by block. */
import { DataError } from '../dataset';
import { type BlockAt, checkNames, type Head, isMissing, type RowSource } from './block';
import { type Pieces, refuseBinary } from './bytes';
import { CsvBlock } from './csvBlock';
import { CsvScan, LONGEST_ROW } from './csvScan';

const SEPARATORS: readonly { byte: number; name: string }[] = [
  { byte: 44, name: 'comma' },
  { byte: 9, name: 'tab' },
  { byte: 59, name: 'semicolon' },
  { byte: 124, name: 'vertical bar' },
];

/** Bytes looked at before anything is decided, and rows shown of them. */
export const HEAD_BYTES = 512 << 10;
const HEAD_ROWS = 2000;

export interface TextFile {
  readonly file: string;
  /** Size of the file as given, for progress. */
  readonly bytes: number;
  /** Size of the text inside, or null where a packed file does not tell. */
  readonly textBytes: number | null;
  /** e.g. "gzip", where the text is packed. */
  readonly packing: string | null;
  pieces(signal?: AbortSignal): Pieces;
}

/** Reads the beginning of a text file and finds out its separator, header and columns. */
export async function openCsv(text: TextFile): Promise<RowSource> {
  const { file } = text;
  const { bytes, length, whole } = await beginning(text);
  const skip = hasMark(bytes) ? 3 : 0;
  const start = bytes.subarray(skip, length);
  if (isBlankText(start)) {
    throw new DataError(`${file} is empty: choose a file with a header line and at least one row.`, { file });
  }
  const separator = separatorOf(start, whole, file);
  const { first, fields } = firstRecord(start, separator.byte, whole, file);
  const named = isHeader(first);
  const columns = first.map((name, i) => (named && name !== '' ? name : `column_${i + 1}`));
  checkNames(file, columns);

  const scan = new CsvScan(separator.byte, fields, file);
  let used = scan.scan(start, start.length, whole);
  // A row longer than all that has been looked at: nothing can be said of it yet.
  if (scan.rows === 0) used = start.length;
  const block = new CsvBlock(file, columns, start, scan);
  const rows: string[][] = [];
  for (let r = named ? 1 : 0; r < scan.rows && rows.length < HEAD_ROWS; r++) {
    if (!scan.faults.has(r)) rows.push(columns.map((_, c) => safeText(block, r, c)));
  }
  const seen = scan.rows - (named ? 1 : 0);
  const size = text.textBytes ?? text.bytes * 4;
  const head: Head = {
    rows,
    estimatedRows: whole ? seen : Math.max(seen, Math.round((size / used) * scan.rows) - (named ? 1 : 0)),
    lists: columns.map(() => false),
  };
  const kind = separator.byte === 9 ? 'TSV' : `CSV, ${separator.name}`;
  return {
    file,
    bytes: text.bytes,
    format: text.packing === null ? kind : `${kind}, ${text.packing}`,
    columns,
    named,
    head,
    blocks: (signal) => csvBlocks(text, separator.byte, columns, named, signal),
  };
}

function safeText(block: CsvBlock, row: number, column: number): string {
  try {
    return block.text(row, column);
  } catch {
    // What is not UTF-8 is refused when its row is read, with its place.
    return '?';
  }
}

async function beginning(text: TextFile) {
  const parts: Uint8Array[] = [];
  let length = 0;
  let whole = true;
  for await (const { bytes } of text.pieces()) {
    refuseBinary(bytes, length, text.file);
    parts.push(bytes.slice(0, HEAD_BYTES + LONGEST_ROW));
    length += bytes.length;
    if (length >= HEAD_BYTES) {
      whole = false;
      break;
    }
  }
  const all = new Uint8Array(Math.min(length, HEAD_BYTES));
  let at = 0;
  for (const part of parts) {
    all.set(part.subarray(0, all.length - at), at);
    at = Math.min(all.length, at + part.length);
  }
  // Where the file ends within the last piece, what was cut off for brevity makes it no whole file.
  return { bytes: all, length: all.length, whole: whole && all.length === length };
}

const isBlankText = (bytes: Uint8Array) => bytes.every((b) => b === 32 || b === 9 || b === 10 || b === 13);

/** Fields of the first row that is not blank, for each separator tried. */
function firstRecord(bytes: Uint8Array, separator: number, whole: boolean, file: string) {
  // The first row tells how many fields a row has; nothing does before it.
  const probe = new CsvScan(separator, 1, file);
  const end = firstRows(bytes, 1);
  probe.scan(bytes.subarray(0, end), end, whole || end < bytes.length);
  if (probe.rows === 0) {
    throw new DataError(
      `${file}, line 1: the first line has no end within the first ${HEAD_BYTES / 1024} kB; choose a CSV file with one row a line.`,
      { file, row: 1 },
    );
  }
  const fields = probe.firstWidth;
  const scan = new CsvScan(separator, fields, file);
  scan.scan(bytes.subarray(0, end), end, true);
  const block = new CsvBlock(
    file,
    Array.from({ length: fields }, (_, i) => `number ${i + 1}`),
    bytes,
    scan,
  );
  block.check(0);
  return { fields, first: Array.from({ length: fields }, (_, c) => block.text(0, c)) };
}

/** Where the first `n` lines with something in them end; quotes are not looked at beyond a first guess. */
function firstRows(bytes: Uint8Array, n: number): number {
  let quotes = 0;
  let lines = 0;
  let something = false;
  for (let i = 0; i < bytes.length; i++) {
    const b = bytes[i]!;
    if (b === 34) quotes++;
    if ((b === 10 || b === 13) && quotes % 2 === 0) {
      if (something && ++lines === n) return bytes[i + 1] === 10 && b === 13 ? i + 2 : i + 1;
      something = false;
    } else if (b !== 32 && b !== 9 && b !== 10 && b !== 13) something = true;
  }
  return bytes.length;
}

/** The separator that cuts the first lines into the same number of fields, more than one; else the commonest in line 1. */
function separatorOf(bytes: Uint8Array, whole: boolean, file: string) {
  const end = firstRows(bytes, 20);
  const scores = SEPARATORS.map((s) => {
    try {
      const { fields } = firstRecord(bytes, s.byte, whole, file);
      const scan = new CsvScan(s.byte, fields, file);
      scan.scan(bytes.subarray(0, end), end, whole || end < bytes.length);
      const faults = scan.faults.size / Math.max(1, scan.rows);
      return { s, fields, score: fields < 2 ? -1 : (1 - faults) * 1e6 + fields };
    } catch (fault) {
      return { s, fields: 0, score: -2, fault };
    }
  });
  const best = scores.reduce((a, b) => (b.score > a.score ? b : a));
  if (best.score >= 0) return best.s;
  const fault = scores[0]!.fault;
  if (fault) throw fault;
  throw new DataError(
    `${file}, line 1: there is one column only; a table needs at least two, separated by commas, tabs, semicolons or vertical bars.`,
    { file, row: 1 },
  );
}

const isNumber = (text: string) => text !== '' && Number.isFinite(Number(text));

/** A first row is a header unless it holds numbers as rows do: names are seldom numbers. */
function isHeader(first: readonly string[]): boolean {
  const numbers = first.filter(isNumber).length;
  return numbers * 2 < first.length && first.some((f) => f !== '' && !isNumber(f) && !isMissing(f));
}

async function* csvBlocks(
  text: TextFile,
  separator: number,
  columns: readonly string[],
  named: boolean,
  signal?: AbortSignal,
): AsyncGenerator<BlockAt, void> {
  const { file } = text;
  const scan = new CsvScan(separator, columns.length, file);
  let buffer = new Uint8Array(0);
  let held = 0;
  let before = 0;
  let header = named;
  let read = 0;
  /** Whether a byte order mark has been looked for. */
  let begun = false;

  function* take(length: number, isLast: boolean, bytes: number): Generator<BlockAt, number> {
    const used = scan.scan(buffer, length, isLast);
    if (header && scan.rows > 0) {
      header = false;
      scan.drop();
    }
    if (scan.rows > 0) yield { block: new CsvBlock(file, columns, buffer, scan), bytes };
    return used;
  }

  for await (const piece of text.pieces(signal)) {
    const { bytes } = piece;
    read = piece.read;
    refuseBinary(bytes, before, file);
    before += bytes.length;
    if (held + bytes.length > buffer.length) {
      const wider = new Uint8Array(held + bytes.length + (held >> 1));
      wider.set(buffer.subarray(0, held));
      buffer = wider;
    }
    buffer.set(bytes, held);
    held += bytes.length;
    if (!begun) {
      if (held < 3) continue;
      begun = true;
      if (hasMark(buffer)) {
        buffer.copyWithin(0, 3, held);
        held -= 3;
      }
    }
    const used: number = yield* take(held, false, read);
    buffer.copyWithin(0, used, held);
    held -= used;
  }
  if (held > 0) yield* take(held, true, read);
}

const hasMark = (bytes: Uint8Array) => bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
