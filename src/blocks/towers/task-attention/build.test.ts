import { beforeAll, describe, expect, it } from 'vitest';
import { openCpu } from '../../../nn';
import { BlockUnderTest, columnsOf, largestDifference, ramp, tasks } from '../../testing/run';

beforeAll(async () => void (await openCpu()));

const D = 8;
const make = (K: number, params: Record<string, number | string> = {}, parents?: (number | null)[]) =>
  new BlockUnderTest(
    'tower',
    'task-attention',
    { width: D, heads: 2, layers: 2, ratio: 2, ...params },
    tasks(K, parents),
    { groups: K, width: D },
  );

/** (x−μ)/√(σ²+ε) of one vector. */
function norm(x: number[]): number[] {
  const mean = x.reduce((a, b) => a + b) / x.length;
  const variance = x.reduce((a, b) => a + (b - mean) ** 2, 0) / x.length;
  return x.map((v) => (v - mean) / Math.sqrt(variance + 1e-5));
}

describe('Task Attention', () => {
  it('with W^O = W_2 = b_2 = 0 is LN(LN(b+T)), layer by layer', () => {
    const block = make(3, { layers: 1 });
    for (const name of ['layer1.Wo', 'layer1.W2', 'layer1.b2']) block.values.get(name)!.fill(0);
    const x = ramp(3 * D);
    const T = block.values.get('T')!;
    const want = [0, 1, 2].flatMap((k) =>
      norm(norm(Array.from({ length: D }, (_, d) => x[k * D + d]! + T[k * D + d]!))),
    );
    expect(largestDifference(block.run(x).output, want)).toBeLessThan(1e-5);
  });

  it('does not care about the order of the tasks, if their embeddings move with them', () => {
    const order = [2, 0, 1];
    const block = make(3);
    const x = ramp(4 * 3 * D);
    const straight = block.run(x).output;
    const permute = (m: Float32Array) =>
      Float32Array.from(m, (_, i) => {
        const row = Math.floor(i / (3 * D));
        const k = Math.floor((i % (3 * D)) / D);
        return m[row * 3 * D + order[k]! * D + (i % D)]!;
      });
    block.values.set('T', permute(block.values.get('T')!));
    expect(largestDifference(block.run(permute(x)).output, permute(straight))).toBeLessThan(1e-5);
  });

  it('publishes attention whose rows sum to 1, for every layer and head', () => {
    const { probes } = make(3).run(ramp(5 * 3 * D));
    const attention = probes.attention!;
    expect(attention).toHaveLength(5 * 2 * 2 * 3 * 3);
    for (let i = 0; i < attention.length; i += 3) {
      expect(attention[i]! + attention[i + 1]! + attention[i + 2]!).toBeCloseTo(1, 5);
    }
  });

  it('computes no probe while nobody looks', () => {
    let asked = 0;
    const block = make(2);
    const { probes } = block.run(ramp(2 * D), {
      onProbe: () => {
        asked++;
      },
    });
    expect(asked).toBe(1);
    expect(probes).toEqual({});
  });

  it('with the causal mask reads itself and its ancestors only: in a chain and in a tree', () => {
    const row = (probes: Record<string, Float32Array>, K: number, k: number) => [
      ...probes.attention!.subarray(k * K, (k + 1) * K),
    ];
    const chain = make(3, { mask: 'causal' }).run(ramp(3 * D)).probes;
    expect(row(chain, 3, 0)).toEqual([1, 0, 0]);
    expect(row(chain, 3, 1)[2]).toBe(0);
    expect(row(chain, 3, 2).every((a) => a > 0)).toBe(true);
    // task 1 and task 2 are both children of task 0: neither reads the other.
    const tree = make(3, { mask: 'causal' }, [null, 0, 0]).run(ramp(3 * D)).probes;
    expect(row(tree, 3, 2)[1]).toBe(0);
    expect(row(tree, 3, 2)[0]).toBeGreaterThan(0);
  });

  it('with the causal mask lets no later task change an earlier one', () => {
    const block = make(2, { mask: 'causal' });
    const x = ramp(3 * 2 * D);
    const before = columnsOf(block.run(x).output, 2 * D, 0, D);
    const moved = x.map((v, i) => (i % (2 * D) >= D ? v + 1 : v));
    expect(largestDifference(columnsOf(block.run(moved).output, 2 * D, 0, D), before)).toBeLessThan(1e-6);
  });

  it('adapts another width with one layer that the tasks share', () => {
    const block = new BlockUnderTest('tower', 'task-attention', { width: D, heads: 2 }, tasks(2), {
      groups: 2,
      width: 5,
    });
    expect(block.values.get('adapt.W')).toHaveLength(5 * D);
    expect(block.output).toEqual({ groups: 2, width: D });
    expect(make(2).values.has('adapt.W')).toBe(false);
  });

  it('repeats a shared vector for every task, so that only the task embeddings tell them apart', () => {
    const block = new BlockUnderTest('tower', 'task-attention', { width: D, heads: 2, layers: 1 }, tasks(2), {
      groups: 1,
      width: D,
    });
    const apart = block.run(ramp(D)).output;
    expect(
      largestDifference(columnsOf(apart, 2 * D, 0, D), columnsOf(apart, 2 * D, D, 2 * D)),
    ).toBeGreaterThan(1e-4);
    block.values.get('T')!.fill(0);
    const same = block.run(ramp(D)).output;
    expect(largestDifference(columnsOf(same, 2 * D, 0, D), columnsOf(same, 2 * D, D, 2 * D))).toBeLessThan(
      1e-6,
    );
  });

  it('has as many parameters as the formula says: 4D²+2rD²+rD+D+4D a layer', () => {
    const block = make(2, { layers: 3, ratio: 2 });
    const perLayer = 4 * D * D + 2 * 2 * D * D + 2 * D + D + 4 * D;
    expect(block.layout.size).toBe(3 * perLayer + 2 * D);
  });

  it('stays finite with one row, one head and huge inputs', () => {
    const block = make(2, { heads: 1 });
    const { output } = block.run(ramp(2 * D).map((v) => v * 1e6));
    expect(output.every(Number.isFinite)).toBe(true);
  });
});
