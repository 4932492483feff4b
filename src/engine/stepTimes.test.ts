/** Where a step's time goes, measured on real steps: nothing is left out, nothing is changed, and the largest block takes most. */
import { beforeAll, describe, expect, it } from 'vitest';
import { memory, openCpu, openWasm } from '../nn';
import { wasmPaths } from '../nn/wasmPaths';
import { blockWith, defaultPipeline } from '../pipeline/defaults';
import type { TimeReading } from '../pipeline/run';
import { type Pipeline, pipelineSchema } from '../pipeline/schema';
import { Session } from './session';
import { timeReading } from './stepTimes';
import { tinyData } from './testing/data';

const data = tinyData();

function pipeline(change: Partial<Pipeline> = {}, training: Partial<Pipeline['training']> = {}): Pipeline {
  const base = defaultPipeline();
  return pipelineSchema.parse({
    ...base,
    towers: { block: 'task-attention', params: { width: 8, heads: 2, layers: 1 } },
    ...change,
    training: { ...base.training, steps: 100, batch: 64, ...training },
  });
}

const timeOf = ({ forward, backward, update }: TimeReading['blocks'][number]) => forward + backward + update;
const total = (t: TimeReading) => t.blocks.reduce((ms, b) => ms + timeOf(b), t.batch);

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(async () => void (backend === 'cpu' ? await openCpu() : await openWasm(wasmPaths())));

  it.each([
    ['Adam', 'adam', 'equal'],
    ['Adam on touched rows', 'adam-rows', 'equal'],
    ['a backward pass a task', 'adam', 'pcgrad'],
  ] as const)(
    'blocks and the gathering of batches are the whole of a step, with %s',
    async (_, optimizer, balancer) => {
      const session = new Session(
        pipeline({ balancer: blockWith('balancer', balancer) }, { optimizer }),
        data,
      );
      expect(session.timeReading()).toBeNull();
      await session.trainStep();
      await session.readFrame();
      const from = performance.now();
      await session.trainStep();
      const spent = performance.now() - from;
      const two = session.timeReading()!;
      expect([two.step, two.steps]).toEqual([2, 2]);
      expect(two.blocks.map((b) => b.path)).toEqual(session.model.blocks.map((b) => b.path));
      for (const block of two.blocks) {
        expect(block.forward).toBeGreaterThan(0);
        // A Top without weights hands its losses' gradients on, which takes time too.
        expect(block.backward).toBeGreaterThan(0);
      }
      // The second step alone: both steps' milliseconds are 2·mean, and the first took at least nothing.
      expect(2 * total(two)).toBeGreaterThan(0.9 * spent);
      session.dispose();
    },
  );

  it('a huge Bottom takes most of it, and the reading leaves nothing behind', async () => {
    const session = new Session(
      pipeline({ bottom: blockWith('bottom', 'shared-bottom', { layers: [512, 512, 512] }) }),
      data,
    );
    for (let s = 0; s < 3; s++) await session.trainStep();
    await session.readFrame();
    const before = memory().tensors;
    const reading = session.timeReading()!;
    expect(memory().tensors).toBe(before);
    const shares = reading.blocks.map((b) => [b.path, timeOf(b) / total(reading)] as const);
    const bottom = shares.find(([path]) => path === 'bottom')![1];
    expect(bottom).toBeGreaterThan(0.4);
    for (const [path, share] of shares) if (path !== 'bottom') expect(share).toBeLessThan(bottom);
    session.dispose();
  });
});

it('the update is shared out by the numbers that a step touches', () => {
  const blocks = ['input.0', 'bottom', 'bottomless'].map((path) => ({
    path,
    title: path,
    output: { groups: 1, width: 1 },
  }));
  const times = { steps: 4, forward: [1, 2, 3], backward: [4, 5, 6], batch: 0.5, update: 8 };
  const reading = timeReading({ blocks }, 9, times, [
    { name: 'input.0.table', size: 60 },
    { name: 'bottom.W', size: 15 },
    { name: 'bottom.b', size: 5 },
  ]);
  expect(reading).toEqual({
    step: 9,
    steps: 4,
    batch: 0.5,
    blocks: [
      { path: 'input.0', forward: 1, backward: 4, update: 6 },
      { path: 'bottom', forward: 2, backward: 5, update: 2 },
      { path: 'bottomless', forward: 3, backward: 6, update: 0 },
    ],
  });
});
