/** A step by hand, read on wasm: the same step as unread, its gradients the ones that the step is made of. */
import { beforeAll, describe, expect, it } from 'vitest';
import { memory, openWasm } from '../nn';
import { wasmPaths } from '../nn/wasmPaths';
import { blockWith, defaultPipeline } from '../pipeline/defaults';
import type { RunEvent } from '../pipeline/run';
import { type Pipeline, pipelineSchema } from '../pipeline/schema';
import { Session } from './session';
import { tinyData } from './testing/data';
import { Trainer } from './trainer';

function pipeline(bottom: Pipeline['bottom'], training: Partial<Pipeline['training']> = {}): Pipeline {
  const base = defaultPipeline();
  return pipelineSchema.parse({
    ...base,
    bottom,
    towers: blockWith('tower', 'mlp', { layers: [4] }),
    training: { ...base.training, steps: 30, batch: 64, ...training },
  });
}
const shared = blockWith('bottom', 'mmoe', { layers: [6], dropout: 0.2 });
const NAMES = new Set(['gates', 'probabilities']);
const data = tinyData();

beforeAll(() => openWasm(wasmPaths()));

describe('readStep', () => {
  it('takes the very step that would be taken unread, and leaks nothing', async () => {
    const p = pipeline(shared);
    const [plain, read] = [new Session(p, data), new Session(p, data)];
    await plain.trainStep();
    await read.readStep(NAMES);
    for (const session of [plain, read]) await session.readFrame();
    const before = memory().tensors;
    for (let s = 0; s < 3; s++) {
      await plain.trainStep();
      await plain.readFrame();
      const reading = await read.readStep(NAMES);
      const { steps } = await read.readFrame();
      expect(reading.step).toBe(s + 2);
      // The frame tells of the same batch: L_1 and L_2 stand behind step, rate, norm and sum.
      const last = [...steps.slice(-2)];
      reading.losses.forEach((l, k) => {
        expect(l).toBeCloseTo(last[k]!, 6);
      });
    }
    expect((await read.snapshot()).parameters).toEqual((await plain.snapshot()).parameters);
    expect(memory().tensors).toBe(before);
    plain.dispose();
    read.dispose();
  });

  it('of plain SGD with one task moves the weights by rate times gradient', async () => {
    const p = pipeline(blockWith('bottom', 'shared-bottom', { layers: [6] }), {
      optimizer: 'sgd',
      learningRate: 0.1,
      decay: 'none',
    });
    const alone = pipelineSchema.parse({ ...p, tasks: [p.tasks[0]] });
    const session = new Session(alone, data);
    const reading = await session.readStep(NAMES);
    const change = Math.hypot(...reading.blocks.map((b) => b.change));
    expect(reading.sharedNorms).toEqual([0]);
    expect(change).toBeCloseTo(0.1 * reading.ownNorms[0]!, 5);
    expect([reading.rows, reading.shared, reading.cosine]).toEqual([64, 0, [[null]]]);
    expect(reading.lossesAfter[0]).toBeLessThan(reading.losses[0]!);
    session.dispose();
  });

  it('tells the tasks’ shared and own parts, what moved, and what blocks publish before and after', async () => {
    const session = new Session(pipeline(shared), data);
    const reading = await session.readStep(NAMES);
    expect(reading.shared).toBeGreaterThan(0);
    for (const norms of [reading.sharedNorms, reading.ownNorms])
      for (const norm of norms) expect(norm).toBeGreaterThan(0);
    expect(reading.cosine[0]![1]).toBeCloseTo(reading.cosine[1]![0]!, 12);
    expect(reading.blocks.map((b) => b.path)).toContain('bottom');
    expect(reading.probes.map((x) => x.name).sort()).toEqual(['gates', 'probabilities']);
    for (const { before, after } of reading.probes) expect(after).not.toEqual(before);
    const clicks = reading.positives[0]!;
    expect(clicks).toBeGreaterThan(reading.positives[1]!);
    session.dispose();
    const apart = new Session(pipeline(blockWith('bottom', 'single-task', { layers: [6] })), data);
    const none = await apart.readStep(NAMES);
    expect([none.shared, none.cosine[0]![1], none.sharedNorms]).toEqual([0, null, [0, 0]]);
    apart.dispose();
  });
});

it('a step that diverges is told by its failure, not by figures that are no numbers', async () => {
  const events: RunEvent[] = [];
  const trainer = new Trainer({
    wasmFiles: wasmPaths(),
    emit: (e) => events.push(e),
    yieldNow: () => new Promise<void>((resolve) => setImmediate(resolve)),
  });
  trainer.load(data);
  trainer.watch(['step']);
  const wild = pipeline(shared);
  const training = { ...wild.training, optimizer: 'sgd' as const, learningRate: 1 };
  await trainer.start({ pipeline: { ...wild, training }, backend: 'wasm', paused: true });
  trainer.edit({ lossWeights: wild.tasks.map(() => 1e38) });
  await trainer.step(5);
  const told = events.flatMap((e) =>
    e.kind === 'step' ? [...e.reading.losses, ...e.reading.lossesAfter] : [],
  );
  expect(told.every(Number.isFinite)).toBe(true);
  expect(events.some((e) => e.kind === 'failed')).toBe(true);
  await trainer.stop();
});

it('a trainer reads steps by hand while somebody looks, and no others', async () => {
  const events: RunEvent[] = [];
  const trainer = new Trainer({
    wasmFiles: wasmPaths(),
    emit: (e) => events.push(e),
    yieldNow: () => new Promise<void>((resolve) => setImmediate(resolve)),
  });
  const read = () => events.flatMap((e) => (e.kind === 'step' ? [e.reading.step] : []));
  trainer.load(data);
  await trainer.start({ pipeline: pipeline(shared), backend: 'wasm', paused: true });
  await trainer.step(2);
  expect(read()).toEqual([]);
  trainer.watch(['gates', 'step']);
  await trainer.step(1);
  await trainer.step(1);
  expect(read()).toEqual([3, 4]);
  await trainer.resume();
  await trainer.settled();
  expect(read()).toEqual([3, 4]);
  await trainer.stop();
});
