import { describe, expect, it } from 'vitest';
import type { Direction } from '../../contract';
import { shortest, squared, times } from '../gram';
import { balancerOf, drawn, grid, MATRICES } from '../testing';

describe('MGDA, and the program that PE-LTR shares', () => {
  it.each(MATRICES)('no point of a grid is shorter: %s', (_name, gram) => {
    const n = gram.length;
    for (const least of [0, 0.5 / n]) {
      const floor = gram.map(() => least);
      const omega = shortest(gram, floor);
      expect(omega.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 10);
      expect(Math.min(...omega)).toBeGreaterThanOrEqual(least);
      let best = Number.POSITIVE_INFINITY;
      for (const point of grid(n, n === 2 ? 2000 : 40, floor)) best = Math.min(best, squared(gram, point));
      expect(squared(gram, omega)).toBeLessThanOrEqual(best * (1 + 1e-9));
    }
  });

  it('is the closed form for two tasks', () => {
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const { gram } = drawn(2, seed);
      const [[a, b], [, c]] = gram as [[number, number], [number, number]];
      const closed = Math.min(1, Math.max(0, (c - b) / (a + c - 2 * b)));
      expect(shortest(gram, [0, 0])[0]).toBeCloseTo(closed, 9);
      expect(shortest(gram, [0.2, 0.1])[0]).toBeCloseTo(Math.min(0.9, Math.max(0.2, closed)), 9);
    }
  });

  it('is a descent direction for every task: d·g_k ≥ ‖d‖²', () => {
    for (const [, gram] of MATRICES) {
      const omega = shortest(
        gram,
        gram.map(() => 0),
      );
      const length = squared(gram, omega);
      for (const product of times(gram, omega)) expect(product).toBeGreaterThanOrEqual(length - 1e-9);
    }
  });

  it('ends where gradients are parallel, equal or exactly opposed', () => {
    const equal = [1, 1, 1].map(() => [2, 2, 2]);
    expect(shortest(equal, [0, 0, 0])).toEqual([1 / 3, 1 / 3, 1 / 3].map((x) => expect.closeTo(x, 12)));
    const parallel = [
      [1, 2],
      [2, 4],
    ];
    expect(shortest(parallel, [0, 0])).toEqual([1, 0]);
    const opposed = [
      [1, -2],
      [-2, 4],
    ];
    const omega = shortest(opposed, [0, 0]);
    expect(squared(opposed, omega)).toBeLessThan(1e-20);
  });

  it.each([
    ['none', [1, 1]],
    ['l2', [2, 0.5]],
    ['loss', [0.4, 0.1]],
    ['loss+', [0.8, 0.05]],
  ] as const)('divides gradients by n_k and gives them back so divided: %s', (normalise, n) => {
    const gram = [
      [4, -0.6],
      [-0.6, 0.25],
    ];
    const { weights } = (balancerOf('mgda', 2, { normalise }) as Direction).direct(
      { step: 0, seed: 1, lossWeights: [1, 1], state: [] },
      { losses: [0.4, 0.1], gram },
    );
    const scaled = gram.map((row, j) => row.map((x, k) => x / (n[j]! * n[k]!)));
    shortest(scaled, [0, 0]).forEach((omega, k) => {
      expect(weights[k]).toBeCloseTo(omega / n[k]!, 10);
    });
  });
});
