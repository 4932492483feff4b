import { expect, it } from 'vitest';
import { tasks } from '../../testing/run';
import { build } from './build';

it('weighs each loss as the user says, from the step at which it is said', () => {
  const balancer = build({ path: 'balancer', params: {}, tasks: tasks(3) });
  expect(balancer.coefficients({ step: 0, lossWeights: [1, 10, 0] })).toEqual([1, 10, 0]);
  expect(balancer.coefficients({ step: 5, lossWeights: [2, 0.5, 1] })).toEqual([2, 0.5, 1]);
});
