import { beforeAll, expect, it } from 'vitest';
import { openCpu } from '../../../nn';
import { BlockUnderTest, columnsOf, largestDifference, ramp, tasks } from '../../testing/run';

beforeAll(async () => void (await openCpu()));

const F = 5;
const make = (K: number, same = 0.9) =>
  new BlockUnderTest('bottom', 'cross-stitch', { layers: [6, 4], same }, tasks(K), { groups: 1, width: F });
const x = ramp(3 * F);

/** Separate nets with the stitched nets' weights. */
function separate(block: BlockUnderTest, K: number) {
  const nse = new BlockUnderTest('bottom', 'nse', { layers: [6, 4] }, tasks(K), { groups: 1, width: F });
  for (const layer of [1, 2]) {
    for (const part of ['W', 'b']) {
      nse.values.set(`layer${layer}.${part}`, block.values.get(`level${layer}.layer1.${part}`)!);
    }
  }
  return nse;
}

it('with stitches that are the identity is separate nets', () => {
  const block = make(3, 1);
  expect(largestDifference(block.run(x).output, separate(block, 3).run(x).output)).toBeLessThan(1e-6);
});

it('starts near the identity, each row with a sum of 1', () => {
  const { probes } = make(3).run(x);
  expect(probes.stitch).toHaveLength(2 * 9);
  for (let i = 0; i < 18; i++) expect(probes.stitch![i]).toBeCloseTo((i % 9) % 4 === 0 ? 0.9 : 0.05, 6);
});

it('row reads column: a stitch that swaps two tasks swaps what they hand on', () => {
  const block = make(2, 1);
  const straight = block.run(x).output;
  block.values.get('level2.alpha')!.set([0, 1, 1, 0]);
  const swapped = block.run(x).output;
  expect(columnsOf(swapped, 8, 0, 4)).toEqual(columnsOf(straight, 8, 4, 8));
  block.values.get('level2.alpha')!.set([1, 0, 0.5, 1]); // task 2 reads task 1, not the other way round
  const one = block.run(x).output;
  expect(columnsOf(one, 8, 0, 4)).toEqual(columnsOf(straight, 8, 0, 4));
  expect(largestDifference(columnsOf(one, 8, 4, 8), columnsOf(straight, 8, 4, 8))).toBeGreaterThan(0.01);
});

it('has nothing to mix with one task', () => {
  const block = make(1);
  expect([...block.values.get('level1.alpha')!]).toEqual([1]);
  expect(largestDifference(block.run(x).output, separate(block, 1).run(x).output)).toBeLessThan(1e-6);
});
