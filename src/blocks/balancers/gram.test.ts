/** Solutions of the methods on gradients against grids, brute force and the conditions that define them. */
import { describe, expect, it } from 'vitest';
import { Rng } from '../../data/random';
import { conflictAverse } from './cagrad/build';
import { vaccinate } from './gradvac/build';
import { amongActive, dot, type Matrix, shortest, squared, times } from './gram';
import { bargain } from './nash-mtl/build';
import { surgery } from './pcgrad/build';

/** n drawn vectors of some length, and their Gram matrix. */
function drawn(n: number, seed: number, size = 7): { g: number[][]; gram: number[][] } {
  const rng = new Rng(seed, n);
  const g = Array.from({ length: n }, (_, i) =>
    Array.from({ length: size }, () => rng.normal() * (i === 1 ? 0.05 : 1)),
  );
  return { g, gram: g.map((a) => g.map((b) => dot(a, b))) };
}

const mixed = (g: readonly (readonly number[])[], w: readonly number[]): number[] =>
  g[0]!.map((_, p) => g.reduce((s, row, k) => s + w[k]! * row[p]!, 0));

/** All points of the simplex with coordinates in steps of 1/m, each at least its floor after the shift. */
function* grid(n: number, m: number, floor: readonly number[]): Generator<number[]> {
  const free = 1 - floor.reduce((a, b) => a + b, 0);
  function* of(left: number, at: number): Generator<number[]> {
    if (at === n - 1) yield [left];
    else for (let i = 0; i <= left; i++) for (const rest of of(left - i, at + 1)) yield [i, ...rest];
  }
  for (const point of of(m, 0)) yield point.map((i, k) => floor[k]! + (free * i) / m);
}

const SIZES = [2, 3, 4].flatMap((n) => [1, 2, 3, 4].map((seed) => [n, seed] as const));
const MATRICES: [string, Matrix][] = SIZES.map(([n, seed]) => [
  `${n} tasks, draw ${seed}`,
  drawn(n, seed).gram,
]);

describe('MGDA and PE-LTR', () => {
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
});

describe('CAGrad', () => {
  const dual = (gram: Matrix, c: number, w: readonly number[]) => {
    const mean = gram.map(() => 1 / gram.length);
    return dot(w, times(gram, mean)) + c * Math.sqrt(squared(gram, mean) * squared(gram, w));
  };

  it.each(MATRICES)('no point of a grid has a lower dual, and the primal equals it: %s', (_name, gram) => {
    const n = gram.length;
    for (const c of [0.1, 0.5, 0.9]) {
      const weights = conflictAverse(gram, c).map((x) => x * (1 + c * c));
      // The update is g_0 + c‖g_0‖ g_w/‖g_w‖: what is left of it beside the mean has length c‖g_0‖.
      const beside = weights.map((x) => x - 1 / n);
      const mean = gram.map(() => 1 / n);
      expect(Math.sqrt(squared(gram, beside))).toBeCloseTo(c * Math.sqrt(squared(gram, mean)), 6);
      const total = beside.reduce((a, b) => a + b, 0);
      const w = beside.map((x) => x / total);
      let best = Number.POSITIVE_INFINITY;
      for (const point of grid(
        n,
        n === 2 ? 4000 : 40,
        mean.map(() => 0),
      )) {
        best = Math.min(best, dual(gram, c, point));
      }
      const scale = Math.max(...gram.map((row, k) => row[k]!));
      expect(dual(gram, c, w)).toBeLessThanOrEqual(best + 1e-9 * scale);
      // Strong duality: the worst-off task gains what the dual says.
      const worst = Math.min(...times(gram, weights));
      expect(Math.abs(worst - dual(gram, c, w)) / scale).toBeLessThan(1e-6);
    }
  });

  it('is the mean at c = 0 and where gradients cancel', () => {
    const { gram } = drawn(3, 9);
    for (const w of conflictAverse(gram, 0)) expect(w).toBeCloseTo(1 / 3, 12);
    const opposed = [
      [1, -1],
      [-1, 1],
    ];
    for (const w of conflictAverse(opposed, 0.5)) expect(w).toBeCloseTo(0.5 / 1.25, 6);
  });
});

describe('Nash-MTL', () => {
  it.each(MATRICES)('A α = 1/α to 1e-8: %s', (_name, gram) => {
    const alpha = bargain(gram);
    const norm = Math.sqrt(gram.reduce((s, row) => s + dot(row, row), 0));
    times(gram, alpha).forEach((x, k) => {
      expect(alpha[k]).toBeGreaterThan(0);
      expect(Math.abs((x / norm) * alpha[k]! - 1)).toBeLessThan(1e-5);
    });
  });

  it('is the best product of gains among directions of one length', () => {
    const { gram } = drawn(2, 3);
    const gains = (w: readonly number[]) => {
      const length = Math.sqrt(squared(gram, w));
      const [a, b] = times(gram, w) as [number, number];
      return a > 0 && b > 0 ? Math.log(a / length) + Math.log(b / length) : Number.NEGATIVE_INFINITY;
    };
    let best = Number.NEGATIVE_INFINITY;
    for (const point of grid(2, 20_000, [0, 0])) best = Math.max(best, gains(point));
    expect(gains(bargain(gram))).toBeGreaterThanOrEqual(best - 1e-9);
  });

  it('does not depend on the scale of a task, and stays finite where gradients cancel', () => {
    const { gram } = drawn(3, 5);
    const scale = [1, 10, 0.1];
    const scaled = gram.map((row, j) => row.map((x, k) => x * scale[j]! * scale[k]!));
    const [a, b] = [bargain(gram), bargain(scaled).map((x, k) => x * scale[k]!)];
    for (const k of [1, 2]) expect(b[k]! / b[0]! / (a[k]! / a[0]!)).toBeCloseTo(1, 4);
    const opposed = [
      [1, -1],
      [-1, 1],
    ];
    const alpha = bargain(opposed);
    expect(alpha.every(Number.isFinite)).toBe(true);
    expect(squared(opposed, alpha)).toBeLessThan(1e-3);
  });
});

describe('PCGrad and GradVac', () => {
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
