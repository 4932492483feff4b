import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Rng } from '../data/random';
import { type Auc, expectedAuc, Ranking, weightedAuc } from './auc';
import { ascending, order } from './order';

interface Row {
  s: number;
  y: number;
  w: number;
}

/** The definition, pair by pair. */
function bruteAuc(rows: readonly Row[]): number {
  let won = 0;
  let all = 0;
  for (const a of rows) {
    if (a.y === 0) continue;
    for (const b of rows) {
      if (b.y !== 0) continue;
      all += a.w * b.w;
      won += a.w * b.w * (a.s > b.s ? 1 : a.s === b.s ? 0.5 : 0);
    }
  }
  return won / all;
}

/** DeLong's variance from explicit placements, each of its two parts corrected by n/(n−1). */
function bruteSe(rows: readonly Row[]): number {
  const auc = bruteAuc(rows);
  const part = (y: number) => {
    const own = rows.filter((r) => r.y === y);
    const others = rows.filter((r) => r.y !== y);
    const sum = (list: readonly Row[], f: (r: Row) => number) => list.reduce((t, r) => t + f(r), 0);
    const total = sum(own, (r) => r.w);
    const spread = sum(own, (r) => {
      const beaten = sum(others, (o) => {
        const wins = y === 1 ? r.s > o.s : r.s < o.s;
        return o.w * (wins ? 1 : r.s === o.s ? 0.5 : 0);
      });
      return (r.w * (beaten / sum(others, (o) => o.w) - auc)) ** 2;
    });
    return ((spread / total ** 2) * own.length) / (own.length - 1);
  };
  return Math.sqrt(part(1) + part(0));
}

const columns = (rows: readonly Row[]) =>
  [
    Float32Array.from(rows, (r) => r.s),
    Uint8Array.from(rows, (r) => r.y),
    Float32Array.from(rows, (r) => r.w),
  ] as const;

/** Few distinct scores, so that ties are the rule; −0 among them. */
const row = fc.record({
  s: fc.oneof(
    fc.integer({ min: -4, max: 4 }).map((i) => i / 4),
    fc.constant(-0),
  ),
  y: fc.integer({ min: 0, max: 1 }),
  w: fc.integer({ min: 1, max: 50 }),
});
const sample = fc
  .array(row, { minLength: 4, maxLength: 40 })
  .filter((rows) => [0, 1].every((y) => rows.filter((r) => r.y === y).length >= 2));

const value = (a: Auc) => {
  if (!a.ok) throw new Error(a.reason);
  return a.value;
};

describe('ascending', () => {
  it('sorts as a comparator does, stably, single and double', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ noNaN: true }), { maxLength: 60 }), (list) => {
        const expected = list
          .map((_, i) => i)
          .sort(
            (a, b) =>
              list[a]! + 0 - (list[b]! + 0) || (list[a]! < list[b]! ? -1 : list[a]! > list[b]! ? 1 : a - b),
          );
        expect([...ascending(Float32Array.from(list))]).toEqual(expected);
        expect([...ascending(Float64Array.from(list))]).toEqual(expected);
      }),
    );
    const close = Float64Array.of(1 + 2 ** -50, 1, 1 - 2 ** -50, -1, -1 - 2 ** -50);
    expect([...ascending(close)]).toEqual([4, 3, 2, 1, 0]);
  });
});

/**
 * The walk in its plainest form: a comparator sort, all ten sums, a row positive and negative at once. The fast one must agree to the
 * last bit, since curves of runs are compared by it.
 */
