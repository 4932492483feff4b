// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_REQUEST } from '../data/simulator/request';
import { defaultPipeline } from '../pipeline/defaults';
import {
  changeRoles,
  closeMapping,
  openAsked,
  openFiles,
  setMapping,
  setWorld,
  simulate,
  stopLoading,
} from './data';
import { undo } from './edits';
import { loadProfile, useProfile } from './profile';
import { closePage, followAddress, openDataView, readRoute, shardHash } from './route';
import { connect, train } from './session';
import {
  acceptOffer,
  declineOffer,
  deleteShard,
  offerShard,
  refreshShards,
  saveShard,
  useShards,
} from './shards';
import { useData, usePipeline, useRun, useUi } from './stores';
import { FakeClient, OFFER, PREVIEW, SHARD, SUMMARY } from './testing/fakes';

let fake: FakeClient;
const file = new File(['a,b\n1,2'], 'mine.csv');
const data = () => useData.getState();
const notices = () => useRun.getState().notices.map((n) => n.message);
const settled = () => vi.waitFor(() => expect(data().loading).toBeNull());

beforeEach(async () => {
  usePipeline.setState({ pipeline: defaultPipeline() });
  useRun.setState(useRun.getInitialState(), true);
  useData.setState(useData.getInitialState(), true);
  useShards.setState(useShards.getInitialState(), true);
  useProfile.setState(useProfile.getInitialState(), true);
  fake = new FakeClient();
  connect(fake.client);
  await simulate();
  usePipeline.temporal.getState().clear();
});
afterEach(settled);

describe('the world’s dials', () => {
  it('draw a world, and refuse in the schema’s sentence what cannot be, changing nothing', async () => {
    expect(setWorld({ relatedness: -1 })).toBeNull();
    await settled();
    expect(data().made?.relatedness).toBe(-1);
    const before = data();
    expect(setWorld({ impressions: 8_000_000, clickKeepRate: 1, rows: 50_000 })).toMatch(
      /no room for non-clicks/,
    );
    expect(setWorld({ relatedness: 7 })).toMatch(/refused/);
    expect(data()).toBe(before);
  });

  it('go back to the world in use when the new one fails or is stopped; the run goes on', async () => {
    await train();
    fake.refuseData = 'The worker is tired: try again.';
    expect(await simulate({ seed: 9 })).toBe(false);
    expect(data().request).toEqual(DEFAULT_REQUEST);
    expect(notices()).toEqual(['The worker is tired: try again.']);
    fake.refuseData = null;
    fake.hang = { share: 0.4 };
    const stopped = simulate({ seed: 9 });
    await vi.waitFor(() => expect(data().loading?.share).toBe(0.4));
    stopLoading();
    stopLoading();
    expect(await stopped).toBe(false);
    expect(fake.calls.filter((c) => c === 'cancel')).toHaveLength(1);
    expect(data()).toMatchObject({ request: DEFAULT_REQUEST, made: DEFAULT_REQUEST, summary: SUMMARY });
    expect(useRun.getState().phase).toBe('training');
    expect(useRun.getState().notices.at(-1)).toMatchObject({ level: 'info' });
  });
});

describe('tasks', () => {
  const cart = [
    { name: 'click', parent: null },
    { name: 'cart', parent: 0 },
    { name: 'conversion', parent: 1 },
  ];
  it('follow the data in one step, which is said and can be undone', async () => {
    fake.summary = { ...SUMMARY, schema: { ...SUMMARY.schema, tasks: cart } };
    await simulate({ addToCart: true });
    expect(usePipeline.getState().pipeline.tasks.map((t) => t.metric)).toEqual(['CTR', 'CTATC', 'CTCVR']);
    expect(notices().at(-1)).toMatch(/tasks are now click, add to cart and purchase/);
    expect(usePipeline.temporal.getState().pastStates).toHaveLength(1);
    undo();
    expect(usePipeline.getState().pipeline).toEqual(defaultPipeline());
  });

  it('beyond the eighth are named', async () => {
    const tasks = Array.from({ length: 10 }, (_, i) => ({ name: `e${i}`, parent: null }));
    fake.summary = { ...SUMMARY, schema: { ...SUMMARY.schema, tasks } };
    await simulate();
    expect(notices().at(-1)).toMatch(/at most 8 tasks, so e8 and e9 are left out/);
  });
});

