/** Breaks files in thousands of ways and holds what is read of them against an oracle; for the fuzz tests. */
import Papa from 'papaparse';
import { expect } from 'vitest';
import { DataError } from '../dataset';
import type { Mapping } from '../mapping/mapping';
import { mappingSchema } from '../mapping/mapping';
import { Rng } from '../random';
import type { Table } from '../table';
import { isMissing } from './block';
import { type NamedBlob, readFiles } from './index';

/** Longest that one file may take, on a machine that is busy with other things too. */
const MOST_MS = 5000;

export const MAPPING: Mapping = mappingSchema.parse({
  columns: [
    { name: 'page', role: 'group' },
    { name: 'kind', role: 'categorical' },
    { name: 'price', role: 'numerical' },
    { name: 'click', role: 'label', parent: null },
    { name: 'buy', role: 'label', parent: 'click' },
  ],
});
const NAMES = MAPPING.columns.map((c) => c.name);
export const ROWS = Array.from({ length: 24 }, (_, i) => [
  `p${i >> 2}`,
  i % 6 === 0 ? '"a, ""b"""' : `k${i % 3}`,
  i % 7 === 0 ? '' : String(i / 8 - 1),
  String(i % 2),
  i % 4 === 1 ? '1' : '0',
]);
export const CLEAN = [NAMES, ...ROWS].map((r) => r.join(',')).join('\n');
export const utf8 = new TextEncoder();

const TOKENS = [
  '"',
  '""',
  ',',
  '\n',
  '\r',
  '\r\n',
  '\uFEFF',
  'NaN',
  'Inf',
  '-inf',
  '1e999',
  '0x1F',
  '\0',
  'é',
  '2',
  ' ',
  ';',
  '\t',
  'null',
  `${NAMES.join(',')}\n`,
  '-',
  '.5',
  '1e-3',
  '007',
];

/** One to three random wounds. */
export function wound(bytes: Uint8Array, rng: Rng, tokens: boolean): Uint8Array {
  let out = bytes;
  for (let n = 1 + rng.below(3); n > 0 && out.length > 0; n--) {
    const at = rng.below(out.length);
    const end = Math.min(out.length, at + 1 + rng.below(40));
    const around = (middle: Uint8Array, from = at, to = at) => {
      const next = new Uint8Array(from + middle.length + out.length - to);
      next.set(out.subarray(0, from));
      next.set(middle, from);
      next.set(out.subarray(to), from + middle.length);
      return next;
    };
    const kind = rng.below(tokens ? 7 : 5);
    if (kind === 0) out = around(Uint8Array.of(rng.below(256)), at, at + 1);
    else if (kind === 1) out = around(new Uint8Array(0), at, end);
    else if (kind === 2) out = around(out.slice(at, end));
    else if (kind === 3 && rng.below(4) === 0) out = out.slice(0, at);
    else if (kind === 3) out = around(Uint8Array.of(out[at]! ^ (1 << rng.below(8))), at, at + 1);
    else if (kind === 4)
      out = around(
        Uint8Array.from({ length: 4 }, () => rng.below(256)),
        at,
        Math.min(out.length, at + 4),
      );
    else out = around(utf8.encode(TOKENS[rng.below(TOKENS.length)]!), at, at + rng.below(2));
  }
  return out;
}

/** The table, or null where it was refused with one sentence in time. */
export async function attempt(files: NamedBlob[], mapping: Mapping | null): Promise<Table | null> {
  const start = performance.now();
  try {
    return await readFiles(files, mapping);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    expect(error.message).toMatch(/^[^\n]{10,700}\.$/);
    return null;
  } finally {
    expect(performance.now() - start).toBeLessThan(MOST_MS);
  }
}

interface Row {
  readonly group: string;
  readonly kind: string;
  readonly price: number;
  readonly click: number;
  readonly buy: number;
}

/** Rows as the table has them. */
function rowsOf(t: Table): Row[] {
  const { values } = t.schema.categorical[0]!;
  return Array.from({ length: t.rows }, (_, i) => ({
    group: String(t.groups[i]),
    kind: values ? values[t.categorical[i]!]! : String(t.categorical[i]),
    price: t.numerical[i]!,
    click: t.labels[2 * i]!,
    buy: t.labels[2 * i + 1]!,
  }));
}

/** Groups by first appearance, missing values by name, and a purchase without a click as none, as the reader promises. */
function promised(records: readonly Record<string, string>[]): Row[] {
  const groups = new Map<string, number>();
  const field = (r: Record<string, string>, name: string) => {
    const text = (r[name] ?? '').trim();
    return isMissing(text) ? '' : text;
  };
  const label = (text: string) => (/^(1|1\.0|true)$/i.test(text) ? 1 : 0);
  return records.map((r) => {
    const id = field(r, 'page');
    if (!groups.has(id)) groups.set(id, groups.size);
    const click = label(field(r, 'click'));
    const price = field(r, 'price');
    const kind = field(r, 'kind');
    return {
      group: String(groups.get(id)),
      kind: kind === '' ? '(missing)' : kind.replace(/^(\d+)\.0+$/, '$1'),
      price: price === '' ? Number.NaN : Math.fround(Number(price)),
      click,
      buy: click & label(field(r, 'buy')),
    };
  });
}

/** What Papa Parse reads in the text. */
export function papa(text: string): Record<string, string>[] | null {
  const even = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const { data } = Papa.parse<string[]>(even, { delimiter: ',', newline: '\n' });
  const lines = data.filter((r) => r.length > 1 || r[0]!.trim() !== '');
  const [header, ...rest] = lines;
  if (!header || rest.some((r) => r.length !== header.length)) return null;
  const names = header.map((h) => h.trim());
  return rest.map((r) => Object.fromEntries(r.map((v, i) => [names[i]!, v])));
}

/** Holds a table against the records that an oracle read in the same bytes; null where it refuses them. */
export function compare(t: Table, records: readonly Record<string, string>[] | null, what: string): void {
  expect(records, `${what}: rows were read that the oracle refuses`).not.toBeNull();
  const rare = (row: Row) => (row.kind === '(other)' ? null : row.kind);
  const got = rowsOf(t);
  const wanted = promised(records!);
  // A value that only the validation part has shares the code (other).
  got.forEach((row, i) => {
    if (rare(row) === null) got[i] = { ...row, kind: wanted[i]?.kind ?? '' };
  });
  const even = (rows: Row[]) => rows.map((r) => ({ ...r, kind: r.kind.replace(/\r\n?/g, '\n') }));
  expect(even(got), what).toEqual(even(wanted));
}

/** Runs a number of seeds and tells how many files were read and how many refused. */
export async function campaign(
  name: string,
  seeds: number,
  one: (rng: Rng, what: string) => Promise<boolean>,
) {
  let read = 0;
  for (let seed = 0; seed < seeds; seed++) {
    if (await one(new Rng(seed, name.length), `${name} ${seed}`)) read++;
  }
  // A campaign that reads nothing, or everything, tests nothing.
  expect(read).toBeGreaterThan(0);
  expect(read).toBeLessThan(seeds);
}
