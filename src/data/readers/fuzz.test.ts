/**
 * Thousands of broken files: each gives either exactly the rows that a strict oracle reads in it, or one sentence.
 *
 * The oracles are other people's readers (Papa Parse, zlib, hyparquet) on the same bytes. Everything follows from seeds.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import { BlobWriter, TextReader, ZipWriter } from '@zip.js/zip.js';
import { parquetReadObjects } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { DataError } from '../dataset';
import type { Mapping } from '../mapping/mapping';
import { mappingSchema } from '../mapping/mapping';
import { Rng } from '../random';
import type { Table } from '../table';
import { isMissing } from './block';
import { type NamedBlob, readFiles } from './index';
import { COLUMNS } from './layout';
import { aliExpress, GOOD, named } from './testing';
import { tianchiPlaces } from './tianchi';

/** Longest that one file may take, on a machine that is busy with other things too. */
const MOST_MS = 5000;

const MAPPING: Mapping = mappingSchema.parse({
  columns: [
    { name: 'page', role: 'group' },
    { name: 'kind', role: 'categorical' },
    { name: 'price', role: 'numerical' },
    { name: 'click', role: 'label', parent: null },
    { name: 'buy', role: 'label', parent: 'click' },
  ],
});
const NAMES = MAPPING.columns.map((c) => c.name);
const ROWS = Array.from({ length: 24 }, (_, i) => [
  `p${i >> 2}`,
  i % 6 === 0 ? '"a, ""b"""' : `k${i % 3}`,
  i % 7 === 0 ? '' : String(i / 8 - 1),
  String(i % 2),
  i % 4 === 1 ? '1' : '0',
]);
const CLEAN = [NAMES, ...ROWS].map((r) => r.join(',')).join('\n');
const utf8 = new TextEncoder();

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
function wound(bytes: Uint8Array, rng: Rng, tokens: boolean): Uint8Array {
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
async function attempt(files: NamedBlob[], mapping: Mapping | null): Promise<Table | null> {
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
function papa(text: string): Record<string, string>[] | null {
  const even = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const { data } = Papa.parse<string[]>(even, { delimiter: ',', newline: '\n' });
  const lines = data.filter((r) => r.length > 1 || r[0]!.trim() !== '');
  const [header, ...rest] = lines;
  if (!header || rest.some((r) => r.length !== header.length)) return null;
  const names = header.map((h) => h.trim());
  return rest.map((r) => Object.fromEntries(r.map((v, i) => [names[i]!, v])));
}

function compare(t: Table, records: readonly Record<string, string>[] | null, what: string): void {
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
async function campaign(name: string, seeds: number, one: (rng: Rng, what: string) => Promise<boolean>) {
  let read = 0;
  for (let seed = 0; seed < seeds; seed++) {
    if (await one(new Rng(seed, name.length), `${name} ${seed}`)) read++;
  }
  // A campaign that reads nothing, or everything, tests nothing.
  expect(read).toBeGreaterThan(0);
  expect(read).toBeLessThan(seeds);
}

describe('broken files', () => {
  it('3,200 CSV files', async () => {
    const clean = utf8.encode(CLEAN);
    await campaign('csv', 3200, async (rng, what) => {
      let bytes = wound(clean, rng, true);
      if (rng.below(400) === 0)
        bytes = utf8.encode(CLEAN.replace('k1', 'x'.repeat(rng.below(2) === 0 ? 900_000 : 1_100_000)));
      const t = await attempt([named('a.csv', bytes)], MAPPING);
      if (t) compare(t, papa(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)), what);
      return t !== null;
    });
  }, 120_000);

  it('700 gzip files', async () => {
    const clean = gzipSync(CLEAN);
    const two = new Uint8Array([...gzipSync(CLEAN.slice(0, 100)), ...gzipSync(CLEAN.slice(100))]);
    await campaign('gzip', 700, async (rng, what) => {
      const bytes = wound(rng.below(2) === 0 ? clean : two, rng, false);
      const t = await attempt([named('a.csv.gz', bytes)], MAPPING);
      if (!t) return false;
      // Whatever begins otherwise is no gzip file any more.
      const text =
        bytes[0] === 0x1f && bytes[1] === 0x8b ? new TextDecoder().decode(gunzipSync(bytes)) : null;
      compare(t, text === null ? null : papa(text), what);
      return true;
    });
  }, 60_000);

  it('300 ZIP archives', async () => {
    const writer = new ZipWriter(new BlobWriter('application/zip'));
    await writer.add('a.csv', new TextReader(CLEAN));
    const clean = new Uint8Array(await (await writer.close()).arrayBuffer());
    await campaign('zipped', 300, async (rng, what) => {
      const t = await attempt([named('a.zip', wound(clean, rng, false))], MAPPING);
      // Contents have a checksum: what is read must be what was packed.
      if (t) compare(t, papa(CLEAN), what);
      return t !== null;
    });
  }, 60_000);

  it('700 Parquet files', async () => {
    const text = (c: number) => ROWS.map((r) => r[c]!);
    const write = (codec: 'UNCOMPRESSED' | 'SNAPPY') =>
      new Uint8Array(
        parquetWriteBuffer({
          columnData: [
            { name: 'page', data: text(0), type: 'STRING' },
            {
              name: 'kind',
              data: text(1).map((v, i) => (i % 5 === 0 ? null : v)),
              type: 'STRING',
              nullable: true,
            },
            {
              name: 'price',
              data: text(2).map((v) => (v === '' ? null : Number(v))),
              type: 'DOUBLE',
              nullable: true,
            },
            { name: 'click', data: text(3).map(Number), type: 'INT32' },
            { name: 'buy', data: text(4).map((v) => v === '1'), type: 'BOOLEAN' },
          ],
          rowGroupSize: 10,
          codec,
        }),
      );
    const clean = [write('UNCOMPRESSED'), write('SNAPPY')];
    await campaign('parquet', 700, async (rng, what) => {
      const bytes = wound(clean[rng.below(2)]!, rng, false);
      const t = await attempt([named('a.parquet', bytes)], MAPPING);
      if (!t) return false;
      const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
      const objects = await parquetReadObjects({ file });
      compare(
        t,
        objects.map((o) =>
          Object.fromEntries(
            Object.entries(o).map(([k, v]) => [k, v === null || v === undefined ? '' : String(v)]),
          ),
        ),
        what,
      );
      return true;
    });
  }, 60_000);

  it('400 Tianchi pairs', async () => {
    const rows = GOOD.map((g) => g.split(','));
    const places = { user: tianchiPlaces('user'), item: tianchiPlaces('item') };
    const half = (row: string[], of: 'user' | 'item') => {
      const out = new Array<string>(of === 'user' ? 33 : 49).fill('0');
      COLUMNS.slice(0, -2).forEach((_, c) => {
        if (places[of][c]! >= 0) out[places[of][c]!] = row[c]!;
      });
      if (of === 'item') out[48] = String(Number(row[80]) + Number(row[81]));
      return out.join(',');
    };
    const items = rows.map((r) => half(r, 'item')).join('\n');
    const users = [...new Set(rows.map((r) => half(r, 'user')))].join('\n');
    const digits = (text: string, rng: Rng) => wound(utf8.encode(text), rng, rng.below(2) === 0);
    await campaign('tianchi', 400, async (rng, what) => {
      const files = { item: utf8.encode(items), user: utf8.encode(users) };
      const hurt = rng.below(2) === 0 ? 'item' : 'user';
      files[hurt] = digits(hurt === 'item' ? items : users, rng) as typeof files.item;
      const pair = [named('item.csv', files.item), named('user.csv', files.user)];
      const mapping = { ...MAPPING, columns: (await readable(aliExpress(...GOOD))).columns };
      const t = await attempt(pair, mapping);
      if (!t) return false;
      const cut = (bytes: Uint8Array) =>
        new TextDecoder()
          .decode(bytes)
          .replace(/^\uFEFF/, '')
          .split(/\r\n|\r|\n/)
          .filter((l) => l.trim() !== '')
          .map((l) =>
            l.split(',').map((f) =>
              f
                .trim()
                .replace(/^"(.*)"$/, '$1')
                .trim(),
            ),
          );
      const known = new Map<string, string[]>();
      for (const r of cut(files.user)) if (!known.has(r[0]!)) known.set(r[0]!, r);
      const joined = cut(files.item).filter((r) => known.has(r[0]!));
      expect(t.rows, what).toBe(joined.length);
      joined.forEach((r, i) => {
        t.schema.numerical.forEach((name, m) => {
          const c = COLUMNS.indexOf(name);
          const field = places.item[c]! >= 0 ? r[places.item[c]!]! : known.get(r[0]!)![places.user[c]!]!;
          expect(t.numerical[i * 63 + m], `${what} ${name}`).toBe(
            isMissing(field) ? Number.NaN : Math.fround(Number(field)),
          );
        });
        expect([...t.labels.subarray(2 * i, 2 * i + 2)], what).toEqual([
          Number(r[48]) >= 1 ? 1 : 0,
          Number(r[48]) >= 2 ? 1 : 0,
        ]);
      });
      return true;
    });
  }, 60_000);
});

let guessed: Promise<Mapping> | null = null;
async function readable(files: NamedBlob[]): Promise<Mapping> {
  guessed ??= import('./index').then(async ({ previewFiles }) => (await previewFiles(files)).guess);
  return guessed;
}
