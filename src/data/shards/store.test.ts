/** Shards in browser storage: all or nothing, damaged records, and a disk that is full. */
import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { madeUp } from '../testing/tables';
import { readShard } from './read';
import { deleteShard, findShard, listShards, saveShard, storageRoom } from './store';
import { type Shard, writeShard } from './write';

let one: Shard;
let two: Shard;

beforeAll(async () => {
  one = await writeShard(madeUp({ rows: 1000 }), {
    title: 'one',
    created: new Date(1000),
    rowsAPart: 400,
  });
  two = await writeShard(madeUp({ rows: 1000, seed: 2 }), {
    title: 'two',
    created: new Date(2000),
  });
});
beforeEach(async () => {
  for (const { id } of await listShards()) await deleteShard(id);
});
afterEach(() => vi.restoreAllMocks());

const raw = () => openDB('seesaw-shards', 1);

describe('stored shards', () => {
  it('are kept, listed newest first, opened as they were, and deleted with all their parts', async () => {
    const persist = vi.fn(async () => true);
    const saved = await saveShard(one, { persisted: async () => false, persist });
    expect(persist).toHaveBeenCalledOnce();
    await saveShard(two, {});
    const bytes = one.parts.reduce((n, p) => n + p.bytes.length, 0);
    expect(saved).toMatchObject({ title: 'one', rows: one.manifest.rows, bytes });
    const listed = await listShards();
    expect(listed.map((s) => s.title)).toEqual(['two', 'one']);
    expect(listed[1]).toEqual(saved);
    const { manifest, part } = await findShard(saved.id);
    const table = await readShard(manifest, part);
    expect(table.rows).toBe(one.manifest.rows);
    await deleteShard(saved.id);
    expect((await listShards()).map((s) => s.title)).toEqual(['two']);
    const db = await raw();
    expect(await db.count('parts')).toBe(two.parts.length);
    db.close();
    await expect(findShard(saved.id)).rejects.toThrow('no longer stored');
    await deleteShard(saved.id);
  });

  it('of the same rows take the place of the earlier ones', async () => {
    await saveShard(one, {});
    await saveShard({ ...one, manifest: { ...one.manifest, title: 'again' } }, {});
    expect((await listShards()).map((s) => s.title)).toEqual(['again']);
  });

  it('stay whole when the disk is full, and the sentence says how much room there is', async () => {
    const kept = await saveShard(one, {});
    const put = IDBObjectStore.prototype.put;
    let calls = 0;
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...args) {
      // The first part still fits.
      if (++calls > 1) throw new DOMException('full', 'QuotaExceededError');
      return put.apply(this, args);
    });
    const estimate = async () => ({ usage: 9_000_000, quota: 9_010_000 });
    await expect(saveShard(two, { estimate })).rejects.toThrow(
      'This shard needs 0.1 MB and the browser has room for 0 MB more: delete a stored shard or download this one; what was stored before is still there.',
    );
    // Saving a stored one once more must not lose it either.
    await expect(saveShard(one, {})).rejects.toThrow('the browser has no room for it');
    vi.restoreAllMocks();
    expect(await listShards()).toEqual([kept]);
    const db = await raw();
    expect(await db.count('parts')).toBe(one.parts.length);
    db.close();
    const { manifest, part } = await findShard(kept.id);
    expect((await readShard(manifest, part)).rows).toBe(one.manifest.rows);
  });

  it('that fail only when the transaction ends are not there afterwards', async () => {
    const put = IDBObjectStore.prototype.put;
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...args) {
      const request = put.apply(this, args);
      if (this.name === 'shards') request.addEventListener('success', () => this.transaction.abort());
      return request;
    });
    await expect(saveShard(one, {})).rejects.toThrow('Shards cannot be kept in this browser');
    vi.restoreAllMocks();
    expect(await listShards()).toEqual([]);
    const db = await raw();
    expect(await db.count('parts')).toBe(0);
    db.close();
  });

  it('that are damaged are listed as such and can be deleted', async () => {
    const { id } = await saveShard(one, {});
    const whole = await saveShard(two, {});
    const db = await raw();
    await db.put('shards', { id: 'odd', title: 7 });
    await db.put('shards', { ...(await db.get('shards', whole.id)), id: 'no manifest', manifest: '{' });
    await db.delete('parts', [id, one.parts[1]!.file]);
    const damaged = (await listShards()).filter((s) => s.damaged);
    expect(damaged.map((s) => s.id).sort()).toEqual([id, 'no manifest', 'odd'].sort());
    expect(damaged.find((s) => s.id === id)).toMatchObject({
      title: 'one',
      damaged: `The part ${one.parts[1]!.file} of this shard is lost: delete it.`,
    });
    await expect(findShard('odd')).rejects.toThrow('cannot be understood');
    const { manifest, part } = await findShard(id);
    await expect(readShard(manifest, part)).rejects.toThrow('is lost');
    for (const s of damaged) await deleteShard(s.id);
    expect(await listShards()).toEqual([whole]);
    db.close();
  });

  it('tell how much room there is as far as the browser does', async () => {
    expect(await storageRoom({ estimate: async () => ({ usage: 5, quota: 10 }) })).toEqual({
      used: 5,
      quota: 10,
    });
    expect(await storageRoom({})).toEqual({ used: null, quota: null });
    const estimate = () => Promise.reject(new Error('no'));
    expect(await storageRoom({ estimate })).toEqual({ used: null, quota: null });
  });

  it('are refused in one sentence where there is no storage', async () => {
    vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    });
    await expect(listShards()).rejects.toThrow(
      'Shards cannot be kept in this browser (The operation is insecure): download the shard instead, or leave private browsing.',
    );
  });
});
