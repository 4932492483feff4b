import { describe, expect, it } from 'vitest';
import { prepare } from '../table';
import { madeUp } from '../testing/tables';
import { findShardAmong } from './folder';
import { manifestText } from './manifest';
import { readShard } from './read';
import { writeShard } from './write';

const table = madeUp({ rows: 300 });
const { manifest, parts } = await writeShard(table, { rowsAPart: 100 });
const described = { name: 'manifest.json', blob: new Blob([manifestText(manifest)]) };
const pieces = parts.map(({ file, bytes }) => ({ name: file, blob: new Blob([bytes as BlobPart]) }));
const refusal = (files: Parameters<typeof findShardAmong>[0]) =>
  findShardAmong(files).catch((e: Error) => e.message);

describe('a shard as a folder', () => {
  it('opens in whatever order its files come, with others beside them', async () => {
    const found = await findShardAmong([
      ...pieces.toReversed(),
      { name: 'notes.txt', blob: new Blob(['x']) },
      described,
    ]);
    expect(found!.bytes).toBe(parts.reduce((n, p) => n + p.bytes.length, 0));
    const again = await readShard(found!.manifest, found!.part);
    expect(prepare(again).fingerprint).toBe(prepare(table).fingerprint);
  });

  it('is none without a manifest', async () => {
    expect(await findShardAmong(pieces)).toBeNull();
  });

  it('says what is missing, doubled or damaged', async () => {
    expect(await refusal([described])).toBe(
      'manifest.json only describes a shard: choose its folder, or its part files together with it.',
    );
    expect(await refusal([described, ...pieces.slice(1)])).toBe(
      'part-0000.parquet, which manifest.json names, is not among the chosen files: choose the whole folder of the shard.',
    );
    expect(await refusal([described, described, ...pieces])).toMatch(/^There are 2 shards in this folder: /);
    expect(await refusal([{ name: 'manifest.json', blob: new Blob(['{']) }])).toMatch(
      /^manifest\.json is no JSON/,
    );
    const cut = pieces.map((p, i) => (i === 1 ? { ...p, blob: p.blob.slice(0, 90) } : p));
    const found = await findShardAmong([described, ...cut]);
    await expect(readShard(found!.manifest, found!.part)).rejects.toThrow(
      /^part-0001\.parquet has 90 bytes and/,
    );
  });

  it('a part that vanishes is named', async () => {
    const gone = { size: 10, arrayBuffer: () => Promise.reject(new Error('gone')) } as unknown as Blob;
    const found = await findShardAmong([described, { ...pieces[0]!, blob: gone }, ...pieces.slice(1)]);
    await expect(readShard(found!.manifest, found!.part)).rejects.toThrow(
      'part-0000.parquet could not be read: it was moved or changed; choose the folder again.',
    );
  });
});
