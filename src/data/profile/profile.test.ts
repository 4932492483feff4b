/** Profile: figures that can be worked out otherwise, on tables whose distributions are known. */
import { describe, expect, it } from 'vitest';
import { weightedAuc } from '../../metrics/auc';
import { Rng } from '../random';
import type { Table } from '../table';
import { madeUp } from '../testing/tables';
import { binAll, jensenShannon, meanDivergence, numberBins, sorted } from './bins';
import { pickRows } from './pick';
import { profileTable } from './profileTable';

const table = madeUp({ rows: 6000, clickRate: 0.4 });

/** The table with a country column: n2 is shifted and click rates differ by country. */
function withCountries(): Table {
  const rng = new Rng(7);
  const base = madeUp({ rows: 9000 });
  const country = Int32Array.from({ length: base.rows }, (_, i) => Math.floor(i / 3000));
  const numerical = base.numerical.map((x, at) => (at % 4 === 1 ? x + 2 * country[Math.floor(at / 4)]! : x));
  const labels = Uint8Array.from({ length: 2 * base.rows }, (_, at) =>
    at % 2 === 1 ? 0 : rng.uniform() < 0.1 * (1 + country[at / 2]!) ? 1 : 0,
  );
  const weights = base.weights.map((_, i) => 1 + country[i]!);
  return {
    ...base,
    numerical,
    labels,
    weights,
    categorical: country,
    schema: {
      ...base.schema,
      categorical: [{ name: 'land', vocabulary: 4, values: ['ES', 'FR', 'XX', 'unused'] }],
      country: 'land',
    },
  };
}

describe('picked rows', () => {
  it('keep rare events whole and stand for all rows', () => {
    const picked = pickRows(table, 900);
    expect(picked.rows.length).toBeLessThanOrEqual(900);
    expect(picked.rows.length).toBeGreaterThan(890);
    expect([...picked.rows]).toEqual([...new Set(picked.rows)].sort((a, b) => a - b));
    const weightOf = (
      rows: Iterable<number>,
      w: (i: number, row: number) => number,
      k: number,
      y: number,
    ) => {
      let [sum, i] = [0, 0];
      for (const row of rows) {
        if (table.labels[row * 2 + k] === y) sum += w(i, row);
        i++;
      }
      return sum;
    };
    const all = Array.from({ length: table.rows }, (_, i) => i);
    for (const [k, y] of [
      [0, 0],
      [0, 1],
      [1, 1],
    ] as const) {
      const stands = weightOf(picked.rows, (i) => picked.weights[i]!, k, y);
      expect(stands / weightOf(all, (_, row) => table.weights[row]!, k, y)).toBeCloseTo(1, 6);
    }
    expect(pickRows(table).rows).toHaveLength(6000);
    const buys = table.labels.filter((y, at) => at % 2 === 1 && y === 1).length;
    const kept = pickRows(table, 4000).rows;
    expect([...kept].filter((row) => table.labels[row * 2 + 1] === 1)).toHaveLength(buys);
  });
});

