/** All columns of a table in one form: binned, counted, and ready to rank by. */
import type { Table } from '../table';
import { BINS, binAll, frequentCodes, type NumberBins, numberBins, sorted } from './bins';
import type { Picked } from './pick';
import { type Codes, categoryAucs, numberAucs, type Ranking } from './ranks';

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
  /** By space of the ranking, in the better direction. */
  readonly aucs: (ranking: Ranking) => (number | null)[];
}

const short = (x: number) => String(Number(x.toPrecision(3)));

/** @param column [rows] read here and not kept */
function numberView(table: Table, { rows: at, weights: stands }: Picked, name: string, column: Float32Array) {
  const { weights, rows } = table;
  const picked = new Float32Array(at.length);
  for (let i = 0; i < at.length; i++) picked[i] = column[at[i]!]!;
  const order = sorted(picked);
  const { quantiles, cuts } = numberBins(order, stands);
  const binned = new Uint8Array(rows);
  binAll(cuts, column, cuts.length + 1, binned);
  let [total, missing, zeros] = [0, 0, 0];
  for (let i = 0; i < rows; i++) {
    const w = weights[i]!;
    total += w;
    if (binned[i] === cuts.length + 1) missing += w;
    else if (column[i] === 0) zeros += w;
  }
  const ends = [quantiles?.[0] ?? 0, ...cuts, quantiles?.at(-1) ?? 0].map(short);
  const ranges = [...cuts, 0].map((_, b) =>
    ends[b] === ends[b + 1] ? ends[b]! : `${ends[b]} – ${ends[b + 1]}`,
  );
  return {
    name,
    kind: 'numerical' as const,
    quantiles,
    bins: missing > 0 ? [...ranges, 'missing'] : ranges,
    binned,
    offsets: null,
    missing: total > 0 ? missing / total : 0,
    zeros: total > 0 ? zeros / total : 0,
    aucs: (ranking: Ranking) => numberAucs(ranking, order),
  };
}

/** What a column of codes and one of lists share. */
function codeView(
  table: Table,
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
  const binned = new Uint8Array(codes.length);
  for (let e = 0; e < codes.length; e++) {
    const code = codes[e]!;
    binned[e] = code >= 0 && code < vocabulary ? binByCode[code]! : bins.length;
  }
  return {
    name,
    kind: offsets ? 'list' : 'categorical',
    quantiles: null,
    bins,
    binned,
    offsets,
    missing: total > 0 ? missing / total : 0,
    zeros: 0,
    aucs: (ranking) => categoryAucs(ranking, vocabulary, entries),
  };
}

/** Numbers that are taken out of a matrix at a time: 16 MB, and whole cache lines of a table of ordinary length. */
const TILE = 4 << 20;

/** Columns 0 … width−1 of a row-major matrix [rows·width], one after another; each is valid until the next is asked for. */
function* columnsIn<T extends Float32Array | Int32Array>(
  matrix: T,
  rows: number,
  width: number,
): Generator<T> {
  // A walk down one column would bring a cache line for every number.
  const most = Math.min(16, width, Math.max(1, Math.floor(TILE / Math.max(1, rows))));
  const tile = new (matrix.constructor as new (n: number) => T)(most * rows);
  for (let first = 0; first < width; first += most) {
    const n = Math.min(most, width - first);
    for (let i = 0, from = first; i < rows; i++, from += width)
      for (let c = 0, to = i; c < n; c++, to += rows) tile[to] = matrix[from + c]!;
    for (let c = 0; c < n; c++) yield tile.subarray(c * rows, (c + 1) * rows) as T;
  }
}

/** Every column of the table, codes first, then numbers, then lists; each is valid until the next is asked for. */
export function* columnViews(table: Table, picked: Picked): Generator<ColumnView> {
  const { categorical, numerical, sequences = [] } = table.schema;
  let c = 0;
  for (const codes of columnsIn(table.categorical, table.rows, categorical.length)) {
    const { name, vocabulary, values } = categorical[c++]!;
    yield codeView(table, name, vocabulary, values, { codes, offsets: null });
  }
  c = 0;
  for (const column of columnsIn(table.numerical, table.rows, numerical.length))
    yield numberView(table, picked, numerical[c++]!, column);
  for (const [s, { name, vocabulary }] of sequences.entries())
    yield codeView(table, name, vocabulary, undefined, table.sequences![s]!);
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
  const { rows, weights } = table;
  if (offsets) {
    for (let i = 0; i < rows; i++) {
      const base = setOf ? setOf[i]! * width : 0;
      for (let e = offsets[i]!; e < offsets[i + 1]!; e++) counts[base + binned[e]!]! += weights[i]!;
    }
  } else if (setOf) {
    for (let i = 0; i < rows; i++) counts[setOf[i]! * width + binned[i]!]! += weights[i]!;
  } else {
    for (let i = 0; i < rows; i++) counts[binned[i]!]! += weights[i]!;
  }
  return Array.from({ length: sets }, (_, s) => counts.slice(s * width, s * width + bins.length));
}
