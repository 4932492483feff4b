import { Bernoulli } from '../../../nn';
import type { BuildTop } from '../../contract';
import { entireRates, linearHeads } from '../heads';

/** ℓ_k = w_kᵀt_k + c_k, p_k = σ(ℓ_k), each on the entire space of impressions. */
export const build: BuildTop = ({ scope, tasks }, input) => {
  const heads = linearHeads(scope, input.width, entireRates(tasks), 'log-odds of its base rate');
  return {
    forward: (t, pass) => ({ entire: Bernoulli.fromLogits(heads(t, pass)) }), // ℓ, [B, K]
  };
};
