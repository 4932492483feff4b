import { beforeAll, describe, expect, it, vi } from 'vitest';
import { expectedAuc } from '../../metrics/auc';
import { BEHAVIOURS, drawUser, lengthSums, newUser, userStream } from './behaviour';
import { COUNTRIES, ITEM_SIGNALS, MARKETS, type Market, MICRO_VIDEO, NUMERICAL } from './marginals';
import {
  aucAgainst,
  correlation,
  drawTastes,
  logitOfAll,
  logOf,
  meanOf,
  oraclesOf,
  type TasteDraws,
  truthOf,
} from './measure';
import { render } from './render';
import { DEFAULT_REQUEST, type SimulationRequest } from './request';
import { sample } from './sample';
import { tasteMoments } from './tastes';
import { makeWorld } from './world';

const worldOf = (change: Partial<SimulationRequest> = {}) => makeWorld({ ...DEFAULT_REQUEST, ...change });
/** So many that the standard error of every oracle AUC below is less than .0005 (that of a CVR is .0004). */
const DRAWS = 4_000_000;

// Hot loops run several times slower under a test runner than in the page.
vi.setConfig({ testTimeout: 90_000 });

function finish<T>(work: Generator<number, T>): T {
  for (;;) {
    const next = work.next();
    if (next.done) return next.value;
  }
}

let tastes: TasteDraws;
beforeAll(() => {
  tastes = drawTastes(worldOf(), DRAWS, 11);
}, 60_000);

describe('the tastes', () => {
  it('have mean 0 and sd 1 at every non-linearity, and the table’s moments', () => {
    expect(tasteMoments(0.5).map((x) => Number(x.toFixed(4)))).toEqual([-0.0393, 0.8555, -0.0624, 0.8462]);
    expect(tasteMoments(0).map((x) => Number(x.toFixed(4)))).toEqual([-0.0393, 0.6516, -0.0334, 0.6384]);
    expect(tasteMoments(1).map((x) => Number(x.toFixed(4)))).toEqual([-0.0392, 1.2856, -0.0915, 1.2826]);
    for (const nonlinearity of [0, 0.25, 1]) {
      const { k, v } = drawTastes(worldOf({ nonlinearity }), 100_000, 5);
      for (const taste of [k, v]) {
        expect(Math.abs(meanOf(taste))).toBeLessThan(0.015);
        expect(Math.abs(meanOf(taste.map((x) => x * x)) - 1)).toBeLessThan(0.03);
      }
    }
  });
});

