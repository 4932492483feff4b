/** Seeds as one curve. */
import { describe, expect, it } from 'vitest';
import { overSeeds } from './seeds';

describe('seeds of one pipeline', () => {
  it('are their mean, with one sample standard deviation to both sides', () => {
    const { x, y, band } = overSeeds([
      { x: [0, 50], y: [0.5, 0.7] },
      { x: [0, 50], y: [0.5, 0.72] },
      { x: [0, 50], y: [0.5, 0.74] },
    ]);
    expect(x).toEqual([0, 50]);
    expect(y[1]).toBeCloseTo(0.72, 12);
    expect(band.low[1]).toBeCloseTo(0.7, 12);
    expect(band.high[1]).toBeCloseTo(0.74, 12);
    expect(band.high[0]).toBe(band.low[0]);
  });

  it('end where the first of them ends, and are read between their points', () => {
    const { x, y } = overSeeds([
      { x: [0, 10, 20, 30], y: [1, 1, 1, 1] },
      { x: [0, 20, 25], y: [1, 3, 9] },
    ]);
    expect(x).toEqual([0, 10, 20]);
    expect(y).toEqual([1, 1.5, 2]);
  });

  it('leave out a step at which one of them has no value', () => {
    const { x } = overSeeds([
      { x: [0, 10, 20], y: [0.5, Number.NaN, 0.6] },
      { x: [0, 10, 20], y: [0.5, 0.5, 0.6] },
    ]);
    expect(x).toEqual([0, 20]);
  });
});
