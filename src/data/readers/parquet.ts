/** Opens a Parquet file and reads it row group by row group, each column only while it is needed. */
import {
  type FileMetaData,
  parquetMetadataAsync,
  parquetSchema,
  type RowGroup,
  type SchemaTree,
} from 'hyparquet';
import { DataError } from '../dataset';
import { type BlockAt, checkNames, type Head, type RowSource } from './block';
import type { NamedBlob } from './bytes';
import { sliceOf } from './bytes';
import { Cells, ParquetBlock } from './parquetBlock';
import { headEnd, readColumnChunk } from './parquetPages';
import { ParquetFault } from './parquetUnpack';
import { count } from './say';

const HEAD_ROWS = 1000;
/** Bytes of a dictionary unpacked for a first look: writers number values as they come, and 20,000 rows make a page. */
const HEAD_DICTIONARY = 160 << 10;
const MOST_FOOTER = 64 << 20;
const MOST_GROUPS = 100_000;
const MOST_GROUP_ROWS = 30_000_000;
const MOST_CHUNK = 1 << 30;

interface Leaf {
  readonly name: string;
  readonly path: SchemaTree[];
  /** Place among the column chunks of each row group. */
  readonly at: number;
  readonly list: boolean;
}

/** Every fault that a hostile or damaged file brings about, as one sentence. */
async function honest<T>(file: string, work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (fault) {
    if (fault instanceof DataError || (fault instanceof Error && fault.name === 'AbortError')) throw fault;
    const why = fault instanceof ParquetFault ? fault.message : 'its contents contradict themselves';
    throw new DataError(`${file} is a damaged Parquet file (${why}): write or download it again.`, { file });
  }
}

export async function openParquet({ name, blob }: NamedBlob): Promise<RowSource> {
  return honest(name, async () => {
    const metadata = await footer(name, blob);
    const { leaves, nested } = leavesOf(metadata);
    if (leaves.length < 2) {
      throw new DataError(
        `${name} has fewer than two columns of plain values or lists, so it is no table of rows.`,
        { file: name },
      );
    }
    const columns = leaves.map((l) => l.name);
    checkNames(name, columns);
    checkGroups(metadata, blob.size);
    const rows = Number(metadata.num_rows);
    const codecs = new Set(metadata.row_groups[0]?.columns.map((c) => c.meta_data!.codec.toLowerCase()));
    codecs.delete('uncompressed');
    const head: Head = {
      rows: await headRows(name, blob, metadata.row_groups[0], leaves),
      estimatedRows: rows,
      lists: leaves.map((l) => l.list),
    };
    const packing = codecs.size > 0 ? `, ${[...codecs].join(' and ')}` : '';
    const without = nested > 0 ? `, ${nested} nested columns left out` : '';
    return {
      file: name,
      bytes: blob.size,
      format: `Parquet, ${count(rows)} rows${packing}${without}`,
      columns,
      named: true,
      head,
      blocks: (signal) => blocks(name, blob, metadata, leaves, signal),
    };
  });
}

async function footer(file: string, blob: Blob): Promise<FileMetaData> {
  if (blob.size < 12) throw new ParquetFault('it is too short');
  const tail = await sliceOf(blob, blob.size - 8, blob.size, file);
  if (String.fromCharCode(...tail.subarray(4)) !== 'PAR1') throw new ParquetFault('its end is missing');
  const length = new DataView(tail.buffer, tail.byteOffset).getUint32(0, true);
  if (length > Math.min(MOST_FOOTER, blob.size - 12))
    throw new ParquetFault('its description is longer than the file or 64 MB');
  return parquetMetadataAsync(
    {
      byteLength: blob.size,
      slice: async (from, to = blob.size) => {
        const bytes = await sliceOf(blob, from, to, file);
        return bytes.buffer as ArrayBuffer;
      },
    },
    { initialFetchSize: length + 8, geoparquet: false },
  );
}

/** Columns of plain values and of lists of them. */
function leavesOf(metadata: FileMetaData): { leaves: Leaf[]; nested: number } {
  const tree = parquetSchema(metadata);
  const leaves: Leaf[] = [];
  let nested = 0;
  let at = 0;
  for (const child of tree.children) {
    const path = [tree, child];
    let end = child;
    let repeated = child.element.repetition_type === 'REPEATED' ? 1 : 0;
    while (end.children.length === 1) {
      end = end.children[0]!;
      path.push(end);
      if (end.element.repetition_type === 'REPEATED') repeated++;
    }
    const single = end.children.length === 0;
    if (single && (path.length === 2 ? repeated <= 1 : repeated === 1 && path.length <= 4)) {
      leaves.push({ name: child.element.name, path, at, list: repeated === 1 });
      at++;
    } else {
      nested++;
      at += countLeaves(child);
    }
  }
  return { leaves, nested };
}

