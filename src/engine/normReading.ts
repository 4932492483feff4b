/** How long each block's weights are, and its gradient on the batch that comes next. */
import type { NormReading } from '../pipeline/run';
import type { Model } from './assemble';
import { blockStretches, lengthOver } from './stretches';

/**
 * ‖θ_b‖ and ‖∇L/∂θ_b‖ of each block that has parameters.
 * @param step steps done
 * @param weights [P]
 * @param gradient [P], as the balancer made one of the tasks'
 */
export function normReading(
  model: Pick<Model, 'blocks' | 'layout'>,
  step: number,
  weights: ArrayLike<number>,
  gradient: ArrayLike<number>,
): NormReading {
  return {
    step,
    blocks: blockStretches(model).map((block) => ({
      path: block.path,
      weights: lengthOver(weights, block),
      gradient: lengthOver(gradient, block),
    })),
  };
}
