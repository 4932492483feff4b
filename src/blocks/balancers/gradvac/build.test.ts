import { describe, expect, it } from 'vitest';
import { squared, times } from '../gram';
import { surgery } from '../pcgrad/build';
import { drawn } from '../testing';
import { vaccinate } from './build';

describe('GradVac', () => {
  it('is PCGrad where the usual cosine is 0', () => {
    const orders = [
      [2, 1],
      [0, 2],
      [1, 0],
    ];
    for (const seed of [1, 2, 3, 4]) {
      const { gram } = drawn(3, seed, 3);
      const goals = [0, 1, 2].map(() => [0, 0, 0]);
      const want = surgery(gram, orders);
      vaccinate(gram, orders, goals, 0).forEach((w, k) => {
        expect(w).toBeCloseTo(want[k]!, 9);
      });
    }
  });

  it('a vaccinated gradient reaches the usual angle, and the usual angle follows the cosine', () => {
    const gram = [
      [1, -0.5],
      [-0.5, 4],
    ];
    const goals = [
      [0, 0.3],
      [0.3, 0],
    ];
    const sum = vaccinate(gram, [[1], [0]], goals, 0.1);
    // Each part by itself: g_1 + a g_2 and g_2 + b g_1 have cosine 0.3 with the other.
    const [a, b] = [sum[1]! - 1, sum[0]! - 1];
    const cosine = (v: number[], k: number) =>
      times(gram, v)[k]! / Math.sqrt(squared(gram, v) * gram[k]![k]!);
    expect(cosine([1, a], 1)).toBeCloseTo(0.3, 10);
    expect(cosine([b, 1], 0)).toBeCloseTo(0.3, 10);
    expect(goals[0]![1]).toBeCloseTo(0.9 * 0.3 + 0.1 * -0.25, 12);
    expect(goals[0]![0]).toBe(0);
  });
});
