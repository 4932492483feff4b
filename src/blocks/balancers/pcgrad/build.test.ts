import { describe, expect, it } from 'vitest';
import { dot, times } from '../gram';
import { drawn, mixed } from '../testing';
import { drawnOrders, surgery } from './build';

describe('PCGrad', () => {
  /** Algorithm 1 on the vectors themselves. */
  function onVectors(g: readonly (readonly number[])[], orders: readonly number[][]): number[] {
    const changed = g.map((own, i) =>
      orders[i]!.reduce<readonly number[]>((v, j) => {
        const share = Math.min(0, dot(v, g[j]!)) / dot(g[j]!, g[j]!);
        return v.map((x, p) => x - share * g[j]![p]!);
      }, own),
    );
    return g[0]!.map((_, p) => changed.reduce((s, v) => s + v[p]!, 0));
  }

  it.each([
    [[[1], [0]], 2],
    [
      [
        [1, 2],
        [2, 0],
        [0, 1],
      ],
      3,
    ],
    [
      [
        [2, 1],
        [0, 2],
        [1, 0],
      ],
      3,
    ],
  ] as [number[][], number][])('surgery in coefficients is surgery on vectors: orders %j', (orders, n) => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const { g, gram } = drawn(n, seed, 3);
      const want = onVectors(g, orders);
      for (const [p, x] of mixed(g, surgery(gram, orders)).entries()) expect(x).toBeCloseTo(want[p]!, 10);
    }
  });

  it('two opposing gradients: the result opposes neither', () => {
    let opposed = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const { gram } = drawn(2, seed, 3);
      if (gram[0]![1]! >= 0) continue;
      opposed++;
      for (const product of times(gram, surgery(gram, [[1], [0]]))) expect(product).toBeGreaterThan(-1e-12);
    }
    expect(opposed).toBeGreaterThan(10);
  });

  it('gradients that do not oppose are summed', () => {
    const gram = [
      [1, 0.2, 0],
      [0.2, 3, 0.1],
      [0, 0.1, 2],
    ];
    const orders = [
      [1, 2],
      [0, 2],
      [0, 1],
    ];
    expect(surgery(gram, orders)).toEqual([1, 1, 1]);
  });

  it('draws for each task an order of all others, the same at the same step and others later', () => {
    const at = (step: number) => drawnOrders(5, 7, step).map((order) => Array.from(order));
    at(3).forEach((order, i) => {
      expect([...order].sort()).toEqual([0, 1, 2, 3, 4].filter((j) => j !== i));
    });
    expect(at(3)).toEqual(at(3));
    expect(new Set(Array.from({ length: 20 }, (_, step) => at(step).join('|'))).size).toBe(20);
  });
});