function plainWalk(s: Float32Array | Float64Array, plus: ArrayLike<number>, minus: ArrayLike<number>) {
  const rows = [...s.keys()].sort((i, j) => (s[i]! < s[j]! ? -1 : s[i]! > s[j]! ? 1 : i - j));
  let [plusAll, minusAll] = [0, 0];
  for (const i of rows) {
    plusAll += plus[i]!;
    minusAll += minus[i]!;
  }
  let [a, below, under] = [0, 0, 0];
  let [p1, p2, pp, n1, n2, nn, c, cp, cn, both] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let start = 0; start < rows.length; ) {
    let end = start;
    let [tiedPlus, tiedMinus] = [0, 0];
    for (; end < rows.length && s[rows[end]!] === s[rows[start]!]; end++) {
      tiedPlus += plus[rows[end]!]!;
      tiedMinus += minus[rows[end]!]!;
    }
    const v10 = (below + tiedMinus / 2) / minusAll - 0.5;
    const v01 = (plusAll - under - tiedPlus / 2) / plusAll - 0.5;
    a += tiedPlus * v10;
    for (const i of rows.slice(start, end)) {
      const [wp, wn] = [plus[i]!, minus[i]!];
      const [p, q] = [wp * v10, wn * v01];
      p2 += p * p;
      p1 += p * wp;
      pp += wp * wp;
      n2 += q * q;
      n1 += q * wn;
      nn += wn * wn;
      c += p * q;
      cp += p * wn;
      cn += wp * q;
      both += wp * wn;
    }
    below += tiedMinus;
    under += tiedPlus;
    start = end;
  }
  const d = a / plusAll;
  return {
    value: Math.min(1, Math.max(0, d + 0.5)),
    plusPart: Math.max(0, p2 - 2 * d * p1 + d * d * pp) / (plusAll * plusAll),
    minusPart: Math.max(0, n2 - 2 * d * n1 + d * d * nn) / (minusAll * minusAll),
    crossPart: (2 * (c - d * cp - d * cn + d * d * both)) / (plusAll * minusAll),
  };
}

describe('to the last bit', () => {
  const rng = new Rng(11);
  const N = 5000;
  const singles = Float32Array.from({ length: N }, () => rng.normal());
  const tied = singles.map((s) => Math.round(s * 8) / 8 + 0);
  const doubles = Float64Array.from(singles, (s) => s / 3);
  // Doubles that agree in their upper 32 bits, in falling order.
  const near = Float64Array.from({ length: N }, (_, i) => 1 + (N - (i % 97)) * 2 ** -45);
  const labels = Uint8Array.from(singles, (s) => (rng.uniform() < 1 / (1 + Math.exp(-s)) ? 1 : 0));
  const weights = Float32Array.from(singles, () => (rng.uniform() < 0.1 ? 0 : 0.1 + rng.uniform()));
  const cases = { singles, tied, doubles, near };

  it.each(Object.entries(cases))('labels and weights agree with the plain walk: %s', (_name, s) => {
    const plus = weights.map((w, i) => (labels[i] ? w : 0));
    const minus = weights.map((w, i) => (labels[i] ? 0 : w));
    const plain = plainWalk(s, plus, minus);
    const a = weightedAuc(s, labels, weights);
    const rows = weights.filter((w) => w > 0).length;
    const n = weights.filter((w, i) => w > 0 && labels[i]).length;
    const m = rows - n;
    const se = Math.sqrt((plain.plusPart * n) / (n - 1) + (plain.minusPart * m) / (m - 1));
    expect(a).toEqual({ ok: true, value: plain.value, se, positives: n, rows });
  });

  it.each(Object.entries(cases))('true probabilities agree with the plain walk: %s', (_name, s) => {
    const plus = Float64Array.from(s, (x, i) => (1 + (i % 3)) / (1 + Math.exp(-x)));
    const minus = Float64Array.from(s, (x, i) => (1 + (i % 3)) / (1 + Math.exp(x)));
    const plain = plainWalk(s, plus, minus);
    const a = expectedAuc(s, plus, minus);
    expect(a.ok && a.value).toBe(plain.value);
    expect(a.ok && a.se).toBe(Math.sqrt(Math.max(0, plain.plusPart + plain.minusPart + plain.crossPart)));
  });

  it('an order stays as it is when another is made', () => {
    const first = order(singles);
    const [rows, runs] = [first.rows.slice(), first.runs.slice()];
    order(tied);
    order(doubles);
    expect(first).toEqual({ rows, runs });
    expect([...order(Float32Array.of(2, 1, 2, 2, 1)).runs]).toEqual([0, 2, 5]);
    expect([...order(new Float64Array(0)).runs]).toEqual([0]);
  });
});

