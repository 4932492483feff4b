// @vitest-environment jsdom
/** A reload in the middle of a race: what is kept of it, offered, taken up or let go, and storage that refuses. */
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { blockWith, defaultPipeline } from '../../pipeline/defaults';
import type { Evaluation } from '../../pipeline/run';
import { simulate } from '../data';
import { clearCheckpoint } from '../runs/checkpoint';
import { close, readRace, writeRaceHead } from '../runs/db';
import { useRuns } from '../runs/store';
import { connect } from '../session';
import { useData, usePipeline, useRun, useUi } from '../stores';
import { FakeClient, SUMMARY, snapshotAt } from '../testing/fakes';
import { discardRace, startRace, takeUpRace } from './actions';
import { forgetRace, offerRace, raceWritten, withdrawOffer } from './checkpoint';
import { stopRace } from './course';
import { addEntrant, addSingleTask, changeRace } from './lineUp';
import { useRace } from './store';

let fake: FakeClient;
const shared = {
  ...defaultPipeline(),
  bottom: blockWith('bottom', 'shared-bottom'),
  towers: blockWith('tower', 'mlp'),
};
const STEPS = 40;
const race = () => useRace.getState();
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
const row = (step: number) => [step, 0.01, 1, 0.5, 0.4 + step / 1e3, 0.1];

function tell(racer: number, from: number, to: number): void {
  const steps = Float64Array.from(Array.from({ length: to - from + 1 }, (_, i) => row(from + i)).flat());
  fake.emitOf(racer, { kind: 'frame', steps, columns: 6, samplesPerSecond: 1 });
}
const evaluate = (racer: number, step: number, value?: number) =>
  fake.emitOf(racer, { kind: 'evaluation', evaluation: evaluation(step, value) });

function finish(racer: number): void {
  evaluate(racer, STEPS);
  fake.emitOf(racer, { kind: 'snapshot', snapshot: snapshotAt(STEPS) });
  fake.emitOf(racer, { kind: 'state', state: 'finished', step: STEPS });
}

/** A race of three: the first at step 12, the second diverged at 7, the third without a snapshot. */
async function cutOff(): Promise<void> {
  addEntrant(shared, 'Shared');
  addSingleTask();
  addEntrant({ ...shared, bottom: blockWith('bottom', 'mmoe') }, 'MMoE');
  changeRace({ steps: STEPS });
  useRace.setState({ confirmed: true });
  expect(await startRace()).toBeNull();
  for (const racer of [0, 1, 2]) evaluate(racer, 0, 0.5);
  tell(0, 1, 10);
  evaluate(0, 10);
  fake.emitOf(0, { kind: 'snapshot', snapshot: snapshotAt(12) });
  // Only now have all steps of the snapshot been told, and one more.
  tell(0, 11, 13);
  tell(1, 1, 6);
  evaluate(1, 5, 0.6);
  fake.emitOf(1, { kind: 'failed', message: 'It diverged in Bottom.', step: 7 });
  tell(2, 1, 3);
  await raceWritten();
}

/** What a reload does to the page's memory; the trainer of before says nothing any more. */
function reload(): void {
  withdrawOffer();
  useRace.setState(useRace.getInitialState(), true);
  useRun.setState(useRun.getInitialState(), true);
  fake = new FakeClient();
  connect(fake.client);
}

beforeEach(async () => {
  await clearCheckpoint();
  await forgetRace();
  useRun.setState(useRun.getInitialState(), true);
  useData.setState(useData.getInitialState(), true);
  useRace.setState(useRace.getInitialState(), true);
  useUi.setState(useUi.getInitialState(), true);
  usePipeline.setState({ pipeline: shared });
  useRuns.setState({ ...useRuns.getInitialState(), runs: [] }, true);
  fake = new FakeClient();
  connect(fake.client);
  await simulate();
});
afterEach(async () => {
  await stopRace();
  await raceWritten();
  vi.restoreAllMocks();
  await close();
});

