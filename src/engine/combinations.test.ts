/** Every Tower with every Top, on a shared vector and on one a task, in chains and a tree: trained, evaluated, probed, and nothing left behind. */
import { beforeAll, describe, expect, it } from 'vitest';
import { CATALOG } from '../blocks/catalog';
import { memory, openWasm } from '../nn';
import { wasmPaths } from '../nn/wasmPaths';
import { findings } from '../pipeline/compat';
import { blockWith, defaultPipeline } from '../pipeline/defaults';
import type { Pipeline } from '../pipeline/schema';
import type { BlockSpec } from '../pipeline/spec';
import { Session } from './session';
import { tinyData } from './testing/data';

beforeAll(async () => void (await openWasm(wasmPaths())));

const STEPS = 4;
const TREES: [string, (number | null)[]][] = [
  ['a chain of 2', [null, 0]],
  ['a chain of 3', [null, 0, 1]],
  ['a tree of 4', [null, 0, 0, 1]],
];

function pipelineOf(bottom: string, tower: string, top: string, parents: (number | null)[]): Pipeline {
  const base = defaultPipeline();
  return {
    ...base,
    bottom: blockWith('bottom', bottom, { layers: [8, 6] }),
    towers: blockWith('tower', tower),
    top: blockWith('top', top),
    tasks: parents.map((parent, k) => ({
      ...base.tasks[0]!,
      id: `task${k}`,
      label: `task ${k}`,
      metric: `T${k}`,
      parent: parent === null ? null : `task${parent}`,
      lossWeight: 10 ** k,
    })),
    training: { ...base.training, steps: STEPS, batch: 64 },
  };
}

const towers = CATALOG.tower.map((s: BlockSpec) => s.id);
const tops = CATALOG.top.map((s: BlockSpec) => s.id);

describe.each(TREES)('on %s', (_name, parents) => {
  const tasks = parents.map((parent, k) => ({ name: `task${k}`, parent }));
  const data = tinyData({ rows: 160, tasks });

  it.each(towers.flatMap((tower) => tops.map((top) => [tower, top])))(
    '%s + %s trains',
    async (tower, top) => {
      for (const bottom of ['nse', 'shared-bottom']) {
        const pipeline = pipelineOf(bottom, tower!, top!, parents);
        // What the rules refuse is refused for its tasks, as ESM² is with two of them.
        if (findings(pipeline).some((f) => f.level === 'error')) continue;
        const before = memory().tensors;
        const session = new Session(pipeline, data);
        for (let s = 0; s < STEPS; s++) session.trainStep();
        const frame = await session.readFrame();
        expect(frame.divergence).toBeNull();
        expect([...frame.steps].every(Number.isFinite)).toBe(true);
        const { metrics } = await session.evaluate();
        expect(metrics.map((m) => Number.isFinite(m.logLoss))).not.toContain(false);
        for (const reading of await session.probe(null)) {
          const size = reading.shape.reduce((a, b) => a * b, 1);
          for (const { mean } of reading.cohorts) {
            expect(mean, `${reading.block}/${reading.name}`).toHaveLength(size);
            expect([...mean].every(Number.isFinite)).toBe(true);
          }
        }
        session.dispose();
        expect(memory().tensors).toBe(before);
      }
    },
  );
});
