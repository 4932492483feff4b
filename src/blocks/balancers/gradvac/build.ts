import type { BuildBalancer } from '../../contract';
import { amongActive, dot, type Matrix, squared } from '../gram';
import { drawnOrders, type Orders } from '../pcgrad/build';

/** A goal of 1 would take a step without end. */
const HIGHEST_GOAL = 1 - 1e-6;

/**
 * Gradient vaccine (Wang et al. 2021, Algorithm 1): where the cosine ρ of g_i' and g_j lies below its running mean ρ̂_ij,
 * g_i' gets so much of g_j that it reaches it (Eq. 3); the changed gradients are summed.
 * @param gram [n][n]
 * @param orders [n][n−1], the others in the order in which task i meets them
 * @param goals ρ̂ [n][n], moved in place: ρ̂ ← (1−β) ρ̂ + β ρ
 * @returns weights of g_1 … g_n in the sum
 */
export function vaccinate(
  gram: Matrix,
  orders: readonly ArrayLike<number>[],
  goals: number[][],
  beta: number,
): number[] {
  const n = gram.length;
  const sum = new Array<number>(n).fill(0);
  for (let i = 0; i < n; i++) {
    const C = sum.map((_, l) => (l === i ? 1 : 0)); // g_i' = Σ_l C_il g_l
    for (const j of Array.from(orders[i]!)) {
      const length = Math.sqrt(squared(gram, C));
      const other = Math.sqrt(gram[j]![j]!);
      const rho = length > 0 ? Math.max(-1, Math.min(1, dot(C, gram[j]!) / (length * other))) : 0;
      const goal = Math.min(HIGHEST_GOAL, goals[i]![j]!);
      if (rho < goal) {
        const [sine, sineOfGoal] = [Math.sqrt(1 - rho * rho), Math.sqrt(1 - goal * goal)];
        C[j]! += (length * (goal * sine - rho * sineOfGoal)) / (other * sineOfGoal);
      }
      goals[i]![j] = (1 - beta) * goals[i]![j]! + beta * rho;
    }
    C.forEach((c, l) => {
      sum[l]! += c;
    });
  }
  return sum;
}

/** GradVac with given orders, as PCGrad's. State: ρ̂, [K·K]. */
export const buildWith =
  (orders: Orders): BuildBalancer =>
  ({ tasks, params }) => {
    const K = tasks.length;
    return {
      kind: 'direction',
      initial: new Array<number>(K * K).fill(0),
      direct(input, seen) {
        const state = Array.from(input.state);
        const weights = amongActive(input, seen, ({ index, gram }) => {
          const goals = index.map((i) => index.map((j) => state[i * K + j]!));
          const met = orders(gram.length, input.seed, input.step);
          const sum = vaccinate(gram, met, goals, params.beta as number);
          index.forEach((i, a) => {
            index.forEach((j, b) => {
              state[i * K + j] = goals[a]![b]!;
            });
          });
          return sum;
        });
        return { weights, state };
      },
    };
  };

export const build = buildWith(drawnOrders);
