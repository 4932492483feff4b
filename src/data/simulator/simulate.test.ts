import { beforeAll, describe, expect, it, vi } from 'vitest';
import { DataError, type Dataset } from '../dataset';
import { oracleAucs, summarise } from '../summary';
import { prepare, type Table } from '../table';
import { CATEGORICAL, COUNTRIES, ITEMS_PER_PAGE } from './marginals';
import { DEFAULT_REQUEST, keepRates, parseSimulationRequest } from './request';
import { FIRST_PAGE, PAGE_COUNT, simulatePages, simulateTable, simulateWorld } from './simulate';

const ES = COUNTRIES.ES;

/** Smaller than the page allows, large enough for an AUC to ±.004. */
const SMALL = { ...DEFAULT_REQUEST, impressions: 600_000, rows: 40_000 };
const TINY = { ...DEFAULT_REQUEST, impressions: 40_000, rows: 3_000 };

// Hot loops run several times slower under a test runner than in the page.
vi.setConfig({ testTimeout: 90_000 });

type Stratum = { name: string; rows: number; kept: number };

describe('a simulated data set', () => {
  let table: Table;
  let data: Dataset;
  beforeAll(async () => {
    table = await simulateTable(SMALL);
    data = prepare(table);
  }, 60_000);
  const standard = () => data;

  it('is its own oracle to the specification', () => {
    // Spec table 1.3: CTR, CTCVR, CVR; 360 purchases leave more noise than world.test.ts has.
    const oracle = oracleAucs({ ...standard(), trainRows: 0 })!;
    expect(Math.abs(oracle.click! - 0.788)).toBeLessThan(0.006);
    expect(Math.abs(oracle.conversion! - 0.903)).toBeLessThan(0.006);
    expect(Math.abs(oracle['conversion|click']! - 0.777)).toBeLessThan(0.008);
  });

  it('has weights that stand for all impressions, and their click and conversion rates', () => {
    const d = standard();
    const { impressions, rows } = SMALL;
    const total = d.weights.reduce((t, w) => t + w, 0);
    const { tasks, oracle } = summarise(d);
    // 24,000 kept non-clicks stand for nearly everything: 4 standard deviations of their number.
    expect(Math.abs(total / impressions - 1)).toBeLessThan(4 / Math.sqrt(24_000));
    expect(Math.abs(d.rows - rows)).toBeLessThan(4 * Math.sqrt(rows));
    const clicks = impressions * ES.ctr;
    const purchases = clicks * ES.cvr;
    expect(Math.abs(tasks[0]!.rate / ES.ctr - 1)).toBeLessThan(0.04);
    expect(Math.abs(tasks[1]!.positives - purchases)).toBeLessThan(3 * Math.sqrt(purchases));
    expect(Object.keys(oracle!)).toEqual(['click', 'conversion', 'conversion|click']);
  });

  it('tells how the rows came out of the impressions', () => {
    const { origin } = standard();
    expect(origin!.rows).toBe(SMALL.impressions);
    const [clicks, purchases] = origin!.positives as [number, number];
    expect(Math.abs(clicks - SMALL.impressions * ES.ctr)).toBeLessThan(
      3 * Math.sqrt(SMALL.impressions * ES.ctr),
    );
    expect(Math.abs(purchases - clicks * ES.cvr)).toBeLessThan(3 * Math.sqrt(clicks * ES.cvr));
    const [bought, clicked, none] = origin!.strata as [Stratum, Stratum, Stratum];
    expect(bought).toEqual({ name: 'purchase', rows: purchases, kept: purchases });
    expect(clicked.rows + purchases).toBe(clicks);
    expect(none.rows + clicks).toBe(SMALL.impressions);
    expect(bought.kept + clicked.kept + none.kept).toBe(standard().rows);
  });

  it('holds 1,000 complete pages apart, whatever the sizes', async () => {
    const pages = standard().pages!;
    expect([pages.rows, pages.trainRows]).toEqual([PAGE_COUNT * ITEMS_PER_PAGE, 0]);
    expect(pages.weights.every((w) => w === 1)).toBe(true);
    expect(pages.truth!.featureWeights.every((h) => Math.abs(h - 1) < 1e-6)).toBe(true);
    expect(pages.groups[0]).toBe(FIRST_PAGE);
    const seen = new Map<number, number>();
    for (const g of pages.groups) seen.set(g, (seen.get(g) ?? 0) + 1);
    expect([...seen.values()].every((rows) => rows === ITEMS_PER_PAGE)).toBe(true);
    const other = await simulateTable({ ...TINY, clickKeepRate: 0.9 });
    expect(other.pages!.numerical).toEqual(table.pages!.numerical);
    expect(other.pages!.labels).toEqual(table.pages!.labels);
  });

  it('has the rows that any page shows when it is drawn again by itself', async () => {
    for (const request of [
      TINY,
      { ...TINY, country: 'ALL' as const, countryShift: 0.5, addToCart: true, sequences: true },
      { ...TINY, world: 'micro-video' as const, sequences: true },
    ]) {
      const run = await simulateTable(request);
      const K = run.schema.tasks.length;
      const C = run.schema.categorical.length;
      for (const row of [1234]) {
        const page = await simulatePages(request, run.groups[row]!, 1);
        expect(page.rows).toBe(ITEMS_PER_PAGE);
        const at = page.rowIds.indexOf(run.rowIds[row]!);
        const slice = (t: Table, i: number) => [
          t.categorical.slice(i * C, (i + 1) * C),
          t.numerical.slice(i * 60, (i + 1) * 60),
          t.labels.slice(i * K, (i + 1) * K),
          t.truth!.probabilities.slice(i * K, (i + 1) * K),
          ...(t.sequences ?? []).flatMap((s) => [
            s.codes.slice(s.offsets[i], s.offsets[i + 1]),
            s.ages.slice(s.offsets[i], s.offsets[i + 1]),
          ]),
        ];
        expect(slice(page, at)).toEqual(slice(run, row));
      }
    }
  });

  it('keeps a page in one part, three quarters of the rows in training, and a page’s columns the same', () => {
    const d = standard();
    const train = new Set(d.groups.subarray(0, d.trainRows));
    expect(d.groups.subarray(d.trainRows).some((g) => train.has(g))).toBe(false);
    expect(Math.abs(d.trainRows / d.rows - 0.75)).toBeLessThan(0.02);
    const first = new Map<number, number>();
    let shared = 0;
    let differing = 0;
    for (let i = 0; i < d.rows; i++) {
      const other = first.get(d.groups[i]!);
      if (other === undefined) {
        first.set(d.groups[i]!, i);
        continue;
      }
      shared++;
      for (let c = 0; c < 23; c++) if (d.numerical[i * 60 + c] !== d.numerical[other * 60 + c]) differing++;
      for (let c = 0; c < 9; c++)
        if (d.categorical[i * 16 + c] !== d.categorical[other * 16 + c]) differing++;
    }
    expect(shared).toBeGreaterThan(1000);
    expect(differing).toBe(0);
    expect([...d.rowIds].every((c, i) => Math.floor(c / ITEMS_PER_PAGE) === d.groups[i])).toBe(true);
  });

  it('gives z-scores of the population, clipped, and codes below their vocabulary', () => {
    const d = standard();
    expect(d.schema.numerical).toHaveLength(60);
    expect(d.schema.numerical).not.toContain('numerical_58');
    for (const c of [0, 27, 59]) {
      let sum = 0;
      let square = 0;
      let total = 0;
      for (let i = 0; i < d.trainRows; i++) {
        const z = d.numerical[i * 60 + c]!;
        sum += d.weights[i]! * z;
        square += d.weights[i]! * z * z;
        total += d.weights[i]!;
      }
      expect(Math.abs(sum / total)).toBeLessThan(0.01);
      expect(square / total).toBeGreaterThan(0.9);
      expect(square / total).toBeLessThan(1.01);
    }
    expect(d.numerical.every((z) => z >= -5 && z <= 5)).toBe(true);
    expect(d.categorical.every((code, i) => code >= 0 && code < CATEGORICAL[i % 16]!.vocabulary)).toBe(true);
  });

  it('keeps labels in the funnel and h between the weights of a purchase and of a non-click', () => {
    const d = standard();
    const { nonClick } = keepRates(SMALL);
    let wrong = 0;
    for (let i = 0; i < d.rows; i++) {
      const h = d.truth!.featureWeights[i]!;
      if (d.labels[2 * i + 1]! > d.labels[2 * i]!) wrong++;
      if (!(h > 1 && h < 1.0001 / nonClick)) wrong++;
    }
    expect(wrong).toBe(0);
  });
});

