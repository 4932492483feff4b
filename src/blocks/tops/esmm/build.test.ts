import { beforeAll, describe, expect, it } from 'vitest';
import { openCpu } from '../../../nn';
import { ramp, tasks } from '../../testing/run';
import { allFinite, probabilities, TopUnderTest } from '../../testing/top';

beforeAll(async () => void (await openCpu()));

const D = 4;
const make = (K: number, parents?: (number | null)[], params = {}) =>
  new TopUnderTest('esmm', params, tasks(K, parents), D);

describe.each([
  ['a chain of 2', 2, undefined],
  ['a chain of 3', 3, undefined],
  ['a chain of 4', 4, undefined],
  ['a tree', 4, [null, 0, 1, 0]],
  ['two funnels', 4, [null, 0, null, 2]],
] as const)('ESMM on %s', (_name, K, tree) => {
  const parents = tree ? [...tree] : undefined;
  const of = parents ?? Array.from({ length: K }, (_, k) => (k === 0 ? null : k - 1));

  it('gives no event a higher probability than its parent', () => {
    const { logP } = make(K, parents).run(ramp(9 * K * D));
    for (let row = 0; row < 9; row++) {
      of.forEach((p, k) => {
        if (p !== null) expect(logP[row * K + k]).toBeLessThanOrEqual(logP[row * K + p]!);
      });
    }
  });

  it('starts at the base rates: at t = 0 every p_k is its task’s base rate', () => {
    const p = probabilities(make(K, parents).run(new Float32Array(K * D)));
    const rates = tasks(K, parents).map((t) => t.baseRate);
    // A second root has a rate of its own; a child's is the product along its line.
    of.forEach((parent, k) => {
      const rate = parent === null ? rates[k]! : (rates[k]! / rates[parent]!) * p[parent]!;
      expect(p[k]! / Math.min(rate, 0.99 * (parent === null ? 1 : p[parent]!))).toBeCloseTo(1, 4);
    });
  });

  it('lets the loss of each event reach the towers of all events before it, and of no other', () => {
    of.forEach((_, k) => {
      const lambda = of.map((_, j) => (j === k ? 1 : 0));
      const { gradients } = make(K, parents).run(ramp(3 * K * D), {
        lambda,
        labels: ramp(3 * K).map(() => 1) as never,
      });
      const line = new Set<number>();
      for (let a: number | null = k; a !== null; a = of[a]!) line.add(a);
      for (let j = 0; j < K; j++) {
        const size = Math.max(...Array.from({ length: D }, (_, d) => Math.abs(gradients.w![j * D + d]!)));
        if (line.has(j)) expect(size).toBeGreaterThan(1e-4);
        else expect(size).toBe(0);
      }
    });
  });

  it('stays finite at logits of ±80, with batch 1, without a positive and with weight 0', () => {
    for (const c of [80, -80]) {
      for (const label of [0, 1]) {
        const top = make(K, parents).set('c', c).set('w', 0);
        expect(allFinite(top.run(ramp(K * D), { labels: new Array(K).fill(label) }))).toBe(true);
      }
    }
    const silent = make(K, parents).run(ramp(2 * K * D), { weights: [0, 0] });
    expect([...silent.losses]).toEqual(new Array(K).fill(0));
    expect(Math.max(...silent.gradients.w!.map(Math.abs))).toBe(0);
  });
});

it('multiplies probabilities, not logits', () => {
  // A public benchmark feeds the product of two logits to its loss: two unlikely events then look likely.
  const top = make(2).set('w', 0).set('c', [-3, -2]);
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  expect(probabilities(top.run(new Float32Array(2 * D)))[1]).toBeCloseTo(sigmoid(-3) * sigmoid(-2), 7);
});

it('without parents is Identity', () => {
  const flat = make(2, [null, null]);
  const identity = new TopUnderTest('identity', {}, tasks(2, [null, null]), D);
  for (const [name, values] of identity.values) flat.set(name, [...values]);
  expect([...flat.run(ramp(6 * D)).logP]).toEqual([...identity.run(ramp(6 * D)).logP]);
});

it('reads one vector that the tasks share', () => {
  const shared = new TopUnderTest('esmm', {}, tasks(3), D, 1);
  const own = make(3);
  const t = ramp(D);
  expect([...shared.run(t).logP]).toEqual([...own.run([...t, ...t, ...t]).logP]);
});

describe('DPR', () => {
  it('is ESMM whose heads are equal', () => {
    const dpr = new TopUnderTest('dpr', {}, tasks(3), D);
    const esmm = make(3);
    const W = [...dpr.values.get('W')!];
    esmm.set('w', [...W, ...W, ...W]);
    const [a, b] = [dpr.run(ramp(15 * D)), esmm.run(ramp(15 * D))];
    a.logP.forEach((v, i) => {
      expect(v).toBeCloseTo(b.logP[i]!, 5);
    });
  });

  it('with heads of their own is ESMM', () => {
    const own = new TopUnderTest('dpr', { head: 'own' }, tasks(2), D);
    expect([...own.run(ramp(4 * D)).logP]).toEqual([...make(2).run(ramp(4 * D)).logP]);
  });
});
