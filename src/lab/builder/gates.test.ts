import { describe, expect, it } from 'vitest';
import { blockWith } from '../../pipeline/defaults';
import { drawnOrder, idleExperts, ownersOf, spreadOf } from './gates';

describe('experts of a Bottom', () => {
  it('belong to tasks in turn and then to all, or to all alone', () => {
    expect(ownersOf(blockWith('bottom', 'ple', { experts: 2, shared: 1 }), 2)).toEqual([0, 0, 1, 1, null]);
    expect(ownersOf(blockWith('bottom', 'adatt', { experts: 1, shared: 0 }), 3)).toEqual([0, 1, 2]);
    expect(ownersOf(blockWith('bottom', 'mmoe', { experts: 3 }), 2)).toEqual([null, null, null]);
    expect(ownersOf(blockWith('bottom', 'nse'), 2)).toEqual([]);
  });

  it('are drawn with the shared ones in the middle', () => {
    expect(drawnOrder([0, 0, 1, 1, null, null], 2)).toEqual([0, 1, 4, 5, 2, 3]);
    expect(drawnOrder([0, 1, 2, null], 3)).toEqual([0, 1, 3, 2]);
    expect(drawnOrder([null, null], 2)).toEqual([0, 1]);
  });
});

describe('readings of gates', () => {
  it('spread: 0 for one expert, 1 for all alike, and only experts that the gate may read count', () => {
    expect(spreadOf([1, 0, 0])).toBe(0);
    expect(spreadOf([0.25, 0.25, 0.25, 0.25])).toBeCloseTo(1, 12);
    expect(spreadOf([0.5, 0.5, 0])).toBeCloseTo(1, 12);
    expect(spreadOf([0.9, 0.1])).toBeCloseTo(0.469, 3);
  });

  it('idle: below a hundredth in every gate', () => {
    expect(
      idleExperts([
        [0.99, 0.005, 0.005],
        [0.5, 0.495, 0.005],
      ]),
    ).toEqual([2]);
    expect(idleExperts([])).toEqual([]);
  });
});
