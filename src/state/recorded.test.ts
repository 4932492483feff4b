// @vitest-environment jsdom
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_REQUEST } from '../data/simulator/request';
import { defaultPipeline } from '../pipeline/defaults';
import { simulate } from './data';
import { setTraining } from './edits';
import { history } from './history';
import { endRecording, playRecording, type Recording, readRecording, useRecorded } from './recorded';
import { connect, reset, train } from './session';
import { useData, usePipeline, useRun } from './stores';
import { FakeClient, SUMMARY } from './testing/fakes';

const raw = JSON.parse(readFileSync('public/recorded.json', 'utf8'));
const recording = readRecording(raw) as Recording;
let fake: FakeClient;
const shown = () => useRecorded.getState().shown !== null;

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  history.clear();
  history.forgetGhost();
  usePipeline.setState({ pipeline: defaultPipeline() });
  useRun.setState(useRun.getInitialState(), true);
  useData.setState(useData.getInitialState(), true);
  fake = new FakeClient();
  connect(fake.client);
});

afterEach(async () => {
  await reset();
  endRecording();
  vi.useRealTimers();
});

describe('the recording that is shipped', () => {
  it('is a whole run of what the lab opens with (else: npm run recording)', () => {
    expect(recording).not.toBeNull();
    expect(recording.pipeline).toEqual(defaultPipeline());
    expect(recording.request).toEqual(DEFAULT_REQUEST);
    expect(recording.steps.length / recording.columns).toBe(defaultPipeline().training.steps);
    expect(recording.evaluations.at(-1)!.step).toBe(defaultPipeline().training.steps);
    expect(recording.probes.length).toBeGreaterThan(10);
  });

  it('is small', () => {
    expect(JSON.stringify(raw).length).toBeLessThan(100_000);
  });
});

describe('what is no recording', () => {
  it.each([
    ['nothing', null],
    ['another file', { format: 'seesaw-run' }],
    ['one without its evaluations', { ...raw, evaluations: [] }],
    ['one with an evaluation that is none', { ...raw, evaluations: [{ step: 'x' }] }],
    ['one with a probe that is none', { ...raw, probes: [{ step: 1, cohorts: 'all' }] }],
    ['one of half a row', { ...raw, steps: raw.steps.slice(0, -1) }],
    ['one of a pipeline that cannot be', { ...raw, pipeline: { version: 1 } }],
  ])('is left alone: %s', (_, value) => {
    expect(readRecording(value)).toBeNull();
  });
});

describe('the first picture', () => {
  it('plays from the first step to the last, and stays', () => {
    playRecording(recording);
    expect(shown()).toBe(true);
    expect(history.step).toBeGreaterThan(0);
    expect(history.step).toBeLessThan(60);
    vi.advanceTimersByTime(6_000);
    const half = history.step;
    expect(half).toBeGreaterThan(150);
    expect(half).toBeLessThan(350);
    expect(history.last!.step).toBeLessThanOrEqual(half);
    vi.advanceTimersByTime(60_000);
    expect(history.step).toBe(500);
    expect(history.last!.step).toBe(500);
    expect(history.samplesPerSecond).toBe(0);
  });

  it('is there at once for who wants no motion', () => {
    playRecording(recording, true);
    expect(history.last!.step).toBe(500);
  });

  it('stays while the run is prepared, and goes with the first live number, leaving no ghost', async () => {
    useData.setState({ summary: { ...SUMMARY, fingerprint: recording.fingerprint }, made: DEFAULT_REQUEST });
    playRecording(recording, true);
    await train();
    fake.emit({ kind: 'state', state: 'training', step: 0 });
    expect(shown()).toBe(true);
    expect(history.step).toBe(500);
    fake.emit({
      kind: 'frame',
      steps: Float64Array.from([1, 0.01, 1, 1, 0.5, 0.5]),
      columns: 6,
      samplesPerSecond: 9,
    });
    expect(shown()).toBe(false);
    expect(history.step).toBe(1);
    expect(history.frames!.length).toBe(1);
    expect(history.last).toBeNull();
    expect(history.ghost).toBeNull();
  });

  it('goes with another pipeline or another world, for which it would be wrong', async () => {
    playRecording(recording, true);
    setTraining({ batch: 64 });
    expect(shown()).toBe(false);
    expect(history.frames).toBeNull();
    usePipeline.setState({ pipeline: defaultPipeline() });
    playRecording(recording, true);
    expect(shown()).toBe(true);
    await simulate({ relatedness: -1 });
    expect(shown()).toBe(false);
  });

  it('is not shown beside another pipeline, nor over a run', async () => {
    setTraining({ batch: 64 });
    playRecording(recording, true);
    expect(shown()).toBe(false);
    usePipeline.setState({ pipeline: defaultPipeline() });
    useRun.setState({ phase: 'training' });
    playRecording(recording, true);
    expect(shown()).toBe(false);
  });
});