describe('weightedAuc', () => {
  it('is the share of pairs in the right order, ties half, by weight', () => {
    fc.assert(
      fc.property(sample, (rows) => {
        const [s, y, w] = columns(rows);
        expect(value(weightedAuc(s, y, w))).toBeCloseTo(bruteAuc(rows), 12);
        expect(value(weightedAuc(Float64Array.from(s), y))).toBeCloseTo(
          bruteAuc(rows.map((r) => ({ ...r, w: 1 }))),
          12,
        );
      }),
    );
  });

  it('has the standard error of DeLong', () => {
    fc.assert(
      fc.property(sample, (rows) => {
        const a = weightedAuc(...columns(rows));
        expect(a.ok && a.se).toBeCloseTo(bruteSe(rows), 10);
      }),
    );
  });

  it('agrees with the example of DeLong, DeLong and Clarke-Pearson as pROC computes it', () => {
    // pROC 1.18: roc(c(1,1,1,0,0,0,0), c(.9,.6,.4,.7,.4,.3,.1)); var by the formula, worked by hand.
    const s = Float32Array.of(0.9, 0.6, 0.4, 0.7, 0.4, 0.3, 0.1);
    const y = Uint8Array.of(1, 1, 1, 0, 0, 0, 0);
    const a = weightedAuc(s, y);
    // Placements of positives: 1, 3/4, 2.5/4; of negatives: 1/3, 2.5/3, 1, 1.
    const v10 = [1, 0.75, 0.625];
    const v01 = [1 / 3, 2.5 / 3, 1, 1];
    const auc = 9.5 / 12;
    const s2 = (v: number[]) => v.reduce((t, x) => t + (x - auc) ** 2, 0) / (v.length - 1);
    expect(value(a)).toBeCloseTo(auc, 12);
    expect(a.ok && a.se).toBeCloseTo(Math.sqrt(s2(v10) / 3 + s2(v01) / 4), 12);
  });

  it('counts only rows whose mask and weight are not 0', () => {
    fc.assert(
      fc.property(sample, fc.infiniteStream(fc.boolean()), (rows, flags) => {
        const noise = rows.map((r) => ({ ...r, s: -r.s }));
        const [s, y, w] = columns([...rows, ...noise, ...noise]);
        const n = rows.length;
        const mask = Uint8Array.from(s, (_, i) => (i < n || i >= 2 * n ? 1 : 0));
        w.fill(0, 2 * n);
        // What does not count may even be NaN.
        for (let i = n; i < s.length; i++) if (flags.next().value) s[i] = Number.NaN;
        const a = weightedAuc(s, y, w, mask);
        expect(value(a)).toBeCloseTo(bruteAuc(rows), 12);
        expect(a.rows).toBe(n);
        expect(a.positives).toBe(rows.filter((r) => r.y === 1).length);
      }),
    );
  });

  it('says why there is none', () => {
    const s = new Float32Array(4096);
    const none = new Uint8Array(4096);
    expect(weightedAuc(s, none, undefined, undefined, 'purchase')).toEqual({
      ok: false,
      reason: 'no purchases among these 4,096 rows',
      positives: 0,
      rows: 4096,
    });
    expect(
      weightedAuc(
        s,
        none.map(() => 1),
        undefined,
        undefined,
        'click',
      ),
    ).toMatchObject({
      reason: 'each of these 4,096 rows is a click, so there is nothing to rank it above',
      positives: 4096,
    });
    expect(weightedAuc(s, none, undefined, none)).toMatchObject({ reason: 'no rows to rank', rows: 0 });
    const broken = Float32Array.of(0.5, Number.NaN, 0.1);
    expect(weightedAuc(broken, Uint8Array.of(1, 0, 0))).toMatchObject({
      ok: false,
      reason: 'the score of row 1 is not a number (NaN)',
    });
  });

  it('ranks infinite scores and takes −0 for 0', () => {
    const s = Float32Array.of(Number.NEGATIVE_INFINITY, -0, 0, Number.POSITIVE_INFINITY);
    expect(value(weightedAuc(s, Uint8Array.of(0, 1, 0, 1)))).toBe(0.875);
  });

  it('gives a wide interval, not none, where one row is the whole class', () => {
    const a = weightedAuc(Float32Array.of(1, 2, 3, 4), Uint8Array.of(0, 0, 1, 0));
    expect(a.ok && a.se).toBeCloseTo(Math.sqrt((2 / 3) * (1 / 3)), 12);
  });
});

