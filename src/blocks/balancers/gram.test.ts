/** Which tasks a method on gradients works with. */
import { describe, expect, it } from 'vitest';
import { amongActive } from './gram';

describe('tasks that take part', () => {
  it('one without a gradient, and one whose λ is 0, are left out', () => {
    const gram = [
      [4, 0, 1],
      [0, 0, 0],
      [1, 0, 9],
    ];
    const seen: number[][] = [];
    const weights = amongActive({ lossWeights: [2, 1, 1] }, { gram }, ({ index, gram: active }) => {
      seen.push([...index]);
      expect(active).toEqual([
        [16, 2],
        [2, 9],
      ]);
      return [0.5, 3];
    });
    expect(seen).toEqual([[0, 2]]);
    expect(weights).toEqual([1, 0, 3]);
    expect(amongActive({ lossWeights: [1, 1, 0] }, { gram }, ({ index }) => index.map(() => 7))).toEqual([
      7, 0, 0,
    ]);
    expect(amongActive({ lossWeights: [0, 1, 0] }, { gram }, () => [])).toEqual([0, 0, 0]);
  });
});
