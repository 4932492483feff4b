/**
 * Broken Parquet files of two writers: each gives either exactly the rows that hyparquet reads in it, or one sentence.
 *
 * hyparquet believes what a file says of itself; the reader checks it first, so it may refuse what hyparquet takes.
 */
import { readFileSync } from 'node:fs';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { type Mapping, mappingSchema } from '../mapping/mapping';
import type { Rng } from '../random';
import type { Table } from '../table';
import { attempt, campaign, compare, MAPPING, ROWS, wound } from './fuzzing';
import { FIXTURES, named } from './testing';

/** What hyparquet reads, values as they are. */
function oracle(bytes: Uint8Array): Promise<Record<string, unknown>[]> {
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  return parquetReadObjects({ file, compressors });
}

const plain = (v: unknown) => (v === null || v === undefined ? '' : String(v));

const asText = (records: readonly Record<string, unknown>[]) =>
  records.map((r) => Object.fromEntries(Object.entries(r).map(([name, v]) => [name, plain(v)])));

const WITH_LIST: Mapping = mappingSchema.parse({
  ...MAPPING,
  columns: [...MAPPING.columns, { name: 'seen', role: 'list' }],
});

/** Lists have codes instead of texts: equal texts must have equal codes, and different ones different codes, 0 (other) apart. */
function compareLists(t: Table, records: readonly Record<string, unknown>[], what: string): void {
  const { offsets, codes } = t.sequences![0]!;
  const codeOf = new Map<string, number>();
  const textOf = new Map<number, string>();
  for (const [i, { seen }] of records.entries()) {
    const texts = (Array.isArray(seen) ? seen : []).map(plain).filter((text) => text !== '');
    expect(offsets[i + 1]! - offsets[i]!, `${what}, row ${i}`).toBe(texts.length);
    for (const [e, text] of texts.entries()) {
      const code = codes[offsets[i]! + e]!;
      expect(codeOf.get(text) ?? code, `${what}, row ${i}`).toBe(code);
      if (code > 0) expect(textOf.get(code) ?? text, `${what}, row ${i}`).toBe(text);
      codeOf.set(text, code);
      textOf.set(code, text);
    }
  }
}

describe('broken Parquet files', () => {
  it('700 of hyparquet-writer', async () => {
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
      if (t) compare(t, asText(await oracle(bytes)), what);
      return t !== null;
    });
  }, 60_000);

  const broken = async (rng: Rng, clean: Uint8Array, what: string): Promise<boolean> => {
    const bytes = wound(clean, rng, false);
    const t = await attempt([named('a.parquet', bytes)], WITH_LIST);
    if (!t) return false;
    const records = await oracle(bytes);
    compare(t, asText(records), what);
    compareLists(t, records, what);
    return true;
  };

  it.each(FIXTURES)(
    '150 of PyArrow: %s',
    async (name) => {
      const clean = new Uint8Array(readFileSync(`reference/fixtures/parquet/${name}.parquet`));
      await campaign(`arrow ${name}`, 150, (rng, what) => broken(rng, clean, what));
    },
    60_000,
  );
});