describe('the oracle', () => {
  // Spec table 1.3, on 400,000 draws there: CTR, CTCVR, CVR, CTCVR ranked by p(click), two correlations.
  const table = [
    [1, 0.788, 0.891, 0.684, 0.891, 1, 1],
    [0.75, 0.788, 0.896, 0.718, 0.889, 0.971, 0.812],
    [0.5, 0.788, 0.903, 0.777, 0.876, 0.884, 0.469],
    [0.25, 0.788, 0.906, 0.827, 0.847, 0.747, 0.163],
    [0, 0.788, 0.903, 0.862, 0.797, 0.568, -0.086],
    [-0.25, 0.788, 0.894, 0.886, 0.726, 0.363, -0.29],
    [-0.5, 0.788, 0.879, 0.904, 0.637, 0.144, -0.46],
    [-0.75, 0.788, 0.86, 0.918, 0.542, -0.079, -0.604],
    [-1, 0.788, 0.839, 0.93, 0.452, -0.297, -0.724],
  ] as const;
  it.each(table)(
    'is the specification’s at r = %s',
    (relatedness, ctr, ctcvr, cvr, byClick, total, given) => {
      const world = worldOf({ relatedness });
      const joint = truthOf(world, tastes);
      const oracle = oraclesOf(world, joint);
      expect(Math.abs(oracle.click! - ctr)).toBeLessThan(0.002);
      expect(Math.abs(oracle.conversion! - ctcvr)).toBeLessThan(0.002);
      expect(Math.abs(oracle['conversion|click']! - cvr)).toBeLessThan(0.002);
      // No oracle: the specification's column hangs on fewer, rarer draws.
      expect(Math.abs(aucAgainst(joint[0]!, joint[1]!) - byClick)).toBeLessThan(0.004);
      // Correlations are steady on a tenth of the draws.
      const [clicks, buys] = joint.map((p) => p.subarray(0, DRAWS / 10)) as [Float64Array, Float64Array];
      const click = logitOfAll(clicks);
      expect(Math.abs(correlation(click, logOf(buys)) - total)).toBeLessThan(0.015);
      expect(
        Math.abs(correlation(click, logitOfAll(buys.map((p, d) => p / clicks[d]!))) - given),
      ).toBeLessThan(0.015);
    },
  );

  it.each([
    [1, 0.788, 0.842, 0.878, -2.751, -1.542],
    [0.5, 0.788, 0.846, 0.886, -2.764, -1.573],
    [-1, 0.788, 0.816, 0.8, -2.413, -0.943],
  ])('is the specification’s with a cart at r = %s', (relatedness, ctr, ctatc, ctcvr, cart, buy) => {
    const world = worldOf({ relatedness, addToCart: true });
    const oracle = oraclesOf(world, truthOf(world, tastes));
    expect(Math.abs(oracle.click! - ctr)).toBeLessThan(0.002);
    expect(Math.abs(oracle.cart! - ctatc)).toBeLessThan(0.002);
    expect(Math.abs(oracle.conversion! - ctcvr)).toBeLessThan(0.002);
    expect(Math.abs(world.views[0]!.intercepts[1]! - cart)).toBeLessThan(0.02);
    expect(Math.abs(world.views[0]!.intercepts[2]! - buy)).toBeLessThan(0.03);
  });

  it.each([
    [0, 0.7929, 0.9075],
    [0.7, 0.7922, 0.908],
  ])('is the specification’s for all markets at κ = %s', (countryShift, ctr, ctcvr) => {
    const world = worldOf({ country: 'ALL', countryShift });
    const oracle = oraclesOf(world, truthOf(world, drawTastes(world, DRAWS, 12)));
    expect(Math.abs(oracle.click! - ctr)).toBeLessThan(0.002);
    expect(Math.abs(oracle.conversion! - ctcvr)).toBeLessThan(0.002);
  });

  it('counted by bins is the oracle of sorted draws', () => {
    const world = worldOf({ relatedness: -1 });
    const some = drawTastes(world, 50_000, 13);
    const [click, buy] = truthOf(world, some) as [Float64Array, Float64Array];
    const given = buy.map((p, d) => p / click[d]!);
    const sorted = (scores: Float64Array, p: Float64Array, whole: Float64Array) => {
      const auc = expectedAuc(
        scores,
        p,
        p.map((x, d) => whole[d]! - x),
      );
      return auc.ok ? auc.value : Number.NaN;
    };
    const ones = click.map(() => 1);
    expect(Math.abs(aucAgainst(buy, buy) - sorted(buy, buy, ones))).toBeLessThan(1e-5);
    expect(Math.abs(aucAgainst(given, buy, click) - sorted(given, buy, click))).toBeLessThan(1e-5);
  });

  it('rises with the strengths, about as Φ(s/√2)', () => {
    const at = (clickStrength: number, purchaseStrength: number) => {
      const world = worldOf({ clickStrength, purchaseStrength, relatedness: 1 });
      return oraclesOf(world, truthOf(world, tastes));
    };
    // Φ(.8/√2) = .714, Φ(1.5/√2) = .856, Φ(1.3/√2) = .821; tails heavier than a normal's leave a little.
    expect(Math.abs(at(0.8, 1.3).click! - 0.714)).toBeLessThan(0.01);
    expect(Math.abs(at(1.5, 2.2).click! - 0.856)).toBeLessThan(0.015);
    expect(Math.abs(at(0.8, 1.3).conversion! - 0.821)).toBeLessThan(0.015);
  });
});

