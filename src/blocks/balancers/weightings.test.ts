/** The balancers that weigh losses, step by step on given losses. */
import { describe, expect, it } from 'vitest';
import type { ParamValue } from '../../pipeline/spec';
import { defaultParams } from '../../pipeline/spec';
import { findBuild } from '../builds';
import { findSpec } from '../catalog';
import type { Weighting } from '../contract';
import { tasks } from '../testing/run';

/** A balancer with its state, fed one step at a time. */
class Fed {
  readonly balancer: Weighting;
  state: ArrayLike<number>;

  constructor(
    id: string,
    params: Record<string, ParamValue>,
    readonly lossWeights: readonly number[],
  ) {
    const spec = findSpec('balancer', id)!;
    this.balancer = findBuild(
      'balancer',
      id,
    )({
      path: 'balancer',
      params: { ...defaultParams(spec), ...params },
      tasks: tasks(lossWeights.length),
    }) as Weighting;
    this.state = Float32Array.from(this.balancer.initial);
  }

  get weights(): readonly number[] {
    return this.balancer.weights(this.input);
  }

  private get input() {
    return { step: 0, seed: 1, lossWeights: this.lossWeights, state: this.state };
  }

  step(losses: readonly number[], norms: readonly number[] = losses.map(() => 0)): void {
    this.state = Float32Array.from(this.balancer.next!(this.input, { losses, norms }));
  }
}

describe('UWL', () => {
  it.each([
    ['classification', 2],
    ['regression', 1],
  ])('%s form: at its optimum e^s = %d·L, and the weight is 1/(2L) in both', (form, factor) => {
    const fed = new Fed('uwl', { form, rate: 0.05 }, [1, 1, 1]);
    const losses = [0.11, 0.006, 1.7];
    for (let i = 0; i < 3000; i++) fed.step(losses);
    losses.forEach((loss, k) => {
      expect(Math.exp(fed.state[1 + k]!) / (factor * loss)).toBeCloseTo(1, 3);
      expect(fed.weights[k]! * 2 * loss).toBeCloseTo(1, 3);
    });
  });

  it('weights do not stick at 2.0 for losses below 1/2 (regression: torch-rechub clamps s at 0)', () => {
    const fed = new Fed('uwl', {}, [1, 1]);
    const seen: (readonly number[])[] = [];
    for (let i = 0; i < 3000; i++) {
      fed.step([0.11, 0.006]);
      seen.push(fed.weights);
    }
    expect(seen.at(-1)![0]).toBeCloseTo(4.55, 1);
    expect(seen.at(-1)![1]! / 83.33).toBeCloseTo(1, 2);
    expect(seen[50]).not.toEqual(seen[51]);
  });

  it('λ multiplies the weight and is not learned away; a loss of 0 does not weigh without end', () => {
    const [one, ten] = [new Fed('uwl', {}, [1, 1]), new Fed('uwl', {}, [10, 1])];
    for (let i = 0; i < 500; i++) for (const fed of [one, ten]) fed.step([0.3, 0]);
    expect(ten.weights[0]! / one.weights[0]!).toBeCloseTo(10, 6);
    expect(one.weights[1]!).toBeCloseTo(Math.exp(7), 0);
  });
});

describe('DWA', () => {
  it('is 1 until two windows are over, then the softmax of how the losses fell', () => {
    const fed = new Fed('dwa', { window: 3, temperature: 2 }, [1, 2]);
    const first = [0.6, 0.2];
    const second = [0.3, 0.19];
    for (let i = 0; i < 3; i++) fed.step([first[0]! + (i - 1) * 0.1, first[1]!]);
    expect(fed.weights).toEqual([1, 2]);
    for (let i = 0; i < 3; i++) {
      expect(fed.weights).toEqual([1, 2]);
      fed.step(second);
    }
    const r = [0.5, 0.95].map((x) => Math.exp(x / 2));
    const w = r.map((x) => (2 * x) / (r[0]! + r[1]!));
    expect(fed.weights[0]).toBeCloseTo(w[0]!, 5);
    expect(fed.weights[1]).toBeCloseTo(2 * w[1]!, 5);
    // In the middle of a window nothing changes.
    fed.step([9, 9]);
    expect(fed.weights[0]).toBeCloseTo(w[0]!, 5);
  });

  it('a loss of 0 leaves weights finite', () => {
    const fed = new Fed('dwa', { window: 1 }, [1, 1]);
    for (let i = 0; i < 5; i++) fed.step([0.4, 0]);
    expect(fed.weights[0]).toBeCloseTo(1, 6);
    expect(fed.weights[1]).toBeCloseTo(1, 6);
  });
});

describe('GradNorm', () => {
  it('equal norms and equal progress leave the weights', () => {
    const fed = new Fed('gradnorm', { warmup: 1 }, [1, 1]);
    for (let i = 0; i < 50; i++) fed.step([0.5, 0.5], [0.3, 0.3]);
    expect(fed.weights[0]).toBeCloseTo(1, 6);
  });

  it('at α = 0 the weighted norms become equal, and the weights keep their sum', () => {
    const fed = new Fed('gradnorm', { warmup: 1, alpha: 0, rate: 0.005 }, [1, 1, 1]);
    const norms = [0.6, 0.3, 0.4];
    for (let i = 0; i < 4000; i++) fed.step([1, 1, 1], norms);
    const pull = norms.map((n, k) => n * fed.weights[k]!);
    for (const x of pull) expect(x / pull[0]!).toBeCloseTo(1, 1);
    expect(fed.weights.reduce((a, b) => a + b, 0)).toBeCloseTo(3, 4);
  });

  it('a task that learns more slowly gets more weight, each by its own ratio r_k', () => {
    const fed = new Fed('gradnorm', { warmup: 1, alpha: 1.5 }, [1, 1, 1]);
    fed.step([1, 1, 1], [1, 1, 1]);
    for (let i = 0; i < 20; i++) fed.step([0.4, 0.7, 0.9], [1, 1, 1]);
    const [a, b, c] = fed.weights as [number, number, number];
    expect(a).toBeLessThan(b);
    expect(b).toBeLessThan(c);
  });

  it('weights are 1 in the warm-up, whose mean loss is L(0); no gradient at all changes nothing', () => {
    const fed = new Fed('gradnorm', { warmup: 4 }, [1, 1]);
    for (const loss of [0, 2, 4, 6]) {
      expect(fed.weights).toEqual([1, 1]);
      fed.step([loss, 1], [1, 5]);
    }
    expect(fed.state[1]).toBe(3);
    const before = [...fed.weights];
    fed.step([1, 1], [0, 0]);
    expect(fed.weights).toEqual(before);
    fed.step([3, 1], [1, 5]);
    expect(fed.weights[0]).toBeGreaterThan(1);
  });
});

it('equal weights do not heed λ', () => {
  expect(new Fed('equal', {}, [3, 0, 5]).weights).toEqual([1, 1, 1]);
});
