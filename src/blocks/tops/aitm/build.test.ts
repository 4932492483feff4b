import { beforeAll, describe, expect, it } from 'vitest';
import { openCpu } from '../../../nn';
import { largestDifference, ramp, tasks } from '../../testing/run';
import { allFinite, probabilities, TopUnderTest } from '../../testing/top';

beforeAll(async () => void (await openCpu()));

const D = 4;
type Parents = (number | null)[];
const make = (K: number, params = {}, parents?: Parents) =>
  new TopUnderTest('aitm', { width: D, ...params }, tasks(K, parents), D);
const identity = Array.from({ length: D * D }, (_, i) => (i % (D + 1) === 0 ? 1 : 0));

describe.each([
  ['a chain of 2', 2, undefined],
  ['a chain of 3', 3, undefined],
  ['a chain of 4', 4, undefined],
  ['a tree', 4, [null, 0, 1, 0]],
] as const)('AITM on %s', (_name, K, tree) => {
  const parents = tree ? ([...tree] as Parents) : undefined;

  it('weighs two entries by weights that sum to 1', () => {
    const weights = make(K, {}, parents).run(ramp(5 * K * D)).probes.aitmWeights!;
    expect(weights).toHaveLength(5 * (K - 1) * 2);
    for (let i = 0; i < weights.length; i += 2) expect(weights[i]! + weights[i + 1]!).toBeCloseTo(1, 6);
  });

  it('starts at the base rates where the vectors are 0', () => {
    const p = probabilities(make(K, {}, parents).run(new Float32Array(K * D)));
    tasks(K, parents).forEach((t, k) => {
      expect(p[k]).toBeCloseTo(t.baseRate, 6);
    });
  });

  it('stays finite at logits of ±80, with batch 1, without a positive and with weight 0', () => {
    for (const c of [80, -80]) {
      const top = make(K, {}, parents).set('c', c);
      expect(allFinite(top.run(ramp(K * D), { labels: new Array(K).fill(1) }))).toBe(true);
    }
    const huge = make(K, {}, parents).run(ramp(K * D).map((v) => v * 1e4));
    expect(allFinite(huge)).toBe(true);
    const silent = make(K, {}, parents)
      .set('c', [-1, 0, 1, 2].slice(0, K))
      .run(ramp(2 * K * D), { weights: [0, 0] });
    expect([...silent.losses, silent.auxiliary.calibrator]).toEqual(new Array(K + 1).fill(0));
    expect(Math.max(...silent.gradients.t!.map(Math.abs))).toBe(0);
  });
});

it('with equal scores and h_v = I takes the mean of own vector and passed one', () => {
  const top = make(2, { information: 'linear' })
    .set('Wq', 0)
    .set('Wv', identity)
    .set('task2.Wg', identity)
    .set('task2.bg', 0);
  top.set('w', [...new Array(D).fill(0), 1, 0, 0, 0]).set('c', 0);
  const t = ramp(2 * D);
  const { logP, log1mP } = top.run(t);
  expect(logP[1]! - log1mP[1]!).toBeCloseTo((t[0]! + t[D]!) / 2, 5);
});

it('passes on what the step before has made of it, and nothing to another branch', () => {
  const reach = (parents: Parents | undefined, from: number, to: number) => {
    const top = make(3, { calibrator: 0 }, parents);
    const t = ramp(3 * D);
    const moved = t.map((v, i) => (Math.floor(i / D) === from ? v + 1 : v));
    return Math.abs(top.run(t).logP[to]! - top.run(moved).logP[to]!);
  };
  expect(reach(undefined, 0, 2)).toBeGreaterThan(1e-4);
  expect(reach(undefined, 2, 0)).toBe(0);
  expect(reach([null, 0, 0], 0, 2)).toBeGreaterThan(1e-4);
  expect(reach([null, 0, 0], 1, 2)).toBe(0);
});

describe('the calibrator', () => {
  it('is on by default: α times the mean rise above the parent, by row weights', () => {
    const top = make(2).set('w', 0).set('c', [-1, 1]);
    const run = top.run(ramp(4 * D), { weights: [1.5, 0.5] });
    const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
    expect(run.auxiliary.calibrator).toBeCloseTo(0.6 * (sigmoid(1) - sigmoid(-1)), 6);
  });

  it('is 0 where no probability rises, and absent at α = 0', () => {
    expect(
      make(2)
        .set('w', 0)
        .set('c', [1, -1])
        .run(ramp(2 * D)).auxiliary.calibrator,
    ).toBe(0);
    expect(make(2, { calibrator: 0 }).run(ramp(2 * D)).auxiliary).toEqual({});
  });

  it('does not grow with the batch, unless it is asked to', () => {
    const of = (rows: number, reduction: string) =>
      make(2, { reduction })
        .set('w', 0)
        .set('c', [-1, 1])
        .run(ramp(rows * 2 * D)).auxiliary.calibrator!;
    expect(of(6, 'mean')).toBeCloseTo(of(2, 'mean'), 6);
    expect(of(6, 'sum')).toBeCloseTo(3 * of(2, 'sum'), 5);
  });
});

it('lets a child’s loss train its parent’s tower, unless the gradient is stopped', () => {
  const parentGradient = (stopGradient: boolean) => {
    const { gradients } = make(2, { stopGradient, calibrator: 0 }).run(ramp(4 * D), { lambda: [0, 1] });
    return Math.max(...Array.from(gradients.t!).map((v, i) => (i % (2 * D) < D ? Math.abs(v) : 0)));
  };
  expect(parentGradient(false)).toBeGreaterThan(1e-4);
  expect(parentGradient(true)).toBe(0);
  const t = ramp(4 * D);
  expect([...make(2, { stopGradient: true }).run(t).logP]).toEqual([...make(2).run(t).logP]);
});

it('drops passed information in training only, and adapts another width with one shared layer', () => {
  const t = ramp(6 * D);
  const top = make(2, { dropout: 0.5 });
  expect(largestDifference(top.run(t, { training: true }).logP, top.run(t).logP)).toBeGreaterThan(1e-4);
  const narrow = new TopUnderTest('aitm', { width: 3 }, tasks(3), D, 1);
  expect(narrow.values.get('adapt.W')).toHaveLength(D * 3);
  expect(allFinite(narrow.run(ramp(2 * D)))).toBe(true);
});

it('has one set of projections, one a step, or one a step and entry', () => {
  const count = (projections: string) =>
    [...make(4, { projections }).values.keys()].filter((n) => n.endsWith('Wq')).length;
  expect(['one', 'step', 'entry'].map(count)).toEqual([1, 3, 6]);
});
