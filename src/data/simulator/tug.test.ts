/** The tug of war's tastes: standardised at every tension, apart by the angle that is told, and exactly absent at tension 0. */
import { describe, expect, it } from 'vitest';
import { Rng } from '../random';
import { drawItem, drawItemIntent, drawPage, newItem, newPage } from './draw';
import { eventsOf } from './events';
import { DEFAULT_REQUEST } from './request';
import { simulateTable } from './simulate';
import { attraction, intent, lensOf } from './tastes';
import { TUG_ANGLE, tugAttraction, tugIntent } from './tug';
import { makeWorld } from './world';

const DRAWS = 200_000;

/** Means, variances and covariance of two numbers a draw. */
function moments(
  pair: (page: ReturnType<typeof newPage>, item: ReturnType<typeof newItem>) => [number, number],
) {
  const rng = new Rng(11);
  const page = newPage();
  const item = newItem();
  const sums = [0, 0, 0, 0, 0];
  for (let d = 0; d < DRAWS; d++) {
    drawPage(rng, page);
    drawItem(rng, item);
    drawItemIntent(rng, item);
    const [a, b] = pair(page, item);
    [a, b, a * a, b * b, a * b].forEach((x, i) => {
      sums[i]! += x / DRAWS;
    });
  }
  const [a, b, aa, bb, ab] = sums as [number, number, number, number, number];
  const sd = [Math.sqrt(aa - a * a), Math.sqrt(bb - b * b)] as const;
  return { means: [a, b], sds: sd, correlation: (ab - a * b) / (sd[0] * sd[1]) };
}

describe('the tug of war', () => {
  it('is built of two uncorrelated standard scores, 65.8 degrees apart in the purchase', () => {
    const { attraction: gains } = lensOf(0.5, 0, 'ES');
    const { means, sds, correlation } = moments((page, item) => [
      tugAttraction(page, item, gains),
      tugIntent(page, item, gains),
    ]);
    for (const mean of means) expect(Math.abs(mean)).toBeLessThan(0.01);
    for (const sd of sds) expect(Math.abs(sd - 1)).toBeLessThan(0.012);
    expect(Math.abs(correlation)).toBeLessThan(0.012);
    expect((TUG_ANGLE * 180) / Math.PI).toBeCloseTo(65.795, 3);
  });

  it.each([
    [0.25, 0.5],
    [0.5, 0],
    [0.75, 1],
  ])('tastes at tension %d and η %d are standardised and hardly correlated', (tension, eta) => {
    const lens = lensOf(eta, 0, 'ES', tension);
    const { means, sds, correlation } = moments((page, item) => [
      attraction(page, item, lens),
      intent(page, item, lens),
    ]);
    for (const mean of means) expect(Math.abs(mean)).toBeLessThan(0.015);
    for (const sd of sds) expect(Math.abs(sd - 1)).toBeLessThan(0.02);
    expect(Math.abs(correlation)).toBeLessThan(0.06);
  });

  it('moves the angle from that of relatedness to its own', () => {
    const degrees = (relatedness: number, tension: number) => {
      const [click, purchase] = eventsOf({ ...DEFAULT_REQUEST, relatedness, tension });
      return (Math.atan2(purchase!.v, purchase!.k + click!.k) * 180) / Math.PI;
    };
    expect(degrees(-1, 0)).toBeCloseTo(110, 9);
    expect(degrees(-1, 1)).toBeCloseTo(65.795, 3);
    expect(degrees(0.5, 1)).toBeCloseTo(65.795, 3);
    expect(degrees(0.5, 0.5)).toBeCloseTo((27.5 + 65.795) / 2, 3);
  });

  it('keeps the rates of the market', () => {
    const world = makeWorld({ ...DEFAULT_REQUEST, tension: 1 });
    expect(world.interestShare).toBeCloseTo(0.0266, 5);
    expect(world.purchaseShare).toBeCloseTo(0.0266 * 0.0227, 6);
  });

  it('does nothing at tension 0, and changes the world above it', async () => {
    expect(lensOf(0.5, 0, 'ES', 0).tug).toBeNull();
    expect(lensOf(0.5, 0, 'ES')).toEqual(lensOf(0.5, 0, 'ES', 0));
    const small = { ...DEFAULT_REQUEST, impressions: 60_000, rows: 2000 };
    const at = async (tension: number) => (await simulateTable({ ...small, tension })).truth!.probabilities;
    const [zero, some] = [await at(0), await at(0.1)];
    expect(some).not.toEqual(zero);
  });
});
