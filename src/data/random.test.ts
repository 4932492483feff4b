import { describe, expect, it } from 'vitest';
import { exactCosSin, exactSigmoid } from './exact-math';
import { exactExp, exactLog, hash32, hashString, normalQuantile, permutation, Rng } from './random';

/** Largest relative difference of two functions over the points. */
function worst(f: (x: number) => number, g: (x: number) => number, points: number[]): number {
  return Math.max(...points.map((x) => Math.abs(f(x) - g(x)) / Math.max(Math.abs(g(x)), 1e-300)));
}

const grid = (from: number, to: number, n: number) =>
  Array.from({ length: n }, (_, i) => from + ((to - from) * i) / (n - 1));

describe('exact maths', () => {
  it('follows Math.exp and Math.log to the last digit or so', () => {
    expect(worst(exactExp, Math.exp, [...grid(-700, 700, 4001), ...grid(-2, 2, 4001)])).toBeLessThan(1e-15);
    const logs = [...grid(1e-3, 0.999, 2001), ...grid(1.001, 50, 2001), 1e-300, 1e300, 5e-324];
    expect(worst(exactLog, Math.log, logs)).toBeLessThan(1e-15);
  });

  it('has the right limits', () => {
    expect([exactExp(0), exactExp(800), exactExp(-800), exactExp(Number.NaN)]).toEqual([
      1,
      Number.POSITIVE_INFINITY,
      0,
      Number.NaN,
    ]);
    // Among the subnormal numbers a rounding is worth 5e-324.
    expect(Math.abs(exactExp(-740) - Math.exp(-740))).toBeLessThanOrEqual(5e-324);
    expect(exactExp(-740)).toBeGreaterThan(0);
    expect([exactLog(1), exactLog(0), exactLog(-1)]).toEqual([0, Number.NEGATIVE_INFINITY, Number.NaN]);
    expect(exactSigmoid(0)).toBe(0.5);
  });

  it('gives sine and cosine of angles up to a few turns', () => {
    for (const phi of grid(-7, 7, 2001)) {
      const [c, s] = exactCosSin(phi);
      expect(Math.abs(c - Math.cos(phi))).toBeLessThan(2e-15);
      expect(Math.abs(s - Math.sin(phi))).toBeLessThan(2e-15);
    }
  });

  it('inverts the normal distribution', () => {
    // R 4: qnorm(c(.5, .975, .25, .001, 1e-10), digits 15)
    const known: [number, number][] = [
      [0.5, 0],
      [0.975, 1.959963984540054],
      [0.25, -0.674489750196082],
      [0.001, -3.090232306167813],
      [1e-10, -6.361340902404056],
    ];
    for (const [u, z] of known) expect(Math.abs(normalQuantile(u) - z)).toBeLessThan(1e-12);
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY);
    expect(normalQuantile(1.5)).toBeNaN();
  });
});

describe('hash32', () => {
  it('flips about half of the bits when one bit of the input flips', () => {
    let flips = 0;
    let trials = 0;
    for (let x = 0; x < 200; x++) {
      for (let bit = 0; bit < 32; bit++) {
        let d = hash32(1, x) ^ hash32(1, x ^ (1 << bit));
        for (; d !== 0; d &= d - 1) flips++;
        trials++;
      }
    }
    expect(Math.abs(flips / trials - 16)).toBeLessThan(0.2);
  });

  it('tells order, length and string apart', () => {
    const seen = new Set([hash32(), hash32(0), hash32(0, 0), hash32(1, 2), hash32(2, 1), hash32(1, 2, 0)]);
    expect(seen.size).toBe(6);
    expect(new Set(['click', 'clicj', 'lcick', '', 'a', 'a\0'].map(hashString)).size).toBe(6);
  });
});

describe('Rng', () => {
  it('gives the same numbers everywhere', () => {
    const r = new Rng(1, 2);
    expect([r.uint32(), r.uint32(), r.uint32()]).toEqual([2036616171, 3224313546, 2797350617]);
    expect(new Rng(7).normal()).toBe(0.5507506232354099);
    expect([hash32(1, 2, 3), hashString('bottom.0.kernel')]).toEqual([4036321845, 1707400828]);
    expect([...permutation(8, 1, 0)]).toEqual([7, 5, 1, 0, 3, 2, 4, 6]);
  });

  it('is uniform and independent of near seeds and streams', () => {
    for (const [a, b] of [
      [new Rng(1), new Rng(2)],
      [new Rng(1, 0), new Rng(1, 1)],
    ] as const) {
      const cells = new Float64Array(64);
      const n = 64_000;
      for (let i = 0; i < n; i++) cells[Math.floor(a.uniform() * 8) * 8 + Math.floor(b.uniform() * 8)]! += 1;
      let chi = 0;
      for (const c of cells) chi += (c - n / 64) ** 2 / (n / 64);
      // 63 degrees of freedom: mean 63, sd 11.2; four standard deviations either way.
      expect(Math.abs(chi - 63)).toBeLessThan(45);
    }
  });

  it('draws normal numbers', () => {
    const r = new Rng(3);
    const n = 50_000;
    const sums = [0, 0, 0, 0];
    for (let i = 0; i < n; i++) {
      const z = r.normal();
      for (let p = 0; p < 4; p++) sums[p]! += z ** (p + 1) / n;
    }
    const bound = (v: number) => 4 * Math.sqrt(v / n);
    expect(Math.abs(sums[0]!)).toBeLessThan(bound(1));
    expect(Math.abs(sums[1]! - 1)).toBeLessThan(bound(2));
    expect(Math.abs(sums[2]!)).toBeLessThan(bound(15));
    expect(Math.abs(sums[3]! - 3)).toBeLessThan(bound(96));
  });
});

describe('permutation', () => {
  it('holds each row once, and differs by epoch and by seed', () => {
    const p = permutation(1000, 5, 3);
    expect([...p].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect([...permutation(1000, 5, 3)]).toEqual([...p]);
    expect([...permutation(1000, 5, 4)]).not.toEqual([...p]);
    expect([...permutation(1000, 6, 3)]).not.toEqual([...p]);
  });

  it('reaches all orders of three rows equally often', () => {
    const counts = new Map<string, number>();
    for (let e = 0; e < 6000; e++) {
      const key = permutation(3, 1, e).join('');
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const c of counts.values()) expect(Math.abs(c - 1000)).toBeLessThan(120);
  });
});