describe('own files', () => {
  it('open at once where nothing has to be asked, and their roles can still be changed', async () => {
    fake.preview = { ...PREVIEW, certain: true };
    await openFiles([file]);
    expect(fake.mappings).toEqual([PREVIEW.guess]);
    expect(data()).toMatchObject({ made: null, opened: { files: [file] }, asked: null });
    changeRoles();
    expect(data().asked?.mapping).toEqual(PREVIEW.guess);
    closeMapping();
    await simulate();
    expect(data().opened).toBeNull();
  });

  it('else ask; a refusal is said in the step, which stays with its edits, and data stay too', async () => {
    await openFiles([file]);
    expect(fake.mappings).toEqual([]);
    const mapping = { ...PREVIEW.guess, vocabularyCap: 50 };
    setMapping(mapping);
    fake.refuseData = 'mine.csv, line 3 has 1 field instead of 2: mend it.';
    await openAsked();
    expect(data().asked).toMatchObject({ mapping, refusal: fake.refuseData });
    expect(data()).toMatchObject({ summary: SUMMARY, made: DEFAULT_REQUEST });
    expect(notices()).toEqual([]);
    fake.refuseData = null;
    await openAsked();
    expect(fake.mappings.at(-1)).toEqual(mapping);
    expect(data()).toMatchObject({ asked: null, opened: { mapping } });
  });

  it('have their edits back when the step was left by a slip, until they are opened', async () => {
    await openFiles([file]);
    const mapping = { ...PREVIEW.guess, vocabularyCap: 50 };
    setMapping(mapping);
    closeMapping();
    expect(data().asked).toBeNull();
    const other = new File(['a,b\n1,2'], 'other.csv');
    await openFiles([other]);
    expect(data().asked?.mapping).toEqual(PREVIEW.guess);
    closeMapping();
    // Found again by name, size and date, as a new choice of the same file has them.
    const again = new File(['a,b\n1,2'], 'mine.csv', { lastModified: file.lastModified });
    fake.preview = { ...PREVIEW, certain: true };
    await openFiles([again]);
    expect(data().asked?.mapping).toEqual(mapping);
    await openAsked();
    expect(fake.mappings).toEqual([mapping]);
    expect(data()).toMatchObject({ asked: null, left: [] });
    changeRoles();
    setMapping({ ...mapping, vocabularyCap: 60 });
    closeMapping();
    changeRoles();
    expect(data().asked?.mapping.vocabularyCap).toBe(60);
    setMapping(PREVIEW.guess);
    closeMapping();
    changeRoles();
    expect(data().asked?.mapping).toEqual(mapping);
    closeMapping();
  });

  it('that cannot even be looked at give one notice', async () => {
    fake.refuseData = 'mine.csv is empty: choose another file.';
    await openFiles([file]);
    expect(notices()).toEqual([fake.refuseData]);
    expect(data().asked).toBeNull();
  });

  it('stop being read when the step is left', async () => {
    await openFiles([file]);
    fake.hang = { share: 0.1, rows: 1000 };
    const reading = openAsked();
    await vi.waitFor(() => expect(data().loading).toMatchObject({ share: 0.1, rows: 1000 }));
    closeMapping();
    await reading;
    expect(fake.calls).toContain('cancel');
    expect(data()).toMatchObject({ asked: null, made: DEFAULT_REQUEST });
  });
});

describe('shards', () => {
  it('are saved, listed and deleted', async () => {
    await saveShard();
    expect(useShards.getState()).toMatchObject({ shards: [SHARD], busy: null, room: { used: 21_000_000 } });
    await deleteShard(SHARD);
    expect(useShards.getState().shards).toEqual([]);
  });

  it('keep what was stored when there is no room for more', async () => {
    await saveShard();
    fake.refuseData = 'There is no room: delete a shard.';
    await saveShard();
    expect(useShards.getState()).toMatchObject({ shards: [SHARD], refusal: fake.refuseData });
    await refreshShards();
    expect(useShards.getState().shards).toEqual([SHARD]);
  });

  it('of an address are fetched only after a yes', async () => {
    await offerShard(OFFER.url);
    expect(useShards.getState().offer).toEqual(OFFER);
    declineOffer();
    expect(await acceptOffer()).toBe(false);
    expect(fake.calls.some((c) => c.startsWith('fetch'))).toBe(false);
    await offerShard(OFFER.url);
    expect(await acceptOffer()).toBe(true);
    expect(fake.calls).toContain(`fetch ${OFFER.url}`);
    expect(data().made).toBeNull();
  });

  it('of an address that refuses are one notice', async () => {
    fake.refuseData = 'data.example.org does not let this page read it.';
    await offerShard(OFFER.url);
    expect(useShards.getState().offer).toBeNull();
    expect(notices()).toEqual([fake.refuseData]);
  });
});

it('a profile is asked once a data set, and its refusal kept beside it', async () => {
  fake.refuseData = 'no profile today';
  await loadProfile();
  expect(useProfile.getState()).toMatchObject({ fingerprint: 'f00d', refusal: 'no profile today' });
  fake.refuseData = null;
  await loadProfile();
  expect(useProfile.getState().refusal).toBe('no profile today');
  await loadProfile(true);
  expect(useProfile.getState().refusal).toBeNull();
});

describe('the address', () => {
  it('names the lab, the Data view, and a shard with a query of its own', () => {
    const lab = { route: 'lab', shard: null };
    for (const hash of ['', '#', '#p=1.abc', '#/lessons', '#/data2']) expect(readRoute(hash)).toEqual(lab);
    for (const hash of ['#/data', '#/data/', '#/data?x=1']) {
      expect(readRoute(hash)).toEqual({ route: 'data', shard: null });
    }
    const url = 'https://a.org/x?p=1&q=ü%';
    expect(readRoute(shardHash(url)).shard).toBe(url);
    expect(readRoute('#/data?shard=https://a.org/m.json?k=1&v=2').shard).toBe('https://a.org/m.json?k=1&v=2');
    expect(readRoute('#/data?shard=%E0%A4%A').shard).toBe('%E0%A4%A');
  });

  it('leads to the Data view and back', async () => {
    window.history.replaceState(null, '', '/?backend=wasm#p=1.x');
    openDataView();
    expect([useUi.getState().route, window.location.hash]).toEqual(['data', '#/data']);
    closePage();
    await vi.waitFor(() => expect(window.location.hash).toBe('#p=1.x'));
    expect(useUi.getState().route).toBe('lab');
    window.history.replaceState(null, '', '/?backend=wasm#/data');
    followAddress('#/data');
    closePage();
    expect([window.location.search, window.location.hash]).toEqual(['?backend=wasm', '']);
  });
});
