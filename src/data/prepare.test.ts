import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprintOf, gatherRows, scalingOf, splitByPage, standardise } from './prepare';

describe('splitByPage', () => {
  it('keeps pages whole, and leaves no part empty where two pages exist', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 80 }), (list) => {
        const pages = Uint32Array.from(list);
        const validation = splitByPage(pages);
        const train = [...validation.keys()].filter((i) => validation[i] === 0);
        const test = [...validation.keys()].filter((i) => validation[i] === 1);
        expect(train.length + test.length).toBe(list.length);
        const trainPages = new Set(train.map((i) => pages[i]));
        expect(test.some((i) => trainPages.has(pages[i]))).toBe(false);
        expect(train.length).toBeGreaterThan(0);
        expect(test.length > 0).toBe(new Set(list).size > 1);
      }),
    );
  });

  it('gives three quarters of the pages to training, each page alone deciding its side', () => {
    const pages = Uint32Array.from({ length: 20_000 }, (_, i) => i);
    const validation = splitByPage(pages);
    expect(Math.abs(validation.filter((v) => v === 0).length - 15_000)).toBeLessThan(250);
    const half = splitByPage(pages.slice(0, 10_000));
    expect(half).toEqual(validation.slice(0, 10_000));
  });
});

describe('standardise', () => {
  it('takes mean and sd of the training part by weight, clips, and sends missing and constant values to 0', () => {
    // Columns: a spread one, a constant one, one with a missing value, one that is missing throughout the training part.
    const rows = [
      [1, 0.1, 2, Number.NaN],
      [3, 0.1, Number.NaN, Number.NaN],
      [3, 0.1, 4, Number.NaN],
      [100, 0.7, 3, 5],
    ];
    const values = Float32Array.from(rows.flat());
    const scaling = scalingOf(values, 4, 3, Float32Array.of(2, 1, 1, 1));
    standardise(values, scaling);
    // Column 0: mean 2, sd 1. Column 2: mean (2·2+4)/3 = 8/3, variance (2·4/9+16/9)/3 = 8/9.
    const sd = Math.sqrt(8 / 9);
    const expected = [
      [-1, 0, (2 - 8 / 3) / sd, 0],
      [1, 0, 0, 0],
      [1, 0, (4 - 8 / 3) / sd, 0],
      [5, 0, (3 - 8 / 3) / sd, 0],
    ].flat();
    expected.forEach((z, i) => {
      expect(values[i]).toBeCloseTo(z, 6);
    });
    expect([...scaling.scale.keys()].filter((c) => scaling.scale[c] === 0)).toEqual([1, 3]);
  });
});

describe('gatherRows', () => {
  it('moves whole rows', () => {
    const moved = gatherRows(Int32Array.of(1, 2, 3, 4, 5, 6), 2, Uint32Array.of(2, 0));
    expect(moved).toEqual(Int32Array.of(5, 6, 1, 2));
  });
});

describe('fingerprintOf', () => {
  const make = () => ({
    schema: { categorical: [], numerical: ['a'], tasks: [{ name: 'click', parent: null }], group: null },
    rows: 3,
    trainRows: 2,
    categorical: new Int32Array(0),
    numerical: Float32Array.of(0.5, -1, 2),
    labels: Uint8Array.of(0, 1, 0),
    weights: Float32Array.of(1, 1, 1),
    groups: Uint32Array.of(0, 1, 2),
    rowIds: Uint32Array.of(0, 1, 2),
  });

  it('is the same for equal data and changes with every part of it', () => {
    const same = fingerprintOf(make());
    expect(same).toMatch(/^[0-9a-f]{16}$/);
    expect(fingerprintOf(make())).toBe(same);
    const truth = { probabilities: new Float32Array(3), featureWeights: new Float32Array(3) };
    const changes = [
      { trainRows: 1 },
      { numerical: Float32Array.of(0.5, -1, 2.0000002) },
      { numerical: Float32Array.of(-1, 0.5, 2) },
      { labels: Uint8Array.of(0, 0, 1) },
      { weights: Float32Array.of(1, 1, 2) },
      { groups: Uint32Array.of(0, 0, 2) },
      { rowIds: Uint32Array.of(0, 1, 3) },
      { truth },
      { schema: { ...make().schema, numerical: ['b'] } },
    ];
    const all = changes.map((change) => fingerprintOf({ ...make(), ...change }));
    expect(new Set([same, ...all]).size).toBe(changes.length + 1);
  });
});
