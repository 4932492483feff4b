// @vitest-environment jsdom
/** Kept runs: what a run leaves in the list, what a user does to it, what survives a reload, and storage that refuses. */
import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Evaluation } from '../../pipeline/run';
import { parseRun } from '../../pipeline/runFile';
import { readTensors } from '../../pipeline/safetensors';
import { simulate } from '../data';
import { setTask, setTraining } from '../edits';
import * as exporting from '../export';
import { history } from '../history';
import { connect, pause, reset, train } from '../session';
import { useData, usePipeline, useRun } from '../stores';
import { FakeClient, snapshotAt } from '../testing/fakes';
import {
  deleteRun,
  exportRun,
  exportWeights,
  importRuns,
  loadRuns,
  pinRun,
  renameRun,
  toggleGhost,
  undoDelete,
} from './actions';
import { clearCheckpoint, written } from './checkpoint';
import { close, DATABASE, readCheckpoint, readRuns } from './db';
import { discardInterrupted, offerResume, resumeInterrupted } from './resume';
import { useRuns } from './store';

let fake: FakeClient;
const runs = () => useRuns.getState().runs ?? [];
const notices = () => useRun.getState().notices.map((n) => n.message);

const evaluation = (step: number, value = 0.7): Evaluation => ({
  step,
  metrics: ['click', 'conversion', 'conversion|click'].map((space) => ({
    space,
    auc: { ok: true, value, se: 0.01, positives: 100, rows: 1000 },
    logLoss: 0.1,
    expectedAuc: null,
  })),
});

/** Rows of step, learning rate, gradient norm, total and two losses. */
const frame = (from: number, to: number) =>
  Float64Array.from(
    Array.from({ length: to - from + 1 }, (_, i) => [
      from + i,
      0.01,
      1,
      0.5,
      0.4 + (from + i) / 1e3,
      0.1,
    ]).flat(),
  );

function tell(from: number, to: number): void {
  fake.emit({ kind: 'frame', steps: frame(from, to), columns: 6, samplesPerSecond: 1 });
}

async function trained(steps = 20): Promise<void> {
  await train();
  fake.emit({ kind: 'evaluation', evaluation: evaluation(0, 0.5) });
  tell(1, steps);
  fake.emit({ kind: 'evaluation', evaluation: evaluation(steps) });
  fake.emit({ kind: 'snapshot', snapshot: snapshotAt(steps) });
  fake.emit({ kind: 'state', state: 'finished', step: steps });
  await vi.waitFor(() => expect(runs().length).toBeGreaterThan(0));
}

/** What a reload does to the page's memory. */
async function reload(): Promise<void> {
  await written();
  useRuns.setState(useRuns.getInitialState(), true);
  useRun.setState(useRun.getInitialState(), true);
  history.clear();
  history.forgetGhost();
  await loadRuns();
}

beforeEach(async () => {
  await clearCheckpoint();
  const db = await openDB(DATABASE).catch(() => null);
  if (db?.objectStoreNames.contains('runs')) for (const s of ['runs', 'weights'] as const) await db.clear(s);
  db?.close();
  usePipeline.setState(usePipeline.getInitialState(), true);
  useRun.setState(useRun.getInitialState(), true);
  useData.setState(useData.getInitialState(), true);
  useRuns.setState(useRuns.getInitialState(), true);
  history.clear();
  fake = new FakeClient();
  connect(fake.client);
  await simulate();
  await loadRuns();
});
afterEach(async () => {
  await reset();
  await written();
  vi.restoreAllMocks();
});

