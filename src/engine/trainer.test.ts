/** The trainer over time, on wasm: what it tells, how soon Pause acts, what a new start does to an old run. */
import { beforeEach, describe, expect, it } from 'vitest';
import { wasmPaths } from '../nn/wasmPaths';
import { defaultPipeline } from '../pipeline/defaults';
import type { RunEvent } from '../pipeline/run';
import { type Pipeline, pipelineSchema } from '../pipeline/schema';
import { tinyData } from './testing/data';
import { Trainer, type TrainerStart } from './trainer';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

function pipeline(training: Partial<Pipeline['training']> = {}): Pipeline {
  const base = defaultPipeline();
  return pipelineSchema.parse({
    ...base,
    bottom: { block: 'shared-bottom', params: { layers: [6] } },
    towers: { block: 'task-attention', params: { width: 8, heads: 2, layers: 1 } },
    training: { ...base.training, steps: 30, batch: 16, evaluateEvery: 10, ...training },
  });
}

let events: RunEvent[];
/** The run's clock, in milliseconds: it stands still unless a test lets a turn take time. */
let now: number;
let turnTakes: number;
let heard: (event: RunEvent) => void;
let trainer: Trainer;
const start = (request: Partial<TrainerStart> = {}) =>
  trainer.start({ pipeline: pipeline(), backend: 'wasm', ...request });
const of = <K extends RunEvent['kind']>(kind: K) =>
  events.filter((e): e is Extract<RunEvent, { kind: K }> => e.kind === kind);
const states = () => of('state').map((e) => e.state);
const stepsSeen = () => of('frame').flatMap((f) => [...f.steps].filter((_, i) => i % f.columns === 0));

beforeEach(() => {
  events = [];
  now = 0;
  turnTakes = 0;
  heard = () => {};
  trainer = new Trainer({
    wasmFiles: wasmPaths(),
    emit: (e) => {
      events.push(e);
      heard(e);
    },
    yieldNow: () => {
      now += turnTakes;
      return turn();
    },
    clock: () => now,
    frameEvery: 0,
    snapshotEvery: 1e9,
  });
  trainer.load(tinyData());
});

describe('a whole run', () => {
  it('prepares, trains, evaluates from step 0 on and finishes; no step is told twice or left out', async () => {
    await start();
    await trainer.settled();
    expect(states()).toEqual(['preparing', 'training', 'finished']);
    expect(stepsSeen()).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    expect(of('evaluation').map((e) => e.evaluation.step)).toEqual([0, 10, 20, 30]);
    expect(of('backend')[0]!.backend).toMatchObject({ name: 'wasm', label: 'WASM' });
    expect(of('snapshot').at(-1)!.snapshot.step).toBe(30);
    await expect(trainer.resume()).rejects.toThrow(/finished/);
  });

  it('computes probes only while somebody watches', async () => {
    await start();
    await trainer.settled();
    expect(of('probe')).toEqual([]);
    trainer.watch(['attention']);
    await start();
    await trainer.settled();
    expect(of('probe').map((e) => e.probe.step)).toEqual([0, 10, 20, 30]);
  });
});