describe('a reload in mid-race', () => {
  it('offers to go on, each from its snapshot, with curves, line-up and failures as they were', async () => {
    await cutOff();
    const before = race();
    reload();
    await offerRace();
    expect(race().resumable).toEqual({ names: ['Shared', 'Single task', 'MMoE'], step: 0, steps: STEPS });
    expect(await takeUpRace()).toBe(true);
    expect(useUi.getState().route).toBe('race');
    expect([race().id, race().lineUp, race().change]).toEqual([before.id, before.lineUp, before.change]);
    expect(fake.raced!.entrants.map(({ pipeline, from, out }) => [pipeline, from?.step, out])).toEqual([
      [before.racers[0]!.pipeline, 12, undefined],
      [before.racers[1]!.pipeline, undefined, true],
      [before.racers[2]!.pipeline, undefined, undefined],
    ]);
    const [first, second] = race().racers;
    expect(race().racers.map((r) => r.state)).toEqual(['waiting', 'diverged', 'waiting']);
    expect([second!.message, second!.history.last]).toEqual(['It diverged in Bottom.', evaluation(5, 0.6)]);
    expect([first!.history.frames?.length, first!.history.frames?.at(11, 4)]).toEqual([12, row(12)[4]]);
    expect(first!.history.evaluations.get('click')?.length).toBe(2);
    // The trainer evaluates where it goes on: a race without a break has no such point.
    evaluate(0, 12, 0.9);
    expect(first!.history.evaluations.get('click')?.length).toBe(2);
    tell(0, 13, STEPS);
    tell(2, 1, STEPS);
    finish(0);
    finish(2);
    await vi.waitFor(() => expect(race().judged).toBe(true));
    const kept = race().racers.map(({ id }) => runs().find((r) => r.id === id)!.run);
    expect(kept.map((r) => r.state)).toEqual(['finished', 'diverged', 'finished']);
    expect(kept[0]!.evaluations.map((e) => e.step)).toEqual([0, 10, STEPS]);
    expect(kept[0]!.curves.step).toHaveLength(STEPS);
    expect(kept[0]!).toMatchObject({ resumedAt: [12], race: { id: before.id, entrant: 0, of: 3 } });
    // Nothing is left to go on with.
    await raceWritten();
    expect((await readRace()).head).toBeUndefined();
  });

  it('while one had finished, stands it there again to be compared, and says nothing of a break in its run', async () => {
    await cutOff();
    tell(0, 14, STEPS);
    finish(0);
    await raceWritten();
    reload();
    await offerRace();
    await takeUpRace();
    expect(fake.raced!.entrants[0]!.from?.step).toBe(STEPS);
    finish(0);
    tell(2, 1, STEPS);
    finish(2);
    await vi.waitFor(() => expect(race().judged).toBe(true));
    const { run } = runs().find((r) => r.id === race().racers[0]!.id)!;
    expect([run.resumedAt, run.evaluations.map((e) => e.step), run.curves.step.length]).toEqual([
      [],
      [0, 10, STEPS],
      STEPS,
    ]);
  });

  it('can be declined, and is by starting another: what it told is in the list, once', async () => {
    await cutOff();
    const [first] = race().racers;
    reload();
    await offerRace();
    await discardRace();
    expect(runs().map((r) => [r.run.state, r.run.step])).toEqual([
      ['stopped', 10],
      ['diverged', 5],
    ]);
    expect(runs()[0]).toMatchObject({ id: first!.id, run: { race: { entrant: 0, of: 3 } } });
    reload();
    await offerRace();
    expect(race().resumable).toBeNull();
  });

  it('waits for data that must be opened again', async () => {
    await cutOff();
    const { head } = await readRace();
    const { data, ...rest } = head as { data: { request: unknown } };
    const { request: _, ...common } = data;
    await writeRaceHead({ ...rest, data: { ...common, kind: 'file', path: 'mine.csv' } }, false);
    reload();
    useData.setState({ summary: { ...SUMMARY, fingerprint: 'other' } });
    await offerRace();
    expect(await takeUpRace()).toBe(false);
    expect(notices()).toEqual([
      'This race was trained on other data. Open "mine.csv" again, then press Resume.',
    ]);
    expect(race().resumable).not.toBeNull();
  });

  it('says that a broken one cannot go on, once', async () => {
    await cutOff();
    await writeRaceHead({ version: 1, racers: 'gone' }, false);
    reload();
    await offerRace();
    await offerRace();
    expect(notices()).toEqual([
      'The race of your last visit was kept only in part and cannot go on; all else is as it was.',
    ]);
    expect(race().resumable).toBeNull();
  });

  it('goes on by itself in memory where the disk is full, and says so in one sentence', async () => {
    const full = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(full);
    await cutOff();
    expect(notices().filter((n) => n.startsWith('A reload will end this race'))).toEqual([
      'A reload will end this race: This browser has no room for more runs: delete some under Runs, or a kept data shard.',
    ]);
    vi.restoreAllMocks();
    tell(0, 14, STEPS);
    finish(0);
    tell(2, 4, STEPS);
    finish(2);
    await vi.waitFor(() => expect(race().judged).toBe(true));
    expect(runs().find((r) => r.id === race().racers[0]!.id)!.run.curves.step).toHaveLength(STEPS);
  });
});

it('a race whose trainer died can go on from what was kept', async () => {
  await cutOff();
  fake.die('trainer');
  await vi.waitFor(() => expect(race().resumable).toMatchObject({ step: 0 }));
  expect(race().phase).toBe('ended');
  expect(await takeUpRace()).toBe(true);
  expect(fake.raced!.entrants[0]!.from?.step).toBe(12);
  expect(race().phase).toBe('running');
});
