/** Writes a table as a shard: Parquet parts that pandas, DuckDB and Spark read as they are, and a manifest. */
import type { SchemaElement } from 'hyparquet';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { DataError, type Sequences } from '../dataset';
import { type LongWork, pace } from '../pace';
import { prepare, type Table } from '../table';
import { nameColumns, type ShardColumn } from './columns';
import { MANIFEST_NAME, MANIFEST_VERSION, type Manifest, manifestText, parseManifest } from './manifest';

/** Rows of a part: about 8 MB with 80 columns, so that fetching one can be seen to move. */
export const ROWS_A_PART = 50_000;

export interface ShardPart {
  readonly file: string;
  readonly bytes: Uint8Array;
}

export interface Shard {
  readonly manifest: Manifest;
  /** In the order of the manifest. */
  readonly parts: readonly ShardPart[];
}

export interface ShardOptions {
  /** As shown in lists; the table's own title without. */
  readonly title?: string | undefined;
  readonly sources?: Manifest['sources'];
  /** When it was made; now without. */
  readonly created?: Date;
  readonly rowsAPart?: number;
}

/**
 * Writes a table. Reading the result with `readShard` gives the table again, bit by bit.
 * Rejects with a DataError where a name or a text is too long for a manifest, and with the signal's reason when stopped.
 */
export async function writeShard(
  table: Table,
  options: ShardOptions = {},
  work: LongWork = {},
): Promise<Shard> {
  const { title = table.source.title, sources = [], created = new Date(), rowsAPart = ROWS_A_PART } = options;
  const beat = pace(work);
  await beat(0);
  const { columns, renamed } = nameColumns(table.schema);
  const tables = table.pages ? [table, table.pages] : [table];
  const total = tables.reduce((sum, t) => sum + t.rows, 0);
  const parts: (ShardPart & { readonly rows: number; readonly pages: boolean })[] = [];
  let written = 0;
  for (const t of tables) {
    const pages = t !== table;
    // Parts of one size, so that none is a crumb.
    const count = Math.ceil(t.rows / rowsAPart);
    for (let n = 0; n < count; n++) {
      const from = Math.floor((n * t.rows) / count);
      const to = Math.floor(((n + 1) * t.rows) / count);
      const bytes = writePart(t, columns, from, to);
      const file = `${pages ? 'pages' : 'part'}-${String(n).padStart(4, '0')}.parquet`;
      parts.push({ file, rows: to - from, bytes, pages });
      written += to - from;
      await beat((written / total) * 0.95);
    }
  }
  const prepared = prepare(table);
  const manifest: Manifest = {
    format: 'seesaw-shard',
    version: MANIFEST_VERSION,
    title,
    detail: table.source.detail,
    created: created.toISOString(),
    rows: table.rows,
    validationRows: table.validation.reduce((sum, v) => sum + v, 0),
    schema: table.schema,
    ...(renamed.length > 0 && { renamed }),
    ...(table.origin && { origin: table.origin as NonNullable<Manifest['origin']> }),
    notes: [...table.notes],
    truth: table.truth !== undefined,
    simulated: table.source.kind === 'simulated',
    fingerprint: prepared.fingerprint,
    ...(prepared.pages && { pagesFingerprint: prepared.pages.fingerprint }),
    sources,
    parts: parts.map(({ file, rows, bytes, pages }) => ({
      file,
      rows,
      bytes: bytes.length,
      ...(pages && { pages }),
    })),
  };
  try {
    parseManifest(manifestText(manifest), MANIFEST_NAME);
  } catch (cause) {
    throw new DataError(
      `This table cannot be written as a shard, for its ${(cause as Error).message}`.replace(
        `${MANIFEST_NAME} is`,
        `${MANIFEST_NAME} would be`,
      ),
    );
  }
  await beat(1);
  return { manifest, parts: parts.map(({ file, bytes }) => ({ file, bytes })) };
}

type Column = Omit<ColumnSource, 'type' | 'nullable'>;

/** Rows from … to−1 as the bytes of one Parquet file. */
function writePart(t: Table, columns: readonly ShardColumn[], from: number, to: number): Uint8Array {
  const schema: SchemaElement[] = [{ name: 'root', num_children: 0 }];
  const columnData: Column[] = [];
  for (const { kind, index, column } of columns) {
    const made = cells(t, kind, index, from, to);
    if (!made) continue;
    schema.push(...elements(column, made));
    columnData.push({ name: column, data: made.data, ...encodingOf(made.data) });
  }
  schema[0]!.num_children = columnData.length;
  return new Uint8Array(
    parquetWriteBuffer({ columnData, schema, createdBy: 'seesaw', rowGroupSize: ROWS_A_PART }),
  );
}

