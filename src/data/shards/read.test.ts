/** Shards from other hands: what is read, and the one sentence for whatever is wrong with them. */
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { Rng } from '../random';
import { madeUp } from '../testing/tables';
import { type Manifest, parseManifest } from './manifest';
import { readShard } from './read';
import { writeShard } from './write';

type Columns = Parameters<typeof parquetWriteBuffer>[0]['columnData'];

const SCHEMA = {
  categorical: [{ name: 'shop', vocabulary: 3, values: ['books', 'food', 'toys'] }],
  numerical: ['price'],
  tasks: [
    { name: 'click', parent: null },
    { name: 'buy', parent: 0 },
  ],
  group: 'user',
};

const COLUMNS: Columns = [
  { name: 'shop', data: ['books', 'toys', 'toys', 'food'], type: 'STRING' },
  { name: 'price', data: [1.5, null, 3, Number.NaN], type: 'DOUBLE', nullable: true },
  { name: 'click', data: [true, false, true, true], type: 'BOOLEAN' },
  { name: 'buy', data: [1n, 0n, 0n, 1n], type: 'INT64' },
  { name: 'user', data: ['ann', 'bob', 'ann', 'eve'], type: 'STRING' },
];

/** A shard as somebody would write it by hand. */
function byHand(columns: Columns = COLUMNS, change: Record<string, unknown> = {}) {
  const bytes = new Uint8Array(parquetWriteBuffer({ columnData: columns }));
  const manifest = {
    format: 'seesaw-shard',
    version: 1,
    title: 'by hand',
    rows: 4,
    schema: SCHEMA,
    parts: [{ file: 'a.parquet', rows: 4, bytes: bytes.length }],
    ...change,
  };
  return { manifest, bytes };
}

const open = ({ manifest, bytes }: { manifest: unknown; bytes: Uint8Array }) =>
  readShard(parseManifest(JSON.stringify(manifest)), () => bytes);

const replaced = (column: Columns[number]) => COLUMNS.map((c) => (c.name === column.name ? column : c));