describe('a run that ends', () => {
  it('is in the list, with curves, evaluations and weights, and still after a reload', async () => {
    await trained();
    expect(runs()[0]).toMatchObject({ weightBytes: expect.any(Number), ghost: false });
    const { run } = runs()[0]!;
    expect(run).toMatchObject({ state: 'finished', step: 20, seed: 1, parameterCount: 1 });
    expect(run.curves.step).toHaveLength(20);
    expect(run.curves.losses.click![4]).toBe(0.405);
    expect(run.final).toEqual(evaluation(20));
    await vi.waitFor(async () => expect((await readRuns()).entries).toHaveLength(1));
    const before = runs();
    await reload();
    expect(runs()).toEqual(before);
  });

  it('is kept as stopped by a change of structure, and not twice by what follows', async () => {
    await train();
    tell(1, 9);
    fake.emit({ kind: 'evaluation', evaluation: evaluation(9) });
    fake.emit({ kind: 'state', state: 'training', step: 9 });
    setTraining({ batch: 128 });
    await vi.waitFor(() => expect(runs()).toHaveLength(1));
    expect(runs()[0]!.run).toMatchObject({ state: 'stopped', step: 9, final: evaluation(9) });
    expect(history.ghost).toMatchObject({ id: runs()[0]!.id });
    await reset();
    expect(runs()).toHaveLength(1);
  });

  it('leaves nothing where nothing was measured', async () => {
    await train();
    fake.emit({ kind: 'evaluation', evaluation: evaluation(0) });
    await reset();
    expect(runs()).toEqual([]);
  });

  it('by diverging says so, and says at which steps it was edited', async () => {
    await train();
    fake.emit({ kind: 'state', state: 'training', step: 0 });
    tell(1, 7);
    fake.emit({ kind: 'evaluation', evaluation: evaluation(5) });
    setTask(1, { lossWeight: 3 });
    fake.emit({ kind: 'failed', message: 'The loss is no number.', step: 8 });
    await vi.waitFor(() => expect(runs()).toHaveLength(1));
    expect(runs()[0]!.run).toMatchObject({ state: 'diverged', final: null, editedAt: [7] });
  });

  it('of the same pipeline and another seed shares name and marker; another pipeline has its own', async () => {
    await trained();
    setTraining({ seed: 2 });
    await trained();
    await vi.waitFor(() => expect(runs()).toHaveLength(2));
    expect(runs()[0]!.mark).toBe(runs()[1]!.mark);
    setTask(1, { lossWeight: 7 });
    await reset();
    await trained();
    await vi.waitFor(() => expect(runs()).toHaveLength(3));
    expect(runs()[0]!.mark).not.toBe(runs()[1]!.mark);
    expect(runs()[0]!.name).toBe(`${runs()[1]!.name} (2)`);
  });
});

describe('the list', () => {
  it('remembers name, pin and ghost; deletes, and takes a deletion back with weights and pin', async () => {
    await trained();
    const { id } = runs()[0]!;
    expect(renameRun(id, '   ')).toMatch(/needs a name/);
    expect(renameRun(id, 'x'.repeat(81))).toMatch(/at most 80/);
    expect(renameRun(id, ' my run ')).toBeNull();
    toggleGhost(id);
    pinRun(id);
    await vi.waitFor(async () => expect((await readRuns()).entries[0]).toMatchObject({ baseline: true }));
    await reload();
    expect(runs()[0]).toMatchObject({ name: 'my run', ghost: true });
    expect(useRuns.getState().baseline).toBe(id);
    const whole = runs();
    await deleteRun(id);
    expect(runs()).toEqual([]);
    expect((await readRuns()).entries).toEqual([]);
    await undoDelete();
    expect(runs()).toEqual(whole);
    expect((await readRuns()).weights.get(id)).toBe(whole[0]!.weightBytes);
    expect(useRuns.getState().baseline).toBe(id);
  });

  it('exports a run file that reads back, and imports it again; weights come as safetensors', async () => {
    await trained();
    const saved: { name: string; blob: Blob }[] = [];
    vi.spyOn(exporting, 'saveBlob').mockImplementation((name, blob) => void saved.push({ name, blob }));
    exportRun(runs()[0]!.id);
    await exportWeights(runs()[0]!.id);
    const text = await read(saved[0]!.blob);
    const parsed = parseRun(JSON.parse(text));
    expect(parsed.ok && parsed.run).toMatchObject({ name: runs()[0]!.name, curves: runs()[0]!.run.curves });
    const tensors = readTensors(new Uint8Array(await bytes(saved[1]!.blob)));
    expect([...tensors.tensors.keys()]).toEqual(['top.b']);
    await deleteRun(runs()[0]!.id);
    await importRuns([fileOf(text, 'a.run.json')]);
    expect(runs()[0]).toMatchObject({ weightBytes: null });
    expect(runs()[0]!.run.final).toEqual(evaluation(20));
  });

  it.each([
    ['no JSON', '{', /it is no JSON/],
    ['something else', '{"a":1}', /It is no run file/],
    ['a newer run', '{"format":"seesaw-run","formatVersion":9}', /newer Seesaw/],
  ])('refuses %s in one sentence', async (_, text, sentence) => {
    await importRuns([fileOf(text, 'bad.json')]);
    expect(notices()).toHaveLength(1);
    expect(notices()[0]).toMatch(sentence);
    expect(notices()[0]).toMatch(/^"bad.json" cannot be used/);
    expect(runs()).toEqual([]);
  });

  it('leaves a broken entry out with one sentence, and nothing else', async () => {
    await trained();
    await vi.waitFor(async () => expect((await readRuns()).entries).toHaveLength(1));
    const db = await openDB(DATABASE);
    await db.put('runs', { id: 'broken', name: 'x', run: { format: 'seesaw-run' } });
    db.close();
    await reload();
    expect(runs()).toHaveLength(1);
    expect(notices()).toEqual(['One kept run could not be read and is left out; all others are here.']);
  });

  it('works on, and says why, where the disk is full', async () => {
    const full = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(full);
    await trained();
    await vi.waitFor(() => expect(notices().join()).toMatch(/no room for more runs: delete some/));
    expect(runs()).toHaveLength(1);
  });
});

