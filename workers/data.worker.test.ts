import 'fake-indexeddb/auto';
import * as Comlink from 'comlink';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { DEFAULT_REQUEST } from '../src/data';
import { COLUMNS } from '../src/data/readers/layout';
import { manifestText } from '../src/data/shards/manifest';
import { writeShard } from '../src/data/shards/write';
import { madeUp } from '../src/data/testing/tables';
import { createDataApi } from './data.worker';
import type { DataApi, Progress } from './protocol';

/** The API behind a real message channel, as the page sees it. */
let port: MessagePort;
let far: MessagePort;
let api: Comlink.Remote<DataApi>;
/** What the server at data.example.org has. */
const server = new Map<string, Uint8Array | string>();
const asked: string[] = [];
/** Set, it holds back every answer until the request is stopped. */
let silence = false;
const fetchFar = ((url: URL, init: RequestInit) => {
  asked.push(url.pathname);
  if (silence) {
    return new Promise((_, reject) => {
      init.signal!.addEventListener('abort', () => reject(init.signal!.reason));
    });
  }
  const content = server.get(url.pathname);
  return Promise.resolve(new Response(content as BodyInit, { status: content === undefined ? 404 : 200 }));
}) as typeof fetch;

/** The same commands without the channel: Node, unlike browsers, loses a File's name in a message. */
const here = createDataApi({
  remote: { fetch: fetchFar, base: 'https://lab.example.org/' },
  storage: { estimate: async () => ({ usage: 1000, quota: 5000 }), persist: async () => true },
});

beforeAll(() => {
  const channel = new MessageChannel();
  port = channel.port1;
  far = channel.port2;
  Comlink.expose(here, far);
  api = Comlink.wrap<DataApi>(port);
});
afterAll(() => {
  port.close();
  far.close();
});

const REQUEST = { ...DEFAULT_REQUEST, impressions: 1_500_000, rows: 50_000 };

const row = (page: number, click: number) =>
  COLUMNS.map((c) =>
    c === 'search_id' ? page : c === 'click' ? click : c === 'conversion' ? 0 : (page * 3) % 7,
  ).join(',');
const file = (...rows: string[]) => new File([[COLUMNS.join(','), ...rows].join('\n')], 'mine.csv');
const good = file(...Array.from({ length: 12 }, (_, i) => row(i, i % 2)));
const silent = Comlink.proxy(() => undefined);

