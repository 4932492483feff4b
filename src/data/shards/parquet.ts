/**
 * Reads columns of a Parquet file that may come from anywhere: hyparquet decodes, and nothing that the file says of its
 * own sizes is believed before it has been held against its bytes.
 */
import type {
  CompressionCodec,
  DecodedArray,
  FileMetaData,
  PageHeader,
  SchemaElement,
  SchemaTree,
} from 'hyparquet';
import { parquetMetadata, parquetSchema } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { convert, convertWithDictionary, DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { readDataPage, readDataPageV2 } from 'hyparquet/src/datapage.js';
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';
import { readPlain } from 'hyparquet/src/plain.js';
import { getMaxDefinitionLevel, getMaxRepetitionLevel } from 'hyparquet/src/schema.js';
import {
  decompressBrotli,
  decompressGzip,
  decompressLz4,
  decompressLz4Raw,
  decompressSnappy,
  decompressZstd,
} from 'hyparquet-compressors';
import { DataError } from '../dataset';
import { bitsFor, checkDelta, checkPrefixedRuns, checkRuns } from './runs';

type ColumnDecoder = Parameters<typeof readDataPage>[2];

const LARGEST_FOOTER = 32 * 1024 * 1024;
const LARGEST_PAGE = 256 * 1024 * 1024;
const MOST_ELEMENTS = 40_000;
/** Entries of all lists of one column in one file. */
const MOST_ENTRIES = 100_000_000;

/** One page of a column as it was stored: only values that are there. */
export interface PageOfColumn {
  /** [≤ entries] */
  readonly values: DecodedArray;
  /** [entries] equal to `highest` where there is a value; null where all are there. */
  readonly definition: readonly number[] | null;
  readonly highest: number;
  /** [entries] 0 where a row begins; null in a column without lists. */
  readonly repetition: readonly number[] | null;
  readonly entries: number;
}

export interface ParquetColumn {
  /** A list of values on every row instead of one. */
  readonly list: boolean;
  /** Definition level of an element that is null within a list, or −1 where there can be none. */
  readonly nullElement: number;
  readonly element: SchemaElement;
}

export interface ParquetFile {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, ParquetColumn>;
  /** Hands over the pages of a column one after another. @throws DataError */
  readColumn(name: string, take: (page: PageOfColumn) => void): void;
}

const DECOMPRESS: Partial<Record<CompressionCodec, (input: Uint8Array, length: number) => Uint8Array>> = {
  SNAPPY: (input, length) => decompressSnappy(input, length),
  GZIP: decompressGzip,
  BROTLI: decompressBrotli,
  LZ4: decompressLz4,
  LZ4_RAW: decompressLz4Raw,
  // Without an output of its own it would trust the frame's.
  ZSTD: (input, length) => {
    const output = new Uint8Array(length);
    decompressZstd(input, output);
    return output;
  },
};

/**
 * Opens a Parquet file that is in memory.
 * @param name what to call it in messages
 * @throws DataError in one sentence
 */
export function openParquet(bytes: Uint8Array, name: string): ParquetFile {
  const metadata = guarded(name, () => readFooter(bytes));
  const tree = guarded(name, () => {
    checkDepth(metadata.schema);
    return parquetSchema(metadata);
  });
  const columns = new Map<string, ParquetColumn & { path: SchemaTree[] }>();
  for (const child of tree.children) {
    const path = leafPath(tree, child);
    if (!path) continue;
    const element = path.at(-1)!.element;
    const list = getMaxRepetitionLevel(path) === 1;
    const nullElement = list && element.repetition_type === 'OPTIONAL' ? getMaxDefinitionLevel(path) - 1 : -1;
    columns.set(child.element.name, { list, nullElement, element, path });
  }
  return {
    rows: Number(metadata.num_rows),
    columns,
    readColumn: (column, take) =>
      guarded(name, () => readColumn(bytes, metadata, column, columns.get(column)!.path, take), column),
  };
}

function guarded<T>(file: string, read: () => T, column?: string): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    const where = column === undefined ? '' : `, column ${column}`;
    const why = String((cause as Error).message)
      .slice(0, 200)
      .replace(/\.$/, '');
    throw new DataError(
      `${file}${where} is no Parquet that can be read (${why}): write or download it again.`,
      { file, ...(column !== undefined && { column }) },
    );
  }
}

