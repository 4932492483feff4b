import { beforeAll, expect, it } from 'vitest';
import { openCpu } from '../../../nn';
import { BlockUnderTest, largestDifference, ramp, tasks } from '../../testing/run';

beforeAll(async () => void (await openCpu()));

it('hands all tasks one and the same vector, however many they are', () => {
  const of = (K: number) =>
    new BlockUnderTest('bottom', 'shared-bottom', { layers: [6, 4] }, tasks(K), { groups: 1, width: 5 });
  expect(of(2).output).toEqual({ groups: 1, width: 4 });
  expect(of(3).run(ramp(15)).output).toEqual(of(2).run(ramp(15)).output);
});

it('runs the same weights on each task’s own input where an input module gives one a task', () => {
  const shared = new BlockUnderTest('bottom', 'shared-bottom', { layers: [6, 4] }, tasks(2), {
    groups: 1,
    width: 5,
  });
  const own = new BlockUnderTest('bottom', 'shared-bottom', { layers: [6, 4] }, tasks(2), {
    groups: 2,
    width: 5,
  });
  expect(own.layout.size).toBe(shared.layout.size);
  const x = ramp(10);
  const separately = [x.slice(0, 5), x.slice(5)].flatMap((row) => [...shared.run(row).output]);
  expect(largestDifference(own.run(x).output, separately)).toBeLessThan(1e-6);
});

it('drops activations in training only, and scales up those that stay', () => {
  const block = new BlockUnderTest('bottom', 'shared-bottom', { layers: [400], dropout: 0.5 }, tasks(2), {
    groups: 1,
    width: 3,
  });
  const still = block.run(ramp(3)).output;
  const dropped = block.run(ramp(3), { training: true }).output;
  const alive = still.filter((v) => v > 0).length;
  const kept = dropped.filter((v) => v > 0).length;
  expect(kept / alive).toBeGreaterThan(0.35);
  expect(kept / alive).toBeLessThan(0.65);
  still.forEach((v, i) => {
    if (dropped[i]! > 0) expect(dropped[i]).toBeCloseTo(2 * v, 5);
  });
});
