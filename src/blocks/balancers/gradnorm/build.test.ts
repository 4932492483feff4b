import { describe, expect, it } from 'vitest';
import { Fed } from '../testing';

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
