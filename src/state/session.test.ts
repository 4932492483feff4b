// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultPipeline } from '../pipeline/defaults';
import { openFiles, simulate } from './data';
import { loadPreset, placeBlock, redo, setParam, setTask, setTraining, undo } from './edits';
import { history } from './history';
import {
  changeSpeed,
  connect,
  pause,
  reset,
  resumeFromSnapshot,
  setSpeed,
  step,
  train,
  whyNotReady,
} from './session';
import { useData, usePipeline, useRun } from './stores';
import { FakeClient, PREVIEW, snapshotAt } from './testing/fakes';

let fake: FakeClient;
const phase = () => useRun.getState().phase;

beforeEach(async () => {
  vi.useFakeTimers();
  localStorage.clear();
  usePipeline.setState({ pipeline: defaultPipeline() });
  usePipeline.temporal.getState().clear();
  useRun.setState(useRun.getInitialState(), true);
  useData.setState(useData.getInitialState(), true);
  fake = new FakeClient();
  connect(fake.client);
  await simulate();
  fake.calls.length = 0;
});

afterEach(async () => {
  await reset();
  vi.useRealTimers();
});

describe('a run', () => {
  it('waits for data, and says so', () => {
    const pipeline = defaultPipeline();
    const none = { summary: null, loading: null };
    expect(whyNotReady(pipeline, none)).toBe('There is no data yet.');
    expect(whyNotReady(pipeline)).toBeNull();
  });

  it('starts, pauses, resumes and is reset', async () => {
    await train();
    expect(phase()).toBe('training');
    await pause();
    fake.emit({ kind: 'state', state: 'paused', step: 7 });
    expect(phase()).toBe('paused');
    await train();
    await reset();
    expect(phase()).toBe('idle');
    expect(fake.calls).toEqual(['start', 'pause', 'resume', 'stop']);
  });

  it('keeps where a step’s time goes until another backend or another run has times of its own', async () => {
    const times = { step: 50, steps: 50, batch: 1, blocks: [] };
    const backend = { name: 'wasm', label: 'WASM', reason: 'You asked for WASM.' } as const;
    await train();
    fake.emit({ kind: 'times', times });
    expect(useRun.getState().times).toEqual(times);
    fake.emit({ kind: 'backend', backend });
    expect(useRun.getState().times).toBeNull();
    fake.emit({ kind: 'times', times });
    await reset();
    expect(useRun.getState().times).toBeNull();
  });

  it('goes slower and faster step by step, at once and in the next run', async () => {
    await train();
    changeSpeed(-1);
    changeSpeed(1);
    changeSpeed(1);
    expect(useRun.getState().speed).toBe(2);
    await setSpeed(1);
    changeSpeed(1);
    expect(fake.speeds).toEqual([null, 10, 2, 1]);
    await reset();
    await train();
    expect(fake.speeds.at(-1)).toBe(1);
  });

  it('does one step for each press, from the very first', async () => {
    await Promise.all([step(), step()]);
    expect(fake.calls).toEqual(['start paused', 'step 1', 'step 1']);
  });

  it('tells where a divergence began, and goes back to the last snapshot, paused', async () => {
    await train();
    fake.emit({ kind: 'snapshot', snapshot: snapshotAt(40) });
    fake.emit({
      kind: 'failed',
      message: 'The loss is no number.',
      block: 'towers',
      parameter: 'w',
      step: 41,
    });
    fake.emit({ kind: 'state', state: 'failed', step: 41 });
    expect(phase()).toBe('failed');
    expect(useRun.getState().failure).toMatchObject({ block: 'towers', parameter: 'w', step: 41 });
    await resumeFromSnapshot();
    expect(fake.started?.from?.step).toBe(40);
    expect(fake.started?.paused).toBe(true);
  });

  it('survives the death of the trainer: data handed over, resumed from the snapshot', async () => {
    await train();
    fake.emit({ kind: 'snapshot', snapshot: snapshotAt(12) });
    fake.die('trainer');
    expect(phase()).toBe('dead');
    expect(useRun.getState().snapshotStep).toBe(12);
    expect(fake.calls).toContain('hand over');
    await resumeFromSnapshot();
    expect(fake.started?.from?.step).toBe(12);
    expect(fake.started?.paused).toBe(false);
  });
});

describe('an edit while a run is under way', () => {
  it('of λ or learning rate goes to the run as it is', async () => {
    await train();
    expect(setTask(1, { lossWeight: 3 })).toBeNull();
    expect(setTraining({ learningRate: 0.002 })).toBeNull();
    await vi.advanceTimersByTimeAsync(1000);
    expect(fake.calls).toEqual(['start', 'edit', 'edit']);
    expect(fake.edits.at(-1)).toEqual({ learningRate: 0.002, labelNoise: 0, lossWeights: [1, 3] });
  });

  it('of a name changes nothing in it', async () => {
    await train();
    setTask(0, { label: 'tap' });
    await vi.advanceTimersByTimeAsync(1000);
    expect(fake.calls).toEqual(['start']);
  });

  it('of the structure stops it, starts it once more, and keeps its curve', async () => {
    await train();
    history.addEvaluation({ step: 25, metrics: [] });
    placeBlock('tower', 'mlp');
    setParam('bottom', 'layers', [16]);
    expect(history.ghost?.name).toBe('Separate nets · Task Attention · Identity');
    await vi.advanceTimersByTimeAsync(2000);
    expect(fake.calls.filter((c) => c === 'start')).toHaveLength(2);
    expect(fake.started?.pipeline.towers.block).toBe('mlp');
    expect(fake.started?.pipeline.bottom.params.layers).toEqual([16]);
  });

  it('that is wrong is refused in a sentence and changes nothing', () => {
    const before = usePipeline.getState().pipeline;
    expect(setParam('tower', 'heads', 3)).toMatch(/does not divide/);
    expect(usePipeline.getState().pipeline).toBe(before);
  });
});

describe('undo', () => {
  it('takes back and does again every change of the pipeline', () => {
    placeBlock('tower', 'mlp');
    loadPreset('shared-bottom');
    undo();
    expect(usePipeline.getState().pipeline.bottom.block).toBe('nse');
    undo();
    expect(usePipeline.getState().pipeline).toEqual(defaultPipeline());
    redo();
    expect(usePipeline.getState().pipeline.towers.block).toBe('mlp');
  });

  it('of a structural change restarts the run too', async () => {
    placeBlock('tower', 'mlp');
    await train();
    undo();
    await vi.advanceTimersByTimeAsync(2000);
    expect(fake.started?.pipeline.towers.block).toBe('task-attention');
  });
});

describe('data', () => {
  it('that cannot be read leaves run and data as they were, and says why', async () => {
    await train();
    fake.refuseData = 'bad.csv, line 1: the header lacks the column search_id.';
    await openFiles([new File(['x'], 'bad.csv')]);
    expect(phase()).toBe('training');
    expect(useData.getState().summary?.fingerprint).toBe('f00d');
    expect(useRun.getState().notices.at(-1)).toMatchObject({ level: 'error', message: fake.refuseData });
  });

  it('that is new ends the run and is handed to the trainer', async () => {
    await train();
    fake.preview = { ...PREVIEW, certain: true };
    await openFiles([new File(['x'], 'good.csv')]);
    expect(phase()).toBe('idle');
    expect(fake.calls).toEqual(['start', 'stop', 'hand over']);
    expect(useData.getState().made).toBeNull();
  });
});
