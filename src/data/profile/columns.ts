/** All columns of a table in one form: binned, counted, and ready to rank by. */
import type { Table } from '../table';
import { BINS, binOf, frequentCodes, type NumberBins, numberBins } from './bins';
import { columnAt, type Picked } from './pick';
import { aucsOf, type Codes, categoryAucs, eitherWay, type Space } from './ranks';

export interface ColumnView {
  readonly name: string;
  readonly kind: 'numerical' | 'categorical' | 'list';
  readonly quantiles: NumberBins['quantiles'];
  /** Labels of the bins; the last one may be that of missing values, or of all other codes. */
  readonly bins: readonly string[];
  /** [rows, or entries of all lists] bin of each; `bins.length` where it does not count. */
  readonly binned: Uint8Array;
  /** [rows+1] where each row's list begins; null where there is one entry a row. */
  readonly offsets: Uint32Array | null;
  /** Weighted shares of rows without a value, and with the number 0. */
  readonly missing: number;
  readonly zeros: number;
  /** By space, in the better direction. */
  readonly aucs: (spaces: readonly Space[]) => (number | null)[];
}

const short = (x: number) => String(Number(x.toPrecision(3)));

function numberView(table: Table, picked: Picked, c: number): ColumnView {
  const M = table.schema.numerical.length;
  const { numerical, weights, rows } = table;
  const values = columnAt(numerical, M, c, picked.rows);
  const { quantiles, cuts } = numberBins(values, picked.weights);
  const binned = new Uint8Array(rows);
  let [total, missing, zeros] = [0, 0, 0];
  for (let i = 0, at = c; i < rows; i++, at += M) {
    const x = numerical[at]!;
    const w = weights[i]!;
    total += w;
    if (Number.isNaN(x)) {
      missing += w;
      binned[i] = cuts.length + 1;
      continue;
    }
    if (x === 0) zeros += w;
    binned[i] = binOf(cuts, x);
  }
  const ends = [quantiles?.[0] ?? 0, ...cuts, quantiles?.at(-1) ?? 0].map(short);
  const ranges = [...cuts, 0].map((_, b) =>
    ends[b] === ends[b + 1] ? ends[b]! : `${ends[b]} – ${ends[b + 1]}`,
  );
  return {
    name: table.schema.numerical[c]!,
    kind: 'numerical',
    quantiles,
    bins: missing > 0 ? [...ranges, 'missing'] : ranges,
    binned,
    offsets: null,
    missing: total > 0 ? missing / total : 0,
    zeros: total > 0 ? zeros / total : 0,
    aucs: (spaces) => aucsOf(table, picked, spaces, values).map(eitherWay),
  };
}

/** What a column of codes and one of lists share. */
function codeView(
  table: Table,
  picked: Picked,
  name: string,
  vocabulary: number,
  values: readonly string[] | undefined,
  entries: Codes,
): ColumnView {
  const { codes, offsets } = entries;
  const weightByCode = new Float64Array(vocabulary);
  let [total, missing] = [0, 0];
  for (let i = 0; i < table.rows; i++) {
    const w = table.weights[i]!;
    const from = offsets ? offsets[i]! : i;
    const end = offsets ? offsets[i + 1]! : i + 1;
    total += w;
    if (from === end) missing += w;
    for (let e = from; e < end; e++) {
      const code = codes[e]!;
      if (code >= 0 && code < vocabulary) weightByCode[code]! += w;
    }
  }
  const frequent = frequentCodes(weightByCode);
  const labels = frequent.map((code) => values?.[code] ?? String(code));
  const bins = frequent.length === BINS - 1 ? [...labels, 'all others'] : labels;
  const binByCode = new Uint8Array(vocabulary).fill(frequent.length);
  for (const [bin, code] of frequent.entries()) binByCode[code] = bin;
  return {
    name,
    kind: offsets ? 'list' : 'categorical',
    quantiles: null,
    bins,
    binned: Uint8Array.from(codes, (code) =>
      code >= 0 && code < vocabulary ? binByCode[code]! : bins.length,
    ),
    offsets,
    missing: total > 0 ? missing / total : 0,
    zeros: 0,
    aucs: (spaces) => categoryAucs(table, picked, spaces, vocabulary, entries),
  };
}

/** Every column of the table, codes first, then numbers, then lists. */
export function* columnViews(table: Table, picked: Picked): Generator<ColumnView> {
  const { categorical, numerical, sequences = [] } = table.schema;
  const C = categorical.length;
  for (const [c, { name, vocabulary, values }] of categorical.entries()) {
    const codes = new Int32Array(table.rows);
    for (let i = 0; i < codes.length; i++) codes[i] = table.categorical[i * C + c]!;
    yield codeView(table, picked, name, vocabulary, values, { codes, offsets: null });
  }
  for (let c = 0; c < numerical.length; c++) yield numberView(table, picked, c);
  for (const [s, { name, vocabulary }] of sequences.entries()) {
    yield codeView(table, picked, name, vocabulary, undefined, table.sequences![s]!);
  }
}

/**
 * Weight in each bin, by set of rows.
 * @param setOf [rows] which set a row is of; null where there is one
 * @returns [sets][bins]
 */
export function binWeights(
  table: Table,
  { bins, binned, offsets }: ColumnView,
  setOf: Uint8Array | Uint16Array | null,
  sets: number,
): Float64Array[] {
  // One bin more, for entries that do not count.
  const width = bins.length + 1;
  const counts = new Float64Array(sets * width);
  for (let i = 0; i < table.rows; i++) {
    const w = table.weights[i]!;
    const base = setOf ? setOf[i]! * width : 0;
    const from = offsets ? offsets[i]! : i;
    const end = offsets ? offsets[i + 1]! : i + 1;
    for (let e = from; e < end; e++) counts[base + binned[e]!]! += w;
  }
  return Array.from({ length: sets }, (_, s) => counts.slice(s * width, s * width + bins.length));
}
