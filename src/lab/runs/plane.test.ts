/** The seesaw plane: verdicts in words, and an axis that shows every quadrant. */
import { describe, expect, it } from 'vitest';
import type { Difference } from '../../study/compare';
import { axisOf, quadrantOf } from './plane';

const d = (verdict: Difference['verdict']): Difference => ({
  absolute: 0.1,
  relative: 0.1,
  se: 0.01,
  from: 'rows',
  verdict,
});

describe('a point', () => {
  it.each([
    ['better', 'better', 'both gain'],
    ['worse', 'worse', 'both lose'],
    ['better', 'worse', 'a seesaw: CTCVR pays'],
    ['worse', 'better', 'a seesaw: CTR pays'],
    ['noise', 'noise', 'no difference beyond noise'],
    ['better', 'noise', 'CTR gains, the other is within noise'],
    ['unknown', 'worse', 'CTCVR loses, the other is within noise'],
  ] as const)('that is %s and %s: %s', (x, y, words) => {
    expect(quadrantOf(d(x), d(y), ['CTR', 'CTCVR'])).toBe(words);
  });
});

describe('an axis', () => {
  it('holds values with their bars, and both sides of 0', () => {
    const axis = axisOf([{ at: 0.02, se: 0.005 }]);
    expect(axis.to).toBeGreaterThan(0.025);
    expect(axis.from).toBeLessThan(-0.005);
    expect(axis.ticks).toContain(0);
    expect(axis.ticks.length).toBeLessThan(9);
  });
  it('has a width where nothing differs', () => {
    const { from, to, ticks } = axisOf([{ at: 0, se: 0 }]);
    expect(to - from).toBeGreaterThan(0.001);
    expect(ticks.every(Number.isFinite)).toBe(true);
  });
});
