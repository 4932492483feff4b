/**
 * Decodes one column of a row group of a Parquet file, and believes nothing that the file says of its lengths.
 *
 * hyparquet allocates by the counts in page headers and run lengths. A hostile file could make it ask for gigabytes, which
 * ends the process instead of throwing. So pages are unpacked and their counts checked here before hyparquet sees them.
 */
import type { ColumnMetaData, SchemaTree } from 'hyparquet';
import { parquetHeader, readPage } from 'hyparquet/src/column.js';
import { convert, DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { readPlain } from 'hyparquet/src/plain.js';
import { check, crc32, ParquetFault, unpack, unpackBeginning } from './parquetUnpack';

/** Values of one page, and bytes to which one may unpack. */
const MOST_PAGE = 256 << 20;

type Column = Omit<ColumnMetaData, 'statistics'>;
type Cells = ArrayLike<unknown>;

function countPresent(data: Cells): number {
  let n = 0;
  for (let i = 0; i < data.length; i++) if (data[i] !== undefined && data[i] !== null) n++;
  return n;
}

/** What a first look needs of a column chunk. */
export interface Peek {
  /** Rows after which to stop. */
  readonly enough: number;
  /** Bytes of a dictionary to unpack, where it can be unpacked in part; pages that refer to later ones are refused. */
  readonly dictionary: number;
}

/** Bytes of a value in a dictionary, by type; texts have no size of their own. */
const WIDTHS: Readonly<Partial<Record<string, number>>> = { INT32: 4, FLOAT: 4, INT64: 8, DOUBLE: 8 };

/** Values of a column, one array a page, until enough rows are there. Throws where the file contradicts itself. */
export function readColumnChunk(
  bytes: Uint8Array,
  column: Column,
  path: SchemaTree[],
  rows: number,
  { enough, dictionary: mostDictionary }: Peek,
): { pages: Cells[]; rows: number } {
  const flat = path.every((p) => p.element.repetition_type !== 'REPEATED');
  const values = Number(column.num_values);
  check(
    values >= 0 && values <= 2 ** 31 && (!flat || values === rows),
    'a column has another number of values than rows',
  );
  const element = path.at(-1)!.element;
  const decoder = {
    pathInSchema: column.path_in_schema,
    element,
    schemaPath: path,
    ...column,
    codec: 'UNCOMPRESSED' as const,
    parsers: DEFAULT_PARSERS,
    utf8: true,
  };
  const most = { definition: definitionLevels(path), repetition: repetitionLevels(path) };
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  const plainValues = (page: Uint8Array, count: number) => {
    const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
    return convert(readPlain({ view, offset: 0 }, column.type, count, element.type_length), decoder as never);
  };
  const pages: Cells[] = [];
  let dictionary: ReturnType<typeof convert> | undefined;
  let last: ReturnType<typeof convert> | undefined;
  let seen = 0;
  let had = 0;
  while (seen < values) {
    check(reader.offset < bytes.length, 'a column ends too early');
    const header = parquetHeader(reader);
    const packed = header.compressed_page_size;
    const size = header.uncompressed_page_size;
    check(packed >= 0 && reader.offset + packed <= bytes.length, 'a page is longer than its column');
    check(size >= 0 && size <= MOST_PAGE, 'a page unpacks to more than 256 MB');
    const body = bytes.subarray(reader.offset, reader.offset + packed);
    reader.offset += packed;
    if (header.crc !== undefined)
      check((crc32(body) | 0) === (header.crc | 0), 'a page does not fit its checksum');
    const v2 = header.data_page_header_v2;
    const count = (header.data_page_header ?? header.dictionary_page_header ?? v2)?.num_values;
    check(count !== undefined && count >= 0, 'a page does not say how many values it has');
    // Without the check of references to it that flat columns have, half a dictionary would do harm.
    const part = header.type === 'DICTIONARY_PAGE' && flat && size > mostDictionary && WIDTHS[column.type];
    if (part) {
      const beginning = unpackBeginning(body, mostDictionary, column.codec);
      if (beginning) {
        dictionary = plainValues(beginning, Math.min(count!, Math.floor(beginning.length / part)));
        continue;
      }
    }
    const page = v2 ? unpackV2(body, size, column, v2) : unpack(body, size, column.codec);
    const view = { view: new DataView(page.buffer, page.byteOffset, page.byteLength), offset: 0 };
    if (header.type === 'DICTIONARY_PAGE') {
      check(count! <= size, 'a dictionary has more values than bytes');
      dictionary = plainValues(page, count!);
      continue;
    }
    check(seen + count! <= values, 'the pages have more values than their column');
    seen += count!;
    const present = checkRuns(page, count!, header, most);
    const plain = {
      ...header,
      compressed_page_size: page.length,
      uncompressed_page_size: page.length,
      ...(v2 && { data_page_header_v2: { ...v2, is_compressed: false } }),
    };
    const { data } = readPage(view, plain, decoder as never, dictionary, last, 0);
    if (!data) throw new ParquetFault('a page has no values');
    if (flat) {
      check(data.length === count, 'a page has another number of values than it says');
      // An index beyond the dictionary would pass for a missing value.
      if (present !== null)
        check(countPresent(data) === present, 'a page refers to values that its dictionary does not have');
      pages.push(data);
      had += data.length;
    } else {
      if (data !== last) pages.push(data);
      last = data;
      had = pages.reduce((n, p) => n + p.length, 0);
    }
    if (had >= enough) break;
  }
  return { pages, rows: had };
}

/** Bytes in which the header of a page ends; those of a page's statistics are among them. */
const HEADER_BYTES = 64 << 10;

/**
 * Where the pages end that hold the first `enough` values of a column chunk: their headers are read, the pages are not.
 * The whole length where the chunk ends earlier or a header is damaged.
 * @param slice bytes [from, to) of the chunk
 */
export async function headEnd(
  slice: (from: number, to: number) => Promise<Uint8Array>,
  length: number,
  enough: number,
): Promise<number> {
  let values = 0;
  for (let at = 0; at < length; ) {
    const bytes = await slice(at, Math.min(length, at + HEADER_BYTES));
    const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
    try {
      const header = parquetHeader(reader);
      values += (header.data_page_header ?? header.data_page_header_v2)?.num_values ?? 0;
      if (!(header.compressed_page_size >= 0)) return length;
      at += reader.offset + header.compressed_page_size;
    } catch {
      return length;
    }
    if (values >= enough) return Math.min(length, at);
  }
  return length;
}

/** Repeated elements of a path, and all that may be absent, the root apart. */
const repetitionLevels = (path: SchemaTree[]) =>
  path.filter((p) => p.element.repetition_type === 'REPEATED').length;
const definitionLevels = (path: SchemaTree[]) =>
  path.slice(1).filter((p) => p.element.repetition_type !== 'REQUIRED').length;

interface V2 {
  readonly definition_levels_byte_length: number;
  readonly repetition_levels_byte_length: number;
  readonly is_compressed?: boolean;
}

/** The levels of a page of the second kind are never packed, only its values. */
function unpackV2(body: Uint8Array, size: number, column: Column, v2: V2): Uint8Array {
  const head = v2.definition_levels_byte_length + v2.repetition_levels_byte_length;
  check(
    v2.definition_levels_byte_length >= 0 &&
      v2.repetition_levels_byte_length >= 0 &&
      head <= body.length &&
      head <= size,
    'the levels of a page are longer than it',
  );
  if (v2.is_compressed === false || column.codec === 'UNCOMPRESSED')
    return unpack(body, size, 'UNCOMPRESSED');
  const page = new Uint8Array(size);
  page.set(body.subarray(0, head));
  page.set(unpack(body.subarray(head), size - head, column.codec), head);
  return page;
}

/**
 * Walks over the runs of levels and dictionary indices of a page: none may be longer than the page has values.
 * Returns how many values are there, or null where levels of more than one bit say so.
 */
function checkRuns(
  page: Uint8Array,
  count: number,
  header: ReturnType<typeof parquetHeader>,
  most: { definition: number; repetition: number },
): number | null {
  const width = (n: number) => 32 - Math.clz32(n);
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  let at = 0;
  let present: number | null = most.repetition === 0 ? count : null;
  const v1 = header.data_page_header;
  const v2 = header.data_page_header_v2;
  if (v2) {
    check(
      v2.num_nulls >= 0 && v2.num_nulls <= count && v2.num_rows <= count,
      'a page has more rows or gaps than values',
    );
    for (const [length, level] of [
      [v2.repetition_levels_byte_length, most.repetition],
      [v2.definition_levels_byte_length, most.definition],
    ] as const) {
      if (level > 0 && length > 0) {
        const ones = walk(page, at, at + length, width(level), count);
        if (length === v2.definition_levels_byte_length) present = level === 1 ? ones : null;
      }
      at += length;
    }
  } else {
    for (const level of [most.repetition, most.definition]) {
      if (level === 0) continue;
      check(at + 4 <= page.length, 'a page is too short for its levels');
      const length = view.getUint32(at, true);
      check(at + 4 + length <= page.length, 'the levels of a page are longer than it');
      const ones = walk(page, at + 4, at + 4 + length, width(level), count);
      present = level === 1 && most.repetition === 0 ? ones : null;
      at += 4 + length;
    }
  }
  const encoding = v1?.encoding ?? v2?.encoding;
  if (encoding === 'RLE_DICTIONARY' || encoding === 'PLAIN_DICTIONARY') {
    // A page without a single value may lack even the width.
    if (at >= page.length) return present;
    const bits = page[at]!;
    check(bits <= 32, 'the indices of a page are wider than 32 bits');
    if (bits > 0) walk(page, at + 1, page.length, bits, count, true);
  } else if (encoding === 'RLE') {
    walk(page, Math.min(at + 4, page.length), page.length, 1, count, true);
  }
  return present;
}

/**
 * Returns how many values are 1, where they have one bit.
 * @param short the stream may end before `count` values: some of them are missing
 */
function walk(
  page: Uint8Array,
  from: number,
  to: number,
  bits: number,
  count: number,
  short = false,
): number {
  let at = from;
  let seen = 0;
  let ones = 0;
  while (seen < count && at < to) {
    let header = 0;
    let shift = 0;
    for (;;) {
      check(at < to && shift < 35, 'a run of a page has no end');
      const b = page[at++]!;
      header += (b & 0x7f) * 2 ** shift;
      if (b < 0x80) break;
      shift += 7;
    }
    const run = Math.floor(header / 2);
    check(run > 0, 'a run of a page is empty');
    const n = header % 2 === 1 ? run * 8 : run;
    // Packed runs come in eights: the last one may go beyond.
    check(seen + n <= count + (header % 2 === 1 ? 7 : 0), 'a run of a page is longer than the page');
    if (bits === 1) {
      if (header % 2 === 0) ones += page[at]! & 1 ? n : 0;
      else for (let i = 0; i < Math.min(n, count - seen); i++) ones += (page[at + (i >> 3)]! >> (i & 7)) & 1;
    }
    seen += n;
    at += header % 2 === 1 ? run * bits : (bits + 7) >> 3;
  }
  if (!short) check(seen >= count, 'the levels of a page end too early');
  return ones;
}
