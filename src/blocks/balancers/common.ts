/** What specs of balancers share: names of what they publish, and rules. */
import type { BlockSpec, RuleContext } from '../../pipeline/spec';

/** Every balancer that chooses weights by itself publishes them. */
export const WEIGHTS = { weights: '[K], c_k of the last step: the update follows Σ c_k ∇L_k' } as const;

/** Those that look at gradients publish what they saw too. */
export const GRADIENTS = {
  ...WEIGHTS,
  norms: '[K], ‖∇L_k‖ over the shared parameters',
  cosine: '[K, K], cosine of ∇L_j and ∇L_k over the shared parameters',
} as const;

/** With one task there is nothing to balance. */
export const alone =
  (title: string): NonNullable<BlockSpec['rules']> =>
  ({ tasks }: RuleContext) =>
    tasks.length > 1
      ? []
      : [
          {
            level: 'warning',
            where: 'balancer',
            reason: `${title} has one task here and nothing to balance: add a task, or take fixed weights.`,
          },
        ];

export const SHARED_SYMBOL = [
  'g_k',
  'gradient of λ_k L_k over the parameters that at least two losses reach; all others follow their own task’s plain gradient',
  'loss',
] as const;
export const LOSS_SYMBOL = ['L_k', 'mean weighted cross-entropy of task k over the batch', 'loss'] as const;
export const LAMBDA_SYMBOL = [
  '\\lambda_k',
  'weight of task k, set with the task; it multiplies what the balancer finds',
  'weight',
] as const;
