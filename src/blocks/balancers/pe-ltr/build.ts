import type { BuildBalancer } from '../../contract';
import { amongActive, shortest } from '../gram';

/**
 * Pareto-efficient weights (Lin et al. 2019, PE-LTR): MGDA in which task k keeps at least c_k, here a share `floor` of the
 * simplex divided as λ divides it. The paper solves without ω ≥ c and projects afterwards; the program is solved as it is
 * stated here, which is the same for two tasks.
 */
export const build: BuildBalancer = ({ params }) => ({
  kind: 'direction',
  initial: [],
  direct: (input, seen) => {
    const lossWeights = input.lossWeights.map((l) => (l > 0 ? 1 : 0));
    return {
      state: [],
      weights: amongActive({ lossWeights }, seen, ({ index, gram }) => {
        const sum = index.reduce((s, k) => s + input.lossWeights[k]!, 0);
        return shortest(
          gram,
          index.map((k) => ((params.floor as number) * input.lossWeights[k]!) / sum),
        );
      }),
    };
  },
});