describe('a reload in mid-run', () => {
  async function cutOff(): Promise<void> {
    await train();
    fake.emit({ kind: 'evaluation', evaluation: evaluation(0, 0.5) });
    tell(1, 10);
    fake.emit({ kind: 'evaluation', evaluation: evaluation(10) });
    fake.emit({ kind: 'snapshot', snapshot: snapshotAt(12) });
    await written();
    expect((await readCheckpoint()).head).toBeUndefined();
    // Only now have all steps of the snapshot been told, and one more.
    tell(11, 13);
    await written();
    await vi.waitFor(async () => expect((await readCheckpoint()).head).toBeDefined());
    await reload();
  }

  it('offers to resume, and goes on with curves, snapshot and pipeline as they were', async () => {
    setTraining({ steps: 44 });
    await cutOff();
    usePipeline.setState(usePipeline.getInitialState(), true);
    await offerResume();
    expect(useRuns.getState().resumable).toMatchObject({ step: 12, steps: 44 });
    expect(await resumeInterrupted()).toBe(true);
    expect(usePipeline.getState().pipeline.training.steps).toBe(44);
    expect(fake.started?.from).toMatchObject({ step: 12 });
    expect(history.frames?.length).toBe(12);
    expect(history.frames?.at(11, 4)).toBe(frame(12, 12)[4]);
    expect(history.evaluations.get('click')?.length).toBe(2);
    // The trainer evaluates where it starts: a run without a break has no such point.
    fake.emit({ kind: 'evaluation', evaluation: evaluation(12, 0.9) });
    expect(history.evaluations.get('click')?.length).toBe(2);
    tell(13, 44);
    fake.emit({ kind: 'evaluation', evaluation: evaluation(44, 0.8) });
    fake.emit({ kind: 'snapshot', snapshot: snapshotAt(44) });
    fake.emit({ kind: 'state', state: 'finished', step: 44 });
    await vi.waitFor(() => expect(runs()).toHaveLength(1));
    expect(runs()[0]!.run).toMatchObject({ resumedAt: [12], step: 44 });
    expect(runs()[0]!.run.curves.step).toHaveLength(44);
    expect(runs()[0]!.run.evaluations.map((e) => e.step)).toEqual([0, 10, 44]);
    await written();
    expect((await readCheckpoint()).head).toBeUndefined();
  });

  it('can be declined: the run is in the list, and is not offered again', async () => {
    await cutOff();
    await offerResume();
    await discardInterrupted();
    expect(runs()[0]!.run).toMatchObject({ state: 'stopped', step: 10 });
    await reload();
    await offerResume();
    expect(useRuns.getState().resumable).toBeNull();
  });

  it('says that a broken one cannot go on, once', async () => {
    await cutOff();
    const db = await openDB(DATABASE);
    await db.clear('frames');
    db.close();
    await offerResume();
    expect(useRuns.getState().resumable).toBeNull();
    expect(notices()).toEqual([
      'The run of your last visit was kept only in part and cannot go on; all else is as it was.',
    ]);
    await offerResume();
    expect(notices()).toHaveLength(1);
  });

  it('waits for data that must be opened again', async () => {
    await cutOff();
    const { head } = await readCheckpoint();
    const db = await openDB(DATABASE);
    const { request: _, ...data } = (head as { record: { data: { request: unknown } } }).record.data;
    const record = {
      ...(head as { record: object }).record,
      data: { ...data, kind: 'file', path: 'mine.csv' },
    };
    const snapshot = { ...(head as { snapshot: object }).snapshot, fingerprint: 'other' };
    await db.put('checkpoint', { ...(head as object), record, snapshot }, 'head');
    db.close();
    await offerResume();
    expect(await resumeInterrupted()).toBe(false);
    expect(notices()[0]).toBe(
      'This run was trained on other data. Open "mine.csv" again, then press Resume.',
    );
    expect(useRuns.getState().resumable).not.toBeNull();
    await pause();
  });
});

// jsdom's files cannot be read as text.
const fileOf = (text: string, name: string) => ({ name, size: text.length, text: async () => text }) as File;
// Nor has its Blob an arrayBuffer.
const bytes = (blob: Blob) =>
  new Promise<ArrayBuffer>((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as ArrayBuffer);
    reader.readAsArrayBuffer(blob);
  });
const read = async (blob: Blob) => new TextDecoder().decode(await bytes(blob));
afterEach(close);