function readFooter(bytes: Uint8Array): FileMetaData {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12) throw new Error('it is too short');
  const length = view.getUint32(bytes.length - 8, true);
  if (length > LARGEST_FOOTER) throw new Error('its footer is too long');
  const metadata = parquetMetadata(bytes, { geoparquet: false });
  if (metadata.schema.length > MOST_ELEMENTS) throw new Error('it has too many columns');
  let rows = 0;
  for (const group of metadata.row_groups) {
    if (group.num_rows < 0n) throw new Error('a row group has less than no rows');
    rows += Number(group.num_rows);
  }
  if (!Number.isSafeInteger(rows) || BigInt(rows) !== metadata.num_rows)
    throw new Error('its row groups do not add up to its rows');
  return metadata;
}

/** Refuses a schema that is no tree, or a deep one, before somebody walks it by recursion. */
function checkDepth(schema: readonly SchemaElement[]): void {
  const open: number[] = [];
  for (const [i, { num_children: children = 0 }] of schema.entries()) {
    while (open.length > 0 && open.at(-1) === 0) open.pop();
    if (i > 0) {
      if (open.length === 0) throw new Error('its schema is no tree');
      open[open.length - 1]!--;
    }
    if (children < 0 || children > schema.length) throw new Error('its schema is no tree');
    if (children > 0) open.push(children);
    if (open.length > 8) throw new Error('its schema is too deep');
  }
  if (schema.length < 1 || open.some((left) => left > 0)) throw new Error('its schema is no tree');
}

/** The path to the only leaf of a flat column or a list of plain values; null for anything else. */
function leafPath(root: SchemaTree, child: SchemaTree): SchemaTree[] | null {
  const path = [root, child];
  while (path.at(-1)!.children.length > 0) {
    if (path.at(-1)!.children.length !== 1) return null;
    path.push(path.at(-1)!.children[0]!);
  }
  return getMaxRepetitionLevel(path) <= 1 ? path : null;
}

function readColumn(
  bytes: Uint8Array,
  metadata: FileMetaData,
  name: string,
  path: SchemaTree[],
  take: (page: PageOfColumn) => void,
): void {
  const wanted = path.slice(1).map((node) => node.element.name);
  const list = getMaxRepetitionLevel(path) === 1;
  let entriesLeft = MOST_ENTRIES;
  for (const group of metadata.row_groups) {
    const rows = Number(group.num_rows);
    if (rows === 0) continue;
    const meta = group.columns.find(({ meta_data: m }) => {
      return m?.path_in_schema.length === wanted.length && m.path_in_schema.every((p, i) => p === wanted[i]);
    })?.meta_data;
    if (!meta) throw new Error(`a row group lacks the column ${name}`);
    const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
    const size = Number(meta.total_compressed_size);
    const first = Math.min(start, Number(meta.data_page_offset));
    if (!(first >= 0 && size >= 0 && first + size <= bytes.length))
      throw new Error('a column lies outside of the file');
    const decoder: ColumnDecoder = {
      pathInSchema: wanted,
      type: meta.type,
      element: path.at(-1)!.element,
      schemaPath: path,
      codec: meta.codec,
      parsers: DEFAULT_PARSERS,
    };
    if (meta.type !== decoder.element.type) throw new Error('a column has two types');
    let seen = 0;
    for (const page of pagesOf(bytes.subarray(first, first + size), decoder, () =>
      list ? entriesLeft : rows - seen,
    )) {
      if (list) entriesLeft -= page.entries;
      seen += page.repetition ? page.repetition.reduce((n, r) => n + (r === 0 ? 1 : 0), 0) : page.entries;
      if (seen > rows) throw new Error('a column has more rows than its row group');
      take(page);
      if (!list && seen === rows) break;
    }
    if (seen !== rows) throw new Error(`a column has ${seen} rows and its row group ${rows}`);
  }
}

