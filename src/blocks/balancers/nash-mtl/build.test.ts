import { describe, expect, it } from 'vitest';
import { dot, squared, times } from '../gram';
import { drawn, grid, MATRICES, OPPOSED } from '../testing';
import { bargain } from './build';

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
    const alpha = bargain(OPPOSED);
    expect(alpha.every(Number.isFinite)).toBe(true);
    expect(squared(OPPOSED, alpha)).toBeLessThan(1e-3);
  });
});
