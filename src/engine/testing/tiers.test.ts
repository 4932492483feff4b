/** Whole runs on the fast kernels against the same runs on plain operations, both on wasm. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fastKernels, openWasm, setFastKernels } from '../../nn';
import { wasmPaths } from '../../nn/wasmPaths';
import { defaultPipeline } from '../../pipeline/defaults';
import { type Pipeline, pipelineSchema } from '../../pipeline/schema';
import { Session } from '../session';
import { tinyData } from './data';

const base = defaultPipeline();
const PIPELINES: Readonly<Record<string, Partial<Pipeline>>> = {
  'the default pipeline, with dropout': {
    bottom: { block: 'nse', params: { layers: [12, 8], dropout: 0.1 } },
    towers: { block: 'task-attention', params: { width: 8, heads: 2, layers: 2, dropout: 0.1 } },
  },
  'Shared-Bottom with towers': {
    bottom: { block: 'shared-bottom', params: { layers: [12, 8] } },
    towers: { block: 'mlp', params: { layers: [6, 5] } },
  },
};
const data = tinyData({ rows: 2000 });

/** Readings of a run: columns step, rate, gradient norm, total loss, losses. */
async function run(change: Partial<Pipeline>, steps: number, fast: boolean): Promise<Float64Array> {
  setFastKernels(fast);
  expect(fastKernels()).toBe(fast);
  const pipeline = pipelineSchema.parse({
    ...base,
    ...change,
    training: { ...base.training, batch: 64, steps, learningRate: 0.001 },
  });
  const session = new Session(pipeline, data);
  for (let i = 0; i < steps; i++) session.trainStep();
  const { steps: rows } = await session.readFrame();
  session.dispose();
  return rows;
}

describe('both tiers on wasm', () => {
  beforeAll(async () => void (await openWasm(wasmPaths())));
  afterEach(() => void setFastKernels(true));

  it.each(Object.entries(PIPELINES))(
    '%s: the loss curves of 500 steps agree within 1e-4',
    async (_name, change) => {
      const fast = await run(change, 500, true);
      const plain = await run(change, 500, false);
      expect(fast.length).toBe(500 * 6);
      expect(fast[3]! - fast.at(-3)!).toBeGreaterThan(0.01);
      let worst = 0;
      for (let row = 0; row < 500; row++) {
        for (const column of [3, 4, 5]) {
          const [a, b] = [fast[row * 6 + column]!, plain[row * 6 + column]!];
          const difference = Math.abs(a - b) / Math.abs(b);
          if (!(difference <= worst)) worst = difference;
        }
      }
      expect(worst).toBeLessThan(1e-4);
    },
    120_000,
  );

  it('the kernels give the same run to the last bit', async () => {
    const change = PIPELINES['the default pipeline, with dropout']!;
    expect(await run(change, 40, true)).toEqual(await run(change, 40, true));
  });
});