describe('bins', () => {
  it('hold equal weight, and a frequent value has its own', () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => (i < 400 ? 0 : i));
    const { cuts, quantiles } = numberBins(sorted(values), new Float64Array(1000).fill(1));
    expect(quantiles).toEqual([0, 0, 0, 499, 749, 949, 999]);
    const counts = new Array<number>(cuts.length + 1).fill(0);
    const bins = new Uint8Array(values.length);
    binAll(cuts, values, 255, bins);
    for (const bin of bins) counts[bin]!++;
    expect(counts[0]).toBe(400);
    expect(Math.max(...counts.slice(1)) - Math.min(...counts.slice(1))).toBeLessThanOrEqual(1);
    expect(counts).toHaveLength(13);
  });

  it('weigh rows and leave missing values out', () => {
    const { quantiles } = numberBins(
      sorted(Float32Array.of(5, Number.NaN, 1, 9)),
      Float64Array.of(1, 50, 98, 1),
    );
    expect(quantiles).toEqual([1, 1, 1, 1, 1, 1, 9]);
    expect(numberBins(sorted(Float32Array.of(Number.NaN)), Float64Array.of(1))).toEqual({
      quantiles: null,
      cuts: new Float32Array(0),
    });
    expect(numberBins(sorted(Float32Array.of(3, 3)), Float64Array.of(1, 1)).cuts).toHaveLength(0);
  });

  it('are found as a search one by one finds them, whatever the numbers', () => {
    const rng = new Rng(3);
    const odd = [
      0,
      -0,
      1e-45,
      -1e-45,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
      1,
      3.4e38,
    ];
    const number = () =>
      rng.below(4) === 0 ? odd[rng.below(odd.length)]! : (rng.uniform() - 0.5) * 10 ** (rng.below(12) - 6);
    for (let round = 0; round < 200; round++) {
      const ends = new Set(Array.from({ length: rng.below(20) }, () => Math.fround(number())));
      ends.delete(Number.NaN);
      const cuts = Float32Array.from([...ends].sort((a, b) => a - b));
      // Numbers equal to an end, and their neighbours, are where it could go wrong.
      const values = Float32Array.from([
        ...cuts,
        ...cuts.map((c) => -c),
        ...Array.from({ length: 50 }, number),
      ]);
      const bins = new Uint8Array(values.length);
      binAll(cuts, values, 77, bins);
      expect([...bins]).toEqual(
        Array.from(values, (x) => (Number.isNaN(x) ? 77 : cuts.filter((end) => x > end).length)),
      );
    }
  });

  it('differ by the Jensen–Shannon divergence in bits', () => {
    expect(jensenShannon([1, 0], [0, 1])).toBe(1);
    expect(jensenShannon([0.3, 0.7], [0.3, 0.7])).toBe(0);
    // m = (.75, .25): ½(½·log₂(½/¾) + ½·log₂(½/¼)) + ½·log₂(1/¾).
    const expected = 0.5 * (0.5 * Math.log2(2 / 3) + 0.5) + 0.5 * Math.log2(4 / 3);
    expect(jensenShannon([0.5, 0.5], [1, 0])).toBeCloseTo(expected, 12);
    expect(jensenShannon([0, 0], [1, 0])).toBeNull();
    expect(meanDivergence([[1, 0]])).toBeNull();
    expect(
      meanDivergence([
        [1, 0],
        [0, 1],
        [1, 0],
      ]),
    ).toBeCloseTo(2 / 3, 12);
  });
});

