// @vitest-environment jsdom
/** A race as the page sees it: line-up, what entrants tell, the runs that it leaves, and what can end it early. */
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { blockWith, defaultPipeline } from '../../pipeline/defaults';
import type { Evaluation, RunEvent } from '../../pipeline/run';
import { decodeLink } from '../../pipeline/share';
import { compareRuns } from '../../study/compare';
import { actionOf } from '../actions';
import { raceLink, takeLink } from '../boot';
import { simulate } from '../data';
import { setTraining } from '../edits';
import { comparedRun, useRuns } from '../runs/store';
import { connect, step, train } from '../session';
import { useData, usePipeline, useRun, useUi } from '../stores';
import { FakeClient, SUMMARY, snapshotAt } from '../testing/fakes';
import { newRace, startRace } from './actions';
import { pauseRace, resumeRace, stepTimes, stopRace } from './course';
import { addEntrant, addSingleTask, changeRace, makeFirst, setOwn, starters, whyNotRace } from './lineUp';
import { millisecondsOf, useRace } from './store';

let fake: FakeClient;
const base = defaultPipeline();
const shared = {
  ...base,
  bottom: blockWith('bottom', 'shared-bottom'),
  towers: blockWith('tower', 'mlp'),
};
const race = () => useRace.getState();
const states = () => race().racers.map((r) => r.state);
const runs = () => useRuns.getState().runs ?? [];

const auc = (value: number) => ({ ok: true as const, value, se: 0.01, positives: 90, rows: 25_000 });
const evaluation = (at: number, value: number): Evaluation => ({
  step: at,
  metrics: ['click', 'conversion', 'conversion|click'].map((space) => ({
    space,
    auc: auc(value),
    logLoss: 0.1,
    expectedAuc: auc(value),
  })),
});

function toFinish(racer: number, value: number): void {
  const say = (event: RunEvent) => fake.emitOf(racer, event);
  const { steps } = race().racers[racer]!.pipeline.training;
  say({ kind: 'state', state: 'training', step: 0 });
  say({
    kind: 'frame',
    steps: Float64Array.of(steps, 0.01, 1, 0.2, 0.1, 0.1),
    columns: 6,
    samplesPerSecond: 51_200,
  });
  say({ kind: 'evaluation', evaluation: evaluation(steps, value) });
  say({ kind: 'snapshot', snapshot: snapshotAt(steps) });
  say({ kind: 'state', state: 'finished', step: steps });
}

beforeEach(async () => {
  localStorage.clear();
  useRun.setState(useRun.getInitialState(), true);
  useData.setState(useData.getInitialState(), true);
  useRace.setState(useRace.getInitialState(), true);
  useUi.setState(useUi.getInitialState(), true);
  usePipeline.setState({ pipeline: base });
  useRuns.setState({ ...useRuns.getInitialState(), runs: [] }, true);
  fake = new FakeClient();
  connect(fake.client);
  await simulate();
  fake.calls.length = 0;
});
afterEach(() => stopRace());

/** Shared-Bottom against Single task, at the line. */
async function atTheLine(): Promise<void> {
  addEntrant(shared, 'Shared-Bottom');
  addSingleTask();
  expect(await startRace()).toBeNull();
}