describe('instruments', () => {
  it('are read while somebody looks, with each evaluation, and cost nothing else', async () => {
    await start();
    await trainer.settled();
    expect([of('gradients').length, of('calibration').length]).toEqual([0, 0]);
    trainer.watch(['gradients', 'calibration']);
    await start();
    await trainer.settled();
    expect(of('gradients').map((e) => e.gradients.step)).toEqual([0, 10, 20, 30]);
    expect(of('calibration').map((e) => e.calibration.step)).toEqual([0, 10, 20, 30]);
    expect(of('calibration')[0]!.calibration.spaces.map((s) => s.space)).toEqual(
      of('evaluation')[0]!.evaluation.metrics.map((m) => m.space),
    );
  });

  it('are read at once of a run that rests, which neither trains nor says anew that it rests; a second look at the same step reads nothing', async () => {
    await start({ paused: true });
    await trainer.step(3);
    const told = states().length;
    trainer.watch(['gradients', 'calibration']);
    await trainer.settled();
    expect(of('gradients').map((e) => e.gradients.step)).toEqual([3]);
    expect(of('calibration').map((e) => e.calibration.step)).toEqual([3]);
    trainer.watch(['gradients', 'calibration']);
    await trainer.settled();
    expect(of('gradients')).toHaveLength(1);
    expect(states().length).toBe(told);
    expect((await trainer.snapshot()).step).toBe(3);
  });

  it('do not move the run: parameters are the same to the last bit', async () => {
    await start();
    await trainer.settled();
    const plain = (await trainer.snapshot()).parameters;
    trainer.watch(['gradients', 'calibration']);
    await start();
    await trainer.settled();
    expect((await trainer.snapshot()).parameters).toEqual(plain);
  });

  it('read every cohort only while somebody looks at the choice of them', async () => {
    trainer.watch(['attention']);
    await start({ paused: true });
    const names = () =>
      of('probe')
        .at(-1)!
        .probe.cohorts.map((c) => c.name);
    expect(names()).toEqual(['all', 'click', 'purchase']);
    trainer.watch(['attention', 'cohorts']);
    await trainer.settled();
    expect(names()).toEqual(['all', 'click', 'no click', 'purchase', 'click, no purchase']);
    const read = of('probe').length;
    trainer.watch(['attention', 'cohorts']);
    await trainer.settled();
    expect(of('probe')).toHaveLength(read);
  });

  it('say what wires are worth that are cut, again with each evaluation, and never move the run', async () => {
    await start();
    await trainer.settled();
    const plain = (await trainer.snapshot()).parameters;
    const wire = { block: 'towers', name: 'attention', cells: [2] };
    trainer.watch(['cuts']);
    await start({ paused: true });
    expect(of('cuts')).toEqual([]);
    await trainer.cut([wire]);
    await trainer.settled();
    expect(of('cuts').map((e) => [e.cuts.step, e.cuts.cuts])).toEqual([[0, [wire]]]);
    await trainer.resume();
    await trainer.settled();
    expect(of('cuts').map((e) => e.cuts.step)).toEqual([0, 10, 20, 30]);
    await trainer.cut([]);
    await trainer.settled();
    expect(of('cuts')).toHaveLength(4);
    expect((await trainer.snapshot()).parameters).toEqual(plain);
    await expect(trainer.cut([{ ...wire, block: 'top' }])).rejects.toThrow(/No block/);
    expect(of('failed')).toEqual([]);
  });

  it('begin again with other wires that are cut while the first are read', async () => {
    trainer.watch(['cuts']);
    await start({ paused: true });
    const cells = (n: number) => [{ block: 'towers', name: 'attention', cells: [n] }];
    await Promise.all([trainer.cut(cells(1)), trainer.cut(cells(2))]);
    await trainer.settled();
    expect(of('cuts').map((e) => e.cuts.cuts[0]!.cells)).toEqual([[2]]);
  });

  it('rest for 25 times what they took while the run goes on, and are read when it is finished', async () => {
    trainer.watch(['cuts']);
    await start({ paused: true, pipeline: pipeline({ steps: 130 }) });
    // Two passes over the validation rows with a turn each: 2 ms, so that 50 ms of rest follow. A step takes 1 ms, an evaluation another.
    turnTakes = 1;
    await trainer.cut([{ block: 'towers', name: 'attention', cells: [2] }]);
    await trainer.settled();
    const last = now;
    await trainer.resume();
    await trainer.settled();
    expect(of('cuts').map((e) => e.cuts.step)).toEqual([0, 50, 100, 130]);
    expect(now - last).toBeGreaterThan(130);
    expect(of('evaluation')).toHaveLength(14);
  });

  it('are read at once when somebody begins to look at them, and not for a look at something else', async () => {
    turnTakes = 1;
    trainer.watch(['gradients']);
    await start({ paused: true, pipeline: pipeline({ steps: 60 }) });
    const at = (step: number, names: string[]) => (event: RunEvent) => {
      if (event.kind !== 'frame' || event.steps[0] !== step) return;
      trainer.watch(names);
    };
    const [more, same] = [at(13, ['gradients', 'calibration']), at(17, ['gradients', 'calibration'])];
    heard = (event) => {
      more(event);
      same(event);
    };
    await trainer.resume();
    await trainer.settled();
    expect(of('calibration').map((e) => e.calibration.step)).toEqual([13, 20, 30, 40, 50, 60]);
    expect(of('gradients').map((e) => e.gradients.step)).toEqual([0, 60]);
  });

  it('tell where the time of steps went, at once and with each evaluation, and never move the run', async () => {
    await start();
    await trainer.settled();
    const plain = (await trainer.snapshot()).parameters;
    expect(of('times')).toEqual([]);
    trainer.watch(['times']);
    await trainer.settled();
    expect(of('times').map((e) => [e.times.step, e.times.steps])).toEqual([[30, 30]]);
    turnTakes = 1;
    await start();
    await trainer.settled();
    expect(of('times').map((e) => e.times.step)).toEqual([30, 10, 20, 30]);
    const [block] = of('times').at(-1)!.times.blocks;
    expect(block!.path).toBe('input.0');
    expect(block!.backward).toBeGreaterThan(0);
    expect((await trainer.snapshot()).parameters).toEqual(plain);
  });

  it('give way to a stop that comes while they are read', async () => {
    await start({ paused: true });
    trainer.watch(['gradients']);
    await trainer.stop();
    expect(of('gradients')).toEqual([]);
    expect(states().at(-1)).toBe('stopped');
  });
});

