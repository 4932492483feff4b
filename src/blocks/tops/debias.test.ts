/** ESCM² in both forms, and DCMT: what their own losses are, what they hold constant, and that sparse funnels stay finite. */
import { beforeAll, describe, expect, it } from 'vitest';
import { openCpu } from '../../nn';
import { ramp, tasks } from '../testing/run';
import { allFinite, TopUnderTest } from '../testing/top';

beforeAll(async () => void (await openCpu()));

const D = 3;
type Parents = (number | null)[];
const make = (id: string, K: number, params = {}, parents?: Parents) =>
  new TopUnderTest(id, params, tasks(K, parents), D);
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const bce = (l: number, y: number) => (y ? -Math.log(sigmoid(l)) : -Math.log(1 - sigmoid(l)));

/** A Top that says the same of every row: click logit a, conversion logit b; three rows: no click, click, click and conversion. */
function flat(id: string, params: object, a: number, b: number, second?: number): TopUnderTest {
  const top = make(id, 2, params).set('w', 0).set('c', [a, b]);
  const other = [...top.values.keys()].find((name) => name.endsWith('.c'));
  if (other) top.set(other.replace('.c', '.w'), 0).set(other, [0, second!]);
  return top;
}
const ROWS = new Float32Array(3 * 2 * D);
const LABELS = [0, 0, 1, 0, 1, 1];
const [A, B] = [-1, 0.5];

describe.each(['escm2-ipw', 'escm2-dr', 'dcmt'])('%s', (id) => {
  it('predicts as ESMM does: its own losses change what is learned, not what is said', () => {
    const top = make(id, 3);
    const esmm = make('esmm', 3).set('w', [...top.values.get('w')!]);
    expect([...top.run(ramp(9 * D)).logP]).toEqual([...esmm.run(ramp(9 * D)).logP]);
  });

  it('is ESMM at weight 0 and without parents', () => {
    expect(make(id, 2, { weight: 0 }).run(ramp(4 * D)).auxiliary).toEqual({});
    expect(make(id, 2, {}, [null, null]).run(ramp(4 * D)).auxiliary).toEqual({});
  });

  it('trains the click’s head by no loss of its own: the propensity is held constant', () => {
    const { gradients } = make(id, 2).run(ramp(6 * D), { labels: LABELS, lambda: [0, 0] });
    expect(Math.max(...gradients.w!.slice(0, D).map(Math.abs))).toBe(0);
    expect(Math.max(...gradients.w!.slice(D).map(Math.abs))).toBeGreaterThan(1e-5);
  });

  it.each<[number, Parents | undefined]>([
    [2, undefined],
    [3, undefined],
    [4, undefined],
    [4, [null, 0, 1, 0]],
  ])('stays finite with %d tasks: at ±80, batch 1, no positive, and without a cap', (K, parents) => {
    // Public implementations turn into NaN with three tasks.
    for (const cap of [0, 15]) {
      for (const c of [80, -80]) {
        for (const label of [0, 1]) {
          const top = make(id, K, { cap }, parents).set('c', c);
          expect(allFinite(top.run(ramp(K * D), { labels: new Array(K).fill(label) }))).toBe(true);
        }
      }
    }
    const silent = make(id, K, {}, parents).run(ramp(2 * K * D), { weights: [0, 0] });
    expect(Math.max(...silent.gradients.t!.map(Math.abs), ...Object.values(silent.auxiliary))).toBe(0);
  });

  it('does not grow with the batch: the mean is over rows, not over clicks', () => {
    const top = make(id, 2).set('w', 0);
    const once = top.run(ROWS, { labels: LABELS }).auxiliary;
    const twice = top.run(new Float32Array(12 * D), { labels: [...LABELS, ...LABELS] }).auxiliary;
    for (const name of Object.keys(once)) expect(twice[name]).toBeCloseTo(once[name]!, 5);
  });
});

describe('ESCM²', () => {
  it('IPW: the mean over all rows of e/ô on clicked ones, at most the cap', () => {
    const errors = bce(B, 0) + bce(B, 1);
    const free = flat('escm2-ipw', { cap: 0, weight: 0.5 }, A, B).run(ROWS, { labels: LABELS });
    expect(free.auxiliary.ipw).toBeCloseTo((0.5 * errors) / sigmoid(A) / 3, 5);
    const capped = flat('escm2-ipw', { cap: 2, weight: 0.5 }, A, B).run(ROWS, { labels: LABELS });
    expect(capped.auxiliary.ipw).toBeCloseTo((0.5 * 2 * errors) / 3, 5);
    const floored = flat('escm2-ipw', { cap: 0, floor: '0.01', weight: 1 }, -40, B).run(ROWS, {
      labels: LABELS,
    });
    expect(floored.auxiliary.ipw).toBeCloseTo((100 * errors) / 3, 3);
  });

  it('DR: the imputed error everywhere, corrected on clicked rows', () => {
    const guess = sigmoid(-0.4);
    const misses = [bce(B, 0) - guess, bce(B, 1) - guess];
    const { auxiliary } = flat('escm2-dr', { cap: 0, weight: 1 }, A, B, -0.4).run(ROWS, { labels: LABELS });
    const w = 1 / sigmoid(A);
    expect(auxiliary.doublyRobust).toBeCloseTo(guess + (w * (misses[0]! + misses[1]!)) / 3, 5);
    expect(auxiliary.imputation).toBeCloseTo((w * (misses[0]! ** 2 + misses[1]! ** 2)) / 3, 5);
  });
});

describe('DCMT', () => {
  it('learns one head where there was a click, its twin where there was none', () => {
    const { auxiliary } = flat('dcmt', { weight: 1, prior: 0.5 }, A, B, 0.3).run(ROWS, { labels: LABELS });
    expect(auxiliary.factual).toBeCloseTo((bce(B, 0) + bce(B, 1)) / sigmoid(A) / 3, 5);
    expect(auxiliary.counterfactual).toBeCloseTo(bce(0.3, 1) / (1 - sigmoid(A)) / 3, 5);
    expect(auxiliary.prior).toBeCloseTo(0.5 * Math.abs(1 - sigmoid(B) - sigmoid(0.3)), 5);
  });

  it('starts with twins that add up to one', () => {
    const rates = make('dcmt', 3)
      .set('w', 0)
      .set('counterfactual.w', 0)
      .run(new Float32Array(3 * D)).probes.twinRates!;
    expect(rates[0]! + rates[2]!).toBeCloseTo(1, 6);
    expect(rates[1]! + rates[3]!).toBeCloseTo(1, 6);
  });

  it('with self-normalised weights is the weighted mean of the errors, and 0 where nobody clicked', () => {
    const params = { weight: 1, normalise: true };
    const { auxiliary } = flat('dcmt', params, A, B, 0.3).run(ROWS, { labels: LABELS });
    expect(auxiliary.factual).toBeCloseTo((bce(B, 0) + bce(B, 1)) / 2, 5);
    const none = flat('dcmt', params, A, B, 0.3).run(ROWS, { labels: new Array(6).fill(0) });
    expect(none.auxiliary.factual).toBe(0);
    expect(allFinite(none)).toBe(true);
  });
});
