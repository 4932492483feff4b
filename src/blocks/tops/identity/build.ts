import { Bernoulli, groupedDot, perTask } from '../../../nn';
import type { BuildTop } from '../../contract';

/** ℓ_k = w_kᵀt_k + c_k, p_k = σ(ℓ_k), each on the entire space of impressions. */
export const build: BuildTop = ({ scope, tasks }, input) => {
  const K = tasks.length;
  const w = scope.parameter(
    'w',
    [K, input.width],
    { kind: 'uniform', limit: Math.sqrt(3 / input.width) },
    'w_k, task × D_t',
  );
  // A bias that starts at 0 has to travel to log-odds of about −7 for purchases, and the layers below are bent to carry it there
  // (measured: negative transfer where there is none). So it starts where the base rate is.
  const c = scope.parameter(
    'c',
    [K],
    { kind: 'values', values: tasks.map(({ baseRate }) => Math.log(baseRate / (1 - baseRate))) },
    'c_k, one a task, initially the log-odds of its base rate',
  );
  return {
    forward: (t, pass) => ({
      entire: Bernoulli.fromLogits(groupedDot(perTask(t, K).t, pass.weight(w), pass.weight(c))), // [B, K]
    }),
  };
};
