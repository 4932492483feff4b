/** What every balancer promises at the extremes: finite weights, none below 0, and no say for a task that pulls nowhere. */
import { describe, expect, it } from 'vitest';
import type { BlockSpec } from '../../pipeline/spec';
import { CATALOG } from '../catalog';
import type { Balancer, Direction } from '../contract';
import type { Matrix } from './gram';
import { balancerOf, drawn, Fed } from './testing';

const kinds = (kind: Balancer['kind']) =>
  CATALOG.balancer.map(({ id }: BlockSpec) => id).filter((id) => balancerOf(id, 2).kind === kind);

/** Weights of one step, and of the next with the state that it left. */
function twoSteps(id: string, gram: Matrix, lossWeights = gram.map(() => 1)): number[][] {
  const balancer = balancerOf(id, gram.length) as Direction;
  let state: readonly number[] = balancer.initial;
  return [0, 1].map((step) => {
    const done = balancer.direct(
      { step, seed: 1, lossWeights, state },
      { losses: gram.map((row, k) => (row[k]! > 0 ? 0.1 : 0)), gram },
    );
    state = done.state;
    expect(state).toHaveLength(balancer.initial.length);
    expect(state.every(Number.isFinite)).toBe(true);
    return [...done.weights];
  });
}

const EXTREMES: [string, number[][]][] = [
  ['one task', [[4]]],
  [
    'gradients that cancel',
    [
      [1, -1],
      [-1, 1],
    ],
  ],
  [
    'opposite gradients, one a thousand times as long',
    [
      [1e6, -1e3],
      [-1e3, 1],
    ],
  ],
  ['four equal gradients', [0, 1, 2, 3].map(() => [2, 2, 2, 2])],
  ['tiny gradients', drawn(3, 2).gram.map((row) => row.map((x) => x * 1e-20))],
  ['huge gradients', drawn(3, 2).gram.map((row) => row.map((x) => x * 1e20))],
];

describe.each(kinds('direction'))('%s', (id) => {
  it('gives nothing where no task has a gradient', () => {
    for (const weights of twoSteps(
      id,
      [0, 1, 2].map(() => [0, 0, 0]),
    ))
      expect(weights).toEqual([0, 0, 0]);
  });

  it.each(EXTREMES)('stays finite and takes no task away: %s', (_name, gram) => {
    for (const weights of twoSteps(id, gram)) {
      expect(weights.every((w) => Number.isFinite(w) && w >= 0)).toBe(true);
      expect(Math.max(...weights)).toBeGreaterThan(0);
    }
  });

  it('a task without rows, or with λ = 0, leaves the others as they would be without it', () => {
    const two = drawn(2, 3).gram;
    const [[a, b], [, c]] = two as [[number, number], [number, number]];
    const without = twoSteps(id, two);
    const silent = twoSteps(id, [
      [a, 0, b],
      [0, 0, 0],
      [b, 0, c],
    ]);
    const unweighted = twoSteps(
      id,
      [
        [a, 0.3, b],
        [0.3, 2, -0.4],
        [b, -0.4, c],
      ],
      [1, 0, 1],
    );
    for (const weights of [silent, unweighted]) {
      weights.forEach((row, step) => {
        expect(row[1]).toBe(0);
        expect(row[0]).toBeCloseTo(without[step]![0]!, 9);
        expect(row[2]).toBeCloseTo(without[step]![1]!, 9);
      });
    }
  });
});

describe.each(kinds('weighting'))('%s', (id) => {
  it.each<[string, number[], number[]]>([
    ['losses and gradients of 0', [0, 0, 0], [0, 0, 0]],
    ['one task without rows', [0.4, 0, 0.01], [0.2, 0, 0.001]],
    ['losses far apart', [1e4, 1e-6, 1], [1e4, 1e-8, 1]],
  ])('weights stay finite and are never below 0 in 400 steps: %s', (_name, losses, norms) => {
    const fed = new Fed(id, {}, [1, 2, 0]);
    for (let step = 0; step < 400; step++) {
      expect(fed.weights.every((w) => Number.isFinite(w) && w >= 0)).toBe(true);
      fed.step(losses, norms);
    }
    expect(Math.max(...fed.weights)).toBeGreaterThan(0);
  });
});
