import { beforeAll, expect, it } from 'vitest';
import { openCpu } from '../../../nn';
import { BlockUnderTest, columnsOf, largestDifference, ramp, tasks } from '../../testing/run';

beforeAll(async () => void (await openCpu()));

it('gives each task its own tower: what one task receives does not reach another', () => {
  const block = new BlockUnderTest('tower', 'mlp', { layers: [6, 3] }, tasks(3), { groups: 3, width: 4 });
  const x = ramp(2 * 12);
  const before = block.run(x).output;
  const moved = x.slice();
  for (let row = 0; row < 2; row++) for (let c = 8; c < 12; c++) moved[row * 12 + c]! += 1;
  const after = block.run(moved).output;
  expect(columnsOf(after, 9, 0, 6)).toEqual(columnsOf(before, 9, 0, 6));
  expect(largestDifference(columnsOf(after, 9, 6, 9), columnsOf(before, 9, 6, 9))).toBeGreaterThan(1e-3);
});

it('takes one shared vector as well as one a task', () => {
  const shared = new BlockUnderTest('tower', 'mlp', { layers: [3] }, tasks(2), { groups: 1, width: 4 });
  expect(shared.layout.parameters[0]!.shape).toEqual([4, 6]);
  expect(shared.run(ramp(8)).output).toHaveLength(2 * 2 * 3);
});
