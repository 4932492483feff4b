/** Every Bottom in whole runs: it learns, leaves no tensor behind, has its gates read, and rows of weight 0 teach it nothing. */
import { beforeAll, describe, expect, it } from 'vitest';
import { CATALOG } from '../blocks/catalog';
import { memory, openWasm } from '../nn';
import { wasmPaths } from '../nn/wasmPaths';
import { blockWith, defaultPipeline } from '../pipeline/defaults';
import type { Pipeline } from '../pipeline/schema';
import { Session } from './session';
import { tinyData } from './testing/data';

beforeAll(async () => void (await openWasm(wasmPaths())));

const STEPS = 60;

function pipelineOf(bottom: string, parents: readonly (number | null)[]): Pipeline {
  const base = defaultPipeline();
  return {
    ...base,
    bottom: blockWith('bottom', bottom, { layers: [8, 6] }),
    towers: blockWith('tower', 'mlp', { layers: [6] }),
    tasks: parents.map((parent, k) => ({
      ...base.tasks[0]!,
      id: `task${k}`,
      label: `task ${k}`,
      metric: `T${k}`,
      parent: parent === null ? null : `task${parent}`,
    })),
    training: { ...base.training, steps: STEPS, batch: 64 },
  };
}

const dataOf = (parents: readonly (number | null)[]) =>
  tinyData({ tasks: parents.map((parent, k) => ({ name: `task${k}`, parent })) });

describe.each(CATALOG.bottom.map((spec) => [spec.id, spec] as const))('%s', (id, spec) => {
  it.each([
    ['a chain of 2', [null, 0]],
    ['a chain of 3', [null, 0, 1]],
    ['a tree of 4', [null, 0, 0, 1]],
  ])('learns on %s and leaves no tensor behind', async (_name, parents) => {
    const before = memory().tensors;
    const session = new Session(pipelineOf(id, parents), dataOf(parents));
    for (let s = 0; s < STEPS; s++) session.trainStep();
    const { steps, divergence } = await session.readFrame();
    expect(divergence).toBeNull();
    // Columns of a frame: step, learning rate, gradient norm, total loss, the tasks' losses.
    const columns = 4 + parents.length;
    const total = (row: number) => steps[row * columns + 3]!;
    const mean = (from: number) =>
      Array.from({ length: 10 }, (_, i) => total(from + i)).reduce((a, b) => a + b) / 10;
    expect(mean(STEPS - 10)).toBeLessThan(mean(0) * 0.95);
    const names = (await session.probe(null)).filter((p) => p.block === 'bottom').map((p) => p.name);
    // Some probes belong to a second level or to shared experts, which a default may lack.
    expect(Object.keys(spec.probes)).toEqual(expect.arrayContaining(names));
    expect(names.includes('gates')).toBe('gates' in spec.probes);
    session.dispose();
    expect(memory().tensors).toBe(before);
  });

  it('learns nothing from a row of weight 0', async () => {
    const parents = [null, 0];
    const trained = async (change: boolean) => {
      const data = dataOf(parents);
      for (let r = 0; r < data.rows; r += 5) {
        data.weights[r] = 0;
        if (!change) continue;
        data.categorical[r * 2] = (data.categorical[r * 2]! + 1) % 5;
        data.labels[r * 2] = 1 - data.labels[r * 2]!;
      }
      const session = new Session(pipelineOf(id, parents), data);
      const start = (await session.snapshot()).parameters;
      for (let s = 0; s < 3; s++) session.trainStep();
      const { parameters } = await session.snapshot();
      const names = session.model.layout.parameters;
      session.dispose();
      return { parameters, start, names };
    };
    const [plain, changed] = [await trained(false), await trained(true)];
    const worst = plain.names
      .filter((p) => p.name.startsWith('bottom.'))
      .map((p) => {
        const part = (v: Float32Array) => v.subarray(p.offset, p.offset + p.size);
        const [a, b, s] = [part(plain.parameters), part(changed.parameters), part(plain.start)];
        return {
          off: Math.max(...Array.from(a, (v, i) => Math.abs(v - b[i]!))),
          moved: Math.max(...Array.from(a, (v, i) => Math.abs(v - s[i]!))),
        };
      });
    expect(Math.max(...worst.map((w) => w.off))).toBeLessThan(1e-5);
    expect(Math.max(...worst.map((w) => w.moved))).toBeGreaterThan(1e-3);
  });
});
