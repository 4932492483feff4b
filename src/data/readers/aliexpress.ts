/** Reads an AliExpress CSV in MTReclib's layout (82 columns with header) into a data set, row by row, in the reader's own memory. */
import Papa from 'papaparse';
import { DataError } from '../dataset';
import { type LongWork, pace } from '../pace';
import { aliExpressSchema, splitByPage } from '../prepare';
import { prepare, type Table } from '../table';
import { CATEGORICALS, columnPlaces, NUMERICALS } from './layout';
import { RowTable } from './rows';
import { textPieces } from './text';

/** Rows kept of a longer file: about 120 MB of typed arrays, and as much again for a moment while they are put in order. */
export const ROW_BUDGET = 400_000;

export interface ReadOptions extends LongWork {
  /** Largest number of rows to keep; the first ones are kept. */
  readonly budget?: number;
}

const TASKS = 2;

/** Share of the whole time that reading takes, for the progress bar. */
const READ = 0.9;

/** Lines parsed between two breaths. */
const LINES_PER_BREATH = 1000;

const count = (n: number) => n.toLocaleString('en-US');
const plural = (n: number, one: string, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

interface Read {
  readonly table: RowTable;
  /** True where the file has more rows than were taken. */
  readonly more: boolean;
}

/** Reads rows until the file or the budget ends. */
async function readRows(
  blob: Blob,
  file: string,
  budget: number,
  beat: (share: number) => Promise<void>,
): Promise<Read> {
  let table: RowTable | null = null;
  let line = 0;
  let rowId = 0;
  const share = (bytes: number) => Math.max(bytes / blob.size, (table?.rows ?? 0) / budget) * READ;
  for await (const { text, bytes } of textPieces(blob, file)) {
    const { data } = Papa.parse<string[]>(text, { delimiter: ',', newline: '\n', header: false });
    // Papa takes the end of the last line for the beginning of an empty one.
    if (text.endsWith('\n') && data.at(-1)?.length === 1) data.pop();
    for (const fields of data) {
      line++;
      if (fields.length === 1 && fields[0]!.trim() === '') continue;
      if (table === null) {
        // The first piece tells how long a row is, and so about how many there are.
        table = new RowTable(
          file,
          columnPlaces(fields, file, line),
          budget,
          (blob.size / text.length) * data.length * 1.05,
        );
        continue;
      }
      if (table.rows === budget) return { table, more: true };
      table.add(fields, line, rowId++);
      if (line % LINES_PER_BREATH === 0) await beat(share(bytes));
    }
    await beat(share(bytes));
  }
  if (table === null) {
    throw new DataError(`${file} is empty: choose a file with a header line and at least one row.`, { file });
  }
  return { table, more: false };
}

function notesOn(
  read: Read,
  content: Table,
  file: string,
  budget: number,
  constant: readonly number[],
): string[] {
  const { table, more } = read;
  const notes: string[] = [];
  if (more)
    notes.push(`${file} has more than ${plural(budget, 'row')}; the first ${count(budget)} are used.`);
  if (table.impossible > 0) {
    notes.push(
      `${plural(table.impossible, 'row')} with a conversion but no click ${table.impossible === 1 ? 'was' : 'were'} left out: a conversion follows a click.`,
    );
  }
  if (table.empty > 0) {
    notes.push(
      `${plural(table.empty, 'empty numerical field')} ${table.empty === 1 ? 'counts' : 'count'} as missing (z = 0).`,
    );
  }
  if (constant.length > 0) {
    const names = constant.map((c) => `numerical_${c + 1}`).join(', ');
    notes.push(`Constant in the training part, so kept as zeros: ${names}.`);
  }
  if (table.pageCount < 2) {
    notes.push('All rows belong to one page (search_id), so nothing is left to validate on.');
  }
  let clicks = 0;
  for (let i = 0; i < content.rows; i++) clicks += (1 - content.validation[i]!) * content.labels[i * TASKS]!;
  if (clicks === 0)
    notes.push('There is no click in the training part, so a model has nothing to learn from.');
  return notes;
}

/**
 * Reads an AliExpress CSV: `search_id, categorical_1…16, numerical_1…63, click, conversion`, comma-separated, with
 * header, in any order of columns. All weights are 1. Rejects with a DataError of one sentence that names file, line and
 * column (see the sentences in layout, rows and text), or with the signal's reason when stopped.
 */
export async function readAliExpressCsv(blob: Blob, file: string, options: ReadOptions = {}): Promise<Table> {
  const budget = options.budget ?? ROW_BUDGET;
  const beat = pace(options);
  await beat(0);
  const read = await readRows(blob, file, budget, beat);
  const { table } = read;
  const { rows } = table;
  if (rows === 0) {
    const why =
      table.impossible > 0
        ? `none of its rows can be used: ${plural(table.impossible, 'row has', 'rows have')} a conversion without a click`
        : 'the header is there, but no row follows it';
    throw new DataError(`${file} holds no data: ${why}; choose a file with at least one row.`, { file });
  }

  const content = table.withinMemory(
    (): Table => ({
      schema: aliExpressSchema(
        [...table.largest].map((code) => code + 1),
        Array.from({ length: NUMERICALS }, (_, i) => i + 1),
      ),
      source: {
        kind: 'file',
        title: file,
        detail: `${read.more ? 'first ' : ''}${plural(rows, 'row')} of ${file}`,
      },
      rows,
      categorical: table.categorical.slice(0, rows * CATEGORICALS),
      numerical: table.numerical.slice(0, rows * NUMERICALS),
      labels: table.labels.slice(0, rows * TASKS),
      weights: new Float32Array(rows).fill(1),
      groups: table.groups.slice(0, rows),
      rowIds: table.rowIds.slice(0, rows),
      validation: splitByPage(table.pageHashes.subarray(0, rows)),
      notes: [],
    }),
  );
  await beat(0.95);
  const dataset = prepare(content);
  const constant = [...dataset.scaling!.scale.keys()].filter((c) => dataset.scaling!.scale[c] === 0);
  const notes = notesOn(read, content, file, budget, constant);
  await beat(1);
  return { ...content, notes };
}
