/** Fusions and their page metrics against numbers worked by hand. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeFusions, readPage } from './fusedPages';
import {
  DEFAULT_FUSIONS,
  FUSION_RANGES,
  type Fusion,
  fusionPair,
  fusionSchema,
  fusionsOf,
  logScore,
  PAPER_FUSIONS,
  placesOf,
} from './fusion';

const product = (alpha: number, beta: number): Fusion => ({ kind: 'product', alpha, beta });
const sum = (alpha: number, beta: number): Fusion => ({ kind: 'sum', alpha, beta });
const probability = fc.double({ min: 1e-6, max: 1, noNaN: true });

describe('a fused score', () => {
  it('is CTR^α × CVR^β (Eq. 6): .2² × .5³ = .005 for CTR .2 and CTCVR .1', () => {
    expect(Math.exp(logScore(product(2, 3), Math.log(0.2), Math.log(0.1)))).toBeCloseTo(0.04 * 0.125, 12);
  });

  it('is α·CTR + β·CTCVR (Eq. 7): .2 + 20 × .1 = 2.2', () => {
    expect(Math.exp(logScore(sum(1, 20), Math.log(0.2), Math.log(0.1)))).toBeCloseTo(2.2, 12);
    expect(Math.exp(logScore(sum(0, 20), Math.log(0.2), Math.log(0.1)))).toBeCloseTo(2, 12);
  });

  it('has the paper’s identities: Eq. 6 is CTR^(α−β) × CTCVR^β; α = β = 1 is CTCVR; β = 0 is CTR', () => {
    fc.assert(
      fc.property(
        probability,
        probability,
        fc.double({ min: 0, max: 3, noNaN: true }),
        fc.double({ min: 0, max: 3, noNaN: true }),
        (ctr, cvr, alpha, beta) => {
          const [first, last] = [Math.log(ctr), Math.log(ctr * cvr)];
          expect(logScore(product(alpha, beta), first, last)).toBeCloseTo(
            (alpha - beta) * first + beta * last,
            9,
          );
          expect(logScore(product(1, 1), first, last)).toBeCloseTo(last, 9);
          expect(logScore(product(1, 0), first, last)).toBe(first);
          expect(logScore(sum(0, 1), first, last)).toBe(last);
        },
      ),
    );
  });

  it('of Table 9’s CTR^0.2 × CTCVR has α = 1.2, not the 0.8 of footnote 4', () => {
    const [first, last] = [Math.log(0.3), Math.log(0.06)];
    const printed = 0.2 * first + last;
    const { kind, alpha, beta } = PAPER_FUSIONS[0]!;
    expect(logScore({ kind, alpha, beta }, first, last)).toBeCloseTo(printed, 12);
    expect(Math.abs(logScore(product(0.8, 1), first, last) - printed)).toBeGreaterThan(0.1);
  });

  it('keeps apart what would be 0 as a number, and takes a probability of 0 without a NaN', () => {
    const tiny = [-800, -801].map((last) => logScore(product(3, 3), -1, last));
    expect(tiny[0]).toBeGreaterThan(tiny[1]!);
    const none = Number.NEGATIVE_INFINITY;
    expect(logScore(product(1, 1), none, none)).toBe(none);
    expect(logScore(product(0, 0), none, none)).toBe(0);
    expect(logScore(sum(1, 20), none, none)).toBe(none);
    expect(logScore(sum(0, 0), -1, -2)).toBe(none);
  });
});

describe('the events of a score', () => {
  const task = (id: string, parent: string | null) => ({ id, parent });
  it('are the root and the end of the funnel, whatever lies between', () => {
    const three = [task('click', null), task('cart', 'click'), task('buy', 'cart')];
    expect(fusionPair(three)).toEqual({ first: 0, last: 2, chained: true });
    const tree = [task('watch', null), task('click', null), task('enter', null), task('buy', 'enter')];
    expect(fusionPair(tree)).toEqual({ first: 2, last: 3, chained: true });
  });
  it('allow no product where neither follows the other, and nothing to fuse where there is one', () => {
    const apart = fusionPair([task('like', null), task('share', null)]);
    expect(fusionsOf(apart)).toEqual(['first', 'last', 'sum']);
    expect(fusionsOf(fusionPair([task('click', null)]))).toEqual(['first']);
  });
  it('have settings that the schema and the ranges take', () => {
    for (const fusion of [...Object.values(DEFAULT_FUSIONS), ...PAPER_FUSIONS]) {
      const { kind, alpha, beta } = fusion;
      expect(fusionSchema.parse({ kind, alpha, beta })).toEqual({ kind, alpha, beta });
      if (kind !== 'product' && kind !== 'sum') continue;
      const range = FUSION_RANGES[kind];
      for (const [value, { min, max }] of [
        [alpha, range.alpha],
        [beta, range.beta],
      ] as const) {
        expect(value).toBeGreaterThanOrEqual(min);
        expect(value).toBeLessThanOrEqual(max);
      }
    }
    expect(fusionSchema.safeParse({ kind: 'sum', alpha: -1, beta: 0 }).success).toBe(false);
  });
});

it('places go by falling score; equal scores keep their order', () => {
  expect(placesOf([0.1, 0.9, 0.9, Number.NEGATIVE_INFINITY])).toEqual([3, 1, 2, 4]);
  expect(placesOf([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY])).toEqual([1, 2]);
});

describe('pages under fusions', () => {
  // Two pages of three items. CTR ranks 1, 2, 3; CTCVR the other way round. The order is the third item on page 1, the first on page 2.
  const p = [
    [0.5, 0.01],
    [0.4, 0.02],
    [0.3, 0.03],
  ];
  const rows = {
    logP: Float32Array.from([...p, ...p].flat().map(Math.log)),
    labels: [
      [1, 0],
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
      [0, 0],
    ].flat(),
    truth: [
      [0.5, 0],
      [0.4, 0.1],
      [0.3, 0.3],
      [0.5, 0.1],
      [0.4, 0.1],
      [0.3, 0.2],
    ].flat(),
    tasks: 2,
  };
  const pages = [
    [0, 1, 2],
    [3, 4, 5],
  ];
  const pair = { first: 0, last: 1, chained: true };
  const [ctr, ctcvr] = judgeFusions([DEFAULT_FUSIONS.first, DEFAULT_FUSIONS.last], pair, rows, pages, 2, [
    'click',
    'purchase',
  ]);

  it('NDCG@2 of orders: 0 and 1 by CTR, 1 and 0 by CTCVR; the gain is the paired difference', () => {
    expect(ctr!.events[1]!.labels.ndcg).toMatchObject({
      metric: { ok: true, value: 0.5, pages: 2 },
      gain: null,
    });
    const { metric, gain } = ctcvr!.events[1]!.labels.ndcg;
    expect(metric).toMatchObject({ ok: true, value: 0.5 });
    // Differences +1 and −1: mean 0; √(1 + 1)/2 · √(2/1) = 1 is its standard error.
    expect(gain).toMatchObject({ ok: true, value: 0, se: expect.closeTo(1, 12) });
  });

  it('WR@2 by truth is the share of the expected orders in the first two places', () => {
    // By CTR: .1/.4 on page 1 and .2/.4 on page 2.
    const byTruth = ctr!.events[1]!.truth!.recall.metric;
    expect(byTruth.ok && byTruth.value).toBeCloseTo((0.25 + 0.5) / 2, 12);
    // By CTCVR: .4/.4 and .3/.4.
    const other = ctcvr!.events[1]!.truth!.recall;
    expect(other.metric.ok && other.metric.value).toBeCloseTo((1 + 0.75) / 2, 12);
    expect(other.gain!.ok && other.gain!.value).toBeCloseTo(0.5, 12);
  });

  it('one page alone has values, and no mean for want of a spread', () => {
    const scores = [3, 2, 1];
    expect(readPage([0, 1, 2], rows, 1, scores, 2, false)).toEqual({ ndcg: 0, recall: 0, listAuc: 0 });
    const [alone] = judgeFusions([DEFAULT_FUSIONS.first], pair, rows, [[0, 1, 2]], 2, ['click', 'purchase']);
    expect(alone!.events[1]!.labels.ndcg.metric).toMatchObject({
      ok: false,
      reason: 'one page alone shows no spread',
    });
  });

  it('without an event there is a reason, and a NaN is named', () => {
    const none = { ...rows, labels: rows.labels.map(() => 0) };
    const [judged] = judgeFusions([DEFAULT_FUSIONS.first], pair, none, pages, 2, ['click', 'purchase']);
    expect(judged!.events[1]!.labels.ndcg.metric).toMatchObject({
      ok: false,
      reason: 'no page has a purchase',
    });
    const broken = { ...rows, logP: rows.logP.with(3, Number.NaN) };
    expect(() => judgeFusions([DEFAULT_FUSIONS.first], pair, broken, pages, 2, [])).toThrow(/row 2/);
  });
});
