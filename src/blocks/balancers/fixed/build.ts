import type { BuildBalancer } from '../../contract';

/** L = Σ λ_k L_k (Kutak 2025, Eq. 12): the weights are the user's, live. */
export const build: BuildBalancer = () => ({
  kind: 'weighting',
  initial: [],
  observes: 'nothing',
  weights: ({ lossWeights }) => lossWeights,
});
