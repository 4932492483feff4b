import { concatColumns, funnel, logAddExp, logSigmoid, splitGroups, type Tensor, tf } from '../../../nn';
import type { BuildTop } from '../../contract';
import { conditionalRates, headInit, linearHeads, logit } from '../heads';

/**
 * ESM² (Wen et al. 2020): click, action and purchase, where the purchase may skip the action. Its rate given a click is a mixture,
 * taken as log-odds m, after which all three are a tree: p = σ(ℓ_1), σ(ℓ_1)·σ(ℓ_2), σ(ℓ_1)·σ(m).
 */
export const build: BuildTop = ({ path, scope, tasks }, input) => {
  const [click, action, purchase] = tasks;
  if (!click || !action || !purchase)
    throw new Error('ESM² needs the three tasks click, action and purchase.');
  // Nothing is known of how a purchase splits over the two ways: both start at its rate given a click.
  const bought = logit(Math.min(purchase.baseRate / click.baseRate, 0.99));
  const [first, second] = conditionalRates(tasks) as [number, number, number];
  const heads = linearHeads(
    scope,
    input.width,
    [first, second, bought],
    'log-odds of its rate given a click',
  );
  const w4 = scope.parameter('w4', [input.width], headInit(input.width), 'w_4, second head on t_3, D_t');
  const c4 = scope.parameter(
    'c4',
    [1],
    { kind: 'values', values: [bought] },
    'c_4, initially the log-odds of a purchase given a click',
  );
  return {
    forward(t, pass) {
      const [l1, l2, l3] = splitGroups(heads(t, pass), 3) as [Tensor, Tensor, Tensor]; // [B, 1] each
      const t3 = t.groups === 1 ? t.t : splitGroups(t.t, 3)[2]!;
      const l4 = tf.add(tf.matMul(t3, tf.reshape(pass.weight(w4), [-1, 1])), pass.weight(c4)); // [B, 1]
      pass.probe(path, 'stepLogits', () => concatColumns([l1, l2, l3, l4]), [4]);
      const logits = concatColumns([l1, l2, mixture(l2, l3, l4)]);
      return { entire: funnel(logits, [null, 0, 0]) };
    },
  };
};

/** Log-odds of σ(a)·σ(b) + (1−σ(a))·σ(c): a purchase by way of the action or without it. [B, 1] each. */
function mixture(a: Tensor, b: Tensor, c: Tensor): Tensor {
  const [took, skipped] = [logSigmoid(a), logSigmoid(tf.neg(a))];
  const bought = logAddExp(tf.add(took, logSigmoid(b)), tf.add(skipped, logSigmoid(c)));
  const left = logAddExp(tf.add(took, logSigmoid(tf.neg(b))), tf.add(skipped, logSigmoid(tf.neg(c))));
  return tf.sub(bought, left);
}