function* pagesOf(chunk: Uint8Array, decoder: ColumnDecoder, mostEntries: () => number) {
  const reader = { view: new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength), offset: 0 };
  let dictionary: DecodedArray | undefined;
  while (reader.offset < chunk.length) {
    const header = parquetHeader(reader);
    const size = header.compressed_page_size;
    if (!(size >= 0 && reader.offset + size <= chunk.length)) throw new Error('a page is cut off');
    if (!(header.uncompressed_page_size >= 0 && header.uncompressed_page_size <= LARGEST_PAGE))
      throw new Error('a page is too large');
    const stored = chunk.subarray(reader.offset, reader.offset + size);
    reader.offset += size;
    if (header.type === 'DICTIONARY_PAGE') dictionary = readDictionary(stored, header, decoder);
    else if (header.type === 'DATA_PAGE' || header.type === 'DATA_PAGE_V2') {
      const page = readData(stored, header, decoder, dictionary, mostEntries());
      if (page.entries > 0) yield page;
    } else throw new Error('a page is of an unknown kind');
  }
}

function decompress(stored: Uint8Array, length: number, codec: CompressionCodec): Uint8Array {
  if (length === 0) return new Uint8Array(0);
  if (codec === 'UNCOMPRESSED') return stored;
  const unpack = DECOMPRESS[codec];
  if (!unpack) throw new Error(`its compression ${codec} is not known`);
  const page = unpack(stored, length);
  if (page.length !== length) throw new Error('a page unpacks to another size');
  return page;
}

const viewOf = (b: Uint8Array) => new DataView(b.buffer, b.byteOffset, b.byteLength);

function readDictionary(stored: Uint8Array, header: PageHeader, decoder: ColumnDecoder): DecodedArray {
  const page = decompress(stored, header.uncompressed_page_size, decoder.codec);
  const count = header.dictionary_page_header?.num_values ?? -1;
  // Nothing but booleans, which have no dictionary, is smaller than four bytes.
  if (!(count >= 0 && count * 4 <= page.length)) throw new Error('a dictionary is longer than its page');
  return convert(
    readPlain({ view: viewOf(page), offset: 0 }, decoder.type, count, decoder.element.type_length),
    decoder,
  );
}

