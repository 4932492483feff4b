/** Reads a shard, whoever wrote it, into a table: every column checked, nothing guessed. */
import { DataError, type DatasetSource, type Sequences, type Truth } from '../dataset';
import { type LongWork, pace } from '../pace';
import { splitByPage } from '../prepare';
import { prepare, type Table } from '../table';
import { type ColumnKind, columnsOf } from './columns';
import {
  codeOf,
  floatOf,
  groupOf,
  idOf,
  type Judge,
  type ListValues,
  labelOf,
  numberOf,
  partOf,
  probabilityOf,
  readLists,
  readValues,
  weightOf,
} from './decode';
import type { Manifest } from './manifest';
import { openParquet, type ParquetFile } from './parquet';

/** Brings the bytes of a part. */
export type PartSource = (file: string, bytes: number) => Promise<Uint8Array> | Uint8Array;

/**
 * Reads all parts of a shard. What `writeShard` wrote comes out bit by bit; a shard made by hand may leave out `weight`
 * (1), `row_id` (the number of the row), `part` (split by group) and ages of lists (0).
 * Rejects with a DataError of one sentence, and with the signal's reason when stopped.
 */
export async function readShard(manifest: Manifest, part: PartSource, work: LongWork = {}): Promise<Table> {
  const beat = pace(work);
  await beat(0);
  const total = manifest.parts.reduce((sum, p) => sum + p.rows, 0);
  const rowParts = manifest.parts.filter((p) => !p.pages);
  const pageParts = manifest.parts.filter((p) => p.pages);
  let done = 0;
  const read = async (parts: Manifest['parts'], pages: boolean): Promise<Table> => {
    const builder = new Builder(
      manifest,
      parts.reduce((sum, p) => sum + p.rows, 0),
      pages,
    );
    for (const { file, rows, bytes } of parts) {
      const content = await part(file, bytes);
      if (content.length !== bytes) {
        throw new DataError(
          `${file} has ${content.length} bytes and the manifest says ${bytes}: it is cut off or not of this shard.`,
          { file },
        );
      }
      const parquet = openParquet(content, file);
      if (parquet.rows !== rows) {
        throw new DataError(`${file} has ${parquet.rows} rows and the manifest says ${rows}.`, { file });
      }
      for (const share of builder.add(parquet, file)) await beat((done + share * rows) / total);
      done += rows;
    }
    return builder.table();
  };
  const main = await read(rowParts, false);
  const table: Table = pageParts.length > 0 ? { ...main, pages: await read(pageParts, true) } : main;
  checkPromises(manifest, table);
  await beat(1);
  return table;
}

/** Holds the counts and fingerprints of the manifest against what came out. */
function checkPromises(manifest: Manifest, table: Table): void {
  const validation = table.validation.reduce((sum, v) => sum + v, 0);
  if (manifest.validationRows !== undefined && manifest.validationRows !== validation) {
    throw new DataError(
      `${validation} rows of this shard validate and its manifest says ${manifest.validationRows}: correct one of them.`,
    );
  }
  if (manifest.fingerprint === undefined && manifest.pagesFingerprint === undefined) return;
  const { fingerprint, pages } = prepare(table);
  const differs = (is: string | undefined, said: string | undefined) => said !== undefined && is !== said;
  if (differs(fingerprint, manifest.fingerprint) || differs(pages?.fingerprint, manifest.pagesFingerprint)) {
    throw new DataError(
      'The rows of this shard are not those that its manifest was written for (another fingerprint): get it anew, or leave the fingerprint out if you changed it on purpose.',
    );
  }
}

/** Takes part after part and becomes a table. */
class Builder {
  private readonly columns;
  private readonly out;
  private readonly sequences: { lengths: Uint32Array; codes: number[][]; ages: number[][] }[];
  private readonly groups = groupOf();
  /** `kind index` of the columns that the first part has. */
  private readonly seen = new Set<string>();
  private filled = 0;

  constructor(
    private readonly manifest: Manifest,
    private readonly rows: number,
    private readonly pages: boolean,
  ) {
    const { schema, truth } = manifest;
    this.columns = columnsOf(manifest);
    this.out = {
      categorical: new Int32Array(rows * schema.categorical.length),
      numerical: new Float32Array(rows * schema.numerical.length),
      labels: new Uint8Array(rows * schema.tasks.length),
      weights: new Float32Array(rows).fill(1),
      groups: Uint32Array.from({ length: rows }, (_, i) => i),
      rowIds: Uint32Array.from({ length: rows }, (_, i) => i),
      validation: new Uint8Array(rows).fill(pages ? 1 : 0),
      probabilities: new Float32Array(truth ? rows * schema.tasks.length : 0),
      featureWeights: new Float32Array(truth ? rows : 0),
    };
    this.sequences = (schema.sequences ?? []).map(() => ({
      lengths: new Uint32Array(rows),
      codes: [],
      ages: [],
    }));
  }

