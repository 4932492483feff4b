/** Parquet files of other people's writers give the same table as the CSV. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { Rng } from '../random';
import { prepare } from '../table';
import { previewFiles, readFiles } from './index';
import { unpack, unpackBeginning } from './parquetUnpack';
import { FIXTURES, fingerprintOf, named, refusal } from './testing';

describe('Parquet', () => {
  const n = 500;
  const columns = (codec: 'UNCOMPRESSED' | 'SNAPPY') =>
    parquetWriteBuffer({
      columnData: [
        { name: 'user_id', data: Array.from({ length: n }, (_, i) => i >> 2), type: 'INT32' },
        {
          name: 'kind',
          data: Array.from({ length: n }, (_, i) => (i % 9 === 0 ? null : `k${i % 5}`)),
          type: 'STRING',
          nullable: true,
        },
        {
          name: 'price',
          data: Array.from({ length: n }, (_, i) => (i % 7 === 0 ? null : i / 8)),
          type: 'DOUBLE',
          nullable: true,
        },
        { name: 'click', data: Array.from({ length: n }, (_, i) => i % 3 === 0), type: 'BOOLEAN' },
        {
          name: 'buy',
          data: Array.from({ length: n }, (_, i) => BigInt(i % 6 === 0 ? 1 : 0)),
          type: 'INT64',
        },
      ],
      rowGroupSize: 128,
      codec,
    });
  const text = [
    'user_id,kind,price,click,buy',
    ...Array.from({ length: n }, (_, i) =>
      [
        i >> 2,
        i % 9 === 0 ? '' : `k${i % 5}`,
        i % 7 === 0 ? '' : i / 8,
        i % 3 === 0 ? 1 : 0,
        i % 6 === 0 ? 1 : 0,
      ].join(','),
    ),
  ].join('\n');

  it.each(['UNCOMPRESSED', 'SNAPPY'] as const)('gives the same table as the CSV (%s)', async (codec) => {
    const file = named('a.parquet', new Uint8Array(columns(codec)));
    const preview = await previewFiles([file]);
    expect(preview).toMatchObject({ estimatedRows: n, seen: 128 });
    const { guess } = await previewFiles([named('a.csv', text)]);
    const a = await readFiles([file], guess);
    const b = await readFiles([named('a.csv', text)], guess);
    expect(prepare(a).fingerprint).toBe(prepare(b).fingerprint);
    const sampled = { ...guess, sampling: { ...guess.sampling, rows: 100 } };
    for (const wholePages of [false, true]) {
      const mapping = { ...sampled, sampling: { ...sampled.sampling, wholePages } };
      expect(prepare(await readFiles([file], mapping)).fingerprint).toBe(
        prepare(await readFiles([named('a.csv', text)], mapping)).fingerprint,
      );
    }
  });

  it('is refused when damaged', async () => {
    const whole = new Uint8Array(columns('SNAPPY'));
    expect(await refusal([named('a.parquet', whole.subarray(0, whole.length - 9))])).toMatch(
      /^a\.parquet is a damaged Parquet file \(.*\): write or download it again\.$/,
    );
  });

  it.each(FIXTURES)('of PyArrow: %s', async (name) => {
    const row = (i: number) => [
      `p${i >> 2}`,
      i % 5 === 0 ? '' : `k${i % 3}`,
      i % 7 === 0 ? '' : i / 8 - 1,
      ['', '', i % 9, `${i % 5};3;${i % 9}`][i % 4],
      i % 2,
      i % 4 === 1 ? 1 : 0,
    ];
    const csv = ['page,kind,price,seen,click,buy', ...Array.from({ length: 48 }, (_, i) => row(i).join(','))];
    const file = named(`${name}.parquet`, readFileSync(`reference/fixtures/parquet/${name}.parquet`));
    const preview = await previewFiles([file]);
    // The first of its three row groups is all that the preview reads.
    expect(preview).toMatchObject({ estimatedRows: 48, seen: 20 });
    expect(preview.columns.find((c) => c.name === 'seen')).toMatchObject({ kind: 'list' });
    expect(await fingerprintOf([file])).toBe(await fingerprintOf([named('a.csv', csv.join('\n'))]));
  });

  // 100,000 indices make one page, which needs all of the dictionary; or many, the first of which need its beginning.
  it.each([1 << 20, 20_000])(
    'is previewed with a long dictionary, in pages of %i bytes',
    async (pageSize) => {
      const data = Array.from({ length: 100_000 }, (_, i) => (i * 7919) % 25_000);
      const bytes = parquetWriteBuffer({
        columnData: [
          { name: 'item', data: data.map((v) => v % 100), type: 'INT32' },
          { name: 'price', data: data.map((v) => v / 3), type: 'DOUBLE', encoding: 'RLE_DICTIONARY' },
          { name: 'click', data: data.map((v) => v % 2), type: 'INT32' },
        ],
        codec: 'GZIP',
        compressors: { GZIP: (input) => new Uint8Array(gzipSync(input)) },
        pageSize,
        rowGroupSize: 100_000,
      });
      const { rows } = await previewFiles([named('a.parquet', new Uint8Array(bytes))]);
      expect(rows.map(([item, price]) => [Number(item), Number(price)])).toEqual(
        data.slice(0, rows.length).map((v) => [v % 100, v / 3]),
      );
    },
  );
});

describe('a page', () => {
  /** A zstd frame without a content size: window of 1 MB, then blocks of one byte repeated. */
  const repeated = (blocks: number, size: number) => {
    // Three bytes: 1 in the last block, 2 for a repeated byte, and the size from bit 3 on.
    const block = (last: 0 | 1) => {
      const head = last | 2 | (size << 3);
      return [head & 255, (head >> 8) & 255, head >> 16, 7];
    };
    const all = Array.from({ length: blocks }, (_, b) => block(b === blocks - 1 ? 1 : 0));
    return Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x50, ...all.flat()]);
  };

  it('unpacks to what it says, or is refused', () => {
    expect(unpack(repeated(2, 1000), 2000, 'ZSTD')).toEqual(new Uint8Array(2000).fill(7));
    for (const size of [1999, 2001]) expect(() => unpack(repeated(2, 1000), size, 'ZSTD')).toThrow(/size/);
    // 40 kB that would become 1.3 GB.
    expect(() => unpack(repeated(10_000, 131_072), 1 << 20, 'ZSTD')).toThrow(/size/);
    // A frame that says it holds 2 GB.
    const liar = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0b10100000, 0, 0, 0, 0x7f, 1, 0, 0);
    expect(() => unpack(liar, 100, 'ZSTD')).toThrow(/size/);
    expect(() => unpackBeginning(liar, 100, 'ZSTD')).toThrow(/window/);
    expect(() => unpack(Uint8Array.of(1, 2, 3, 4, 5, 6), 100, 'ZSTD')).toThrow(/not packed with zstd/);
  });

  it('unpacks its beginning where asked to', () => {
    const rng = new Rng(1);
    const text = Buffer.from(Array.from({ length: 200_000 }, () => rng.below(64)));
    const beginning = unpackBeginning(gzipSync(text), 1000, 'GZIP')!;
    expect(beginning.length).toBeGreaterThanOrEqual(1000);
    expect(beginning.length).toBeLessThan(text.length);
    expect(beginning).toEqual(new Uint8Array(text.subarray(0, beginning.length)));
    expect(unpackBeginning(repeated(50, 1000), 3500, 'ZSTD')).toEqual(new Uint8Array(50_000).fill(7));
    expect(unpackBeginning(text, 10, 'SNAPPY')).toBeNull();
  });
});
