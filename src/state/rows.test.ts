import { describe, expect, it } from 'vitest';
import { Rows } from './rows';

const filled = (n: number, limit = 100_000, keep = 0.9, f: (i: number) => number = (i) => i) => {
  const rows = new Rows(2, limit, keep);
  for (let i = 0; i < n; i++) rows.push([i, f(i)]);
  return rows;
};

describe('Rows', () => {
  it('keeps every number to the last bit while there is room', () => {
    const rows = filled(1000, 100_000, 0.9, (i) => Math.sqrt(i));
    expect(rows.length).toBe(1000);
    for (const i of [0, 1, 255, 256, 999]) expect(rows.at(i, 1)).toBe(Math.sqrt(i));
  });

  it('drops the oldest rows once it is full', () => {
    const rows = filled(700, 300);
    expect(rows.length).toBe(300);
    expect(rows.at(0, 0)).toBe(400);
    expect(rows.last(0)).toBe(699);
  });

  it('smooths without bias: a constant stays that constant from the first row on', () => {
    const rows = filled(50, 1000, 0.97, () => 0.25);
    expect(rows.smoothAt(0, 1)).toBeCloseTo(0.25, 12);
    expect(rows.smoothAt(49, 1)).toBeCloseTo(0.25, 12);
  });

  it('smooths as the debiased average is defined', () => {
    const rows = filled(3, 10, 0.5, (i) => [1, 2, 4][i]!);
    // weights 1/8, 1/4, 1/2 over their sum
    expect(rows.smoothAt(2, 1)).toBeCloseTo((1 / 8 + 2 / 4 + 4 / 2) / (7 / 8), 12);
  });

  it('leaves a gap where a value is missing, and goes on after it', () => {
    const rows = filled(4, 10, 0.5, (i) => (i === 1 ? Number.NaN : 3));
    expect(rows.smoothAt(1, 1)).toBeNaN();
    expect(rows.smoothAt(3, 1)).toBeCloseTo(3, 12);
  });

  it('thins to the limit and keeps a single spike and the last row', () => {
    const rows = filled(5000, 100_000, 0.9, (i) => (i === 2345 ? 99 : 1));
    const points = rows.points(1, 300);
    expect(points.x.length).toBeLessThanOrEqual(300);
    expect(points.raw).toContain(99);
    expect(points.x.at(-1)).toBe(4999);
    expect([...points.x].sort((a, b) => a - b)).toEqual(points.x);
  });

  it('thins the same way whether it is asked at every row or once, and leaves what is behind where it was', () => {
    const wave = (i: number) => Math.sin(i / 7) + Math.sin(i * 1.7) / 3;
    const asked = new Rows(2, 100_000, 0.9);
    let kept: readonly number[] = [];
    let moved = 0;
    for (let i = 0; i < 2000; i++) {
      asked.push([i, wave(i)]);
      const { x } = asked.points(1, 100);
      // The last two stretches are still growing.
      if (kept.slice(0, -6).some((step) => !x.includes(step))) moved++;
      kept = x;
    }
    const once = new Rows(2, 100_000, 0.9);
    for (let i = 0; i < 2000; i++) once.push([i, wave(i)]);
    expect(asked.points(1, 100)).toEqual(once.points(1, 100));
    // Points leave only where stretches are joined: at 50, 100, 200, 400, 800 and 1,600 rows.
    expect(moved).toBeLessThanOrEqual(6);
  });

  it('thins a ring that drops rows as if only what is left had come', () => {
    const wave = (i: number) => Math.sin(i / 5);
    const ring = filled(1000, 500, 0.9, wave);
    ring.points(1, 60);
    for (let i = 1000; i < 1013; i++) ring.push([i, wave(i)]);
    const fresh = new Rows(2, 500, 0.9);
    for (let i = 513; i < 1013; i++) fresh.push([i, wave(i)]);
    expect(ring.points(1, 60).x).toEqual(fresh.points(1, 60).x);
  });

  it('thins past a value that is missing', () => {
    const rows = filled(500, 1000, 0.9, (i) => (i % 2 === 0 ? Number.NaN : i));
    expect(rows.points(1, 50).raw.filter(Number.isFinite).length).toBeGreaterThan(20);
    expect(rows.points(1, 50).raw).toContain(499);
  });

  it('finds the row of a step, or the one before it', () => {
    const rows = new Rows(2, 100, 0.9);
    expect(rows.rowAt(5)).toBe(-1);
    for (const step of [10, 20, 30]) rows.push([step, 1]);
    expect([5, 10, 19, 20, 29, 30, 99].map((s) => rows.rowAt(s))).toEqual([0, 0, 0, 1, 1, 2, 2]);
  });

  it('goes back to a step', () => {
    const rows = filled(100, 1000, 0.9, () => 7);
    rows.truncate(39);
    expect(rows.length).toBe(40);
    rows.push([40, 7]);
    expect(rows.last(0)).toBe(40);
    expect(rows.smoothAt(40, 1)).toBeCloseTo(7, 12);
  });
});