describe('the data worker', () => {
  it('has nothing to copy at first, and says so as a plain error', async () => {
    const error = await Promise.resolve(api.copy()).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'DataError',
      message: 'There is no data set yet: simulate a world or open a file first.',
    });
  });

  it('opens a file and keeps it when the next one is refused', async () => {
    const summary = await here.open([good], null, () => undefined);
    expect(summary).toMatchObject({ rows: 12, source: { title: 'mine.csv' }, oracle: null });
    const error = await here.open([file(row(1, 5))], null, () => undefined).catch((e: unknown) => e);
    expect(error).toMatchObject({
      name: 'DataError',
      message: 'mine.csv, line 2, column click holds "5"; a label must be 0 or 1.',
    });
    await expect(api.simulate({ ...REQUEST, relatedness: 7 }, silent)).rejects.toThrow('"relatedness"');
    const copy = await api.copy();
    expect(copy.fingerprint).toBe(summary.fingerprint);
    expect(copy.categorical).toHaveLength(12 * 16);
    // Given away, and yet there for the next one.
    expect((await api.copy()).labels).toEqual(copy.labels);
  });

  it('simulates, reports progress, and stops the older work when a newer one is asked for', async () => {
    const shares: number[] = [];
    const first = api.simulate({ ...REQUEST, seed: 2 }, silent).catch((e: unknown) => e);
    const second = await api.simulate(
      REQUEST,
      Comlink.proxy(({ share }: Progress) => void shares.push(share)),
    );
    expect(await first).toMatchObject({
      message: 'This was stopped because another data set was asked for.',
    });
    expect(second.source.detail).toBe('simulated · r 0.5 · seed 1');
    expect(Object.keys(second.oracle!)).toEqual(['click', 'conversion', 'conversion|click']);
    expect(shares.length).toBeGreaterThan(2);
    const copy = await api.copy();
    expect(copy.fingerprint).toBe(second.fingerprint);
    expect(copy.truth!.probabilities).toHaveLength(copy.rows * 2);
  });

  it('draws a page of the simulated world again, whole: the rows that were kept of it are among its rows', async () => {
    const data = await api.copy();
    const at = data.trainRows;
    const group = data.groups[at]!;
    const page = await api.page(group);
    expect([page.rows, page.trainRows]).toEqual([20, 0]);
    expect(new Set(page.groups)).toEqual(new Set([group]));
    expect(new Set(page.weights)).toEqual(new Set([1]));
    const same = page.rowIds.indexOf(data.rowIds[at]!);
    const numbers = (d: typeof data, row: number) =>
      d.numerical.subarray(row * d.schema.numerical.length, (row + 1) * d.schema.numerical.length);
    expect(numbers(page, same)).toEqual(numbers(data, at));
    expect(page.truth!.probabilities.subarray(same * 2, same * 2 + 2)).toEqual(
      data.truth!.probabilities.subarray(at * 2, at * 2 + 2),
    );
    await expect(api.page(-1)).rejects.toThrow('There is no page -1');
    const other = createDataApi();
    await other.open([good], null, () => undefined);
    await expect(other.page(0)).rejects.toThrow('is not at hand');
  });

  it('lets the rows of a world go while nobody asks, and draws the very same again for whoever does', async () => {
    const own = createDataApi({ idle: 500 });
    const { fingerprint } = await own.simulate({ ...REQUEST, seed: 5 }, () => undefined);
    const first = await own.copy();
    const profile = await own.profile();
    // As engines newer than this one do it: what was given back can be read no more.
    const given = vi.fn(function (this: ArrayBuffer) {
      structuredClone(this, { transfer: [this] });
    });
    Object.assign(ArrayBuffer.prototype, { transfer: given });
    try {
      await vi.waitFor(() => expect(given.mock.calls.length).toBeGreaterThan(8), 5000);
    } finally {
      Reflect.deleteProperty(ArrayBuffer.prototype, 'transfer');
    }
    const [again, copy, page] = await Promise.all([own.profile(), own.copy(), own.page(7)]);
    expect(again).toEqual(profile);
    expect(copy.fingerprint).toBe(fingerprint);
    expect(copy.numerical).toEqual(first.numerical);
    expect(page.rows).toBe(20);
  }, 60_000);

  it('stops what is under way, and keeps what was there', async () => {
    const before = await api.copy();
    let stopped = false;
    const progress = Comlink.proxy(({ share }: Progress) => {
      if (share > 0.2 && !stopped) {
        stopped = true;
        void api.cancel();
      }
    });
    const error = await api.simulate({ ...REQUEST, seed: 3 }, progress).catch((e: unknown) => e);
    expect(error).toMatchObject({ message: 'Stopped. What was loaded before is still there.' });
    expect((await api.copy()).fingerprint).toBe(before.fingerprint);
    // Nothing is under way: that is no fault.
    await api.cancel();
  });

  it('goes back to what is in use when told that nobody takes what it made', async () => {
    const own = createDataApi();
    const open = (f: File) => own.open([f], null, () => undefined);
    const taken = await open(good);
    await own.copy();
    const more = file(...Array.from({ length: 30 }, (_, i) => row(i, i % 3 === 0 ? 1 : 0)));
    const overtaken = await open(more);
    own.discard('another');
    expect((await own.profile()).sample.rows).toHaveLength(20);
    own.discard(overtaken.fingerprint);
    expect((await own.profile()).sample.rows).toHaveLength(12);
    await expect(open(file(row(1, 5)))).rejects.toThrow('a label must be 0 or 1');
    expect((await own.copy()).fingerprint).toBe(taken.fingerprint);
    // Taken, it stays.
    const { fingerprint } = await open(more);
    await own.copy();
    own.discard(fingerprint);
    expect((await own.copy()).fingerprint).toBe(fingerprint);
  });

  it('refuses a mapping that makes no sense', async () => {
    const mapping = { columns: [{ name: 'a', role: 'king' }] } as never;
    const error = await here.open([good], mapping, () => undefined).catch((e: unknown) => e);
    expect(error).toMatchObject({
      name: 'DataError',
      message: expect.stringMatching(/^The mapping cannot be used because of its columns.*\.$/),
    });
  });

  it('does not mind a page that no longer listens to progress', async () => {
    const gone = () => Promise.reject(new Error('the page has gone'));
    await expect(createDataApi().open([good], null, gone as never)).resolves.toMatchObject({ rows: 12 });
    expect(await api.ping()).toBeGreaterThan(0);
  });
});

