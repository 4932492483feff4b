/** Samples of the validation part: what they hold, and that metrics on them are those of the whole, but for noise that is told. */
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../data/dataset';
import { Rng } from '../data/random';
import { evaluate } from './evaluate';
import { sampleSize, shares, validationSample } from './sample';
import { clicksData, SPACES } from './testing/clicks';

const TRAIN = 500;
const ROWS = TRAIN + 9000;

/** Clicks on about a sixth of the rows, conversions on about one in forty; inclusion weights 1 and 2; the truth known. */
function world(): { data: Dataset; scores: Float32Array } {
  const rng = new Rng(9);
  const labels = new Uint8Array(ROWS * 2);
  const scores = new Float32Array(ROWS * 2);
  const probabilities = new Float32Array(ROWS * 2);
  const weights = new Float32Array(ROWS);
  for (let r = 0; r < ROWS; r++) {
    const taste = rng.normal();
    const click = 1 / (1 + Math.exp(2 - taste));
    const conversion = click / (1 + Math.exp(2 - taste));
    probabilities.set([click, conversion], 2 * r);
    labels[2 * r] = rng.uniform() < click ? 1 : 0;
    labels[2 * r + 1] = labels[2 * r] && rng.uniform() < conversion / click ? 1 : 0;
    // A model that is wrong by some noise.
    const seen = taste + 0.7 * rng.normal();
    scores[2 * r] = Math.log(1 / (1 + Math.exp(2 - seen)));
    scores[2 * r + 1] = 2 * scores[2 * r]!;
    weights[r] = rng.uniform() < 0.5 ? 1 : 2;
  }
  const data = clicksData({
    trainRows: TRAIN,
    labels,
    weights,
    probabilities,
    featureWeights: weights.slice(),
  });
  return { data, scores };
}

const { data, scores } = world();

/** AUC, its standard error, expected AUC and log-loss of each space; row ids lead from a sample to the scores. */
function judged(d: Dataset) {
  const ids = d.rowIds.subarray(d.trainRows);
  const logP = Float32Array.from({ length: 2 * ids.length }, (_, i) => scores[2 * ids[i >> 1]! + (i & 1)]!);
  const log1mP = logP.map((l) => Math.log1p(-Math.exp(l)));
  return evaluate(SPACES, { logP, log1mP, tasks: 2 }, d).map(({ auc, expectedAuc, logLoss }) => {
    if (!auc.ok || !expectedAuc?.ok) throw new Error('no AUC');
    return { auc: auc.value, se: auc.se, expected: expectedAuc.value, logLoss: logLoss! };
  });
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const sd = (values: readonly number[]) => Math.sqrt(mean(values.map((x) => (x - mean(values)) ** 2)));

describe('how many rows', () => {
  it('are a share of those trained on between two evaluations, but not too few', () => {
    expect(sampleSize({ batch: 512, evaluateEvery: 50 })).toBe(6400);
    expect(sampleSize({ batch: 64, evaluateEvery: 10 })).toBe(2000);
  });

  it.each([
    [[9000, 300, 40], 2000, [1660, 300, 40]],
    [[9000, 5000, 4000], 3000, [1000, 1000, 1000]],
    [[10, 20], 100, [10, 20]],
    [[500], 7, [7]],
  ])('of kinds of %j within %d are %j', (sizes, wanted, expected) => {
    expect(shares(sizes, wanted)).toEqual(expected);
  });
});

describe('a sample of the validation part', () => {
  const sample = validationSample(data, [0, 1], 2000)!;

  it('is none where the part is small', () => {
    expect(validationSample(data, [0, 1], ROWS - TRAIN)).toBeNull();
    expect(validationSample(data, [0, 1], ROWS - TRAIN - 1)?.rows).toBe(ROWS - TRAIN - 1);
  });

  it('holds validation rows alone, none twice, and all with the rarest event', () => {
    expect(sample.rows).toBe(2000);
    expect(sample.trainRows).toBe(0);
    expect(new Set(sample.rowIds).size).toBe(2000);
    expect(Math.min(...sample.rowIds)).toBeGreaterThanOrEqual(TRAIN);
    const conversions = (d: Dataset) => {
      let n = 0;
      for (let r = d.trainRows; r < d.rows; r++) n += d.labels[2 * r + 1]!;
      return n;
    };
    expect(conversions(data)).toBeGreaterThan(100);
    expect(conversions(sample)).toBe(conversions(data));
    for (let i = 0; i < 50; i++) {
      const row = sample.rowIds[i]!;
      expect(sample.labels[2 * i]).toBe(data.labels[2 * row]);
      expect(sample.truth!.probabilities[2 * i]).toBe(data.truth!.probabilities[2 * row]);
    }
  });

  it('is the same every time on the same data, and another for another seed', () => {
    expect(validationSample(data, [0, 1], 2000)!.rowIds).toEqual(sample.rowIds);
    expect(validationSample(data, [0, 1], 2000, 1)!.rowIds).not.toEqual(sample.rowIds);
  });

  it('has the metrics of the whole part for its expectation, which it would not have without its weights', () => {
    const whole = judged(data);
    const draws = Array.from({ length: 150 }, (_, seed) => validationSample(data, [0, 1], 2000, seed)!);
    const found = draws.map(judged);
    for (const [s, target] of whole.entries()) {
      for (const what of ['auc', 'expected', 'logLoss'] as const) {
        const values = found.map((f) => f[s]![what]);
        expect(Math.abs(mean(values) - target[what])).toBeLessThan(4 * (sd(values) / Math.sqrt(150)) + 2e-4);
      }
      // The interval is that of a draw from the population: the whole part, of which the sample is a part, lies in it.
      const inside = found.filter((f) => Math.abs(f[s]!.auc - target.auc) < 1.96 * f[s]!.se).length;
      expect(inside / found.length).toBeGreaterThan(0.94);
    }
    const bare = draws.map((d) => {
      const weights = d.rowIds.map((row) => data.weights[row]!);
      return judged({ ...d, weights: Float32Array.from(weights) })[0]!;
    });
    expect(Math.abs(mean(bare.map((b) => b.logLoss)) - whole[0]!.logLoss)).toBeGreaterThan(0.05);
    expect(Math.abs(mean(bare.map((b) => b.auc)) - whole[0]!.auc)).toBeGreaterThan(0.002);
  });
});
