import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CATALOG } from '../blocks/catalog';
import { defaultPipeline } from './defaults';
import {
  addInput,
  addTask,
  type Edited,
  moveTask,
  removeInput,
  removeTask,
  resetParams,
  setParam,
  setTask,
  setTraining,
  swapBlock,
} from './edits';
import { pipelineArbitrary } from './pipeline.arbitrary';
import { type Pipeline, pipelineSchema } from './schema';
import { type BlockSpec, defaultParams, type Pillar } from './spec';

const PILLARS = Object.keys(CATALOG) as Pillar[];

function accepted(result: Edited): Pipeline {
  if (!result.ok) throw new Error(result.findings.map((f) => f.reason).join(' '));
  expect(pipelineSchema.parse(result.pipeline)).toEqual(result.pipeline);
  return result.pipeline;
}

function refused(result: Edited): string {
  if (result.ok) throw new Error('the edit was taken');
  expect(result.findings.length).toBeGreaterThan(0);
  return result.findings[0]!.reason;
}

/** The default with an action between click and purchase: tasks that every block accepts. */
function threeTasks(): Pipeline {
  const p = defaultPipeline();
  const [click, purchase] = p.tasks;
  const cart = { ...purchase!, id: 'cart', label: 'add to cart', metric: 'CTATC' };
  return { ...p, tasks: [click!, cart, purchase!] };
}

describe('edits', () => {
  it('swap any block of the catalog in with its defaults and keep the rest', () => {
    for (const pillar of PILLARS) {
      for (const spec of CATALOG[pillar] as readonly BlockSpec[]) {
        const before = threeTasks();
        const after = accepted(swapBlock(before, pillar, spec.id));
        const key = pillar === 'tower' ? 'towers' : pillar;
        // What refines the inputs before it joins them at the end.
        const held = pillar === 'input' ? after.input.at(-1) : after[key as 'bottom'];
        expect(held).toEqual({ block: spec.id, params: defaultParams(spec) });
        expect({ ...after, [key]: null }).toEqual({ ...before, [key]: null });
        expect(before).toEqual(threeTasks());
      }
    }
  });

  it('refuse a block of another pillar, an unknown one, and an input that is not there', () => {
    expect(refused(swapBlock(defaultPipeline(), 'tower', 'nse'))).toMatch(
      /^Separate nets is a bottom block and does not fit as a tower: the blocks of this place are .*"mlp"/,
    );
    expect(refused(swapBlock(defaultPipeline(), 'bottom', 'none-such'))).toMatch(
      /^There is no bottom block "none-such": choose .*"shared-bottom"/,
    );
    expect(refused(swapBlock(defaultPipeline(), 'input', 'embedding', 2))).toBe(
      'There is no input 3: the pipeline has 1.',
    );
  });

  it('set a hyper-parameter, and say why they do not', () => {
    const p = accepted(setParam(defaultPipeline(), 'tower', 'heads', 8));
    expect(p.towers.params.heads).toBe(8);
    expect(accepted(resetParams(p, 'tower')).towers.params.heads).toBe(4);
    expect(refused(setParam(p, 'tower', 'heads', 5))).toMatch(/does not divide into 5 heads/);
    expect(refused(setParam(p, 'tower', 'dropout', 0.9))).toBe(
      'towers.params.dropout is 0.9: it must be at most 0.5.',
    );
    expect(refused(setParam(p, 'input', 'width', 3))).toBe(
      'input.0.params.width is not known: remove it, or use one of dim, country.',
    );
  });

  it('change inputs and training', () => {
    const two = accepted(addInput(defaultPipeline(), 'md'));
    expect(two.input).toHaveLength(2);
    expect(accepted(removeInput(two, 1))).toEqual(defaultPipeline());
    expect(refused(removeInput(defaultPipeline(), 0))).toBe('input has 0 entries: it must have at least 1.');
    expect(accepted(setTraining(two, { steps: 10 })).training.steps).toBe(10);
    expect(refused(setTraining(two, { steps: 0 }))).toBe('training.steps is 0: it must be at least 1.');
  });

  it('carry a renamed task on to its children and lift the children of a removed one', () => {
    const renamed = accepted(setTask(defaultPipeline(), 0, { id: 'open' }));
    expect(renamed.tasks.map((t) => [t.id, t.parent])).toEqual([
      ['open', null],
      ['conversion', 'open'],
    ]);
    expect(accepted(removeTask(renamed, 0)).tasks.map((t) => [t.id, t.parent])).toEqual([
      ['conversion', null],
    ]);
    expect(refused(setTask(renamed, 1, { id: 'open' }))).toMatch(/Two tasks use the label column "open"/);
    expect(refused(setTask(renamed, 5, {}))).toBe('There is no task 6: the pipeline has 2.');
    const cart = { ...renamed.tasks[1]!, id: 'cart', label: 'add to cart', parent: 'open' };
    expect(accepted(addTask(renamed, cart)).tasks).toHaveLength(3);
    expect(refused(addTask(renamed, { ...cart, parent: 'cart' }))).toMatch(/is its own parent/);
  });

  it('move a task among its equals, never above its parent or out of the list', () => {
    const p = threeTasks();
    const moved = accepted(moveTask(p, 2, -1));
    expect(moved.tasks.map((t) => t.id)).toEqual(['click', 'conversion', 'cart']);
    expect(accepted(moveTask(moved, 1, 1))).toEqual(p);
    expect(refused(moveTask(p, 1, -1))).toMatch(/comes after it: put "click" first/);
    expect(refused(moveTask(p, 2, 1))).toBe('There is no task 4: the pipeline has 3.');
  });

  it('always lead to a pipeline that the schema accepts, or to a reason', () => {
    const value = fc.oneof(fc.double(), fc.string(), fc.boolean(), fc.array(fc.integer()));
    fc.assert(
      fc.property(
        pipelineArbitrary,
        fc.constantFrom(...PILLARS),
        fc.constantFrom('heads', 'width', 'layers', 'dim', 'dropout', 'mask'),
        value,
        (p, pillar, name, v) => {
          const result = setParam(p, pillar, name, v);
          if (result.ok) expect(pipelineSchema.safeParse(result.pipeline).success).toBe(true);
          else expect(result.findings.every((f) => f.reason.length > 10)).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });
});
