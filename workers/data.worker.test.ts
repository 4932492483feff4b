import * as Comlink from 'comlink';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_REQUEST } from '../src/data';
import { COLUMNS } from '../src/data/readers/layout';
import { createDataApi } from './data.worker';
import type { DataApi } from './protocol';

/** The API behind a real message channel, as the page sees it. */
let port: MessagePort;
let far: MessagePort;
let api: Comlink.Remote<DataApi>;
/** The same commands without the channel: Node, unlike browsers, loses a File's name in a message. */
const here = createDataApi();

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
      Comlink.proxy((s: number) => void shares.push(s)),
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

  it('does not mind a page that no longer listens to progress', async () => {
    const gone = () => Promise.reject(new Error('the page has gone'));
    await expect(createDataApi().open(good, gone as never)).resolves.toMatchObject({ rows: 12 });
    expect(await api.ping()).toBeGreaterThan(0);
  });
});
