import { beforeAll, describe, expect, it } from 'vitest';
import { openCpu } from '../../../nn';
import { BlockUnderTest, columnsOf, largestDifference, ramp, tasks } from '../../testing/run';

beforeAll(async () => void (await openCpu()));

const D = 4;
type Parents = (number | null)[];
const make = (K: number, params: object = {}, parents?: Parents, groups = K) =>
  new BlockUnderTest('tower', 'resflow', { layers: [5, 3], ...params }, tasks(K, parents), {
    groups,
    width: D,
  });
const noLinks = { link1: false, link2: false };

/** MLP towers with the same weights. */
function plain(block: BlockUnderTest, K: number, groups = K): BlockUnderTest {
  const mlp = new BlockUnderTest('tower', 'mlp', { layers: [5, 3] }, tasks(K), { groups, width: D });
  for (const name of mlp.values.keys()) mlp.values.set(name, block.values.get(name)!);
  return mlp;
}

describe('ResFlow towers', () => {
  it.each([2, 3, 4])('without links are MLP towers, K = %d', (K) => {
    const block = make(K, noLinks);
    const x = ramp(5 * K * D);
    expect([...block.run(x).output]).toEqual([...plain(block, K).run(x).output]);
    const shared = make(K, noLinks, undefined, 1);
    expect([...shared.run(ramp(3 * D)).output]).toEqual([...plain(shared, K, 1).run(ramp(3 * D)).output]);
  });

  it.each<[string, Parents]>([
    ['chain', [null, 0, 1]],
    ['tree', [null, 0, 0]],
  ])('in a %s a child whose weights are 0 copies its parent', (_name, parents) => {
    const block = make(3, {}, parents);
    for (const name of ['layer1.W', 'layer2.W', 'layer1.b', 'layer2.b']) {
      const values = block.values.get(name)!;
      values.fill(0, values.length / 3);
    }
    const { output } = block.run(ramp(4 * 3 * D));
    for (const k of [1, 2]) {
      expect(columnsOf(output, 9, k * 3, k * 3 + 3)).toEqual(columnsOf(output, 9, 0, 3));
    }
  });

  it('hands a vector to descendants only, along a tree', () => {
    const reach = (parents: Parents, from: number, to: number) => {
      const block = make(4, {}, parents);
      const x = ramp(3 * 4 * D);
      const moved = x.map((v, i) => (Math.floor((i % (4 * D)) / D) === from ? v + 1 : v));
      const of = (input: Float32Array) => columnsOf(block.run(input).output, 12, to * 3, to * 3 + 3);
      return largestDifference(of(x), of(moved));
    };
    const tree: Parents = [null, 0, 1, 0];
    expect(reach(tree, 0, 2)).toBeGreaterThan(1e-3);
    expect(reach(tree, 0, 3)).toBeGreaterThan(1e-3);
    expect(reach(tree, 1, 3)).toBe(0);
    expect(reach(tree, 2, 0)).toBe(0);
  });

  it('has each link for itself: behind the last block alone the sum is of MLP towers', () => {
    const block = make(2, { link1: false });
    const x = ramp(6 * 2 * D);
    const mlp = plain(block, 2).run(x).output;
    const { output } = block.run(x);
    const [parent, child] = [columnsOf(mlp, 6, 0, 3), columnsOf(mlp, 6, 3, 6)];
    expect(
      largestDifference(
        columnsOf(output, 6, 3, 6),
        child.map((v, i) => v + parent[i]!),
      ),
    ).toBeLessThan(1e-6);
    const first = make(2, { link2: false });
    expect(largestDifference(first.run(x).output, output)).toBeGreaterThan(1e-3);
  });

  it('publishes how much of each sum is the parent’s: 0 for a root and without a link', () => {
    const { probes } = make(2, { link1: false }).run(ramp(2 * D));
    const shares = probes.residualShare!; // [1, L, K]
    expect(shares).toHaveLength(4);
    expect([...shares.slice(0, 3)]).toEqual([0, 0, 0]);
    expect(shares[3]).toBeGreaterThan(0);
    expect(shares[3]).toBeLessThan(1);
  });

  it('with PReLU starts as ReLU, and lets through what its slopes say', () => {
    const relu = make(2);
    const prelu = make(2, { activation: 'prelu' });
    const x = ramp(4 * 2 * D);
    expect([...prelu.run(x).output]).toEqual([...relu.run(x).output]);
    prelu.values.get('layer2.alpha')!.fill(0.5);
    expect(Math.min(...prelu.run(x).output)).toBeLessThan(0);
  });

  it('stays finite with one task, one row, batch norm, dropout and huge inputs', () => {
    const runs = [
      make(1).run(ramp(D)),
      make(3, { batchNorm: true }).run(ramp(3 * D), { training: true }),
      make(3, { dropout: 0.5 }).run(ramp(6 * D), { training: true }),
      make(2).run(ramp(2 * D).map((v) => v * 1e6)),
    ];
    for (const { output } of runs) expect(output.every(Number.isFinite)).toBe(true);
    const x = ramp(6 * D);
    expect(largestDifference(runs[2]!.output, make(3, { dropout: 0.5 }).run(x).output)).toBeGreaterThan(1e-3);
  });
});