describe('a shard made by hand', () => {
  it('opens with what it has: texts as codes, nulls as missing, groups by name, weight 1', async () => {
    const table = await open(byHand());
    expect(table).toMatchObject({ rows: 4, source: { kind: 'shard', title: 'by hand' } });
    expect([...table.categorical]).toEqual([0, 2, 2, 1]);
    expect([...table.numerical]).toEqual([1.5, Number.NaN, 3, Number.NaN]);
    expect([...table.labels]).toEqual([1, 1, 0, 0, 1, 0, 1, 1]);
    expect([...table.groups]).toEqual([0, 1, 0, 2]);
    expect([...table.weights]).toEqual([1, 1, 1, 1]);
    expect([...table.rowIds]).toEqual([0, 1, 2, 3]);
    // Split by group: a user's rows lie in one part, and both parts have some.
    expect(table.validation[0]).toBe(table.validation[2]);
    expect(new Set(table.validation).size).toBe(2);
  });

  it.each<[string, Columns, string]>([
    ['lacks a column', COLUMNS.slice(1), 'a.parquet lacks the column shop'],
    [
      'has a text that is not listed',
      replaced({ name: 'shop', data: ['books', 'cars', 'toys', 'food'], type: 'STRING' }),
      'a.parquet, row 2, column shop holds "cars", which the manifest does not list.',
    ],
    [
      'has a code out of range',
      replaced({ name: 'shop', data: Int32Array.of(0, 1, 3, 0), type: 'INT32' }),
      'a.parquet, row 3, column shop holds the code 3; codes go from 0 to 2.',
    ],
    [
      'has a label 2',
      replaced({ name: 'buy', data: Int32Array.of(0, 1, 2, 0), type: 'INT32' }),
      'row 3, column buy holds 2; a label must be 0 or 1.',
    ],
    [
      'has no label',
      replaced({ name: 'click', data: [true, null, true, true], type: 'BOOLEAN', nullable: true }),
      'row 2, column click holds no value.',
    ],
    [
      'has a text for a number',
      replaced({ name: 'price', data: ['a', 'b', 'c', 'd'], type: 'STRING' }),
      'row 1, column price holds "a", which is no number.',
    ],
    [
      'has an infinite number',
      replaced({ name: 'price', data: Float64Array.of(1, 2, 1e300, 4), type: 'DOUBLE' }),
      'row 3, column price holds 1e+300, which is not finite.',
    ],
    [
      'has a weight NaN',
      [...COLUMNS, { name: 'weight', data: Float32Array.of(1, 1, 1, Number.NaN), type: 'FLOAT' }],
      'row 4, column weight holds NaN; a weight must be a finite number of at least 0.',
    ],
    [
      'has another part',
      [...COLUMNS, { name: 'part', data: ['train', 'train', 'dev', 'train'], type: 'STRING' }],
      'row 3, column part holds "dev"; write train or validation.',
    ],
    [
      'mixes group numbers and negatives',
      replaced({ name: 'user', data: Int32Array.of(1, 2, -3, 4), type: 'INT32' }),
      'row 3, column user holds -3 among group numbers',
    ],
  ])('that %s is refused in one sentence', async (_, columns, sentence) => {
    const error = await open(byHand(columns)).catch((e: unknown) => e);
    expect(error).toMatchObject({ name: 'DataError', message: expect.stringContaining(sentence) });
    expect((error as Error).message).toMatch(/^[^\n]+\.$/);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['another number of rows', { rows: 5 }, 'its parts have 4 rows and the shard 5'],
    [
      'a part outside of its folder',
      { parts: [{ file: '../a.parquet', rows: 4, bytes: 1 }] },
      'parts.0.file',
    ],
    [
      'a parent behind its child',
      { schema: { ...SCHEMA, tasks: [{ name: 'a', parent: 0 }] } },
      'a parent must stand before',
    ],
    ['a fingerprint of other rows', { fingerprint: '0123456789abcdef' }, 'another fingerprint'],
    ['true probabilities of a real log', { truth: true }, 'only a simulated world'],
    ['billions of rows', { rows: 4e9, parts: [{ file: 'a.parquet', rows: 4e9, bytes: 9 }] }, 'rows: '],
    ['a key that nobody knows', { extra: 1 }, 'the file: '],
    [
      'other counts of validation rows',
      { validationRows: 4 },
      'rows of this shard validate and its manifest says 4',
    ],
  ])('with a manifest that says %s is refused', async (_, change, sentence) => {
    const error = await Promise.resolve()
      .then(() => open(byHand(COLUMNS, change)))
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ name: 'DataError', message: expect.stringContaining(sentence) });
  });
});

describe('damaged Parquet', () => {
  it('of 500 kinds never hangs, crashes or passes for the table', async () => {
    const shard = await writeShard(madeUp({ rows: 40, numerical: 2, categorical: 1 }));
    const { bytes } = shard.parts[0]!;
    const rng = new Rng(5);
    let refused = 0;
    let longest = 0;
    for (let trial = 0; trial < 500; trial++) {
      const broken = bytes.slice();
      const hits = 1 + rng.below(4);
      for (let h = 0; h < hits; h++) broken[rng.below(broken.length)] = rng.below(256);
      const started = performance.now();
      const error = await readShard(shard.manifest, () => broken).then(
        () => null,
        (e: unknown) => e as Error,
      );
      longest = Math.max(longest, performance.now() - started);
      if (error === null) continue;
      refused++;
      expect([error.name, error.message]).toEqual(['DataError', expect.stringMatching(/^[^\n]+\.$/)]);
    }
    // What opens has the right fingerprint: the damage lay in statistics or names that nobody reads.
    expect(longest).toBeLessThan(5000);
    expect(refused).toBeGreaterThan(250);
  }, 60_000);

  it('that is cut off, empty or something else is refused', async () => {
    const shard = await writeShard(madeUp({ rows: 40 }));
    const { bytes } = shard.parts[0]!;
    for (const broken of [
      bytes.slice(0, 100),
      new Uint8Array(0),
      new TextEncoder().encode('a,b\n1,2\n3,4\n5,6\n'),
    ]) {
      const manifest: Manifest = {
        ...shard.manifest,
        parts: [{ ...shard.manifest.parts[0]!, bytes: broken.length }],
      };
      await expect(readShard(manifest, () => broken)).rejects.toThrow('no Parquet that can be read');
    }
  });
});
