/** Races on wasm: each racer as if alone, nobody far ahead, faults that stay the faulty one's, and memory given back. */
import { describe, expect, it } from 'vitest';
import { memory } from '../nn';
import { wasmPaths } from '../nn/wasmPaths';
import { defaultPipeline } from '../pipeline/defaults';
import type { RunEvent, Snapshot, Speed } from '../pipeline/run';
import { type Pipeline, pipelineSchema } from '../pipeline/schema';
import { outputSpaces } from '../pipeline/spaces';
import { Race, type Starter } from './race';
import { tinyData } from './testing/data';
import { Trainer } from './trainer';

const yieldNow = () => new Promise<void>((resolve) => setImmediate(resolve));

function pipeline(bottom: string, training: Partial<Pipeline['training']> = {}): Pipeline {
  const base = defaultPipeline();
  return pipelineSchema.parse({
    ...base,
    bottom: { block: bottom, params: { layers: [6] } },
    towers: { block: 'mlp', params: { layers: [4] } },
    training: { ...base.training, steps: 24, batch: 16, evaluateEvery: 8, ...training },
  });
}

const data = tinyData({ rows: 3000 });

const raceOf = (...pipelines: Pipeline[]) => raceFrom(pipelines.map((p) => ({ pipeline: p })));

function raceFrom(starters: readonly Starter[], speed: Speed = null) {
  const told: { racer: number; event: RunEvent }[] = [];
  const race = new Race(
    { wasmFiles: wasmPaths(), emit: (racer, event) => told.push({ racer, event }), yieldNow, speed },
    data,
    starters,
  );
  const of = <K extends RunEvent['kind']>(i: number, kind: K) =>
    told.flatMap(({ racer, event }) =>
      racer === i && event.kind === kind ? [event as Extract<RunEvent, { kind: K }>] : [],
    );
  const last = (i: number) => of(i, 'state').at(-1)?.state;
  return { race, told, of, last };
}

/** What is told of a run alone, without times. */
const numbersOf = (events: readonly RunEvent[]) => ({
  frames: events.flatMap((e) => (e.kind === 'frame' ? [...e.steps] : [])),
  evaluations: events.flatMap((e) => (e.kind === 'evaluation' ? [e.evaluation] : [])),
});

