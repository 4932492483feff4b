import { beforeAll, describe, expect, it } from 'vitest';
import { openCpu } from '../../../nn';
import { largestDifference, ramp, tasks } from '../../testing/run';
import { allFinite, probabilities, TopUnderTest } from '../../testing/top';

beforeAll(async () => void (await openCpu()));

const D = 3;
type Parents = (number | null)[];
const make = (K: number, params = {}, parents?: Parents) =>
  new TopUnderTest('logit-residual', params, tasks(K, parents), D);
const logits = (run: { logP: Float32Array; log1mP: Float32Array }) =>
  Array.from(run.logP, (v, i) => v - run.log1mP[i]!);

describe.each([
  ['a chain of 2', 2, undefined],
  ['a chain of 3', 3, undefined],
  ['a chain of 4', 4, undefined],
  ['a tree', 4, [null, 0, 1, 0]],
] as const)('the logit residual on %s', (_name, K, tree) => {
  const parents = tree ? ([...tree] as Parents) : undefined;
  const of = parents ?? Array.from({ length: K }, (_, k) => (k === 0 ? null : k - 1));

  it('adds each task’s residual to its parent’s logit', () => {
    const run = make(K, {}, parents).run(ramp(4 * K * D));
    const found = logits(run);
    of.forEach((parent, k) => {
      for (let row = 0; row < 4; row++) {
        const base = parent === null ? 0 : found[row * K + parent]!;
        expect(found[row * K + k]! - base).toBeCloseTo(run.probes.residualLogits![row * K + k]!, 4);
      }
    });
  });

  it('starts at the base rates', () => {
    for (const space of ['entire', 'conditional']) {
      const p = probabilities(make(K, { space }, parents).run(new Float32Array(K * D)));
      tasks(K, parents).forEach((t, k) => {
        // In a tree's second branch this test's rates are no rates of children; the start then stays below the parent.
        if (space === 'entire' || !tree) expect(p[k]! / t.baseRate).toBeCloseTo(1, 4);
      });
    }
  });

  it('with a child whose weights are 0 copies its parent', () => {
    const top = make(K, {}, parents);
    const w = [...top.values.get('w')!];
    const c = [...top.values.get('c')!];
    of.forEach((parent, k) => {
      if (parent === null) return;
      w.fill(0, k * D, (k + 1) * D);
      c[k] = 0;
    });
    const { logP } = top
      .set('w', w)
      .set('c', c)
      .run(ramp(3 * K * D));
    for (let i = 0; i < logP.length; i++) expect(logP[i]).toBeCloseTo(logP[i - (i % K)]!, 6);
  });

  it('with M3 has logits that never rise along the tree, and starts where residuals have a gradient', () => {
    const top = make(K, { nonIncrease: 'M3' }, parents).set('w', ramp(K * D).map((v) => 5 * v) as never);
    const run = top.run(ramp(7 * K * D, 2));
    const found = logits(run);
    of.forEach((parent, k) => {
      if (parent === null) return;
      for (let row = 0; row < 7; row++) {
        expect(found[row * K + k]!).toBeLessThanOrEqual(found[row * K + parent]! + 1e-5);
      }
      expect(make(K, { nonIncrease: 'M3' }, parents).values.get('c')![k]).toBeLessThan(0);
    });
  });

  it('stays finite at logits of ±80, with batch 1, without a positive and with weight 0', () => {
    for (const nonIncrease of ['none', 'M1', 'M2', 'M3']) {
      for (const c of [80, -80]) {
        const top = make(K, { nonIncrease }, parents).set('c', c).set('w', 0);
        expect(allFinite(top.run(ramp(K * D), { labels: new Array(K).fill(1) }))).toBe(true);
      }
      const silent = make(K, { nonIncrease }, parents)
        .set('c', 0.3)
        .run(ramp(2 * K * D), { weights: [0, 0] });
      expect(Math.max(...silent.gradients.w!.map(Math.abs), ...Object.values(silent.auxiliary))).toBe(0);
    }
  });
});

it('lets the gradient of a child reach its parent’s tower', () => {
  const { gradients } = make(2).run(ramp(4 * D), { lambda: [0, 1] });
  expect(Math.max(...gradients.w!.slice(0, D).map(Math.abs))).toBeGreaterThan(1e-3);
});

it('charges what the paper says: M1 for rising probabilities, M2 for positive residuals, by row weights', () => {
  const set = (nonIncrease: string) =>
    make(2, { nonIncrease, weight: 0.5 })
      .set('w', 0)
      .set('c', [-1, 0.8])
      .run(ramp(4 * D), { weights: [0.5, 1.5] });
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  expect(set('M1').auxiliary.M1).toBeCloseTo(0.5 * (sigmoid(-0.2) - sigmoid(-1)), 6);
  expect(set('M2').auxiliary.M2).toBeCloseTo(0.4, 6);
  expect(set('none').auxiliary).toEqual({});
  // A root is a logit, not a residual: that it is positive costs nothing.
  expect(
    make(2, { nonIncrease: 'M2' })
      .set('w', 0)
      .set('c', [3, -1])
      .run(ramp(2 * D)).auxiliary.M2,
  ).toBe(0);
});

it('inside ESMM’s product no probability rises, whatever the residuals', () => {
  const { logP } = make(3, { space: 'conditional' })
    .set('c', 1)
    .run(ramp(12 * D));
  for (let row = 0; row < 4; row++) {
    expect(logP[row * 3 + 1]).toBeLessThanOrEqual(logP[row * 3]!);
    expect(logP[row * 3 + 2]).toBeLessThanOrEqual(logP[row * 3 + 1]!);
  }
});

it('without parents is Identity', () => {
  const flat = make(2, {}, [null, null]);
  const identity = new TopUnderTest('identity', {}, tasks(2, [null, null]), D);
  for (const [name, values] of identity.values) flat.set(name, [...values]);
  expect(largestDifference(flat.run(ramp(6 * D)).logP, identity.run(ramp(6 * D)).logP)).toBe(0);
});
