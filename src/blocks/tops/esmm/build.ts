import {
  addRow,
  asTokens,
  fromTokens,
  funnel,
  glorot,
  linear,
  type Pass,
  perTask,
  type Scope,
  type Stream,
  type Tensor,
} from '../../../nn';
import type { BuildTop } from '../../contract';
import { conditionalRates, linearHeads, parentsOf } from '../heads';

/**
 * ESMM on any funnel or tree (Ma et al. 2018), and SEQ's Descending Probability Regularizer (2025, Eq. 4), which is the same product:
 * p_k = σ(ℓ_k)·p_pa(k), learned from p_k on all impressions; the conditional has no loss of its own.
 */
export const build: BuildTop = ({ path, scope, params, tasks }, input) => {
  const rates = conditionalRates(tasks);
  const parents = parentsOf(tasks);
  const heads =
    params.head === 'shared'
      ? sharedHead(scope, input.width, rates)
      : linearHeads(scope, input.width, rates, 'log-odds of its rate given its parent');
  return {
    forward(t, pass) {
      const logits = heads(t, pass); // ℓ_k, [B, K], given the parent
      pass.probe(path, 'conditionalLogits', () => logits, [tasks.length]);
      return { entire: funnel(logits, parents) };
    },
  };
};

/** ℓ_k = W_hyᵀ t_k + c_k with one W_hy for all tasks (SEQ, Eq. 3); the biases start at the tasks' rates. */
function sharedHead(scope: Scope, width: number, rates: readonly number[]) {
  const K = rates.length;
  const W = scope.parameter('W', [width, 1], glorot(width, 1), 'W_hy, D_t × 1, shared by the tasks');
  const c = scope.parameter(
    'c',
    [K],
    { kind: 'values', values: rates },
    'c_k, one a task, initially the log-odds of its rate given its parent',
  );
  return (t: Stream, pass: Pass): Tensor => {
    const own = perTask(t, K);
    const scores = linear(asTokens(own), pass.weight(W)); // [B·K, 1]
    return addRow(fromTokens(scores, K), pass.weight(c)); // [B, K]
  };
}
