import { beforeAll, expect, it } from 'vitest';
import { openCpu } from '../../../nn';
import { BlockUnderTest, columnsOf, largestDifference, ramp, tasks } from '../../testing/run';

beforeAll(async () => void (await openCpu()));

const F = 5;
const params = { layers: [6, 4], experts: 3 };
const make = (K: number, id = 'omoe') =>
  new BlockUnderTest('bottom', id, params, tasks(K), { groups: 1, width: F });

it('hands all tasks one and the same vector, however many they are', () => {
  expect(make(2).output).toEqual({ groups: 1, width: 4 });
  expect(make(4).run(ramp(3 * F)).output).toEqual(make(2).run(ramp(3 * F)).output);
});

it('is MMoE whose gates are equal: all b_k are equal', () => {
  const [omoe, mmoe] = [make(3), make(3, 'mmoe')];
  for (const name of omoe.values.keys()) mmoe.values.set(name, omoe.values.get(name)!);
  const W = omoe.values.get('gate.W')!; // [F, 3]
  const wide = new Float32Array(F * 9);
  for (let f = 0; f < F; f++)
    for (let k = 0; k < 3; k++) wide.set(W.subarray(f * 3, f * 3 + 3), f * 9 + k * 3);
  mmoe.values.set('gate.W', wide);
  const x = ramp(4 * F);
  const once = [...omoe.run(x).output];
  for (let k = 0; k < 3; k++) {
    expect(largestDifference(columnsOf(mmoe.run(x).output, 12, k * 4, k * 4 + 4), once)).toBeLessThan(1e-6);
  }
});
