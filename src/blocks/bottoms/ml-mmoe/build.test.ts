import { beforeAll, expect, it } from 'vitest';
import { openCpu } from '../../../nn';
import { BlockUnderTest, largestDifference, ramp, tasks } from '../../testing/run';

beforeAll(async () => void (await openCpu()));

const F = 5;
const make = (params: Record<string, number | boolean | number[]> = {}) =>
  new BlockUnderTest('bottom', 'ml-mmoe', { layers: [4], experts: 3, levels: 2, ...params }, tasks(2), {
    groups: 1,
    width: F,
  });

it('with one level is MMoE', () => {
  const one = make({ levels: 1 });
  const mmoe = new BlockUnderTest('bottom', 'mmoe', { layers: [4], experts: 3 }, tasks(2), {
    groups: 1,
    width: F,
  });
  mmoe.values.set('gate.W', one.values.get('level1.gate.W')!);
  for (const name of ['layer1.W', 'layer1.b'])
    mmoe.values.set(`experts.${name}`, one.values.get(`level1.${name}`)!);
  expect(largestDifference(one.run(ramp(3 * F)).output, mmoe.run(ramp(3 * F)).output)).toBeLessThan(1e-6);
});

it('gates of every level read the input, not the level before them', () => {
  const block = make({ levels: 3 });
  const x = ramp(2 * F);
  const before = block.run(x).probes;
  block.values.get('level1.layer1.b')!.fill(0.9);
  block.values.get('level2.layer1.b')!.fill(-0.4);
  const after = block.run(x);
  expect(after.probes.gates).toEqual(before.gates);
  expect(after.probes.levelGates).toEqual(before.levelGates);
});

it('each expert above the first level reads a mixture of its own', () => {
  const block = make({ gateBias: true });
  block.values.get('level1.gate.W')!.fill(0);
  // Expert e of level 2 reads expert e of level 1 alone.
  block.values.get('level1.gate.b')!.set([80, -80, -80, -80, 80, -80, -80, -80, 80]);
  const x = ramp(2 * F);
  expect([...block.run(x).probes.levelGates!.subarray(0, 9)]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
  // The top reads expert 0 of level 2 alone: then experts 1 and 2 of level 1 do not matter.
  block.values.get('level2.gate.W')!.fill(0);
  block.values.get('level2.gate.b')!.set([80, -80, -80, 80, -80, -80]);
  const before = block.run(x).output;
  block.values.get('level1.layer1.b')!.fill(2, 4);
  expect(block.run(x).output).toEqual(before);
  block.values.get('level1.layer1.b')!.fill(2, 0, 4);
  expect(largestDifference(block.run(x).output, before)).toBeGreaterThan(0.01);
});
