import { describe, expect, it } from 'vitest';
import { parseMapping } from './mapping/plan';
import { previewFiles, readFiles } from './readers';
import { aliExpressSide, guessSide, layoutSides, sidesOf, statedSides } from './sides';
import { DEFAULT_REQUEST } from './simulator/request';
import { simulateTable } from './simulator/simulate';

const schema = (categorical: string[], numerical: string[] = []) => ({
  categorical: categorical.map((name) => ({ name, vocabulary: 2 })),
  numerical,
});

describe('the AliExpress layout', () => {
  it.each([
    ['categorical_1', 'user'],
    ['categorical_9', 'user'],
    ['categorical_10', 'item'],
    ['categorical_16', 'item'],
    ['numerical_23', 'user'],
    ['numerical_24', 'item'],
    ['numerical_63', 'item'],
    ['numerical_64', null],
    ['categorical_17', null],
    ['numerical_0', null],
    ['price', null],
  ])('%s: %s', (column, side) => expect(aliExpressSide(column)).toBe(side));

  it('gives the worlds their sides: page signals are the user’s, item signals the item’s', async () => {
    const { schema } = await simulateTable({
      ...DEFAULT_REQUEST,
      country: 'ALL',
      sequences: true,
      impressions: 60_000,
      rows: 2000,
    });
    const sides = sidesOf(schema);
    expect(schema.sides).toBeUndefined();
    expect(sides.get('numerical_10')).toBe('user');
    expect(sides.get('numerical_28')).toBe('item');
    expect(sides.get('country')).toBe('user');
    expect(sides.get('item_category')).toBe('item');
    const features = [...schema.categorical.map((c) => c.name), ...schema.numerical];
    expect(features.filter((name) => !sides.has(name))).toEqual([]);
  }, 60_000);
});

describe('guesses', () => {
  it.each([
    ['user_id', 'user'],
    ['userActiveDegree', 'user'],
    ['query length', 'user'],
    ['video_duration', 'item'],
    ['Item Price', 'item'],
    ['brand', 'item'],
    ['onehot_feat3', 'user'],
    ['x17', null],
    ['ratio', null],
  ])('%s: %s', (column, side) => expect(guessSide(column)).toBe(side));
});

describe('what a schema states', () => {
  it('is nothing where the layout says it, and what the user says where not', () => {
    const ae = schema(['categorical_1', 'categorical_10'], ['numerical_1']);
    expect(statedSides(ae, layoutSides(ae))).toEqual({});
    expect(statedSides(ae, {})).toEqual({ sides: {} });
    expect([...sidesOf({ ...ae, sides: {} })]).toEqual([]);
    expect([...sidesOf({ ...ae, sides: { categorical_1: 'item' } })]).toEqual([['categorical_1', 'item']]);
    expect(statedSides(schema(['brand']), {})).toEqual({});
    expect(statedSides(schema(['brand']), { brand: 'item' })).toEqual({ sides: { brand: 'item' } });
  });
});

describe('a user’s file', () => {
  const text = [
    'user_age,brand,x,click',
    ...Array.from(
      { length: 60 },
      (_, i) => `${20 + (i % 7) + 0.5},b${i % 3},${i % 5},${i % 4 === 0 ? 1 : 0}`,
    ),
  ].join('\n');
  const files = () => [{ name: 'mine.csv', blob: new Blob([text]) }];

  it('gets sides that are guessed, can be changed, and reach the schema', async () => {
    const { guess } = await previewFiles(files());
    const side = (name: string) => guess.columns.find((c) => c.name === name)!.side;
    expect([side('user_age'), side('brand'), side('x'), side('click')]).toEqual([
      'user',
      'item',
      undefined,
      undefined,
    ]);
    expect((await readFiles(files(), guess)).schema.sides).toEqual({ user_age: 'user', brand: 'item' });
    const columns = guess.columns.map((c) => (c.name === 'x' ? { ...c, side: 'item' as const } : c));
    expect((await readFiles(files(), { ...guess, columns })).schema.sides).toMatchObject({ x: 'item' });
  });

  it('opens with a mapping from before there were sides', async () => {
    const { guess } = await previewFiles(files());
    const old = { ...guess, columns: guess.columns.map(({ side: _, ...c }) => c) };
    expect(parseMapping(old).columns.every((c) => c.side === undefined)).toBe(true);
    expect((await readFiles(files(), old)).schema.sides).toBeUndefined();
  });
});