interface Cells {
  readonly type: 'int' | 'long' | 'float' | 'optional float' | 'text' | 'ints' | 'floats';
  readonly data: Int32Array | BigInt64Array | Float32Array | (number | null)[] | string[] | number[][];
}

/** What a column holds in rows from … to−1, or null where the table does not have it. */
function cells(t: Table, kind: ShardColumn['kind'], index: number, from: number, to: number): Cells | null {
  const n = to - from;
  const { categorical, numerical, tasks } = t.schema;
  const C = categorical.length;
  const M = numerical.length;
  const K = tasks.length;
  const ints = (f: (row: number) => number) => Int32Array.from({ length: n }, (_, i) => f(from + i));
  // Signed, because not every reader knows unsigned numbers.
  const longs = (f: (row: number) => number) =>
    BigInt64Array.from({ length: n }, (_, i) => BigInt(f(from + i)));
  const floats = (f: (row: number) => number) => Float32Array.from({ length: n }, (_, i) => f(from + i));
  switch (kind) {
    case 'categorical':
      return { type: 'int', data: ints((r) => t.categorical[r * C + index]!) };
    case 'numerical': {
      const values = floats((r) => t.numerical[r * M + index]!);
      // A table tells missing from present only by NaN; null is what others understand.
      const gaps = values.some((v) => Number.isNaN(v));
      const data = gaps ? Array.from(values, (v) => (Number.isNaN(v) ? null : v)) : values;
      return { type: 'optional float', data };
    }
    case 'task':
      return { type: 'int', data: ints((r) => t.labels[r * K + index]!) };
    case 'list':
      return { type: 'ints', data: lists(t.sequences![index]!, 'codes', from, to) };
    case 'age': {
      const sequence = t.sequences![index]!;
      return sequence.ages.some((a) => !Object.is(a, 0))
        ? { type: 'floats', data: lists(sequence, 'ages', from, to) }
        : null;
    }
    case 'group':
      if (t.schema.group === null && t.groups.every((g, i) => g === i)) return null;
      return { type: 'long', data: longs((r) => t.groups[r]!) };
    case 'row id':
      return { type: 'long', data: longs((r) => t.rowIds[r]!) };
    case 'part': {
      const data = Array.from({ length: n }, (_, i) =>
        t.validation[from + i] === 0 ? 'train' : 'validation',
      );
      return { type: 'text', data };
    }
    case 'weight':
      return { type: 'float', data: floats((r) => t.weights[r]!) };
    case 'probability':
      return t.truth ? { type: 'float', data: floats((r) => t.truth!.probabilities[r * K + index]!) } : null;
    case 'feature weight':
      return t.truth ? { type: 'float', data: floats((r) => t.truth!.featureWeights[r]!) } : null;
  }
}

function lists(s: Sequences, what: 'codes' | 'ages', from: number, to: number): number[][] {
  const rows: number[][] = [];
  for (let r = from; r < to; r++) rows.push(Array.from(s[what].subarray(s.offsets[r]!, s.offsets[r + 1]!)));
  return rows;
}

function elements(name: string, { type }: Cells): SchemaElement[] {
  const repetition_type = 'REQUIRED' as const;
  switch (type) {
    case 'int':
      return [{ name, type: 'INT32', repetition_type }];
    case 'long':
      return [{ name, type: 'INT64', repetition_type }];
    case 'float':
      return [{ name, type: 'FLOAT', repetition_type }];
    case 'optional float':
      return [{ name, type: 'FLOAT', repetition_type: 'OPTIONAL' }];
    case 'text':
      return [{ name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type }];
    default:
      return [
        { name, repetition_type, num_children: 1, converted_type: 'LIST' },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        { name: 'element', type: type === 'ints' ? 'INT32' : 'FLOAT', repetition_type },
      ];
  }
}

/** Plain where a dictionary would merge −0 with 0. */
function encodingOf(data: Cells['data']): { encoding?: 'PLAIN' } {
  const negativeZero = (v: unknown) => Object.is(v, -0);
  const found =
    data instanceof Int32Array || data instanceof BigInt64Array
      ? false
      : (data as readonly unknown[]).some((v) => (Array.isArray(v) ? v.some(negativeZero) : negativeZero(v)));
  return found ? { encoding: 'PLAIN' } : {};
}
