import { describe, expect, it } from 'vitest';
import type { Direction } from '../../contract';
import { shortest } from '../gram';
import { balancerOf, drawn } from '../testing';

const weightsOf = (params: Record<string, number>, lossWeights: number[], gram: number[][]) =>
  (balancerOf('pe-ltr', gram.length, params) as Direction).direct(
    { step: 0, seed: 1, lossWeights, state: [] },
    { losses: gram.map(() => 1), gram },
  ).weights;

describe('PE-LTR', () => {
  it('keeps at least its share of c for each task, divided as λ divides it, and adds up to 1', () => {
    for (const seed of [1, 2, 3, 4]) {
      const { gram } = drawn(3, seed);
      const weights = weightsOf({ floor: 0.6 }, [1, 2, 3], gram);
      [0.1, 0.2, 0.3].forEach((least, k) => {
        expect(weights[k]).toBeGreaterThanOrEqual(least - 1e-12);
      });
      expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 10);
    }
  });

  it('is MGDA where nothing is kept', () => {
    const { gram } = drawn(3, 5);
    const omega = shortest(gram, [0, 0, 0]);
    weightsOf({ floor: 0 }, [1, 2, 3], gram).forEach((w, k) => {
      expect(w).toBeCloseTo(omega[k]!, 10);
    });
  });

  it('leaves a task whose λ is 0 out, and divides c among the others', () => {
    const gram = [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 100],
    ];
    const weights = weightsOf({ floor: 0.4 }, [1, 0, 1], gram);
    expect(weights[1]).toBe(0);
    expect(weights[2]).toBeCloseTo(0.2, 10);
  });
});