describe('the intercepts', () => {
  it.each([
    ['RU', -4.154, -4.975, -5.089, -5.088, -4.517],
    ['ES', -4.206, -4.692, -4.796, -4.773, -4.145],
    ['FR', -4.509, -4.549, -4.644, -4.596, -3.907],
    ['NL', -4.431, -4.217, -4.297, -4.226, -3.478],
    ['US', -4.719, -4.665, -4.764, -4.715, -4.028],
  ] as const)('of %s are the specification’s', (country, click, ...buy) => {
    [1, 0.5, 0, -1].forEach((relatedness, i) => {
      const [b, bv] = worldOf({ country, relatedness }).views[0]!.intercepts;
      expect(Math.abs(b! - click)).toBeLessThan(0.01);
      expect(Math.abs(bv! - Number(buy[i]))).toBeLessThan(0.05);
    });
  });

  it('give every market its rates under a shift', () => {
    const world = worldOf({ country: 'ALL', countryShift: 0.7 });
    const draws = drawTastes(world, 250_000, 17);
    const joint = truthOf(world, draws);
    MARKETS.forEach((market, m) => {
      const of = (p: Float64Array) => p.filter((_, d) => draws.view[d] === m);
      const [click, buy] = joint.map((p) => meanOf(of(p))) as [number, number];
      // 50,000 draws a market: a few of them carry a tenth of its purchases.
      expect(Math.abs(click / COUNTRIES[market].ctr - 1)).toBeLessThan(0.04);
      expect(Math.abs(buy / click / COUNTRIES[market].cvr - 1)).toBeLessThan(0.15);
    });
  });
});

describe('realised rates', () => {
  it.each([...MARKETS, 'ALL'] as const)('of %s lie within Poisson noise', (country) => {
    const world = worldOf({ country });
    const impressions = 600_000;
    const rates = { click: 0.01, nonClick: 1e-4 };
    const { totals } = finish(sample(world, { seed: 4, firstPage: 0, impressions, rates }));
    const [clicks, purchases] = totals.events as [number, number];
    expect(totals.impressions).toBe(impressions);
    const rateOf = (m: Market) => COUNTRIES[m].ctr;
    const published = country === 'ALL' ? MARKETS.reduce((t, m) => t + rateOf(m) / 5, 0) : rateOf(country);
    expect(Math.abs(world.interestShare / published - 1)).toBeLessThan(1e-6);
    const expected = impressions * world.interestShare;
    expect(Math.abs(clicks - expected)).toBeLessThan(4 * Math.sqrt(expected));
    const bought = impressions * world.purchaseShare;
    expect(Math.abs(purchases - bought)).toBeLessThan(4 * Math.sqrt(bought));
  });

  it('of the micro-video world are those of its counts, and labels form its tree', () => {
    const world = worldOf({ world: 'micro-video' });
    const impressions = 400_000;
    const rates = { click: 0.5, nonClick: 0.01 };
    const kept = finish(sample(world, { seed: 4, firstPage: 0, impressions, rates }));
    const { samples, ...n } = MICRO_VIDEO;
    Object.values(n).forEach((count, t) => {
      const expected = (impressions * count) / samples;
      expect(Math.abs(kept.totals.events[t]! - expected)).toBeLessThan(
        4 * Math.sqrt(expected) + 0.01 * expected,
      );
    });
    let wrong = 0;
    let [weight, h] = [0, 0];
    for (let i = 0; i < kept.rows; i++) {
      const o = kept.outcomes[i]!;
      if ((o & 0b110 && !(o & 1)) || (o & 8 && !(o & 4))) wrong++;
      weight += kept.weights[i]!;
      h += kept.featureWeights[i]!;
    }
    expect(wrong).toBe(0);
    expect(Math.abs(weight / impressions - 1)).toBeLessThan(0.06);
    expect(Math.abs(h / impressions - 1)).toBeLessThan(0.06);
  });
});

describe('the lists', () => {
  it('have the published lengths', () => {
    for (const behaviour of BEHAVIOURS) {
      const sums = lengthSums(behaviour);
      const mean = sums.reduce((total, s) => total + (1 - s), 0);
      expect(mean).toBeCloseTo(behaviour.average, 6);
      expect(sums).toHaveLength(behaviour.longest + 1);
      expect(sums[0]).toBeCloseTo(behaviour.empty, 12);
    }
    const user = newUser();
    const totals = new Float64Array(5);
    for (let p = 0; p < 5000; p++) {
      drawUser(userStream(1, p), user);
      BEHAVIOURS.forEach((_, b) => {
        totals[b]! += user.lengths[b]! / 5000;
        const ages = user.ages[b]!.subarray(0, user.lengths[b]!);
        expect(ages.every((age, e) => e === 0 || age > ages[e - 1]!)).toBe(true);
      });
    }
    BEHAVIOURS.forEach(({ average }, b) => {
      expect(Math.abs(totals[b]! / average - 1)).toBeLessThan(0.1);
    });
  });

  it('raise each task’s oracle by .015 to .05', () => {
    // What is drawn does not depend on the tasks.
    const listed = drawTastes(worldOf({ sequences: true }), 200_000, 11);
    for (const change of [{}, { addToCart: true }, { world: 'micro-video' as const }]) {
      const plain = worldOf(change);
      const before = oraclesOf(plain, truthOf(plain, { ...listed, match: null }));
      const world = worldOf({ ...change, sequences: true });
      const after = oraclesOf(world, truthOf(world, listed));
      for (const { name } of plain.events) {
        expect(after[name]! - before[name]!).toBeGreaterThan(0.015);
        expect(after[name]! - before[name]!).toBeLessThan(0.05);
      }
    }
  });
});

