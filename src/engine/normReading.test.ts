/** Lengths of weights and gradients: against the whole gradient of the next step, on each backend of Node, and nothing is trained or leaked. */
import { beforeAll, describe, expect, it } from 'vitest';
import { memory, openCpu, openWasm } from '../nn';
import { wasmPaths } from '../nn/wasmPaths';
import { defaultPipeline } from '../pipeline/defaults';
import { pipelineSchema } from '../pipeline/schema';
import { normReading } from './normReading';
import { Session } from './session';
import { tinyData } from './testing/data';

const data = tinyData();
const base = defaultPipeline();
const of = (training: Partial<typeof base.training> = {}) =>
  pipelineSchema.parse({
    ...base,
    bottom: { block: 'nse', params: { layers: [8, 6], dropout: 0.2 } },
    towers: { block: 'task-attention', params: { width: 8, heads: 2, layers: 1 } },
    training: { ...base.training, steps: 40, batch: 32, ...training },
  });

it('is the length over a block’s own numbers, and leaves out blocks that have none', () => {
  const parameters = [
    { name: 'bottom.W', offset: 0, size: 2 },
    { name: 'bottom.b', offset: 2, size: 1 },
    { name: 'top.b', offset: 3, size: 1 },
  ].map((p) => ({ ...p, shape: [p.size] }));
  const blocks = ['bottom', 'towers', 'top'].map((path) => ({ path }));
  const model = { blocks, layout: { parameters } } as unknown as Parameters<typeof normReading>[0];
  expect(normReading(model, 7, [2, 3, 6, 9], [0, 0, 1, 4])).toEqual({
    step: 7,
    blocks: [
      { path: 'bottom', weights: 7, gradient: 1 },
      { path: 'top', weights: 9, gradient: 4 },
    ],
  });
});

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(async () => void (backend === 'cpu' ? await openCpu() : await openWasm(wasmPaths())));

  it.each(['adam', 'adam-rows'] as const)(
    'is of the gradient that the next step takes, with %s',
    async (optimizer) => {
      const session = new Session(of({ optimizer }), data);
      for (let i = 0; i < 3; i++) await session.trainStep();
      await session.readFrame();
      await session.normReading();
      const before = memory().tensors;
      const { step, blocks } = await session.normReading();
      expect(memory().tensors).toBe(before);
      expect(step).toBe(3);
      const { parameters } = await session.snapshot();
      const whole = (f: (b: (typeof blocks)[number]) => number) => Math.hypot(...blocks.map(f));
      expect(whole((b) => b.weights)).toBeCloseTo(Math.hypot(...parameters), 4);
      await session.trainStep();
      // Column 2 of a frame is the length of the step's gradient.
      const { steps } = await session.readFrame();
      expect(whole((b) => b.gradient) / steps[2]!).toBeCloseTo(1, 4);
      session.dispose();
    },
  );

  it('changes nothing of the run', async () => {
    const run = async (read: boolean) => {
      const session = new Session(of(), data);
      for (let i = 0; i < 6; i++) {
        await session.trainStep();
        if (read) await session.normReading();
      }
      const { steps } = await session.readFrame();
      session.dispose();
      return [...steps];
    };
    expect(await run(true)).toEqual(await run(false));
  });
});
