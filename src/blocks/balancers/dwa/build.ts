import type { BuildBalancer } from '../../contract';

/**
 * Dynamic weight averaging (Liu et al. 2019, Eq. 7), over windows of steps in place of epochs: a run of one epoch would never
 * leave w = 1.
 * State: steps in the present window, whole windows so far (2 at most), then K sums of the present window's losses, K means
 * of the window before, and K of the one before that.
 */
export const build: BuildBalancer = ({ tasks, params }) => {
  const K = tasks.length;
  const window = params.window as number;
  const temperature = params.temperature as number;
  const part = (state: ArrayLike<number>, i: number) => tasks.map((_, k) => state[2 + i * K + k]!);
  return {
    kind: 'weighting',
    initial: new Array<number>(2 + 3 * K).fill(0),
    observes: 'losses',
    weights({ state, lossWeights }) {
      if (state[1]! < 2) return lossWeights;
      const before = part(state, 2);
      // r_k = L_k(t−1) / L_k(t−2); a task that had no loss at all has not changed.
      const r = part(state, 1).map((last, k) => (before[k]! > 0 ? last / before[k]! : 1));
      const top = Math.max(...r);
      const e = r.map((x) => Math.exp((x - top) / temperature));
      const sum = e.reduce((a, b) => a + b, 0);
      return e.map((x, k) => (lossWeights[k]! * K * x) / sum);
    },
    next({ state }, { losses }) {
      const steps = state[0]! + 1;
      const sums = part(state, 0).map((s, k) => s + losses[k]!);
      if (steps < window) return [steps, state[1]!, ...sums, ...part(state, 1), ...part(state, 2)];
      const means = sums.map((s) => s / window);
      return [0, Math.min(2, state[1]! + 1), ...sums.map(() => 0), ...means, ...part(state, 1)];
    },
  };
};
