/** Every preset assembles and trains three steps on a small table with the columns that it asks for. */
import { beforeAll, expect, it } from 'vitest';
import { openWasm } from '../nn';
import { wasmPaths } from '../nn/wasmPaths';
import { PRESETS } from '../pipeline/presets';
import { Session } from './session';
import { combinationData } from './testing/combine';

beforeAll(async () => void (await openWasm(wasmPaths())));

it.each(PRESETS.map((p) => [p.id, p] as const))('%s trains', async (_id, { pipeline }) => {
  const parents = pipeline.tasks.map(({ parent }) => {
    const k = pipeline.tasks.findIndex((t) => t.id === parent);
    return k < 0 ? null : k;
  });
  const data = combinationData(parents);
  const tasks = pipeline.tasks.map(({ id }, k) => ({ name: id, parent: parents[k]! }));
  const small = { ...pipeline, training: { ...pipeline.training, batch: 32, steps: 3 } };
  const session = new Session(small, { ...data, schema: { ...data.schema, tasks } });
  for (let s = 0; s < 3; s++) await session.trainStep();
  const { steps, columns, divergence } = await session.readFrame();
  expect(divergence).toBeNull();
  expect(steps.length).toBe(3 * columns);
  expect(steps.every(Number.isFinite)).toBe(true);
  // The picture of every Top rests on this reading, whatever else its block publishes.
  const readings = await session.probe(null);
  const p = readings.find((r) => r.block === 'top' && r.name === 'probabilities')!;
  expect(p.shape).toEqual([pipeline.tasks.length]);
  for (const { mean } of p.cohorts) expect(mean.every((v) => v > 0 && v < 1)).toBe(true);
  session.dispose();
});
