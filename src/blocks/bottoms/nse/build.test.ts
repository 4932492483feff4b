import { beforeAll, expect, it } from 'vitest';
import { openCpu } from '../../../nn';
import { BlockUnderTest, columnsOf, largestDifference, ramp, tasks } from '../../testing/run';

beforeAll(async () => void (await openCpu()));

const F = 5;
const make = (K: number) =>
  new BlockUnderTest('bottom', 'nse', { layers: [6, 4] }, tasks(K), { groups: 1, width: F });

it('equals Shared-Bottom where every task’s weights are the same', () => {
  const shared = new BlockUnderTest('bottom', 'shared-bottom', { layers: [6, 4] }, tasks(3), {
    groups: 1,
    width: F,
  });
  const nse = make(3);
  const [W1, b1, W2, b2] = ['layer1.W', 'layer1.b', 'layer2.W', 'layer2.b'].map((n) => shared.values.get(n)!);
  const wide = new Float32Array(F * 18);
  for (let f = 0; f < F; f++)
    for (let k = 0; k < 3; k++) wide.set(W1!.subarray(f * 6, f * 6 + 6), f * 18 + k * 6);
  nse.values.set('layer1.W', wide);
  nse.values.set('layer1.b', Float32Array.from([...b1!, ...b1!, ...b1!]));
  nse.values.set('layer2.W', Float32Array.from([...W2!, ...W2!, ...W2!]));
  nse.values.set('layer2.b', Float32Array.from([...b2!, ...b2!, ...b2!]));
  const x = ramp(7 * F);
  const once = shared.run(x).output;
  for (let k = 0; k < 3; k++) {
    expect(largestDifference(columnsOf(nse.run(x).output, 12, k * 4, k * 4 + 4), [...once])).toBeLessThan(
      1e-6,
    );
  }
});

it('passes nothing between tasks: another task’s weights change nothing', () => {
  const nse = make(2);
  const x = ramp(3 * F);
  const before = columnsOf(nse.run(x).output, 8, 0, 4);
  nse.values.get('layer2.W')!.fill(0.7, 24);
  nse.values.get('layer2.b')!.fill(-0.3, 4);
  expect(columnsOf(nse.run(x).output, 8, 0, 4)).toEqual(before);
});
