/** How long each block's weights are, and its gradient on the batch that comes next. */
import type { Parameter } from '../nn';
import type { NormReading } from '../pipeline/run';
import type { Model } from './assemble';

/**
 * ‖θ_b‖ and ‖∇L/∂θ_b‖ of each block that has parameters.
 * @param step steps done
 * @param weights [P]
 * @param gradient [P], as the balancer made one of the tasks'
 */
export function normReading(
  {
    blocks,
    layout,
  }: Pick<Model, 'blocks'> & { readonly layout: { readonly parameters: readonly Parameter[] } },
  step: number,
  weights: ArrayLike<number>,
  gradient: ArrayLike<number>,
): NormReading {
  return {
    step,
    blocks: blocks.flatMap(({ path }) => {
      const own = layout.parameters.filter((p) => p.name.startsWith(`${path}.`));
      const length = (of: ArrayLike<number>) => {
        let squares = 0;
        for (const { offset, size } of own) {
          for (let p = offset; p < offset + size; p++) squares += of[p]! ** 2;
        }
        return Math.sqrt(squares);
      };
      return own.length === 0 ? [] : [{ path, weights: length(weights), gradient: length(gradient) }];
    }),
  };
}