  /** Reads a part; yields the share of its columns that are done. */
  *add(parquet: ParquetFile, file: string): Generator<number> {
    const first = this.filled === 0;
    for (const [i, { kind, index, column }] of this.columns.entries()) {
      const there = parquet.columns.has(column);
      if (!there && this.needed(kind)) {
        throw new DataError(
          `${file} lacks the column ${column}, or it is a structure that is not read here.`,
          {
            file,
            column,
          },
        );
      }
      if (!there && !first && this.seen.has(`${kind} ${index}`)) {
        throw new DataError(`${file} lacks the column ${column}, which the part before it has.`, {
          file,
          column,
        });
      }
      if (there && !first && !this.seen.has(`${kind} ${index}`)) {
        throw new DataError(`${file} has the column ${column}, which the part before it lacks.`, {
          file,
          column,
        });
      }
      if (there) this.read(parquet, file, kind, index, column);
      yield (i + 1) / this.columns.length;
    }
    for (const { kind, index, column } of this.columns)
      if (parquet.columns.has(column)) this.seen.add(`${kind} ${index}`);
    this.filled += parquet.rows;
  }

  private needed(kind: ColumnKind): boolean {
    const { schema, truth } = this.manifest;
    if (kind === 'group') return schema.group !== null;
    if (kind === 'probability' || kind === 'feature weight') return truth && !this.pages;
    return kind === 'categorical' || kind === 'numerical' || kind === 'task' || kind === 'list';
  }

  private read(parquet: ParquetFile, file: string, kind: ColumnKind, index: number, column: string): void {
    const { schema, truth } = this.manifest;
    const { out, filled } = this;
    const { categorical, numerical, tasks, sequences } = schema;
    const into = (array: { [i: number]: number }, stride: number, judge: Judge, missing?: number) =>
      readValues(parquet, file, column, judge, { array, first: filled * stride + index, stride }, missing);
    switch (kind) {
      case 'categorical': {
        const { vocabulary, values } = categorical[index]!;
        into(out.categorical, categorical.length, codeOf(vocabulary, values));
        break;
      }
      case 'numerical': {
        // What Seesaw wrote comes back as it was, whatever it was.
        const judge = this.manifest.fingerprint === undefined ? numberOf : floatOf;
        into(out.numerical, numerical.length, judge, Number.NaN);
        break;
      }
      case 'task':
        into(out.labels, tasks.length, labelOf);
        break;
      case 'weight':
        into(out.weights, 1, weightOf);
        break;
      case 'group':
        into(out.groups, 1, this.groups);
        break;
      case 'row id':
        into(out.rowIds, 1, idOf);
        break;
      case 'part':
        if (!this.pages) into(out.validation, 1, partOf);
        break;
      case 'probability':
        if (truth) into(out.probabilities, tasks.length, probabilityOf);
        break;
      case 'feature weight':
        if (truth) into(out.featureWeights, 1, weightOf);
        break;
      case 'list': {
        const { vocabulary, longest } = sequences![index]!;
        const lists = readLists(parquet, file, column, codeOf(vocabulary, undefined), longest);
        this.sequences[index]!.lengths.set(lists.lengths, filled);
        this.sequences[index]!.codes.push(lists.values);
        // Until a column of ages says otherwise.
        this.sequences[index]!.ages.push(new Array<number>(lists.values.length).fill(0));
        break;
      }
      case 'age': {
        const lists = readLists(parquet, file, column, floatOf, sequences![index]!.longest);
        this.checkAges(lists, file, column, index);
        this.sequences[index]!.ages[this.sequences[index]!.ages.length - 1] = lists.values;
        break;
      }
    }
  }

  private checkAges({ lengths }: ListValues, file: string, column: string, index: number): void {
    const codes = this.sequences[index]!.lengths;
    const row = lengths.findIndex((length, i) => length !== codes[this.filled + i]);
    if (row < 0) return;
    throw new DataError(
      `${file}, row ${row + 1}, column ${column} has ${lengths[row]} entries and its list ${codes[this.filled + row]}.`,
      { file, row, column },
    );
  }

  table(): Table {
    const { schema, title, detail, simulated, origin, notes, truth } = this.manifest;
    const source: DatasetSource = { kind: simulated ? 'simulated' : 'shard', title, detail };
    const { probabilities, featureWeights, validation, ...rest } = this.out;
    const known: Truth | null =
      truth && this.seen.has('feature weight 0') ? { probabilities, featureWeights } : null;
    const split = this.pages || this.seen.has('part 0') ? validation : splitByPage(rest.groups);
    return {
      schema,
      source,
      rows: this.rows,
      ...rest,
      validation: split,
      ...(schema.sequences && { sequences: this.sequences.map(joined) }),
      ...(known && { truth: known }),
      ...(origin && !this.pages && { origin }),
      notes: this.pages ? [] : notes,
    };
  }
}

function joined({
  lengths,
  codes,
  ages,
}: {
  lengths: Uint32Array;
  codes: number[][];
  ages: number[][];
}): Sequences {
  const offsets = new Uint32Array(lengths.length + 1);
  for (let i = 0; i < lengths.length; i++) offsets[i + 1] = offsets[i]! + lengths[i]!;
  const result: Sequences = {
    offsets,
    codes: new Int32Array(offsets.at(-1)!),
    ages: new Float32Array(offsets.at(-1)!),
  };
  let at = 0;
  for (const [p, values] of codes.entries()) {
    result.codes.set(values, at);
    result.ages.set(ages[p]!, at);
    at += values.length;
  }
  return result;
}