describe('shards in the data worker', () => {
  afterEach(() => {
    silence = false;
    vi.restoreAllMocks();
  });

  it('say that there is nothing to keep at first', async () => {
    const fresh = createDataApi();
    for (const deed of [fresh.saveShard(), fresh.downloadShard(), fresh.profile()]) {
      await expect(deed).rejects.toThrow('There is no data set yet');
    }
  });

  it('are saved, listed, opened, downloaded, opened from the ZIP, and deleted', async () => {
    const { fingerprint } = await here.open([good], null, () => undefined);
    const saved = await api.saveShard();
    expect(saved).toMatchObject({ title: 'mine.csv', rows: 12 });
    expect(await api.listShards()).toEqual({ shards: [saved], room: { used: 1000, quota: 5000 } });

    const { name, blob } = await here.downloadShard();
    expect(name).toBe('mine.csv-shard.zip');
    const zip = new File([blob], name);

    await api.simulate(REQUEST, silent);
    const opened = await api.openShard(saved.id, silent);
    expect(opened).toMatchObject({ fingerprint, rows: 12, source: { kind: 'shard', title: 'mine.csv' } });

    const preview = await here.preview([zip]);
    expect(preview).toMatchObject({ certain: true, format: 'Seesaw shard, 12 rows', estimatedRows: 12 });
    const progress: number[] = [];
    const unzipped = await here.open([zip], preview.guess, ({ share }) => void progress.push(share));
    expect(unzipped.fingerprint).toBe(fingerprint);
    expect(progress.at(-1)).toBe(1);

    await api.deleteShard(saved.id);
    expect((await api.listShards()).shards).toEqual([]);
    await expect(api.openShard(saved.id, silent)).rejects.toThrow('no longer stored');
    // What was opened stays.
    expect((await api.copy()).fingerprint).toBe(fingerprint);
  });

  it('are opened from their folder, and a part that is missing is named', async () => {
    const shard = await writeShard(madeUp({ rows: 600 }), { rowsAPart: 300 });
    const files = [
      new File([manifestText(shard.manifest)], 'manifest.json'),
      ...shard.parts.map(({ file, bytes }) => new File([bytes as BlobPart], file)),
    ];
    const preview = await here.preview(files);
    expect(preview).toMatchObject({ certain: true, files: [{ name: 'made up' }], estimatedRows: 600 });
    const opened = await here.open(files, preview.guess, () => undefined);
    expect(opened).toMatchObject({ rows: 600, fingerprint: shard.manifest.fingerprint });
    await expect(here.preview(files.slice(0, 2))).rejects.toThrow(
      /^part-0001\.parquet, which manifest\.json names/,
    );
  });

  it('that do not fit lose nothing, here or in storage', async () => {
    const { fingerprint } = await here.open([good], null, () => undefined);
    const kept = await api.saveShard();
    await here.open(
      [file(...Array.from({ length: 30 }, (_, i) => row(i, i % 3 === 0 ? 1 : 0)))],
      null,
      () => undefined,
    );
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    await expect(api.saveShard()).rejects.toThrow('the browser has room for 0 MB more');
    vi.restoreAllMocks();
    expect((await api.listShards()).shards).toEqual([kept]);
    expect((await api.openShard(kept.id, silent)).fingerprint).toBe(fingerprint);
    await api.deleteShard(kept.id);
  });

  it('at an address are asked for the manifest alone before anything else', async () => {
    const table = madeUp({ rows: 2000, truth: true });
    const shard = await writeShard(table, { rowsAPart: 500 });
    server.set('/es/manifest.json', manifestText(shard.manifest));
    for (const { file, bytes } of shard.parts) server.set(`/es/${file}`, bytes);
    const address = 'https://data.example.org/es';
    const offer = await api.inspectUrl(address);
    expect(asked).toEqual(['/es/manifest.json']);
    expect(offer).toMatchObject({ host: 'data.example.org', title: 'made up', rows: 2000 });
    const shares: number[] = [];
    const summary = await api.openUrl(
      offer.url,
      Comlink.proxy(({ share }: Progress) => void shares.push(share)),
    );
    expect(summary).toMatchObject({ rows: 2000, fingerprint: shard.manifest.fingerprint });
    expect(summary.oracle).not.toBeNull();
    // Reports travel on a port of their own and may come after the answer.
    await vi.waitFor(() => expect(shares.at(-1)).toBe(1));
    await expect(api.inspectUrl('https://data.example.org/nowhere')).rejects.toThrow('does not exist (404)');

    silence = true;
    const asking = api.inspectUrl(address).catch((e: unknown) => e);
    const fetching = api.openUrl(address, silent).catch((e: unknown) => e);
    await vi.waitFor(() => expect(asked.slice(-2)).toEqual(['/es/manifest.json', '/es/manifest.json']));
    await api.cancel();
    for (const ended of [asking, fetching]) {
      expect(await ended).toMatchObject({ message: 'Stopped. What was loaded before is still there.' });
    }
    expect((await api.copy()).fingerprint).toBe(summary.fingerprint);
  });

  it('are looked into like any table', async () => {
    const profile = await api.profile();
    expect(profile.features).toHaveLength(6);
    expect(profile.rates.map((r) => r.task)).toEqual(['click', 'conversion']);
    expect(profile.checks.map((c) => c.kind)).toContain('few positives');
  });
});
