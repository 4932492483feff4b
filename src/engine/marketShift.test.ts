import { expect, it } from 'vitest';
import type { Dataset } from '../data/dataset';
import { marketShifts } from '../data/marketShift';
import { tinyData } from './testing/data';

/** Three markets in column c1; n1 moves with the market, and c0 has codes of its own in market 2. */
function pooled(): Dataset {
  const d = tinyData({ rows: 6000, vocabularies: [6, 3], numericals: 2 });
  for (let i = 0; i < d.rows; i++) {
    const market = d.categorical[i * 2 + 1]!;
    d.categorical[i * 2] = market === 2 ? 3 + (i % 3) : i % 3;
    d.numerical[i * 2 + 1]! += 1.5 * market;
  }
  return { ...d, schema: { ...d.schema, country: 'c1' } };
}

it('is large where a market moves a feature, and next to nothing where not', () => {
  const shifts = marketShifts(pooled());
  expect([...shifts.keys()]).toEqual(['c0', 'n0', 'n1']);
  // Two of the three pairs have no code in common, the third all of them.
  expect(shifts.get('c0')!).toBeCloseTo(2 / 3, 2);
  expect(shifts.get('n1')!).toBeGreaterThan(0.2);
  expect(shifts.get('n0')!).toBeLessThan(0.01);
});

it('goes by weights: a market whose odd rows count for nothing has moved nowhere', () => {
  const d = pooled();
  const weights = d.weights.map((_, i) => (d.categorical[i * 2 + 1] === 2 ? 0 : 1));
  expect(marketShifts({ ...d, weights }).get('n0')!).toBeLessThan(0.51);
});

it('is empty where the data name no market, and 0 where there is one alone', () => {
  expect(marketShifts(tinyData()).size).toBe(0);
  const d = tinyData({ vocabularies: [5, 1] });
  const one = marketShifts({ ...d, schema: { ...d.schema, country: 'c1' } });
  expect([...one.values()].every((v) => v === 0)).toBe(true);
});
