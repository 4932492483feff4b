import type { BuildBalancer } from '../../contract';

/** Adam's, as in the model's own optimiser. */
const BETA_1 = 0.9;
const BETA_2 = 0.999;
const EPSILON = 1e-8;
/** |s| at most: weights from about 1/1,100 to 1,100. A task whose loss is 0 would otherwise weigh without end. */
const LARGEST = 7;

/**
 * Uncertainty weighting (Kendall et al. 2018). s_k = log σ_k² is learned beside the model, by Adam with a rate of its own:
 * L = Σ a·e^{−s_k} L_k + s_k/2 with a = 1 for a class (Eq. 10) and a = 1/2 for a real number (Eq. 7), so that
 * ∂L/∂s_k = 1/2 − a·e^{−s_k} L_k and at the optimum the weight a·e^{−s_k} is 1/(2 L_k) in both.
 * s follows the losses alone; λ_k multiplies the weight, or it would be learned away.
 * State: number of updates, then s_k, first and second moments, [K] each.
 */
export const build: BuildBalancer = ({ tasks, params }) => {
  const K = tasks.length;
  const a = params.form === 'regression' ? 0.5 : 1;
  const rate = params.rate as number;
  const start = params.start as number;
  const zeros = tasks.map(() => 0);
  return {
    kind: 'weighting',
    initial: [0, ...tasks.map(() => start), ...zeros, ...zeros],
    observes: 'losses',
    weights: ({ state, lossWeights }) => lossWeights.map((l, k) => l * a * Math.exp(-state[1 + k]!)),
    next({ state }, { losses }) {
      const t = state[0]! + 1;
      const s: number[] = [];
      const m: number[] = [];
      const v: number[] = [];
      losses.forEach((loss, k) => {
        const now = state[1 + k]!;
        const g = 0.5 - a * Math.exp(-now) * loss;
        m.push(BETA_1 * state[1 + K + k]! + (1 - BETA_1) * g);
        v.push(BETA_2 * state[1 + 2 * K + k]! + (1 - BETA_2) * g * g);
        const size = rate / (1 - BETA_1 ** t);
        const root = Math.sqrt(v[k]! / (1 - BETA_2 ** t)) + EPSILON;
        s.push(Math.min(LARGEST, Math.max(-LARGEST, now - (size * m[k]!) / root)));
      });
      return [t, ...s, ...m, ...v];
    },
  };
};
