/** A log of anybody's: roles guessed, vocabularies, lists, weights, splits. */
import { describe, expect, it } from 'vitest';
import { previewFiles, readFiles } from './index';
import { named } from './testing';

describe('a generic log', () => {
  const countries = ['ES', 'FR', 'NL'];
  const rows = Array.from({ length: 300 }, (_, i) =>
    [
      i,
      `s${i >> 2}`,
      `brand ${i % 7}`,
      1_650_000_000 + i * 60,
      countries[i % 3],
      `${i % 5};${(i * 3) % 5}`,
      (i % 11) / 4,
      i % 10 === 0 ? '' : i % 4,
      i % 2,
      i % 6 === 1 ? 1 : 0,
      1 + (i % 2),
    ].join(','),
  );
  const file = named(
    'log.csv',
    ['row,session_id,brand,timestamp,country,tags,price,level,click,purchase,weight', ...rows].join('\n'),
  );

  it('has its columns guessed', async () => {
    const { guess, columns } = await previewFiles([file]);
    expect(Object.fromEntries(guess.columns.map((c) => [c.name, c.role]))).toEqual({
      row: 'ignore',
      session_id: 'group',
      brand: 'categorical',
      timestamp: 'time',
      country: 'country',
      tags: 'list',
      price: 'numerical',
      level: 'categorical',
      click: 'label',
      purchase: 'label',
      weight: 'weight',
    });
    expect(guess.columns.find((c) => c.name === 'purchase')).toMatchObject({ parent: 'click' });
    expect(columns.find((c) => c.name === 'row')!.why).toBe('has a different value in every row');
  });

  it('becomes categories, lists, weights and a country', async () => {
    const t = await readFiles([file], null);
    expect(t.schema.country).toBe('country');
    const brand = t.schema.categorical.find((c) => c.name === 'brand')!;
    expect(brand.values![0]).toBe('(other)');
    expect([...brand.values!].sort()).toContain('brand 3');
    const level = t.schema.categorical.find((c) => c.name === 'level')!;
    expect(level).toMatchObject({ vocabulary: 5, values: ['0', '1', '2', '3', '(missing)'] });
    const at = t.schema.categorical.indexOf(level);
    expect(t.categorical[at]).toBe(4);
    expect(t.weights[1]).toBe(2);
    expect(t.schema.sequences).toEqual([{ name: 'tags', vocabulary: 5, longest: 2 }]);
    expect([...t.sequences![0]!.codes.subarray(0, 4)]).toEqual([0, 0, 1, 3]);
  });

  it('splits by time: whole groups, the latest to validation', async () => {
    const { guess } = await previewFiles([file]);
    const t = await readFiles([file], { ...guess, split: { by: 'time', share: 0.2 } });
    expect([...t.validation]).toEqual(Array.from({ length: 300 }, (_, i) => (i >= 240 ? 1 : 0)));
  });

  it('splits by the test file, and leaves out training rows of its groups', async () => {
    const [head] = (await file.blob.text()).split('\n');
    const train = named('train.csv', [head, ...rows.slice(0, 200)].join('\n'));
    const test = named('test.csv', [head, ...rows.slice(196)].join('\n'));
    const { guess, files } = await previewFiles([test, train]);
    expect(files.map((f) => [f.name, f.part])).toEqual([
      ['train.csv', 'rows'],
      ['test.csv', 'test rows'],
    ]);
    expect(guess.split.by).toBe('file');
    const t = await readFiles([test, train], null);
    expect(t.rows).toBe(300);
    expect(t.validation.reduce((a, b) => a + b, 0)).toBe(104);
    expect(t.notes).toContain(
      '4 training rows were left out because the test file has the same session_id: no group may lie in both parts.',
    );
  });

  it('shares the code (other) among values beyond the cap', async () => {
    const { guess } = await previewFiles([file]);
    const t = await readFiles([file], { ...guess, vocabularyCap: 4 });
    const brand = t.schema.categorical.find((c) => c.name === 'brand')!;
    expect(brand.vocabulary).toBe(4);
    expect(t.notes.join(' ')).toContain(
      'brand has more values than the vocabulary may hold: its 4 rarest values share the code (other).',
    );
  });
});