describe('expectedAuc', () => {
  const shares = fc.array(
    fc.record({
      s: fc.integer({ min: -3, max: 3 }),
      p: fc.integer({ min: 1, max: 9 }),
      h: fc.integer({ min: 1, max: 9 }),
    }),
    { minLength: 2, maxLength: 30 },
  );

  it('is the AUC over all pairs of a row as positive and a row as negative', () => {
    fc.assert(
      fc.property(shares, (rows) => {
        const s = Float32Array.from(rows, (r) => r.s);
        const plus = Float64Array.from(rows, (r) => (r.h * r.p) / 10);
        const minus = Float64Array.from(rows, (r) => r.h * (1 - r.p / 10));
        const twice = [
          ...rows.map((r, i) => ({ s: r.s, y: 1, w: plus[i]! })),
          ...rows.map((r, i) => ({ s: r.s, y: 0, w: minus[i]! })),
        ];
        expect(value(expectedAuc(s, plus, minus))).toBeCloseTo(bruteAuc(twice), 12);
      }),
    );
  });

  it('has the standard error of the jackknife', () => {
    // Leave one row out: the spread of the results is an estimate of the same variance from nothing but the value.
    const n = 400;
    const s = Float32Array.from({ length: n }, (_, i) => Math.sin(i * 12.9898) * 2);
    const plus = Float64Array.from(s, (x, i) => (1 + (i % 5)) / (1 + Math.exp(-x)));
    const minus = Float64Array.from(s, (x, i) => (1 + (i % 5)) / (1 + Math.exp(x)));
    const full = expectedAuc(s, plus, minus);
    const left = Array.from({ length: n }, (_, out) => {
      const keep = (_x: number, i: number) => i !== out;
      return value(expectedAuc(s.filter(keep), plus.filter(keep), minus.filter(keep)));
    });
    const mean = left.reduce((t, x) => t + x, 0) / n;
    const variance = ((n - 1) / n) * left.reduce((t, x) => t + (x - mean) ** 2, 0);
    expect(full.ok && full.se / Math.sqrt(variance)).toBeCloseTo(1, 1);
  });

  it('says why there is none', () => {
    const s = Float32Array.of(1, 2);
    const zero = new Float64Array(2);
    const one = zero.map(() => 1);
    expect(expectedAuc(s, zero, one, 'purchase')).toMatchObject({
      reason: 'no purchases are to be expected among these 2 rows',
    });
    expect(expectedAuc(s, one, zero, 'click')).toMatchObject({
      reason: 'each of these 2 rows is sure to be a click',
    });
    expect(expectedAuc(Float32Array.of(1, Number.NaN), one, one)).toMatchObject({
      reason: 'the score of row 1 is not a number (NaN)',
    });
  });

  it('shares one sort with the labels', () => {
    const s = Float32Array.of(3, 1, 2);
    const ranking = new Ranking(s);
    expect(value(ranking.labelled(Uint8Array.of(1, 0, 0)))).toBe(1);
    const plus = Float64Array.of(0.9, 0.2, 0.4);
    const minus = plus.map((p) => 1 - p);
    expect(ranking.expected(plus, minus)).toEqual(expectedAuc(s, plus, minus));
  });
});
