import { beforeAll, expect, it } from 'vitest';
import { openCpu } from '../../../nn';
import { BlockUnderTest, columnsOf, largestDifference, ramp, tasks } from '../../testing/run';

beforeAll(async () => void (await openCpu()));

const F = 5;
const make = (K: number, params: Record<string, number | boolean | number[]> = {}, groups = 1) =>
  new BlockUnderTest('bottom', 'mmoe', { layers: [6, 4], experts: 3, ...params }, tasks(K), {
    groups,
    width: F,
  });

it('with one expert is Shared-Bottom, whatever the gates say', () => {
  const mmoe = make(3, { experts: 1, gateBias: true });
  const shared = new BlockUnderTest('bottom', 'shared-bottom', { layers: [6, 4] }, tasks(3), {
    groups: 1,
    width: F,
  });
  for (const name of shared.values.keys()) shared.values.set(name, mmoe.values.get(`experts.${name}`)!);
  mmoe.values.get('gate.b')!.set([80, -80, 3]);
  const x = ramp(7 * F);
  const once = [...shared.run(x).output];
  for (let k = 0; k < 3; k++) {
    expect(largestDifference(columnsOf(mmoe.run(x).output, 12, k * 4, k * 4 + 4), once)).toBeLessThan(1e-6);
  }
});

it('a gate far at one expert hands on that expert alone', () => {
  const mmoe = make(2, { gateBias: true });
  mmoe.values.get('gate.b')!.set([80, -80, -80, -80, -80, 80]);
  mmoe.values.get('gate.W')!.fill(0);
  const x = ramp(3 * F);
  const { output, probes } = mmoe.run(x);
  expect([...probes.gates!.subarray(0, 6)]).toEqual([1, 0, 0, 0, 0, 1]);
  // Another expert's weights change nothing.
  mmoe.values.get('experts.layer2.b')!.fill(9, 4, 8);
  expect(mmoe.run(x).output).toEqual(output);
  mmoe.values.get('experts.layer2.b')!.fill(9, 0, 4);
  const moved = mmoe.run(x).output;
  expect(columnsOf(moved, 8, 4, 8)).toEqual(columnsOf(output, 8, 4, 8));
  expect(largestDifference(columnsOf(moved, 8, 0, 4), columnsOf(output, 8, 0, 4))).toBeGreaterThan(1);
});

it('gates of 0 weigh all experts alike', () => {
  const mmoe = make(2, { experts: 4 });
  mmoe.values.get('gate.W')!.fill(0);
  expect([...mmoe.run(ramp(2 * F)).probes.gates!]).toEqual(new Array(2 * 2 * 4).fill(0.25));
});

it('runs the same experts on each task’s own input, and gate k on x_k', () => {
  const own = make(2, {}, 2);
  const x = ramp(4 * 2 * F);
  const before = own.run(x);
  const moved = own.run(x.map((v, i) => (i % (2 * F) >= F ? v + 1 : v)));
  expect(columnsOf(moved.output, 8, 0, 4)).toEqual(columnsOf(before.output, 8, 0, 4));
  expect(columnsOf(moved.probes.gates!, 6, 0, 3)).toEqual(columnsOf(before.probes.gates!, 6, 0, 3));
  expect(columnsOf(moved.output, 8, 4, 8)).not.toEqual(columnsOf(before.output, 8, 4, 8));
});