describe('slow motion', () => {
  it('tells and probes each step, keeps its pace, and pauses at once', async () => {
    trainer.watch(['attention']);
    trainer.setSpeed(2);
    const from = performance.now();
    await start({ pipeline: pipeline({ steps: 5000 }) });
    while (stepsSeen().length < 3) await new Promise((go) => setTimeout(go, 10));
    expect(performance.now() - from).toBeGreaterThan(900);
    expect(of('frame').map((f) => f.steps.length / f.columns)).toEqual([1, 1, 1]);
    expect(of('probe').map((e) => e.probe.step)).toEqual([0, 1, 2, 3].slice(0, of('probe').length));
    expect(of('probe').length).toBeGreaterThanOrEqual(3);
    const asked = performance.now();
    await trainer.pause();
    expect(performance.now() - asked).toBeLessThan(300);
    trainer.setSpeed(null);
    await trainer.resume();
    while (stepsSeen().length < 60) await turn();
    await trainer.stop();
  });
});

describe('by hand', () => {
  it('starts paused, steps one by one, resumes and pauses within a step', async () => {
    await start({ paused: true, pipeline: pipeline({ steps: 5000 }) });
    expect(states()).toEqual(['preparing', 'paused']);
    expect(await trainer.step(1)).toEqual({ step: 1 });
    expect(await trainer.step(3)).toEqual({ step: 4 });
    await Promise.all([trainer.step(1), trainer.step(1), trainer.step(1)]);
    expect(stepsSeen()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    await trainer.resume();
    while (stepsSeen().length < 15) await turn();
    const asked = stepsSeen().at(-1)!;
    const { step } = await trainer.pause();
    expect(step - asked).toBeLessThanOrEqual(2);
    await turn();
    expect(stepsSeen().at(-1)).toBe(step);
    expect(states().at(-1)).toBe('paused');
  });

  it('Pause breaks off an evaluation, which is made up for before the next step', async () => {
    trainer.load(tinyData({ rows: 40_000, trainRows: 400 }));
    await start({ pipeline: pipeline({ steps: 5000 }) });
    // The first evaluation has 39 chunks; nothing of it is told yet.
    await turn();
    const { step } = await trainer.pause();
    expect(step).toBe(0);
    expect(of('evaluation')).toEqual([]);
    expect(states()).toEqual(['preparing', 'training', 'paused']);
    await trainer.step(1);
    expect(of('evaluation').map((e) => e.evaluation.step)).toEqual([0]);
    expect(stepsSeen()).toEqual([1]);
  });

  it('steps, pauses and resumes give the same losses as one run', async () => {
    await start();
    await trainer.settled();
    const losses = () => of('frame').flatMap((f) => [...f.steps]);
    const whole = losses();
    events = [];
    await start({ paused: true });
    await trainer.step(7);
    await trainer.resume();
    await trainer.pause();
    await trainer.resume();
    await trainer.settled();
    expect(losses()).toEqual(whole);
  });

  it('goes on from a snapshot', async () => {
    await start({ paused: true });
    await trainer.step(12);
    const from = structuredClone(await trainer.snapshot());
    events = [];
    await start({ from });
    await trainer.settled();
    expect(stepsSeen()[0]).toBe(13);
    expect(states()).toEqual(['stopped', 'preparing', 'training', 'finished']);
  });
});

describe('what does not fit', () => {
  it('Stop while it starts leaves nothing running and tells no failure', async () => {
    const starting = start();
    await trainer.stop();
    await starting;
    await trainer.settled();
    expect(stepsSeen()).toEqual([]);
    expect(of('failed')).toEqual([]);
    await expect(trainer.pause()).rejects.toThrow(/press Train first/);
  });

  it('says what to do where nothing is loaded or running', async () => {
    const empty = new Trainer({ wasmFiles: wasmPaths(), emit: () => {}, yieldNow: turn });
    await expect(empty.start({ pipeline: pipeline(), backend: 'wasm' })).rejects.toThrow(/No data is loaded/);
    await expect(empty.pause()).rejects.toThrow(/press Train first/);
  });

  it('a new start ends the run before; nothing of the old one is told afterwards', async () => {
    await start({ pipeline: pipeline({ steps: 5000 }) });
    while (stepsSeen().length < 3) await turn();
    await start({ pipeline: pipeline({ steps: 4 }) });
    const from = events.map((e) => e.kind === 'state' && e.state === 'preparing').lastIndexOf(true);
    await trainer.settled();
    events = events.slice(from);
    expect(stepsSeen()).toEqual([1, 2, 3, 4]);
  });

  it('a divergence fails the run, names its place, and Resume after a live edit goes on', async () => {
    await start({ paused: true, pipeline: pipeline({ optimizer: 'sgd', learningRate: 1 }) });
    await trainer.step(2);
    trainer.edit({ lossWeights: [1e38, 1e38] });
    await trainer.step(5);
    const [failure] = of('failed');
    expect(failure!.parameter).toBeTruthy();
    expect(failure!.message).toMatch(/diverged in/);
    expect(states().at(-1)).toBe('failed');
    trainer.edit({ lossWeights: [1, 1], learningRate: 1e-3 });
    await trainer.resume();
    await trainer.settled();
    expect(states().at(-1)).toBe('finished');
  });
});
