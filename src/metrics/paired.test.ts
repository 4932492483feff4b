/** Paired differences against DeLong's formulas written out, against single AUCs, and by hand. */
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../data/dataset';
import { Rng } from '../data/random';
import { evaluate } from './evaluate';
import { pairedDifferences } from './paired';
import { clicksData, SPACES } from './testing/clicks';

function world(rows: number, seed: number, weighted: boolean) {
  const rng = new Rng(seed);
  const truth = Array.from({ length: rows }, () => {
    const click = 0.2 + 0.6 * rng.uniform();
    return [click, click * (0.1 + 0.6 * rng.uniform())] as const;
  });
  const labels = truth.flatMap(([click, buy]) => {
    const clicked = rng.uniform() < click ? 1 : 0;
    return [clicked, clicked && rng.uniform() < buy / click ? 1 : 0];
  });
  const data = clicksData({
    trainRows: 0,
    labels,
    weights: Float32Array.from({ length: rows }, () => (weighted ? 1 + Math.floor(rng.uniform() * 4) : 1)),
    probabilities: truth.flat(),
    featureWeights: Float32Array.from({ length: rows }, () => (weighted ? 1 + rng.uniform() : 1)),
  });
  /** A model that knows the truth up to noise. */
  const model = (noise: number) => {
    const p = truth.flatMap(([click, buy]) => {
      const c = Math.min(0.98, Math.max(0.02, click + noise * rng.normal()));
      return [c, c * Math.min(0.98, Math.max(0.02, buy / click + noise * rng.normal()))];
    });
    return {
      logP: Float32Array.from(p, Math.log),
      log1mP: Float32Array.from(p, (x) => Math.log1p(-x)),
      tasks: 2,
    };
  };
  return { data, model };
}

/** Variance of A_1 − A_2 as DeLong, DeLong & Clarke-Pearson write it: S₁₀/m + S₀₁/n, unweighted. */
function deLong(scores: readonly (readonly number[])[], labels: readonly number[]): number {
  const side = (s: readonly number[], of: number) =>
    s
      .filter((_, i) => labels[i] === of)
      .map((x) => {
        const others = s.filter((_, i) => labels[i] !== of);
        const below = others.reduce((n, y) => n + (y < x ? 1 : y === x ? 0.5 : 0), 0) / others.length;
        return of === 1 ? below : 1 - below;
      });
  const variance = (of: number) => {
    const [a, b] = scores.map((s) => side(s, of)) as [number[], number[]];
    const d = a.map((x, i) => x - b[i]!);
    const mean = d.reduce((x, y) => x + y, 0) / d.length;
    return d.reduce((x, y) => x + (y - mean) ** 2, 0) / (d.length - 1) / d.length;
  };
  return variance(1) + variance(0);
}

describe('pairedDifferences', () => {
  it('is DeLong’s difference of two AUCs on the same rows', () => {
    const { data, model } = world(300, 5, false);
    const [a, b] = [model(0.1), model(0.3)];
    const [click] = pairedDifferences(SPACES, [a, b], data)[0]![1]!;
    const scores = [a, b].map(({ logP }) => [...logP].filter((_, i) => i % 2 === 0));
    const labels = [...data.labels].filter((_, i) => i % 2 === 0);
    expect(click!.label!.se).toBeCloseTo(Math.sqrt(deLong(scores, labels)), 12);
    const [ma, mb] = [a, b].map((m) => evaluate(SPACES, m, data)[0]!.auc);
    expect(click!.label!.value).toBeCloseTo(ma!.ok && mb!.ok ? ma!.value - mb!.value : Number.NaN, 12);
    // Paired, it is surer than two AUCs that know nothing of each other.
    expect(click!.label!.se).toBeLessThan(ma!.ok && mb!.ok ? 0.9 * Math.hypot(ma!.se, mb!.se) : 0);
  });

  it('against a model that ranks nothing is the other’s own interval, in every space, weighted', () => {
    const { data, model } = world(500, 6, true);
    const a = model(0.2);
    const flat = {
      logP: new Float32Array(1000).fill(-1),
      log1mP: new Float32Array(1000).fill(-0.5),
      tasks: 2,
    };
    const own = evaluate(SPACES, a, data);
    const found = pairedDifferences(SPACES, [a, flat], data)[0]![1]!;
    own.forEach(({ space, auc, expectedAuc }, s) => {
      expect(found[s]!.space).toBe(space);
      expect(found[s]!.label!.value).toBeCloseTo(auc.ok ? auc.value - 0.5 : Number.NaN, 9);
      expect(found[s]!.label!.se).toBeCloseTo(auc.ok ? auc.se : Number.NaN, 6);
      expect(found[s]!.expected!.se).toBeCloseTo(expectedAuc!.ok ? expectedAuc!.se : Number.NaN, 9);
    });
  });

  it('of a model and itself is 0 ± 0; b − a is −(a − b); without predictions there is none', () => {
    const { data, model } = world(200, 7, true);
    const all = pairedDifferences(SPACES, [model(0.1), null, model(0.4)], data);
    expect(all[0]![0]![2]).toEqual({
      space: 'conversion|click',
      label: { value: 0, se: 0 },
      expected: { value: 0, se: 0 },
      logLoss: { value: 0, se: 0 },
    });
    expect(all[0]![1]).toBeNull();
    expect(all[1]![2]).toBeNull();
    expect(all[2]![0]![1]!.label!.value).toBe(-all[0]![2]![1]!.label!.value);
    expect(all[2]![0]![1]!.logLoss!.se).toBeCloseTo(all[0]![2]![1]!.logLoss!.se, 12);
  });

  it('of log-losses is the weighted mean difference, by hand', () => {
    const { data } = world(2, 8, false);
    const two: Dataset = { ...data, labels: Uint8Array.of(1, 0, 0, 0), weights: Float32Array.of(1, 3) };
    const p = (a: number, b: number) => ({
      logP: Float32Array.of(Math.log(a), -3, Math.log(b), -3),
      log1mP: Float32Array.of(Math.log1p(-a), -0.1, Math.log1p(-b), -0.1),
      tasks: 2,
    });
    const { logLoss } = pairedDifferences(SPACES, [p(0.5, 0.5), p(0.25, 0.5)], two)[0]![1]![0]!;
    // Row 1: −ln ½ + ln ¼ = −ln 2; row 2: 0. Mean with weights 1, 3: −ln 2 / 4; deviations −¾ ln 2 and ¼ ln 2.
    expect(logLoss!.value).toBeCloseTo(-Math.LN2 / 4, 6);
    expect(logLoss!.se).toBeCloseTo((Math.LN2 * Math.hypot(0.75, 0.75)) / 4, 6);
  });

  it('has no AUC where nobody bought', () => {
    const { data, model } = world(50, 9, false);
    const none: Dataset = { ...data, labels: data.labels.map((y, i) => (i % 2 === 1 ? 0 : y)) };
    const [, buy] = pairedDifferences(SPACES, [model(0.1), model(0.2)], none)[0]![1]!;
    expect(buy!.label).toBeNull();
    expect(buy!.expected).not.toBeNull();
  });
});