describe('determinism', () => {
  it('follows the request, and says so', async () => {
    const d = await simulateWorld(TINY);
    expect((await simulateWorld(TINY)).fingerprint).toBe(d.fingerprint);
    expect((await simulateWorld({ ...TINY, seed: 2 })).fingerprint).not.toBe(d.fingerprint);
    expect((await simulateWorld({ ...TINY, relatedness: 0.6 })).fingerprint).not.toBe(d.fingerprint);
    expect(d.source).toEqual({ kind: 'simulated', title: 'ES', detail: 'simulated · r 0.5 · seed 1' });
    const other = await simulateWorld({ ...TINY, country: 'ALL', nonlinearity: 1, addToCart: true });
    expect(other.source.title).toBe('ALL');
    expect(other.source.detail).toBe('simulated · r 0.5 · η 1 · add to cart · seed 1');
    expect(other.schema.country).toBe('country');
    expect(other.schema.categorical.at(-1)).toEqual({
      name: 'country',
      vocabulary: 5,
      values: ['RU', 'ES', 'FR', 'NL', 'US'],
    });
  });

  it('reports progress up to 1 and stops when told to', async () => {
    const shares: number[] = [];
    await simulateWorld(TINY, { onProgress: ({ share }) => shares.push(share) });
    expect(shares.at(-1)).toBe(1);
    expect([...shares].sort((a, b) => a - b)).toEqual(shares);
    const stop = new AbortController();
    const work = simulateWorld(SMALL, { signal: stop.signal });
    setTimeout(() => stop.abort(new Error('enough')), 20);
    await expect(work).rejects.toThrow('enough');
  });
});

