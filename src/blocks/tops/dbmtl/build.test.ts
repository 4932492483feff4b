import { beforeAll, describe, expect, it } from 'vitest';
import { openCpu } from '../../../nn';
import { largestDifference, ramp, tasks } from '../../testing/run';
import { allFinite, TopUnderTest } from '../../testing/top';

beforeAll(async () => void (await openCpu()));

const D = 4;
type Parents = (number | null)[];
const make = (K: number, params = {}, parents?: Parents) =>
  new TopUnderTest('dbmtl', { layers: [8], ...params }, tasks(K, parents), D);

/** Which tasks' vectors each prediction depends on. */
function readers(K: number, params: object, parents?: Parents): number[][] {
  const top = make(K, params, parents);
  const t = ramp(3 * K * D);
  const before = top.run(t).logP;
  return Array.from({ length: K }, (_, k) =>
    Array.from({ length: K }, (_, j) => j).filter((j) => {
      const moved = top.run(t.map((v, i) => (Math.floor((i % (K * D)) / D) === j ? v + 0.7 : v))).logP;
      return [0, 1, 2].some((row) => Math.abs(moved[row * K + k]! - before[row * K + k]!) > 1e-5);
    }),
  );
}

describe('DBMTL', () => {
  it.each<[string, object, Parents | undefined, number[][]]>([
    ['a chain', {}, undefined, [[0], [0, 1], [0, 1, 2]]],
    ['a tree', {}, [null, 0, 0], [[0], [0, 1], [0, 2]]],
    ['a tree with all earlier tasks', { edges: 'earlier' }, [null, 0, 0], [[0], [0, 1], [0, 1, 2]]],
    ['two roots', {}, [null, null, 1], [[0], [1], [1, 2]]],
  ])('in %s reads its own vector and those along the edges', (_name, params, parents, want) => {
    expect(readers(3, params, parents)).toEqual(want);
  });

  it('with all ancestors has an edge from each of them: wider nets than with the parent alone', () => {
    const width = (edges: string) =>
      make(3, { edges }).layout.parameters.find((p) => p.name === 'top.task3.layer1.W')!.shape[0];
    expect([width('parents'), width('ancestors'), width('earlier')]).toEqual([D + 8, D + 16, D + 16]);
  });

  it('puts the own vector first: with weights on it alone, the others do not matter', () => {
    const top = make(2);
    const W = top.values.get('task2.layer1.W')!;
    W.fill(0, D * 8);
    const t = ramp(2 * D);
    const moved = t.map((v, i) => (i < D ? v + 1 : v));
    expect(top.run(moved).logP[1]).toBe(top.run(t).logP[1]);
  });

  it('without edges is an MLP a task and Identity', () => {
    const top = make(2, {}, [null, null]);
    const t = ramp(6 * D);
    const bare = make(2, { rootNet: false }, [null, null]);
    const identity = new TopUnderTest('identity', {}, tasks(2, [null, null]), D);
    bare
      .set('task1.w', [...identity.values.get('w')!.slice(0, D)])
      .set('task2.w', [...identity.values.get('w')!.slice(D)]);
    expect(largestDifference(bare.run(t).logP, identity.run(t).logP)).toBeLessThan(1e-6);
    expect(readers(2, {}, [null, null])).toEqual([[0], [1]]);
    expect(top.values.has('task1.layer1.W')).toBe(true);
  });

  it('lets a child’s loss reach the relation net of its parent', () => {
    const { gradients } = make(2).run(ramp(8 * D), { lambda: [0, 1] });
    expect(Math.max(...gradients['task1.layer1.W']!.map(Math.abs))).toBeGreaterThan(1e-4);
    expect(Math.max(...gradients['task1.w']!.map(Math.abs))).toBe(0);
  });

  it.each([2, 3, 4])(
    'with %d tasks stays finite at ±80, batch 1, no positive, weight 0, and with dropout',
    (K) => {
      for (const c of [80, -80]) {
        const top = make(K);
        for (let k = 1; k <= K; k++) top.set(`task${k}.c`, c);
        expect(allFinite(top.run(ramp(K * D), { labels: new Array(K).fill(1) }))).toBe(true);
      }
      const silent = make(K).run(ramp(2 * K * D), { weights: [0, 0] });
      expect(Math.max(...silent.gradients.t!.map(Math.abs))).toBe(0);
      const dropping = make(K, { dropout: 0.5 });
      expect(allFinite(dropping.run(ramp(5 * K * D), { training: true }))).toBe(true);
    },
  );

  it('reads one vector that the tasks share', () => {
    expect(allFinite(new TopUnderTest('dbmtl', {}, tasks(3), D, 1).run(ramp(2 * D)))).toBe(true);
  });
});
