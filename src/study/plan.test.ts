/** What a study file may say, and what becomes of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cellsOf, parseStudy, pipelineOf } from './plan';

const STUDY = {
  title: 'A study',
  seeds: [1, 2],
  worlds: { kind: 'sim:es?r=1', harsh: 'sim:es?r=-1' },
  base: { tasks: { conversion: { lossWeight: 3 } }, training: { steps: 7 } },
  models: {
    plain: {},
    shared: {
      bottom: { block: 'shared-bottom', params: { layers: [4] } },
      tasks: { conversion: { positiveWeight: 2 } },
      worlds: ['harsh'],
    },
  },
  baseline: 'plain',
};

function read(value: unknown) {
  const parsed = parseStudy(value);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.study;
}
const refusal = (value: unknown) => {
  const parsed = parseStudy(value);
  return parsed.ok ? null : parsed.message;
};

describe('a study', () => {
  it('lists the runs of one world and seed side by side, and a model only on its own worlds', () => {
    expect(cellsOf(read(STUDY)).map((c) => `${c.world} ${c.seed} ${c.model}`)).toEqual([
      'kind 1 plain',
      'kind 2 plain',
      'harsh 1 plain',
      'harsh 1 shared',
      'harsh 2 plain',
      'harsh 2 shared',
    ]);
  });

  it('changes what base and model say, and nothing else', () => {
    const study = read(STUDY);
    const plain = pipelineOf(study, 'plain', 2);
    const shared = pipelineOf(study, 'shared', 2);
    expect(plain.training).toMatchObject({ steps: 7, seed: 2, batch: 512 });
    expect(shared.bottom).toMatchObject({ block: 'shared-bottom', params: { layers: [4], dropout: 0 } });
    expect(shared.tasks[1]).toMatchObject({ lossWeight: 3, positiveWeight: 2 });
    expect({ ...shared, bottom: plain.bottom, tasks: plain.tasks }).toEqual(plain);
  });

  it('takes a whole list of tasks, in its order, and a model may still set their fields', () => {
    const task = (id: string, parent: string | null) => ({
      id,
      label: id,
      metric: id.toUpperCase(),
      parent,
      lossWeight: 1,
      positiveWeight: 1,
    });
    const tasks = [task('click', null), task('cart', 'click'), task('conversion', 'cart')];
    const study = read({
      ...STUDY,
      base: { tasks },
      models: { plain: {}, heavy: { tasks: { cart: { lossWeight: 4 } } } },
    });
    expect(pipelineOf(study, 'plain', 1).tasks).toEqual(tasks);
    expect(pipelineOf(study, 'heavy', 1).tasks.map((t) => t.lossWeight)).toEqual([1, 4, 1]);
  });

  it.each([
    ['no seed', { ...STUDY, seeds: [] }, /seeds/],
    ['an unknown field', { ...STUDY, sedes: [1] }, /sedes/],
    ['an unknown baseline', { ...STUDY, baseline: 'nobody' }, /model "nobody".*plain, shared/],
    [
      'an unknown world of a model',
      { ...STUDY, models: { plain: { worlds: ['moon'] } } },
      /world "moon".*kind, harsh/,
    ],
    [
      'a block that does not exist',
      { ...STUDY, models: { plain: { bottom: { block: 'x' } } } },
      /Model "plain".*bottom/,
    ],
    [
      'a task that does not exist',
      { ...STUDY, models: { plain: { tasks: { cart: { lossWeight: 2 } } } } },
      /Model "plain".*tasks/,
    ],
    [
      'a width out of range',
      { ...STUDY, models: { plain: { bottom: { block: 'nse', params: { layers: [0] } } } } },
      /Model "plain".*layers/,
    ],
    [
      'a reference to a model that it does not have',
      {
        ...STUDY,
        reference: {
          source: 'x',
          figures: [{ world: 'kind', model: 'none', space: 'click', value: 0.5, se: 0 }],
        },
      },
      /model "none"/,
    ],
    ['no object', 7, /study/i],
  ])('refuses %s in one sentence', (_, value, expected) => {
    expect(refusal(value)).toMatch(expected);
  });

  it('every study that comes with the project can be run', () => {
    const folder = new URL('../../reference/studies/', import.meta.url);
    const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
    expect(files.length).toBeGreaterThan(2);
    for (const name of files) {
      expect([name, refusal(JSON.parse(readFileSync(new URL(name, folder), 'utf8')))]).toEqual([name, null]);
    }
  });
});
