import type { BuildBalancer } from '../../contract';

/** A weight that reached 0 could not come back: its gradient norm would be 0 as well. */
const SMALLEST = 1e-3;

/**
 * GradNorm (Chen et al. 2018, Algorithm 1), in closed form: with n_k = ‖∇_W L_k‖ and G_k = w_k n_k the gradient of
 * Σ |G_k − Ḡ r_k^α| over w, its target Ḡ r_k^α held constant, is sign(G_k − Ḡ r_k^α)·n_k. No second derivative is taken.
 * It is divided by Ḡ, so that `rate` means the same whatever the scale of the losses. L_k(0) is the mean over the first steps
 * (`warmup`), during which w = 1: one batch says little about a rare event. λ_k multiplies w_k.
 * State: steps seen of the warm-up, K sums (then means) of the first losses, K weights.
 */
export const build: BuildBalancer = ({ tasks, params }) => {
  const K = tasks.length;
  const alpha = params.alpha as number;
  const rate = params.rate as number;
  const warmup = params.warmup as number;
  return {
    kind: 'weighting',
    initial: [0, ...tasks.map(() => 0), ...tasks.map(() => 1)],
    observes: 'norms',
    weights: ({ state, lossWeights }) => lossWeights.map((l, k) => l * state[1 + K + k]!),
    next({ state }, { losses, norms }) {
      const steps = state[0]!;
      const first = losses.map((_, k) => state[1 + k]!);
      const w = losses.map((_, k) => state[1 + K + k]!);
      if (steps < warmup) {
        const sums = first.map((s, k) => s + losses[k]!);
        const last = steps + 1 === warmup;
        return [steps + 1, ...(last ? sums.map((s) => s / warmup) : sums), ...w];
      }
      const G = norms.map((n, k) => w[k]! * n);
      const mean = G.reduce((a, b) => a + b, 0) / K;
      if (!(mean > 0)) return Array.from(state);
      // L̃_k = L_k / L_k(0); r_k = L̃_k / mean of L̃.
      const ratio = losses.map((l, k) => (first[k]! > 0 ? l / first[k]! : 1));
      const average = ratio.reduce((a, b) => a + b, 0) / K;
      const moved = w.map((now, k) => {
        const target = mean * (average > 0 ? ratio[k]! / average : 1) ** alpha;
        return Math.max(SMALLEST, now - (rate * Math.sign(G[k]! - target) * norms[k]!) / mean);
      });
      const sum = moved.reduce((a, b) => a + b, 0);
      return [steps, ...first, ...moved.map((x) => (K * x) / sum)];
    },
  };
};
