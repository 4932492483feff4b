import { describe, expect, it } from 'vitest';
import { Fed } from '../testing';

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
