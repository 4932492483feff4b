import { describe, expect, it } from 'vitest';
import { dot, type Matrix, squared, times } from '../gram';
import { drawn, grid, MATRICES, OPPOSED } from '../testing';
import { conflictAverse } from './build';

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
    for (const w of conflictAverse(OPPOSED, 0.5)) expect(w).toBeCloseTo(0.5 / 1.25, 6);
  });
});
