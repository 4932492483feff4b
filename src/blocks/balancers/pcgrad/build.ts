import { hash32, Rng } from '../../../data/random';
import type { BuildBalancer } from '../../contract';
import { amongActive, dot, type Matrix } from '../gram';

/** Stream of the orders in which a task meets the others. */
const ORDERS = 0x70636772;

/**
 * Projecting conflicting gradients (Yu et al. 2020, Algorithm 1): each gradient, where it opposes another, loses its part
 * along it; the projected ones are summed. In coefficients: g_i' = Σ_l C_il g_l, so that g_i'·g_j = Σ_l C_il (g_l·g_j).
 * @param gram [n][n]
 * @param orders [n][n−1], the others in the order in which task i meets them
 * @returns weights of g_1 … g_n in the sum
 */
export function surgery(gram: Matrix, orders: readonly ArrayLike<number>[]): number[] {
  const n = gram.length;
  const sum = new Array<number>(n).fill(0);
  for (let i = 0; i < n; i++) {
    const C = sum.map((_, l) => (l === i ? 1 : 0));
    for (const j of Array.from(orders[i]!)) {
      const product = dot(C, gram[j]!);
      if (product < 0) C[j]! -= product / gram[j]![j]!;
    }
    C.forEach((c, l) => {
      sum[l]! += c;
    });
  }
  return sum;
}

/**
 * For each of n tasks the others, in the order in which it meets them at a step: [n][n−1].
 * @param step of the run; each step has an order of its own
 */
export type Orders = (n: number, seed: number, step: number) => readonly ArrayLike<number>[];

/** Orders drawn from seed and step. */
export const drawnOrders: Orders = (n, seed, step) =>
  Array.from({ length: n }, (_, i) => {
    const others = Uint32Array.from({ length: n - 1 }, (_, j) => (j < i ? j : j + 1));
    return new Rng(hash32(seed, step, i), ORDERS).shuffle(others);
  });

/** PCGrad with given orders: a test of parity gives both implementations the same. */
export const buildWith =
  (orders: Orders): BuildBalancer =>
  () => ({
    kind: 'direction',
    initial: [],
    direct: (input, seen) => ({
      state: [],
      weights: amongActive(input, seen, ({ gram }) =>
        surgery(gram, orders(gram.length, input.seed, input.step)),
      ),
    }),
  });

export const build = buildWith(drawnOrders);
