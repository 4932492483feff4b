/** The plot: ticks printed as what they are, pixels there and back, one path a curve. */
import { describe, expect, it } from 'vitest';
import { bandOf, digitsOf, indexAt, pathOf, plotOf, roomOf, upTo } from './plot';

const shape = { width: 300, height: 150, xMax: 500, yMin: 0.5, yMax: 0.8, yTicks: [0.5, 0.8], large: false };

describe('ticks', () => {
  it.each([
    [[0, 0.25, 0.5], 2],
    [[0, 0.5, 1], 1],
    [[0, 0.0025, 0.005], 4],
    [[0.5, 0.5 + 1 / 10, 0.5 + 2 / 10, 0.5 + 3 / 10], 1],
    [[-1, 0, 2], 1],
  ] as const)('%j have %i digits', (ticks, digits) => {
    expect(digitsOf(ticks)).toBe(digits);
  });
});

it('gives the figures of an axis their room, however long they are', () => {
  const left = (yTicks: number[]) => roomOf({ yMax: yTicks.at(-1)!, yTicks, large: false }).left;
  expect(left([0, 5000, 10_000])).toBe(left([0, 0.5, 1]) + 4 * 9);
  expect(left([0, 2e23, 4e23])).toBe(left([0, 0.5, 1]) + 3 * 9);
  expect(left([0, 5, 9])).toBe(left([0, 0.5, 1]));
});

describe('plot', () => {
  const plot = plotOf(shape);
  it('goes from steps to pixels and back, and stays within the axis', () => {
    for (const step of [0, 123, 500]) expect(plot.stepAt(plot.x(step))).toBeCloseTo(step, 9);
    expect(plot.stepAt(-50)).toBe(0);
    expect(plot.stepAt(9999)).toBe(500);
  });
  it('has its ends at the ends of the axes', () => {
    expect([plot.x(0), plot.x(500), plot.y(0.5), plot.y(0.8)]).toEqual([
      plot.left,
      plot.right,
      plot.bottom,
      expect.closeTo(plot.top, 9),
    ]);
  });
});

it('writes a curve as one path and leaves out what holds no number', () => {
  const straight = { x: (v: number) => v, y: (v: number) => v };
  expect(pathOf([0, 1, 2, 3], [Number.NaN, 1.26, Number.POSITIVE_INFINITY, 2], straight)).toBe('M1 1.3L3 2');
  expect(pathOf([], [], straight)).toBe('');
});

it('finds the point at a step or before it, the first where all are later', () => {
  expect([5, 10, 25, 99].map((s) => indexAt([10, 20, 30], s))).toEqual([0, 0, 1, 2]);
  expect(indexAt([], 3)).toBe(-1);
});

it('writes a band along its upper edge and back along its lower one', () => {
  const straight = { x: (v: number) => v, y: (v: number) => v };
  expect(bandOf([0, 1], { low: [1, 2], high: [3, 4] }, straight)).toBe('M0 3L1 4L1 2L0 1Z');
  expect(bandOf([0], { low: [1], high: [3] }, straight)).toBe('');
});

it('cuts a curve at a step, and leaves its first point', () => {
  const curve = { x: [10, 20, 30], y: [1, 2, 3], name: 'a' };
  expect([5, 20, 29, 99].map((step) => upTo(curve, step).x.length)).toEqual([1, 2, 2, 3]);
  expect(upTo(curve, 20)).toEqual({ x: [10, 20], y: [1, 2], name: 'a' });
  expect(upTo({ x: [], y: [] }, 3)).toEqual({ x: [], y: [] });
});
