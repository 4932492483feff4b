import { expect, it } from 'vitest';
import { tasks } from '../../testing/run';
import { build } from './build';

it('weighs each loss as the user says, from the step at which it is said', () => {
  const balancer = build({ path: 'balancer', params: {}, tasks: tasks(3) });
  if (balancer.kind !== 'weighting') throw new Error('It weighs losses.');
  const at = (step: number, lossWeights: number[]) =>
    balancer.weights({ step, seed: 1, lossWeights, state: balancer.initial });
  expect(at(0, [1, 10, 0])).toEqual([1, 10, 0]);
  expect(at(5, [2, 0.5, 1])).toEqual([2, 0.5, 1]);
  expect(balancer.observes).toBe('nothing');
});
