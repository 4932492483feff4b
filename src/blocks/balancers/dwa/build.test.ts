import { describe, expect, it } from 'vitest';
import { Fed } from '../testing';

describe('DWA', () => {
  it('is 1 until two windows are over, then the softmax of how the losses fell', () => {
    const fed = new Fed('dwa', { window: 3, temperature: 2 }, [1, 2]);
    const first = [0.6, 0.2];
    const second = [0.3, 0.19];
    for (let i = 0; i < 3; i++) fed.step([first[0]! + (i - 1) * 0.1, first[1]!]);
    expect(fed.weights).toEqual([1, 2]);
    for (let i = 0; i < 3; i++) {
      expect(fed.weights).toEqual([1, 2]);
      fed.step(second);
    }
    const r = [0.5, 0.95].map((x) => Math.exp(x / 2));
    const w = r.map((x) => (2 * x) / (r[0]! + r[1]!));
    expect(fed.weights[0]).toBeCloseTo(w[0]!, 5);
    expect(fed.weights[1]).toBeCloseTo(2 * w[1]!, 5);
    // In the middle of a window nothing changes.
    fed.step([9, 9]);
    expect(fed.weights[0]).toBeCloseTo(w[0]!, 5);
  });

  it('a loss of 0 leaves weights finite', () => {
    const fed = new Fed('dwa', { window: 1 }, [1, 1]);
    for (let i = 0; i < 5; i++) fed.step([0.4, 0]);
    expect(fed.weights[0]).toBeCloseTo(1, 6);
    expect(fed.weights[1]).toBeCloseTo(1, 6);
  });
});