describe('the columns', () => {
  it('have the marginals and the correlations that they should', () => {
    const world = worldOf();
    const range = { seed: 1, firstPage: 0, impressions: 40_000, rates: { click: 1, nonClick: 1 } };
    const kept = finish(sample(world, range));
    const { numerical, categorical } = finish(render(world, 1, kept));
    const n = kept.rows;
    expect(n).toBe(40_000);
    const column = (name: number) => {
      const at = NUMERICAL.findIndex((c) => c.n === name);
      return Float64Array.from({ length: n }, (_, i) => numerical[i * 60 + at]!);
    };
    // Means by the prototype (spec §3, "Match check").
    for (const [name, known] of [
      [1, 0.443],
      [9, 0.211],
      [28, 0.61],
      [30, 0.405],
      [34, 0.536],
      [53, 0.346],
      [56, 0.444],
    ] as const) {
      expect(Math.abs(meanOf(column(name)) - known)).toBeLessThan(0.012);
    }
    for (const name of ITEM_SIGNALS) {
      const { zero } = NUMERICAL.find((c) => c.n === name)!;
      const missing = meanOf(column(name).map((x) => (x === 0 ? 1 : 0)));
      expect(Math.abs(missing - zero)).toBeLessThan(0.006);
    }
    const pairs = [
      [30, 35],
      [34, 35],
      [52, 53],
      [35, 56],
      [28, 29],
    ] as const;
    const measured = pairs.map(([a, b]) => correlation(column(a), column(b)));
    // As in the sample, but for what its missing values add by falling together: docs/SIMULATOR.md.
    [-0.5, 0.27, 0.51, 0.5, 0].forEach((known, i) => {
      expect(Math.abs(measured[i]! - known)).toBeLessThan(0.02);
    });

    const share = (name: number, code: number) => {
      let hits = 0;
      for (let i = 0; i < n; i++) if (categorical[i * 16 + name - 1] === code) hits++;
      return hits / n;
    };
    expect(Math.abs(share(4, 1) - 0.284)).toBeLessThan(0.03);
    expect(share(5, 18)).toBe(share(4, 1));
    expect(Math.abs(share(9, 3) - 0.147)).toBeLessThan(0.03);
    expect(Math.abs(share(10, 1) - 0.708)).toBeLessThan(0.015);
    expect(share(1, 7)).toBe(1);

    // Blocks are missing together, and no value lies outside its quantiles.
    const together = (list: number[]) => {
      const columns = list.map(column);
      let missing = 0;
      for (let i = 0; i < n; i++) {
        const zeros = columns.filter((c) => c[i] === 0).length;
        if (zeros > 0 && zeros < list.length) return Number.NaN;
        if (zeros > 0) missing += 1 / n;
      }
      return missing;
    };
    expect(Math.abs(together([9, 10, 11, 12, 13, 14, 15, 16, 17, 18]) - 0.094)).toBeLessThan(0.025);
    expect(Math.abs(together([38, 39, 40]) - 0.447)).toBeLessThan(0.015);
    expect(Math.abs(together([48, 49, 50]) - 0.465)).toBeLessThan(0.015);
    expect(Math.abs(together([55, 56, 57]) - 0.119)).toBeLessThan(0.012);
    expect(Math.abs(together([62, 63]) - 0.668)).toBeLessThan(0.015);
    expect(numerical.every((x) => x >= 0 && x <= 1)).toBe(true);
  });
});