describe('a line-up', () => {
  it('takes two to four different pipelines with the same tasks', () => {
    expect(whyNotRace(starters(), false)).toMatch(/add two/);
    expect(addSingleTask()).toMatch(/Add an entrant first/);
    addEntrant(shared);
    expect(whyNotRace(starters(), false)).toMatch(/add one more/);
    expect(addEntrant({ ...shared, training: { ...shared.training, seed: 8 } })).toMatch(/already/);
    addSingleTask();
    expect(whyNotRace(starters(), false)).toBeNull();
    addEntrant(base);
    expect(addEntrant({ ...base, tasks: [base.tasks[0]!] }, 'One task')).toBeNull();
    expect(whyNotRace(starters(), false)).toMatch(/One task: Its tasks are not those/);
    expect(addEntrant(shared)).toMatch(/at most 4/);
  });

  it('runs on the first one’s settings once the differences are taken note of', () => {
    addEntrant(shared);
    addEntrant({ ...base, training: { ...base.training, learningRate: 0.001 } });
    expect(whyNotRace(starters(), false)).toMatch(/tick the box/);
    expect(starters()[1]!.pipeline.training.learningRate).toBe(0.01);
    setOwn(race().lineUp[1]!.id, true);
    expect(starters()[1]!.pipeline.training.learningRate).toBe(0.001);
    useRace.setState({ confirmed: true });
    changeRace({ steps: 20 });
    // Whatever changes the differences asks again.
    expect(race().confirmed).toBe(false);
    expect(starters().map((s) => s.pipeline.training)).toMatchObject([
      { steps: 20, evaluateEvery: 5 },
      { steps: 20, evaluateEvery: 5 },
    ]);
    makeFirst(race().lineUp[1]!.id);
    expect(starters()[0]!.pipeline.training).toMatchObject({ steps: 500, learningRate: 0.001 });
  });

  it('travels in a link, with its settings and the world', () => {
    addEntrant(shared, 'Shared');
    addSingleTask();
    setOwn(race().lineUp[1]!.id, true);
    changeRace({ steps: 40, seed: 9 });
    const link = raceLink({ origin: 'http://x', pathname: '/' })!;
    const before = race();
    useRace.setState(useRace.getInitialState(), true);
    expect(takeLink(new URL(link).hash)).toBe(true);
    expect(useUi.getState().route).toBe('race');
    const plain = (s: typeof before) => s.lineUp.map(({ id: _, ...rest }) => rest);
    expect(plain(race())).toEqual(plain(before));
    expect(race().change).toEqual({ steps: 40, seed: 9 });
    const decoded = decodeLink(new URL(link).hash);
    expect(decoded?.ok && decoded.data?.request).toEqual(useData.getState().made);
  });

  it('of four full pipelines still fits the largest QR code', () => {
    addEntrant(base);
    addEntrant(shared);
    addSingleTask();
    addEntrant({ ...base, bottom: blockWith('bottom', 'ple') });
    // Version 40 with correction M holds 2,331 bytes.
    expect(raceLink({ origin: 'https://somewhere.example.org', pathname: '/seesaw/' })!.length).toBeLessThan(
      2331,
    );
  });
});

