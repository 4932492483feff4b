/** What tests of balancers share: drawn gradients, points of the simplex, and a weighting that is fed losses step by step. */
import { Rng } from '../../data/random';
import type { ParamValue } from '../../pipeline/spec';
import { defaultParams } from '../../pipeline/spec';
import { findBuild } from '../builds';
import { findSpec } from '../catalog';
import type { Balancer, Weighting } from '../contract';
import { tasks } from '../testing/run';
import { dot, type Matrix } from './gram';

/** n drawn vectors of some length, the second of them short, and their Gram matrix. */
export function drawn(n: number, seed: number, size = 7): { g: number[][]; gram: number[][] } {
  const rng = new Rng(seed, n);
  const g = Array.from({ length: n }, (_, i) =>
    Array.from({ length: size }, () => rng.normal() * (i === 1 ? 0.05 : 1)),
  );
  return { g, gram: g.map((a) => g.map((b) => dot(a, b))) };
}

/** Σ_k w_k g_k. */
export const mixed = (g: readonly (readonly number[])[], w: readonly number[]): number[] =>
  g[0]!.map((_, p) => g.reduce((s, row, k) => s + w[k]! * row[p]!, 0));

/** All points of the simplex with coordinates in steps of 1/m, each at least its floor after the shift. */
export function* grid(n: number, m: number, floor: readonly number[]): Generator<number[]> {
  const free = 1 - floor.reduce((a, b) => a + b, 0);
  function* of(left: number, at: number): Generator<number[]> {
    if (at === n - 1) yield [left];
    else for (let i = 0; i <= left; i++) for (const rest of of(left - i, at + 1)) yield [i, ...rest];
  }
  for (const point of of(m, 0)) yield point.map((i, k) => floor[k]! + (free * i) / m);
}

/** Gram matrices of 2, 3 and 4 tasks, four draws each, with a name. */
export const MATRICES: [string, Matrix][] = [2, 3, 4].flatMap((n) =>
  [1, 2, 3, 4].map((seed): [string, Matrix] => [`${n} tasks, draw ${seed}`, drawn(n, seed).gram]),
);

/** Two gradients of one length that cancel. */
export const OPPOSED: Matrix = [
  [1, -1],
  [-1, 1],
];

/** A balancer of the catalog for a chain of K tasks; its other settings are the defaults. */
export function balancerOf(id: string, K: number, params: Record<string, ParamValue> = {}): Balancer {
  const spec = findSpec('balancer', id)!;
  return findBuild(
    'balancer',
    id,
  )({ path: 'balancer', params: { ...defaultParams(spec), ...params }, tasks: tasks(K) });
}

/** A weighting with its state, fed one step at a time. */
export class Fed {
  readonly balancer: Weighting;
  state: ArrayLike<number>;

  constructor(
    id: string,
    params: Record<string, ParamValue>,
    readonly lossWeights: readonly number[],
  ) {
    this.balancer = balancerOf(id, lossWeights.length, params) as Weighting;
    this.state = Float32Array.from(this.balancer.initial);
  }

  get weights(): readonly number[] {
    return this.balancer.weights(this.input);
  }

  private get input() {
    return { step: 0, seed: 1, lossWeights: this.lossWeights, state: this.state };
  }

  step(losses: readonly number[], norms: readonly number[] = losses.map(() => 0)): void {
    const next = this.balancer.next?.(this.input, { losses, norms });
    if (next) this.state = Float32Array.from(next);
  }
}
