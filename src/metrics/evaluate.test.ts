import { describe, expect, it } from 'vitest';
import { outputSpaces } from '../pipeline/spaces';
import { expectedAuc, weightedAuc } from './auc';
import { evaluate } from './evaluate';
import { logLoss } from './log-loss';
import { clicksData, SPACES, task } from './testing/clicks';

/** Six rows, the first of which trains; clicks on 1, 2, 3, 4, a conversion on 2. */
const P_CLICK = [0.5, 0.6, 0.7, 0.2, 0.4, 0.1];
const P_BUY = [0.5, 0.1, 0.9, 0.5, 0.2, 0.3];
const LABELS = [0, 0, 1, 0, 1, 1, 1, 0, 1, 0, 0, 0];
const WEIGHTS = Float32Array.of(1, 2, 1, 2, 2, 49);
const dataset = clicksData({
  trainRows: 1,
  labels: LABELS,
  weights: WEIGHTS,
  probabilities: P_CLICK.flatMap((p, i) => [p, p * P_BUY[i]!]),
  featureWeights: Float32Array.of(1, 2, 3, 4, 5, 6),
});

/** A model's guesses for the five validation rows. */
const GUESS_CLICK = [0.3, 0.8, 0.4, 0.5, 0.2];
const GUESS_BOTH = [0.03, 0.4, 0.1, 0.3, 0.14];
const interleave = (f: (p: number) => number) =>
  Float32Array.from(GUESS_CLICK.flatMap((p, i) => [f(p), f(GUESS_BOTH[i]!)]));
const predictions = { logP: interleave(Math.log), log1mP: interleave((p) => Math.log1p(-p)), tasks: 2 };

describe('logLoss', () => {
  it('is the weighted mean over the rows that count', () => {
    const logP = Float64Array.of(Math.log(0.5), Math.log(0.25), Number.NaN);
    const log1m = Float64Array.of(Math.log(0.5), Math.log(0.75), Number.NaN);
    const y = Uint8Array.of(1, 0, 1);
    const loss = logLoss(logP, log1m, y, Float32Array.of(3, 1, 5), Uint8Array.of(1, 1, 0));
    expect(loss).toBeCloseTo((-3 * Math.log(0.5) - Math.log(0.75)) / 4, 12);
    expect(logLoss(logP, log1m, y, undefined, new Uint8Array(3))).toBeNull();
    expect(logLoss(logP, log1m, y)).toBeNaN();
  });

  it('is infinite where the impossible happened', () => {
    const never = Float64Array.of(Number.NEGATIVE_INFINITY);
    expect(logLoss(never, Float64Array.of(0), Uint8Array.of(1))).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('evaluate', () => {
  const [ctr, ctcvr, cvr] = evaluate(SPACES, predictions, dataset);

  it('judges entire-space columns on all rows of the validation part', () => {
    const y = Uint8Array.of(1, 1, 1, 1, 0);
    const w = WEIGHTS.slice(1);
    expect(ctr?.space).toBe('click');
    expect(ctr?.auc).toEqual(weightedAuc(Float32Array.from(GUESS_CLICK), y, w));
    expect(ctcvr?.auc).toEqual(weightedAuc(Float32Array.from(GUESS_BOTH), Uint8Array.of(0, 1, 0, 0, 0), w));
    const loss = -(
      2 * Math.log(0.3) +
      Math.log(0.8) +
      2 * Math.log(0.4) +
      2 * Math.log(0.5) +
      49 * Math.log(0.8)
    );
    expect(ctr?.logLoss).toBeCloseTo(loss / 56, 6);
  });

  it('judges CVR by the ratio, on clicked rows', () => {
    // Ratios on rows 1…5: .1, .5, .25, .6, .7; row 5 was not clicked.
    expect(cvr?.space).toBe('conversion|click');
    expect(cvr?.auc).toEqual(
      weightedAuc(Float32Array.of(0.1, 0.5, 0.25, 0.6), Uint8Array.of(0, 1, 0, 0), WEIGHTS.slice(1, 5)),
    );
    const loss = -(2 * Math.log(0.9) + Math.log(0.5) + 2 * Math.log(0.75) + 2 * Math.log(0.4));
    expect(cvr?.logLoss).toBeCloseTo(loss / 7, 5);
  });

  it('takes the truth into account where it is known', () => {
    const h = [2, 3, 4, 5, 6];
    const c = P_CLICK.slice(1);
    const v = P_BUY.slice(1);
    const close = (a: unknown, b: ReturnType<typeof expectedAuc>) => {
      expect(a).toMatchObject({ ok: true, rows: 5 });
      expect((a as { value: number }).value).toBeCloseTo(b.ok ? b.value : Number.NaN, 6);
    };
    close(
      ctr?.expectedAuc,
      expectedAuc(
        Float32Array.from(GUESS_CLICK),
        Float64Array.from(h, (x, i) => x * c[i]!),
        Float64Array.from(h, (x, i) => x * (1 - c[i]!)),
      ),
    );
    close(
      cvr?.expectedAuc,
      expectedAuc(
        Float32Array.of(0.1, 0.5, 0.25, 0.6, 0.7),
        Float64Array.from(h, (x, i) => x * c[i]! * v[i]!),
        Float64Array.from(h, (x, i) => x * c[i]! * (1 - v[i]!)),
      ),
    );
    const { truth: _, ...unknown } = dataset;
    expect(evaluate(SPACES, predictions, unknown).map((m) => m.expectedAuc)).toEqual([null, null, null]);
  });

  it('stays finite where independent heads put a purchase above its click', () => {
    const logP = predictions.logP.slice();
    logP[1] = logP[0]! + 0.5;
    const [, , above] = evaluate(SPACES, { ...predictions, logP }, dataset);
    const loss = -(2 * Math.log(1e-7) + Math.log(0.5) + 2 * Math.log(0.75) + 2 * Math.log(0.4));
    expect(above?.logLoss).toBeCloseTo(loss / 7, 5);
  });

  it('names the event in the reason, and finds the label column by name', () => {
    const quiet = { ...dataset, labels: dataset.labels.map((y, i) => (i % 2 ? 0 : y)) };
    const reasons = (nouns?: string[]) =>
      evaluate(SPACES, predictions, quiet, undefined, nouns).map((m) => (m.auc.ok ? null : m.auc.reason));
    expect(reasons()).toEqual([
      null,
      'no conversions among these 5 rows',
      'no conversions among these 4 rows',
    ]);
    expect(reasons(['click', 'purchase'])[1]).toBe('no purchases among these 5 rows');

    // A pipeline with the second task alone reads the second label column.
    const alone = outputSpaces([task('conversion', 'CTCVR', null)]);
    const pick = (a: Float32Array) => a.filter((_, i) => i % 2 === 1);
    const one = { logP: pick(predictions.logP), log1mP: pick(predictions.log1mP), tasks: 1 };
    expect(evaluate(alone, one, dataset)[0]).toEqual(ctcvr);
    expect(() => evaluate(outputSpaces([task('like', 'LTR', null)]), one, dataset)).toThrow(
      'The data set "clicks" has no label column for "like".',
    );
    expect(() => evaluate(SPACES, predictions, dataset, { from: 0, to: 6 })).toThrow(
      'Predictions for 5 rows cannot be judged against 6 rows.',
    );
  });
});