describe('a profile', () => {
  it('counts rates under weights, with their errors', () => {
    const { rates, countries } = profileTable(table, []);
    expect(countries).toEqual(['all']);
    let [events, all, clicks, train] = [0, 0, 0, 0];
    for (let i = 0; i < table.rows; i++) {
      all += table.weights[i]!;
      events += table.labels[i * 2 + 1]! * table.weights[i]!;
      clicks += table.labels[i * 2]! * table.weights[i]!;
      if (table.validation[i] === 0) train += table.labels[i * 2]!;
    }
    expect(rates.map((r) => [r.country, r.task])).toEqual([
      ['all', 'click'],
      ['all', 'conversion'],
    ]);
    expect(rates[1]!.rate).toBeCloseTo(events / all, 12);
    expect(rates[1]!.givenParent).toBeCloseTo(events / clicks, 12);
    expect(rates[0]).toMatchObject({ givenParent: null, published: null, rows: 6000 });
    expect(rates[0]!.positives[0]).toBe(train);
    // Unweighted it is the binomial error.
    const plain = profileTable({ ...table, weights: new Float32Array(table.rows).fill(1) }, []).rates[0]!;
    expect(plain.se).toBeCloseTo(Math.sqrt((plain.rate * (1 - plain.rate)) / table.rows), 10);
  });

  it('sets the published rates beside those of a country', () => {
    const rates = profileTable({ ...table, source: { ...table.source, title: 'ES' } }, []).rates;
    expect(rates[0]).toMatchObject({ country: 'ES', published: { rate: 0.0266, givenParent: null } });
    expect(rates[1]!.published!.givenParent).toBe(0.0227);
    expect(rates[1]!.published!.rate).toBeCloseTo(0.0266 * 0.0227, 12);
  });

  it('gives the AUC of a column, whichever direction', () => {
    const { features } = profileTable(table, []);
    const n1 = features.find((f) => f.name === 'n1')!;
    const scores = Float32Array.from({ length: table.rows }, (_, i) => {
      const x = table.numerical[i * 4]!;
      return Number.isNaN(x) ? -100 : x;
    });
    const clicks = table.labels.filter((_, at) => at % 2 === 0);
    const exact = weightedAuc(scores, clicks, table.weights);
    expect(exact.ok && n1.auc[0]).toBeCloseTo(exact.ok ? exact.value : 0, 10);
    const turned = { ...table, numerical: table.numerical.map((x) => -x) };
    const back = profileTable(turned, []).features.find((f) => f.name === 'n1')!;
    // Missing values rank below all numbers both times, so that the two are not quite the same.
    expect(back.auc[0]!).toBeGreaterThan(0.57);
    expect(features.find((f) => f.name === 'n3')!.auc[0]!).toBeLessThan(0.53);
  });

  it('gives the AUC of codes by target means learned on other groups', () => {
    const C = table.schema.categorical.length;
    const categorical = table.categorical.map((code, at) => {
      const row = Math.floor(at / C);
      return at % C === 0 ? (table.labels[row * 2] === 1 && row % 2 === 0 ? 2 : row % 2) : code;
    });
    const { features } = profileTable({ ...table, categorical }, []);
    // Code 2 is sure, 0 is surely not, 1 knows nothing: half of the pairs right, the other half by chance or better.
    expect(features[0]!.auc[0]!).toBeGreaterThan(0.8);
    expect(features[1]!.auc[0]!).toBeLessThan(0.53);
    const named = Int32Array.from({ length: table.rows }, (_, i) => i);
    const schema = { ...table.schema, categorical: [{ name: 'id', vocabulary: table.rows }] };
    expect(profileTable({ ...table, categorical: named, schema }, []).features[0]!.auc[0]!).toBeLessThan(
      0.53,
    );
  });

  it('ranks columns by how much they differ between countries', () => {
    const { countries, features, rates } = profileTable(withCountries(), []);
    expect(countries).toEqual(['ES', 'FR', 'XX']);
    const by = Object.fromEntries(features.map((f) => [f.name, f.divergence!]));
    expect(by.n2!).toBeGreaterThan(0.3);
    expect(by.land).toBeCloseTo(1, 12);
    for (const name of ['n1', 'n3', 'n4']) expect(by[name]!).toBeLessThan(0.02);
    expect(features[1]!.shares).toHaveLength(3);
    for (const shares of features[1]!.shares) expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(rates.map((r) => r.country)).toEqual(['all', 'all', 'ES', 'ES', 'FR', 'FR', 'XX', 'XX']);
    expect(rates[2]!.rate).toBeCloseTo(0.1, 1);
    expect(rates[6]!.rate).toBeCloseTo(0.3, 1);
  });

  it('correlates numbers, at most 100 of them, the telling ones first', () => {
    const wide = madeUp({ rows: 3000, numerical: 130, clickRate: 0.5 });
    const numerical = wide.numerical.slice();
    for (let i = 0; i < wide.rows; i++) numerical[i * 130 + 7] = 5 - 2 * numerical[i * 130]!;
    const { correlation } = profileTable({ ...wide, numerical }, []);
    expect(correlation.names).toHaveLength(100);
    expect(new Set(correlation.names.slice(0, 2))).toEqual(new Set(['n1', 'n8']));
    const at = (i: number, j: number) => correlation.values[i * 100 + j]!;
    expect(at(0, 1)).toBeLessThan(-0.999);
    expect(at(1, 0)).toBe(at(0, 1));
    expect(at(5, 5)).toBe(1);
    expect(Math.abs(at(3, 9))).toBeLessThan(0.1);
  });

  it('shows shares of missing and of zeros, the most frequent codes, and rows as text', () => {
    const numerical = table.numerical.map((x, at) => (at % 4 === 2 ? (at % 8 === 2 ? 0 : Number.NaN) : x));
    const weights = new Float32Array(table.rows).fill(2);
    const { features, sample } = profileTable({ ...table, numerical, weights }, []);
    const n3 = features.find((f) => f.name === 'n3')!;
    expect([n3.missing, n3.zeros]).toEqual([0.5, 0.5]);
    expect(n3.bins).toEqual(['0', 'missing']);
    expect(n3.shares).toEqual([[0.5, 0.5]]);
    expect(features[0]).toMatchObject({ kind: 'categorical', quantiles: null, divergence: null });
    expect([...features[0]!.bins].sort()).toEqual(['0', '1', '2']);
    expect(sample.rows).toHaveLength(20);
    for (const row of sample.rows) expect(row).toHaveLength(sample.header.length);
  });

  it('takes lists, wide vocabularies and tables without numbers', () => {
    const n = 500;
    const base = madeUp({ rows: n, numerical: 0, categorical: 0 });
    const offsets = Uint32Array.from({ length: n + 1 }, (_, i) => 2 * Math.floor(i / 2));
    const codes = Int32Array.from({ length: offsets[n]! }, (_, e) => e % 50);
    const schema = { ...base.schema, sequences: [{ name: 'seen', vocabulary: 50, longest: 2 }] };
    const listed = { ...base, schema, sequences: [{ offsets, codes, ages: new Float32Array(codes.length) }] };
    const { features, correlation } = profileTable(listed, []);
    expect(features).toHaveLength(1);
    expect(features[0]).toMatchObject({ kind: 'list', missing: expect.closeTo(0.5, 1) });
    expect(features[0]!.bins).toHaveLength(20);
    expect(features[0]!.bins.at(-1)).toBe('all others');
    expect(correlation).toEqual({ names: [], values: [] });
  });
});