const countLeaves = (tree: SchemaTree): number =>
  tree.children.length === 0 ? 1 : tree.children.reduce((n, c) => n + countLeaves(c), 0);

/** What the footer says of sizes and places must be possible in a file of this size. */
function checkGroups(metadata: FileMetaData, size: number): void {
  const fault = (what: string): never => {
    throw new ParquetFault(what);
  };
  const groups = metadata.row_groups;
  if (groups.length > MOST_GROUPS) fault('it has more than 100,000 row groups');
  let rows = 0;
  for (const group of groups) {
    const n = Number(group.num_rows);
    if (!(n >= 0)) fault('a row group has a negative number of rows');
    if (n > MOST_GROUP_ROWS) fault('a row group has more than 30 million rows; write it with smaller ones');
    rows += n;
    for (const { meta_data: column, file_path } of group.columns) {
      if (file_path) fault('its columns lie in other files');
      if (!column) throw new ParquetFault('a column is not described');
      const [from, to] = chunkRange(column);
      if (!(from >= 4 && to > from && to <= size)) fault('a column lies outside the file');
      if (to - from > MOST_CHUNK)
        fault('a column of a row group is larger than 1 GB; write it with smaller row groups');
    }
  }
  if (rows !== Number(metadata.num_rows)) fault('its row groups have another number of rows than it says');
}

function chunkRange(column: NonNullable<RowGroup['columns'][number]['meta_data']>): [number, number] {
  const data = Number(column.data_page_offset);
  const dictionary = Number(column.dictionary_page_offset ?? 0);
  const from = dictionary > 0 && dictionary < data ? dictionary : data;
  return [from, from + Number(column.total_compressed_size)];
}

async function chunkOf(
  file: string,
  blob: Blob,
  group: RowGroup,
  leaf: Leaf,
  enough?: number,
): Promise<Cells> {
  const column = group.columns[leaf.at]?.meta_data;
  if (
    !column ||
    column.path_in_schema.join('.') !==
      leaf.path
        .slice(1)
        .map((p) => p.element.name)
        .join('.')
  ) {
    throw new ParquetFault('a row group has other columns than the file');
  }
  const [from, to] = chunkRange(column);
  const rows = Number(group.num_rows);
  const bytesTo = (end: number) => sliceOf(blob, from, end, file);
  if (enough !== undefined) {
    const end = await headEnd((a, b) => sliceOf(blob, from + a, from + b, file), to - from, enough);
    const bytes = await bytesTo(from + end);
    // Should the first pages need more of the dictionary, or a list's rows more pages, the next attempt has it. What is
    // wrong with a damaged column, the last one says.
    for (const dictionary of [HEAD_DICTIONARY, Number.POSITIVE_INFINITY]) {
      try {
        return new Cells(
          file,
          leaf.name,
          readColumnChunk(bytes, column, leaf.path, rows, { enough, dictionary }).pages,
        );
      } catch {}
    }
  }
  const { pages, rows: have } = readColumnChunk(await bytesTo(to), column, leaf.path, rows, {
    enough: enough ?? Number.POSITIVE_INFINITY,
    dictionary: Number.POSITIVE_INFINITY,
  });
  if (enough === undefined && have !== rows)
    throw new ParquetFault('a column has another number of rows than its group');
  return new Cells(file, leaf.name, pages);
}

async function headRows(
  file: string,
  blob: Blob,
  group: RowGroup | undefined,
  leaves: readonly Leaf[],
): Promise<string[][]> {
  if (!group) return [];
  const rows = Math.min(HEAD_ROWS, Number(group.num_rows));
  const table: string[][] = Array.from({ length: rows }, () => []);
  for (const leaf of leaves) {
    const cells = await chunkOf(file, blob, group, leaf, rows);
    for (let r = 0; r < rows; r++) table[r]!.push(cells.text(r));
  }
  return table;
}

async function* blocks(
  file: string,
  blob: Blob,
  metadata: FileMetaData,
  leaves: readonly Leaf[],
  signal?: AbortSignal,
): AsyncGenerator<BlockAt, void> {
  let before = 0;
  let first = 0;
  for (const group of metadata.row_groups) {
    const load = (column: number) =>
      honest(file, () => {
        signal?.throwIfAborted();
        return chunkOf(file, blob, group, leaves[column]!);
      });
    for (const { meta_data } of group.columns) before += Number(meta_data!.total_compressed_size);
    const rows = Number(group.num_rows);
    if (rows > 0)
      yield {
        block: new ParquetBlock(
          file,
          leaves.map((l) => l.name),
          rows,
          first,
          load,
        ),
        bytes: Math.min(before, blob.size),
      };
    first += rows;
  }
}
