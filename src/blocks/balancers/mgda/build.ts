import type { BuildBalancer } from '../../contract';
import { amongActive, shortest } from '../gram';

/**
 * Multiple-gradient descent (Sener & Koltun 2018, Eq. 4): the shortest convex combination of the tasks' gradients, each
 * divided by n_k first. The update follows that combination, Σ (ω_k/n_k) λ_k ∇L_k, for it alone is sure to lower every loss.
 */
export const build: BuildBalancer = ({ params }) => ({
  kind: 'direction',
  initial: [],
  direct: (input, seen) => ({
    state: [],
    weights: amongActive(input, seen, ({ index, gram }) => {
      const n = index.map((k, i) => {
        const length = Math.sqrt(gram[i]![i]!);
        // A loss of exactly 0 scales nothing.
        const loss = input.lossWeights[k]! * seen.losses[k]! || 1;
        if (params.normalise === 'l2') return length;
        if (params.normalise === 'loss') return loss;
        return params.normalise === 'loss+' ? loss * length : 1;
      });
      const scaled = gram.map((row, i) => row.map((x, j) => x / (n[i]! * n[j]!)));
      const omega = shortest(
        scaled,
        scaled.map(() => 0),
      );
      return omega.map((w, i) => w / n[i]!);
    }),
  }),
});
