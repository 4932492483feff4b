import { expect, it } from 'vitest';
import { TimeLeft } from './timeLeft';

it('says nothing until it has seen enough, then goes by the pace of the last ten seconds', () => {
  const left = new TimeLeft();
  expect(left.until(100)).toBeNull();
  left.note(0, 0);
  left.note(10, 1_000);
  expect(left.until(100)).toBeNull();
  left.note(20, 2_000);
  expect(left.until(100)).toBeCloseTo(8);
  // It slows down to a step a second: what was long ago no longer counts.
  for (let s = 1; s <= 20; s++) left.note(20 + s, 2_000 + s * 1_000);
  expect(left.until(100)).toBeCloseTo(60);
  expect(left.until(10)).toBe(0);
});

it('a rest or a run from the start begins anew', () => {
  const left = new TimeLeft();
  left.note(0, 0);
  left.note(50, 5_000);
  left.forget();
  expect(left.until(100)).toBeNull();
  left.note(50, 60_000);
  left.note(60, 62_000);
  expect(left.until(100)).toBeCloseTo(8);
  left.note(0, 63_000);
  expect(left.until(100)).toBeNull();
});
