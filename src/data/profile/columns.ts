/** All columns of a table in one form: how to bin them, count them and rank by them. */
import type { Table } from '../table';
import { BINS, binOf, frequentCodes, type NumberBins, numberBins } from './bins';
import { columnAt, type Picked } from './pick';
import { aucsOf, categoryAucs, eitherWay, type Space } from './ranks';

export interface ColumnView {
  readonly name: string;
  readonly kind: 'numerical' | 'categorical' | 'list';
  readonly quantiles: NumberBins['quantiles'];
  /** Labels of the bins; the last one may be that of missing values, or of all other codes. */
  readonly bins: readonly string[];
  /** Calls back with every bin that a row counts in: one, or one for each entry of a list. */
  readonly binsOf: (row: number, count: (bin: number) => void) => void;
  readonly isMissing: (row: number) => boolean;
  readonly isZero: (row: number) => boolean;
  /** By space, in the better direction. */
  readonly aucs: (spaces: readonly Space[]) => (number | null)[];
}

const short = (x: number) => String(Number(x.toPrecision(3)));

function numberView(table: Table, picked: Picked, c: number): ColumnView {
  const M = table.schema.numerical.length;
  const { numerical } = table;
  const values = columnAt(numerical, M, c, picked.rows);
  const { quantiles, cuts } = numberBins(values, picked.weights);
  const ends = [quantiles?.[0] ?? 0, ...cuts, quantiles?.at(-1) ?? 0].map(short);
  const missing = cuts.length + 1;
  // Which values are missing is known for the picked rows only; a bin that stays empty does no harm.
  const bins = [...cuts, 0].map((_, b) =>
    ends[b] === ends[b + 1] ? ends[b]! : `${ends[b]} – ${ends[b + 1]}`,
  );
  return {
    name: table.schema.numerical[c]!,
    kind: 'numerical',
    quantiles,
    bins: [...bins, 'missing'],
    binsOf: (row, count) => {
      const x = numerical[row * M + c]!;
      count(Number.isNaN(x) ? missing : binOf(cuts, x));
    },
    isMissing: (row) => Number.isNaN(numerical[row * M + c]!),
    isZero: (row) => numerical[row * M + c] === 0,
    aucs: (spaces) => aucsOf(table, picked, spaces, values).map(eitherWay),
  };
}

/** What a column of codes and one of lists share. */
function codeView(
  table: Table,
  picked: Picked,
  name: string,
  kind: 'categorical' | 'list',
  vocabulary: number,
  values: readonly string[] | undefined,
  codesOf: (row: number, code: (code: number) => void) => void,
  isMissing: (row: number) => boolean,
): ColumnView {
  const weightByCode = new Float64Array(vocabulary);
  for (let i = 0; i < table.rows; i++) {
    const w = table.weights[i]!;
    codesOf(i, (code) => {
      weightByCode[code]! += w;
    });
  }
  const frequent = frequentCodes(weightByCode);
  const binByCode = new Uint8Array(vocabulary).fill(frequent.length);
  for (const [bin, code] of frequent.entries()) binByCode[code] = bin;
  const labels = frequent.map((code) => values?.[code] ?? String(code));
  return {
    name,
    kind,
    quantiles: null,
    bins: frequent.length === BINS - 1 ? [...labels, 'all others'] : labels,
    binsOf: (row, count) => codesOf(row, (code) => count(binByCode[code]!)),
    isMissing,
    isZero: () => false,
    aucs: (spaces) => categoryAucs(table, picked, spaces, vocabulary, codesOf),
  };
}

/** Every column of the table, codes first, then numbers, then lists. Codes outside of their vocabulary do not count. */
export function* columnViews(table: Table, picked: Picked): Generator<ColumnView> {
  const { categorical, numerical, sequences = [] } = table.schema;
  const C = categorical.length;
  for (const [c, { name, vocabulary, values }] of categorical.entries()) {
    yield codeView(
      table,
      picked,
      name,
      'categorical',
      vocabulary,
      values,
      (row, use) => {
        const code = table.categorical[row * C + c]!;
        if (code >= 0 && code < vocabulary) use(code);
      },
      () => false,
    );
  }
  for (let c = 0; c < numerical.length; c++) yield numberView(table, picked, c);
  for (const [s, { name, vocabulary }] of sequences.entries()) {
    const { offsets, codes } = table.sequences![s]!;
    yield codeView(
      table,
      picked,
      name,
      'list',
      vocabulary,
      undefined,
      (row, use) => {
        for (let e = offsets[row]!; e < offsets[row + 1]!; e++) {
          const code = codes[e]!;
          if (code >= 0 && code < vocabulary) use(code);
        }
      },
      (row) => offsets[row] === offsets[row + 1],
    );
  }
}
