import { describe, expect, it } from 'vitest';
import {
  columnsOf,
  dependentOn,
  type FeatureProfile,
  heatPaths,
  histogramOf,
  strongestPairs,
} from './columns';

const feature = (name: string, more: Partial<FeatureProfile> = {}): FeatureProfile => ({
  name,
  kind: 'numerical',
  missing: 0,
  zeros: 0,
  quantiles: null,
  bins: ['a', 'b'],
  shares: [[0.5, 0.5]],
  divergence: null,
  auc: [null],
  ...more,
});
const all = [
  feature('one', { divergence: 0.01, auc: [0.6], missing: 0.2 }),
  feature('two', { divergence: 0.3, auc: [null] }),
  feature('three', { kind: 'categorical', auc: [0.9] }),
];
const names = (wanted: Parameters<typeof columnsOf>[1]) => columnsOf(all, wanted).map((f) => f.name);

describe('columns', () => {
  it('are found by name and kind', () => {
    expect(names({ words: 'T', kind: 'any', order: 'order' })).toEqual(['two', 'three']);
    expect(names({ words: '', kind: 'categorical', order: 'order' })).toEqual(['three']);
  });

  it('are ranked by divergence, missing or a task’s AUC; what has none is last', () => {
    expect(names({ words: '', kind: 'any', order: 'divergence' })).toEqual(['two', 'one', 'three']);
    expect(names({ words: '', kind: 'any', order: 0 })).toEqual(['three', 'one', 'two']);
    expect(names({ words: '', kind: 'any', order: 'missing' })[0]).toBe('one');
    expect(all.map((f) => f.name)).toEqual(['one', 'two', 'three']);
  });

  it('depend on the market above the threshold', () => {
    expect(dependentOn(all, 0.02)).toEqual(['two']);
    expect(dependentOn(all, 0.3)).toEqual([]);
    expect(dependentOn(all, 0)).toEqual(['one', 'two']);
  });
});

describe('histograms', () => {
  it('of categories stand side by side on one scale for all markets', () => {
    const bars = histogramOf(
      feature('c', {
        shares: [
          [0.8, 0.2],
          [0.4, 0.6],
        ],
      }),
    );
    expect(bars[0]).toEqual([
      { x: 0, width: 0.5, height: 1 },
      { x: 0.5, width: 0.5, height: 0.25 },
    ]);
    expect(bars[1]![0]!.height).toBeCloseTo(0.5);
  });

  it('of numbers show a share as an area: equal shares in narrow and wide bins are tall and low', () => {
    const [bars] = histogramOf(
      feature('n', { bins: ['0 – 1', '1 – 5', 'missing'], shares: [[0.4, 0.4, 0.2]] }),
    );
    expect(bars![0]).toEqual({ x: 0, width: 0.2, height: 1 });
    expect(bars![1]!.height).toBeCloseTo(0.25);
  });

  it('of numbers leave the tails out, and draw a heap on one value', () => {
    const quantiles = [0, 0, 1, 2, 3, 4, 100];
    const [bars] = histogramOf(
      feature('n', { bins: ['0', '0 – 4', '4 – 100', 'missing'], shares: [[0.5, 0.45, 0.05, 0]], quantiles }),
    );
    expect(bars!.every((b) => b.x >= 0 && b.x + b.width <= 1 + 1e-9 && b.height <= 1)).toBe(true);
    expect(bars![0]).toMatchObject({ x: 0, height: 1 });
  });

  it('of numbers below 0 are placed by their values', () => {
    const [bars] = histogramOf(feature('n', { bins: ['-3 – -1', '-1 – 1'], shares: [[0.5, 0.5]] }));
    expect(bars!.map((b) => [b.x, b.width, b.height])).toEqual([
      [0, 0.5, 1],
      [0.5, 0.5, 1],
    ]);
  });

  it('of nothing are nothing', () =>
    expect(histogramOf(feature('e', { bins: [], shares: [[]] }))).toEqual([[]]));
});

describe('correlations', () => {
  const map = { names: ['a', 'b', 'c'], values: [1, 0.5, -0.9, 0.5, 1, 0.04, -0.9, 0.04, 1] };
  it('are listed by strength in either direction', () => {
    expect(strongestPairs(map, 2)).toEqual([
      { a: 'a', b: 'c', r: -0.9 },
      { a: 'a', b: 'b', r: 0.5 },
    ]);
  });

  it('are drawn below the diagonal, nothing where there is next to none', () => {
    expect(heatPaths(map)).toEqual([
      { negative: false, strength: 0.5, d: 'M0 1h1v1h-1z' },
      { negative: true, strength: 0.9, d: 'M0 2v1h1z' },
    ]);
  });
});
