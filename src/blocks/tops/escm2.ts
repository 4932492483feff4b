/** ESCM² in both forms: ESMM's product on all impressions, and the conditional rate learned by inverse propensities. */
import { funnel, pickColumns, type Tensor, tf } from '../../nn';
import type { AuxiliaryLoss, BuildTop, LossBatch } from '../contract';
import { columnsOfEdges, crossEntropy, edgeColumns, floorAndCap, inversePropensity } from './debias';
import { conditionalRates, linearHeads, logit, parentsOf, weightedMean } from './heads';

/** Where the imputed error starts: the cross-entropy of always saying the rate, kept inside (0, 1). */
function startOfError(rateLogit: number): number {
  const rate = 1 / (1 + Math.exp(-rateLogit));
  const entropy = -rate * Math.log(rate) - (1 - rate) * Math.log(1 - rate);
  return logit(Math.min(0.9, Math.max(0.01, entropy)));
}

/**
 * ESCM² (Wang et al. 2022). With e the cross-entropy of the conditional rate and w = y_pa/max(ô, ε), ô held constant:
 * IPW: mean(w·e). DR: mean(ê + w·(e−ê)) + mean(w·(e−ê)²), where ê = σ(a head of its own on t_k) imputes the error.
 */
export const buildEscm2 =
  (form: 'ipw' | 'dr'): BuildTop =>
  ({ path, scope, params, tasks }, input) => {
    const rates = conditionalRates(tasks);
    const parents = parentsOf(tasks);
    const edges = columnsOfEdges(tasks);
    const heads = linearHeads(scope, input.width, rates, 'log-odds of its rate given its parent');
    const imputed =
      form === 'dr'
        ? linearHeads(
            scope,
            input.width,
            rates.map(startOfError),
            'log-odds of the error to expect',
            'imputation.',
          )
        : null;
    const weight = params.weight as number;
    return {
      forward(t, pass) {
        const conditional = heads(t, pass); // [B, K]
        const entire = funnel(conditional, parents);
        pass.probe(path, 'conditionalLogits', () => conditional, [tasks.length]);
        const auxiliary = (batch: LossBatch): AuxiliaryLoss[] => {
          if (edges.children.length === 0 || weight === 0) return [];
          const { logits, labels, happened, logO } = edgeColumns(edges, conditional, entire, batch);
          const { floor, cap } = floorAndCap(params);
          const w = inversePropensity(happened, logO, floor, cap); // [B, N]
          const e = crossEntropy(logits, labels);
          const named = (name: string, rows: Tensor) => ({
            name,
            value: tf.mul(weightedMean(rows, batch), weight),
          });
          if (!imputed) return [named('ipw', tf.mul(w, e))];
          const guess = tf.sigmoid(pickColumns(imputed(t, pass), edges.children)); // ê
          const miss = tf.sub(e, guess);
          return [
            named('doublyRobust', tf.add(guess, tf.mul(w, miss))),
            named('imputation', tf.mul(w, tf.square(miss))),
          ];
        };
        return { entire, auxiliary };
      },
    };
  };