describe('the request', () => {
  it('has the recommended world as its default', () => {
    expect(DEFAULT_REQUEST).toEqual({
      world: 'aliexpress',
      country: 'ES',
      relatedness: 0.5,
      nonlinearity: 0.5,
      countryShift: 0,
      tension: 0,
      clickStrength: 1.15,
      purchaseStrength: 1.8,
      addToCart: false,
      sequences: false,
      impressions: 3_000_000,
      rows: 100_000,
      clickKeepRate: 0.5,
      seed: 1,
    });
    expect(keepRates(DEFAULT_REQUEST).nonClick).toBeCloseTo(0.0203, 4);
  });

  it('says what is wrong with another', () => {
    const message = (change: object) => {
      try {
        parseSimulationRequest({ ...DEFAULT_REQUEST, ...change });
      } catch (error) {
        expect(error).toBeInstanceOf(DataError);
        return (error as Error).message;
      }
      return null;
    };
    expect(message({})).toBeNull();
    expect(message({ relatedness: 2 })).toBe(
      'The simulation cannot start because of its setting "relatedness": Too big: expected number to be <=1.',
    );
    expect(message({ country: 'XX' })).toContain('"country"');
    expect(message({ rows: 50_000.5 })).toContain('"rows"');
    expect(message({ surprise: 1 })).toContain('the request');
    expect(message({ impressions: 8_000_000, rows: 50_000, clickKeepRate: 1 })).toBe(
      'These settings keep 212,800 clicks, which leaves no room for non-clicks in 50,000 rows: ask for more rows, fewer impressions or a lower click keep rate.',
    );
    expect(message({ world: 'micro-video', impressions: 8_000_000, rows: 50_000, clickKeepRate: 1 })).toMatch(
      /^These settings keep [\d,]+ clicks and entries, which leaves no room for videos without either in 50,000 rows: /,
    );
    expect(() => keepRates({ ...TINY, rows: 50_000 })).toThrow(
      '40,000 impressions cannot give 50,000 rows when so few clicks are kept: ask for more impressions or fewer rows.',
    );
  });
});