describe('a race', () => {
  it('gives each racer the numbers that it has alone, to the last bit', async () => {
    const pipelines = [pipeline('shared-bottom'), pipeline('single-task'), pipeline('mmoe')];
    const { race, told } = raceOf(...pipelines);
    await race.start('wasm');
    await race.settled();
    for (const [i, p] of pipelines.entries()) {
      const alone: RunEvent[] = [];
      const trainer = new Trainer({ wasmFiles: wasmPaths(), emit: (e) => alone.push(e), yieldNow });
      trainer.load(data);
      await trainer.start({ pipeline: p, backend: 'wasm' });
      await trainer.settled();
      await trainer.stop();
      const raced = told.filter(({ racer }) => racer === i).map(({ event }) => event);
      expect(numbersOf(raced)).toEqual(numbersOf(alone));
    }
    await race.stop();
  });

  it('lets nobody run ahead, and everybody rest in a pause', async () => {
    const { race, told } = raceOf(
      pipeline('shared-bottom', { steps: 60, evaluateEvery: 5 }),
      pipeline('ple', { steps: 60, evaluateEvery: 5 }),
    );
    const steps = [0, 0];
    let widest = 0;
    const reached = new Promise<void>((resolve) => {
      const watch = setInterval(() => {
        told.splice(0).forEach(({ racer, event }) => {
          if (event.kind === 'evaluation') steps[racer] = event.evaluation.step;
        });
        widest = Math.max(widest, Math.abs(steps[0]! - steps[1]!));
        if (Math.min(...steps) < 15) return;
        clearInterval(watch);
        resolve();
      }, 0);
    });
    await race.start('wasm');
    await reached;
    await race.pause();
    told.length = 0;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(told).toEqual([]);
    race.resume();
    await race.settled();
    // A turn is at most 50 steps, and the tiny nets of this test take many of them in its time.
    expect(widest).toBeLessThanOrEqual(50);
    expect(told.filter(({ event }) => event.kind === 'state').map(({ racer }) => racer)).toEqual([0, 1]);
    await race.stop();
  });

  it('rests at one step for all, goes on by hand a step at a time, and tells each', async () => {
    const { race, of } = raceOf(
      pipeline('shared-bottom', { steps: 400 }),
      pipeline('ple', { steps: 400 }),
      pipeline('mmoe', { steps: 400 }),
    );
    const stands = () =>
      [0, 1, 2].map((i) => {
        const frame = of(i, 'frame').at(-1)!;
        return [frame.steps.at(-frame.columns), of(i, 'snapshot').at(-1)!.snapshot.step];
      });
    await race.start('wasm');
    while (of(2, 'evaluation').length < 2) await yieldNow();
    await race.pause();
    const at = stands()[0]![0]!;
    expect(at).toBeGreaterThan(8);
    expect(stands()).toEqual(Array(3).fill([at, at]));
    // Again is no news.
    await race.pause();
    await race.step();
    await race.step();
    expect(stands()).toEqual(Array(3).fill([at + 2, at + 2]));
    race.resume();
    while (of(1, 'evaluation').at(-1)!.evaluation.step <= at + 2) await yieldNow();
    await race.stop();
  });

  it('broken off and taken up ends as if it never had been, to the last bit', async () => {
    const pipelines = [
      pipeline('shared-bottom', { steps: 60, evaluateEvery: 20 }),
      pipeline('ple', { steps: 60, evaluateEvery: 20, optimizer: 'sgd' }),
      pipeline('mmoe', { steps: 60, evaluateEvery: 20 }),
    ];
    const whole = raceOf(...pipelines);
    await whole.race.start('wasm');
    await whole.race.settled();
    const first = raceOf(...pipelines);
    await first.race.start('wasm');
    while (first.of(1, 'evaluation').length < 2) await yieldNow();
    await first.race.pause();
    const snapshots = [0, 1, 2].map((i) => first.of(i, 'snapshot').at(-1)!.snapshot);
    await first.race.stop();
    // One had come to its end before the break, one had not begun.
    const done = whole.of(0, 'snapshot').at(-1)!.snapshot;
    const from: (Snapshot | undefined)[] = [done, snapshots[1], undefined];
    const second = raceFrom(pipelines.map((p, i) => ({ pipeline: p, from: from[i] })));
    await second.race.start('wasm');
    await second.race.settled();
    for (const i of [0, 1, 2]) {
      const step = from[i]?.step ?? 0;
      const late = ({ race: _, ...seen }: typeof whole) => ({
        weights: seen.of(i, 'snapshot').at(-1)!.snapshot,
        evaluations: seen.of(i, 'evaluation').filter((e) => e.evaluation.step > Math.min(step, 59)),
        rows: seen.of(i, 'frame').flatMap(({ steps, columns }) => {
          const each = Array.from({ length: steps.length / columns }, (_r, r) => r * columns);
          return each.map((r) => [...steps.subarray(r, r + columns)]).filter((row) => row[0]! > step);
        }),
      });
      const [a, b] = [late(second), late(whole)];
      expect(a.evaluations.length).toBeGreaterThan(0);
      expect(a).toEqual(b);
    }
    expect(await second.race.pairs()).toEqual(await whole.race.pairs());
    await whole.race.stop();
    await second.race.stop();
  });

  it('leaves out one that had failed before a break, and compares nothing with it', async () => {
    const { race, told, last } = raceFrom([
      { pipeline: pipeline('shared-bottom') },
      { pipeline: pipeline('mmoe'), out: true },
      { pipeline: pipeline('ple') },
    ]);
    await race.start('wasm');
    await race.settled();
    expect([last(0), last(2)]).toEqual(['finished', 'finished']);
    expect(told.filter(({ racer }) => racer === 1)).toEqual([]);
    const pairs = await race.pairs();
    expect(pairs.map((row) => row.map((cell) => cell !== null))).toEqual([
      [true, false, true],
      [false, false, false],
      [true, false, true],
    ]);
    await race.stop();
  });

  it('in slow motion goes step by step together, so many a second, and at full speed again when asked', async () => {
    const { race, told, of } = raceFrom(
      [
        { pipeline: pipeline('shared-bottom', { steps: 500 }) },
        { pipeline: pipeline('ple', { steps: 500 }) },
      ],
      10,
    );
    await race.start('wasm');
    const steps = (i: number) =>
      of(i, 'frame').flatMap((f) => Array.from({ length: f.steps.length / f.columns }));
    while (steps(1).length < 2) await yieldNow();
    const from = { at: performance.now(), steps: steps(1).length };
    while (steps(1).length < from.steps + 5) await yieldNow();
    // Ten a second: a busy machine makes them fewer, never more.
    expect(performance.now() - from.at).toBeGreaterThan(5 * 100 - 60);
    const order = told.filter(({ event }) => event.kind === 'frame').map(({ racer }) => racer);
    expect(order.slice(0, 6)).toEqual([0, 1, 0, 1, 0, 1]);
    race.setSpeed(null);
    while (of(0, 'evaluation').length < 5) await yieldNow();
    await race.stop();
  });

  it('goes on without one that diverges, and compares those that finished', async () => {
    const broken = pipeline('mmoe', { optimizer: 'sgd', learningRate: 1 });
    const { race, of, last } = raceOf(
      pipeline('shared-bottom'),
      // Past every limit of the schema: the first gradient leaves the range of float32.
      { ...broken, tasks: broken.tasks.map((t) => ({ ...t, lossWeight: 1e38 })) },
      pipeline('single-task'),
    );
    await race.start('wasm');
    await race.settled();
    expect([last(0), last(2)]).toEqual(['finished', 'finished']);
    expect(of(1, 'failed')).toHaveLength(1);
    const pairs = await race.pairs();
    expect([pairs[0]![1], pairs[1]![0], pairs[1]![1]]).toEqual([null, null, null]);
    const spaces = outputSpaces(pipeline('mmoe').tasks);
    const [a, b] = [0, 2].map((i) => of(i, 'evaluation').at(-1)!.evaluation.metrics);
    pairs[0]![2]!.forEach(({ space, label }, s) => {
      expect(space).toBe(spaces[s]!.id);
      const [x, y] = [a![s]!.auc, b![s]!.auc];
      expect(label!.value).toBeCloseTo(x.ok && y.ok ? x.value - y.value : Number.NaN, 12);
      expect(label!.se).toBeGreaterThan(0);
    });
    await race.stop();
  });

  it('goes on without one that cannot start, in its words', async () => {
    const other = pipeline('shared-bottom');
    const { race, of, last } = raceOf(
      { ...other, tasks: other.tasks.map((t, k) => (k === 1 ? { ...t, id: 'tip' } : t)) },
      pipeline('single-task'),
    );
    await race.start('wasm');
    await race.settled();
    expect(of(0, 'failed')[0]!.message).toMatch(/no label column "tip"/);
    expect(last(1)).toBe('finished');
    await race.stop();
  });

  it('stopped half way, gives its memory back', async () => {
    const first = raceOf(pipeline('shared-bottom', { steps: 4 }));
    await first.race.start('wasm');
    await first.race.settled();
    await first.race.stop();
    const before = memory().tensors;
    const { race, of, last } = raceOf(pipeline('mmoe', { steps: 5000 }), pipeline('ple', { steps: 5000 }));
    await race.start('wasm');
    while (of(0, 'frame').length === 0) await yieldNow();
    expect(memory().tensors).toBeGreaterThan(before);
    await race.stop();
    expect([last(0), last(1)]).toEqual(['stopped', 'stopped']);
    expect(memory().tensors).toBe(before);
    expect(() => race.places(7)).toThrow(/no racer 8/);
  });
});
