import { concatColumns, funnel, pickColumns, type Tensor, tf } from '../../../nn';
import type { AuxiliaryLoss, BuildTop, LossBatch } from '../../contract';
import { columnsOfEdges, crossEntropy, edgeColumns, floorAndCap, inversePropensity } from '../debias';
import { conditionalRates, linearHeads, parentsOf, weightedMean } from '../heads';

/** DCMT (Zhu et al. 2023): ESMM's product, and twin conditional rates learned on rows with and without the parent's event. */
export const build: BuildTop = ({ path, scope, params, tasks }, input) => {
  const rates = conditionalRates(tasks);
  const parents = parentsOf(tasks);
  const edges = columnsOfEdges(tasks);
  const factual = linearHeads(scope, input.width, rates, 'log-odds of its rate given its parent');
  const twins = linearHeads(
    scope,
    input.width,
    rates.map((rate) => -rate),
    'log-odds of no event',
    'counterfactual.',
  );
  const weight = params.weight as number;
  const { floor, cap } = floorAndCap(params);

  /** mean(w·e), or Σ w·e / Σ w. [B, N] each */
  const average = (w: Tensor, e: Tensor, batch: LossBatch): Tensor => {
    const mean = weightedMean(tf.mul(w, e), batch);
    // A batch in which nobody (or everybody) clicked has no such rows: its loss is 0, not 0/0.
    return params.normalise ? tf.div(mean, tf.maximum(weightedMean(w, batch), 1e-12)) : mean;
  };

  return {
    forward(t, pass) {
      const conditional = factual(t, pass); // logits of r, [B, K]
      const counter = twins(t, pass); // logits of r*, [B, K]
      const entire = funnel(conditional, parents);
      const pick = (x: Tensor) => tf.sigmoid(pickColumns(x, edges.children));
      if (edges.children.length > 0) {
        const both = () => concatColumns([pick(conditional), pick(counter)]);
        pass.probe(path, 'twinRates', both, [2 * edges.children.length]);
      }
      const auxiliary = (batch: LossBatch): AuxiliaryLoss[] => {
        if (edges.children.length === 0 || weight === 0) return [];
        const { logits, labels, happened, logO, log1mO } = edgeColumns(edges, conditional, entire, batch);
        const twin = pickColumns(counter, edges.children);
        const clicked = inversePropensity(happened, logO, floor, cap); // o / max(ô, ε)
        const missed = inversePropensity(tf.sub(1, happened), log1mO, floor, cap); // (1−o) / max(1−ô, ε)
        const off = tf.abs(tf.sub(1, tf.add(tf.sigmoid(logits), tf.sigmoid(twin)))); // |1 − (r + r*)|
        const scaled = (value: Tensor, by = weight) => tf.mul(value, by);
        return [
          { name: 'factual', value: scaled(average(clicked, crossEntropy(logits, labels), batch)) },
          {
            name: 'counterfactual',
            value: scaled(average(missed, crossEntropy(twin, tf.sub(1, labels)), batch)),
          },
          { name: 'prior', value: scaled(weightedMean(off, batch), weight * (params.prior as number)) },
        ];
      };
      return { entire, auxiliary };
    },
  };
};
