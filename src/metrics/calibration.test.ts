/** Calibration against cases worked by hand, and coverage of its intervals where the truth is known. */
import { describe, expect, it } from 'vitest';
import { Rng } from '../data/random';
import { calibration, wilson } from './calibration';

const read = (
  p: number[],
  y: number[],
  rest: { weights?: number[]; mask?: number[]; truth?: number[] } = {},
  bins = 2,
) => {
  const found = calibration(
    {
      predicted: Float64Array.from(p),
      labels: Uint8Array.from(y),
      weights: rest.weights && Float32Array.from(rest.weights),
      mask: rest.mask && Uint8Array.from(rest.mask),
      truth: rest.truth && Float64Array.from(rest.truth),
    },
    bins,
  );
  if (!found.ok) throw new Error(found.reason);
  return found;
};

describe('calibration', () => {
  it('bins rows in order of prediction, half the rows each', () => {
    const { bins, ratio, rows, positives } = read([0.8, 0.1, 0.6, 0.3], [1, 0, 1, 0]);
    expect(bins.map((b) => [b.rows, b.predicted, b.observed])).toEqual([
      [2, 0.2, 0],
      [2, 0.7, 1],
    ]);
    expect(ratio).toBeCloseTo(1.8 / 2, 12);
    expect([rows, positives]).toEqual([4, 2]);
  });

  it('goes by weight: one row that stands for three fills a bin with three others’ weight', () => {
    const { bins, ratio } = read([0.1, 0.5, 0.6, 0.9], [1, 0, 1, 1], { weights: [3, 1, 1, 1] });
    expect(bins.map((b) => b.rows)).toEqual([1, 3]);
    expect(bins[1]!.predicted).toBeCloseTo(2 / 3, 12);
    expect(bins[1]!.observed).toBeCloseTo(2 / 3, 12);
    expect(ratio).toBeCloseTo((0.3 + 2) / 5, 6);
  });

  it('never parts equal predictions, and leaves out what the mask leaves out', () => {
    expect(read([0.2, 0.2, 0.2, 0.2, 0.9], [0, 1, 0, 0, 1]).bins.map((b) => b.rows)).toEqual([4, 1]);
    expect(read([0.5, 0.5, 0.5], [0, 1, 0], {}, 10).bins).toHaveLength(1);
    const masked = read([Number.NaN, 0.1, 0.9], [1, 0, 1], { mask: [0, 1, 1] });
    expect([masked.rows, masked.positives, masked.bins.length]).toEqual([2, 1, 2]);
  });

  it('says beside it what the truth is', () => {
    const { bins, truthRatio } = read([0.2, 0.4], [0, 1], { truth: [0.1, 0.3] });
    expect(bins.map((b) => b.truth)).toEqual([0.1, 0.3]);
    expect(truthRatio).toBeCloseTo(0.6 / 0.4, 12);
    expect(read([0.2, 0.4], [0, 1]).truthRatio).toBeNull();
  });

  it('gives the reason where there is nothing to compare', () => {
    const none = calibration({
      predicted: Float64Array.of(0.1),
      labels: Uint8Array.of(0),
      event: 'purchase',
    });
    expect(none).toMatchObject({ ok: false, reason: 'no purchases among these 1 rows' });
    const nan = calibration({ predicted: Float64Array.of(Number.NaN), labels: Uint8Array.of(1) });
    expect(nan).toMatchObject({ ok: false, reason: expect.stringMatching(/row 0 is not a number/) });
    expect(calibration({ predicted: new Float64Array(0), labels: new Uint8Array(0) }).ok).toBe(false);
  });

  it('takes Wilson’s interval: 1 of 10 is .0179 to .4042', () => {
    expect(wilson(0.1, 10).low).toBeCloseTo(0.0179, 4);
    expect(wilson(0.1, 10).high).toBeCloseTo(0.4042, 4);
    expect(wilson(0, 20).low).toBe(0);
  });

  it('covers: of 400 samples from true probabilities about 95 in a hundred have a ratio of 1 inside their interval', () => {
    const random = new Rng(7);
    let inside = 0;
    for (let s = 0; s < 400; s++) {
      const predicted = Float64Array.from({ length: 600 }, () => 0.05 + 0.3 * random.uniform());
      const labels = Uint8Array.from(predicted, (p) => (random.uniform() < p ? 1 : 0));
      const found = calibration({ predicted, labels });
      if (found.ok && found.low <= 1 && found.high >= 1) inside++;
    }
    // Three standard errors of a share of .95 among 400 are .033.
    expect(inside / 400).toBeGreaterThan(0.917);
    expect(inside / 400).toBeLessThan(0.983);
  });
});
