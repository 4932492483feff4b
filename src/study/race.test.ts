/** Line-ups: one set of settings for all, differences that are said, and what cannot run. */
import { describe, expect, it } from 'vitest';
import { blockWith, defaultPipeline } from '../pipeline/defaults';
import type { Entrant } from '../pipeline/entrant';
import { findPreset, PRESETS } from '../pipeline/presets';
import { pipelineSchema } from '../pipeline/schema';
import { startersOf, withSingleTask } from './race';

const base = defaultPipeline();
const entrant = (name: string, pipeline = base, own = false): Entrant => ({ name, pipeline, own });
const mlp = { ...base, towers: blockWith('tower', 'mlp') };

describe('startersOf', () => {
  it('puts all on one set of settings, and says what that changes and what stays apart', () => {
    const lesson = findPreset('ple-lesson')!.pipeline;
    const [a, b] = startersOf([entrant('A'), entrant('B', lesson)], base.training);
    expect([a!.refusal, b!.refusal, a!.changed, a!.apart]).toEqual([null, null, [], []]);
    expect(b!.pipeline.training).toEqual(base.training);
    expect(b!.changed.map((c) => `${c.what} ${c.from} → ${c.to}`)).toEqual([
      'Steps 300 → 500',
      'Batch 1024 → 512',
      'Evaluate every 25 → 50',
    ]);
    expect(b!.apart).toEqual([{ what: 'purchase: λ', from: '10', to: '1' }]);
  });

  it('lets an entrant keep its optimiser and rate, never its steps, batch or seed', () => {
    const training = { ...base.training, learningRate: 0.001, steps: 9, batch: 7, seed: 5 };
    const [, b] = startersOf([entrant('A'), entrant('B', { ...mlp, training }, true)], base.training);
    expect(b!.pipeline.training).toEqual({ ...base.training, learningRate: 0.001 });
    expect(b!.apart).toEqual([{ what: 'Learning rate', from: '0.01', to: '0.001' }]);
  });

  it('refuses a pipeline that is there already, and one with other tasks', () => {
    const other = { ...mlp, tasks: [mlp.tasks[0]!] };
    const seeded = { ...base, training: { ...base.training, seed: 9 } };
    const [, b, c] = startersOf([entrant('A'), entrant('B', seeded), entrant('C', other)], base.training);
    expect(b!.refusal).toMatch(/same pipeline as A/);
    expect(c!.refusal).toMatch(/tasks are not those of A/);
  });
});

it('Single task of every preset is a sound pipeline in which nothing is shared, as wide as the Bottom was', () => {
  for (const { id, pipeline } of PRESETS) {
    const alone = withSingleTask(pipeline);
    expect(pipelineSchema.safeParse(alone).success, id).toBe(true);
    expect([alone.bottom.block, alone.towers.block, alone.top.block], id).toEqual([
      'single-task',
      'mlp',
      'identity',
    ]);
  }
  expect(withSingleTask(findPreset('shared-bottom-lesson')!.pipeline).bottom.params.layers).toEqual([16, 8]);
});
