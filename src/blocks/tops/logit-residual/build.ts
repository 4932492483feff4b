import { Bernoulli, funnel, openParents, relu, sumLineage, type Tensor, tf } from '../../../nn';
import type { AuxiliaryLoss, BuildTop, LossBatch, TaskContext } from '../../contract';
import { conditionalRates, entireRates, linearHeads, parentsOf, rise, weightedMean } from '../heads';

/** Where M3's residuals start at the latest: above 0 they would be cut, and without a gradient for ever. */
const LATEST_START = -0.5;

/** ResFlow's residual on the logits (Fu et al. 2024, Eq. 3 behind the last block): ℓ_k = ℓ_pa(k) + r_k, with M1–M3 of A.2. */
export const build: BuildTop = ({ path, scope, params, tasks }, input) => {
  const parents = parentsOf(tasks);
  const conditional = params.space === 'conditional';
  const mandate = params.nonIncrease === 'M3';
  const rates = conditional ? conditionalRates(tasks) : entireRates(tasks);
  const starts = rates.map((rate, k) => {
    const parent = parents[k]!;
    if (parent === null) return rate;
    const difference = rate - rates[parent]!;
    return mandate ? Math.min(difference, LATEST_START) : difference;
  });
  const heads = linearHeads(scope, input.width, starts, 'difference of its log-odds and its parent’s');

  return {
    forward(t, pass) {
      let residuals = heads(t, pass); // r_k, [B, K]
      if (mandate) residuals = tf.minimum(residuals, ceilings(tasks));
      const wires = pass.wires(path, 'residualLogits', [tasks.length]);
      wires.publish(() => residuals);
      // A wire is what a task adds its own part to: where it is cut, ℓ_k = r_k.
      const logits = sumLineage(residuals, openParents(parents, wires.open)); // ℓ_k, [B, K]
      const entire = conditional ? funnel(logits, parents) : Bernoulli.fromLogits(logits);
      const auxiliary = (batch: LossBatch): AuxiliaryLoss[] => {
        const weigh = (value: Tensor) => tf.mul(value, params.weight as number);
        if (params.nonIncrease === 'M1') {
          const p = conditional ? tf.exp(entire.logP()) : tf.sigmoid(logits);
          return [{ name: 'M1', value: weigh(rise(p, tasks, batch)) }]; // Eq. 8
        }
        if (params.nonIncrease === 'M2') {
          const above = relu(tf.mul(residuals, children(tasks)));
          return [{ name: 'M2', value: weigh(weightedMean(above, batch)) }]; // Eq. 9
        }
        return [];
      };
      return { entire, auxiliary };
    },
  };
};

/** 1 for a task with a parent, 0 for a root: [K]. */
const children = (tasks: readonly TaskContext[]): Tensor =>
  tf.tensor1d(tasks.map((t) => (t.parent === null ? 0 : 1)));

/** What M3 lets a residual be at most: 0, and anything for a root: [K]. */
const ceilings = (tasks: readonly TaskContext[]): Tensor =>
  tf.tensor1d(tasks.map((t) => (t.parent === null ? 1e9 : 0)));