function readData(
  stored: Uint8Array,
  header: PageHeader,
  decoder: ColumnDecoder,
  dictionary: DecodedArray | undefined,
  most: number,
): PageOfColumn {
  const { schemaPath } = decoder;
  const highest = getMaxDefinitionLevel(schemaPath);
  const repeats = getMaxRepetitionLevel(schemaPath);
  const v1 = header.data_page_header;
  const v2 = header.data_page_header_v2;
  const head = header.type === 'DATA_PAGE' ? v1 : v2;
  const entries = head?.num_values ?? -1;
  if (!head || !(entries >= 0 && entries <= most))
    throw new Error('a page has more values than rows are left');
  if (entries === 0) return { values: [], definition: null, highest, repetition: null, entries };
  const { encoding } = head;
  let read: { definitionLevels: number[] | undefined; repetitionLevels: unknown[]; dataPage: DecodedArray };
  if (header.type === 'DATA_PAGE') {
    const page = decompress(stored, header.uncompressed_page_size, decoder.codec);
    const view = viewOf(page);
    let at = 0;
    if (repeats > 0) at = checkPrefixedRuns(view, at, bitsFor(repeats), entries);
    let present = entries;
    if (highest > 0) {
      const start = at;
      at = checkPrefixedRuns(view, start, bitsFor(highest), entries);
      present = countPresent(view, start, highest, entries);
    }
    checkValues(view, at, encoding, decoder, present, dictionary, 1);
    read = readDataPage(page, v1!, decoder) as typeof read;
  } else {
    const { repetition_levels_byte_length: rl, definition_levels_byte_length: dl, num_nulls } = v2!;
    if (!(rl >= 0 && dl >= 0 && rl + dl <= stored.length))
      throw new Error('the levels of a page are cut off');
    if (!(num_nulls >= 0 && num_nulls <= entries)) throw new Error('a page has more nulls than values');
    const levels = viewOf(stored);
    if (repeats > 0) checkRuns(levels, 0, rl, bitsFor(repeats), entries);
    if (highest > 0) checkRuns(levels, rl, rl + dl, bitsFor(highest), entries);
    else if (num_nulls > 0) throw new Error('a page has nulls where none can be');
    const packed = stored.subarray(rl + dl);
    const length = header.uncompressed_page_size - rl - dl;
    const values = v2!.is_compressed === false ? packed : decompress(packed, length, decoder.codec);
    checkValues(viewOf(values), 0, encoding, decoder, entries - num_nulls, dictionary, 2);
    const whole = new Uint8Array(rl + dl + values.length);
    whole.set(stored.subarray(0, rl + dl));
    whole.set(values, rl + dl);
    const plainHeader = {
      ...header,
      uncompressed_page_size: whole.length,
      data_page_header_v2: { ...v2!, is_compressed: false },
    };
    read = readDataPageV2(whole, plainHeader, decoder) as typeof read;
  }
  const definition = read.definitionLevels?.length ? read.definitionLevels : null;
  const values = convertWithDictionary(read.dataPage, dictionary, encoding, decoder);
  const present = definition ? definition.reduce((n, d) => n + (d === highest ? 1 : 0), 0) : entries;
  if (values.length !== present) throw new Error('a page has another number of values than it says');
  const repetition = repeats > 0 ? (read.repetitionLevels as number[]) : null;
  return { values, definition, highest, repetition, entries };
}

/** Values that are there on a page of version 1, from its definition levels, whose runs have been checked. */
function countPresent(view: DataView, start: number, highest: number, entries: number): number {
  const levels = new Uint8Array(entries);
  readRleBitPackedHybrid({ view, offset: start }, bitsFor(highest), levels);
  return levels.reduce((n, level) => n + (level === highest ? 1 : 0), 0);
}

const WIDTH: Partial<Record<string, number>> = { INT32: 4, FLOAT: 4, INT64: 8, DOUBLE: 8, INT96: 12 };

function checkValues(
  view: DataView,
  at: number,
  encoding: string,
  { type, element }: ColumnDecoder,
  count: number,
  dictionary: DecodedArray | undefined,
  version: 1 | 2,
): void {
  if (count === 0) return;
  const left = view.byteLength - at;
  if (encoding === 'PLAIN' || encoding === 'BYTE_STREAM_SPLIT') {
    const width =
      type === 'BOOLEAN' ? 1 / 8 : (WIDTH[type] ?? (type === 'BYTE_ARRAY' ? 4 : (element.type_length ?? 1)));
    if (count * width > left) throw new Error('a page is shorter than its values');
  } else if (encoding === 'PLAIN_DICTIONARY' || encoding === 'RLE_DICTIONARY') {
    if (!dictionary) throw new Error('a page lacks its dictionary');
    const width = view.getUint8(at);
    // On a page of version 1 no bits stand for no runs at all.
    if (width > 0 || version === 2) checkRuns(view, at + 1, view.byteLength, width, count);
  } else if (encoding === 'RLE' && type === 'BOOLEAN') {
    checkPrefixedRuns(view, at, 1, count);
  } else if (encoding === 'DELTA_BINARY_PACKED' && (type === 'INT32' || type === 'INT64')) {
    checkDelta(view, at);
  } else {
    throw new Error(`its encoding ${encoding} is not read here`);
  }
}