describe('a race', () => {
  it('ends the run on the page, hears its entrants, and leaves paired runs in the list', async () => {
    await train();
    fake.emit({ kind: 'evaluation', evaluation: evaluation(25, 0.6) });
    await atTheLine();
    expect(fake.calls).toEqual(['start', 'stop', 'race']);
    expect(runs().map((r) => r.run.state)).toEqual(['stopped']);
    expect(fake.raced?.backend).toBe('wasm');
    expect(fake.raced?.entrants.map((e) => e.pipeline.bottom.block)).toEqual([
      'shared-bottom',
      'single-task',
    ]);
    const difference = { value: 0.01, se: 0.002 };
    const spaces = [{ space: 'click', label: difference, expected: difference, logLoss: null }];
    fake.pairs = [
      [null, spaces],
      [spaces, null],
    ];
    await pauseRace();
    expect(race().phase).toBe('paused');
    await resumeRace();
    toFinish(0, 0.7);
    expect([race().phase, ...states()]).toEqual(['running', 'finished', 'waiting']);
    toFinish(1, 0.71);
    await vi.waitFor(() => expect(race().judged).toBe(true));
    expect(race().phase).toBe('ended');
    expect(millisecondsOf(stepTimes(0))).toBe((1000 * 512) / 51_200);
    expect(fake.calls.slice(3)).toEqual(['race pause', 'race resume', 'race stop']);
    const [single, sharedRun] = race()
      .racers.map(({ id }) => runs().find((r) => r.id === id)!)
      .reverse();
    expect(sharedRun!.run.race).toMatchObject({ id: race().id, entrant: 0, of: 2 });
    expect(sharedRun!.weightBytes).toBeGreaterThan(0);
    expect(single!.name).toBe('Single task');
    const compared = compareRuns([sharedRun!, single!].map(comparedRun), sharedRun!.id, 'expected');
    expect(compared!.groups[1]!.cell('click', 'auc')!.difference).toMatchObject({
      from: 'paired rows',
      se: 0.002,
      verdict: 'better',
    });
    newRace(7);
    expect(starters()[0]!.pipeline.training.seed).toBe(7);
  });

  it('goes on without one that diverges, and says why', async () => {
    await atTheLine();
    fake.emitOf(1, { kind: 'failed', message: 'It diverged in Bottom.', step: 3 });
    fake.emitOf(1, { kind: 'state', state: 'failed', step: 3 });
    expect(states()).toEqual(['waiting', 'diverged']);
    expect(race().racers[1]!.message).toBe('It diverged in Bottom.');
    expect(race().phase).toBe('running');
    toFinish(0, 0.7);
    await vi.waitFor(() => expect(race().judged).toBe(true));
    expect(states()).toEqual(['finished', 'diverged']);
  });

  it('has the trainer to itself', async () => {
    await atTheLine();
    await train();
    await step();
    expect(fake.calls.filter((c) => c.startsWith('start'))).toEqual([]);
    expect(useRun.getState().notices.at(-1)?.message).toMatch(/race is under way/);
    setTraining({ steps: 77 });
    expect(race().racers[0]!.pipeline.training.steps).toBe(500);
  });

  it('has the keys of the run while its page is open: Space, S, slow motion and R', async () => {
    const press = (key: string) => actionOf({ key, shiftKey: false }, false)!.run({ key, shiftKey: false });
    useUi.setState({ route: 'race' });
    addEntrant(shared, 'Shared-Bottom');
    addSingleTask();
    press(' ');
    await vi.waitFor(() => expect(race().phase).toBe('running'));
    press('s');
    await vi.waitFor(() => expect(race().phase).toBe('paused'));
    press('s');
    press(' ');
    await vi.waitFor(() => expect(race().phase).toBe('running'));
    press(' ');
    await vi.waitFor(() => expect(race().phase).toBe('paused'));
    press(',');
    expect(fake.speeds.at(-1)).toBe(10);
    expect(fake.calls.filter((c) => c.startsWith('race'))).toEqual([
      'race',
      'race step',
      'race step',
      'race resume',
      'race pause',
    ]);
    press('r');
    await vi.waitFor(() => expect(race().phase).toBe('setup'));
    expect(race().lineUp).toHaveLength(2);
    expect(fake.calls).not.toContain('start');
  });

  it('stopped early keeps what there is and compares nothing row by row', async () => {
    await atTheLine();
    fake.emitOf(0, { kind: 'evaluation', evaluation: evaluation(50, 0.66) });
    await stopRace();
    expect([race().phase, race().judged, ...states()]).toEqual(['ended', false, 'stopped', 'stopped']);
    expect(runs().map((r) => [r.run.state, r.run.race?.against])).toEqual([['stopped', []]]);
    // Nothing that still comes changes it.
    toFinish(1, 0.7);
    expect(states()).toEqual(['stopped', 'stopped']);
  });

  it('ends with the data that it runs on, and with the trainer', async () => {
    await atTheLine();
    fake.summary = { ...SUMMARY, fingerprint: 'other' };
    await simulate();
    expect(race()).toMatchObject({ phase: 'ended', failure: 'The data was replaced, which ended it.' });
    newRace();
    expect(await startRace()).toBeNull();
    fake.die('trainer');
    expect(states()).toEqual(['failed', 'failed']);
    expect(race().racers[0]!.message).toMatch(/want of memory/);
    expect(race().phase).toBe('ended');
    newRace();
    expect(whyNotRace(starters(), false)).toBeNull();
  });
});
