/** A shard is its table: written and read again, bit by bit, and a small world's figures stay. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepare, type Table } from '../table';
import { madeUp } from '../testing/tables';
import { manifestText, parseManifest } from './manifest';
import { readShard } from './read';
import { tables } from './tables.arbitrary';
import { type Shard, writeShard } from './write';

/** A table with its numbers as bits, so that −0 and NaN count. */
function bits(value: unknown): unknown {
  if (value instanceof Float32Array) return Array.from(new Uint32Array(value.slice().buffer));
  if (ArrayBuffer.isView(value)) return [value.constructor.name, ...(value as Uint8Array)];
  if (Array.isArray(value)) return value.map(bits);
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, v]) => [key, bits(v)]);
  return value;
}

const readBack = (shard: Shard): Promise<Table> =>
  readShard(
    // As text, the way it travels.
    parseManifest(manifestText(shard.manifest)),
    (file) => shard.parts.find((p) => p.file === file)!.bytes,
  );

describe('a shard', () => {
  it('written and read again is the same table, bit by bit', async () => {
    await fc.assert(
      fc.asyncProperty(tables, fc.integer({ min: 1, max: 30 }), async (table, rowsAPart) => {
        const shard = await writeShard(table, { rowsAPart });
        expect(shard.manifest.parts.filter((p) => !p.pages)).toHaveLength(Math.ceil(table.rows / rowsAPart));
        const again = await readBack(shard);
        expect(bits(again)).toEqual(bits(table));
        expect(prepare(again).fingerprint).toBe(shard.manifest.fingerprint);
      }),
      { numRuns: 200 },
    );
  });

  it('of a simulated world keeps its fingerprint and its truth', async () => {
    const table = madeUp({ rows: 5000, truth: true });
    const shard = await writeShard(table, { rowsAPart: 2000, title: 'mine' });
    expect(shard.manifest).toMatchObject({ title: 'mine', truth: true, simulated: true, rows: table.rows });
    const again = await readBack(shard);
    expect(again.source).toEqual({ ...table.source, title: 'mine' });
    expect(bits({ ...again, source: 0 })).toEqual(bits({ ...table, source: 0 }));
  });

  it('can be stopped while it is written and while it is read', async () => {
    const table = madeUp({ rows: 5000, truth: true });
    const stop = new AbortController();
    const reason = new Error('enough');
    const stopping = { signal: stop.signal, onProgress: () => stop.abort(reason) };
    await expect(writeShard(table, { rowsAPart: 500 }, stopping)).rejects.toBe(reason);
    const shard = await writeShard(table);
    const stopped = readShard(shard.manifest, () => shard.parts[0]!.bytes, {
      signal: AbortSignal.abort(reason),
    });
    await expect(stopped).rejects.toBe(reason);
  });
});
