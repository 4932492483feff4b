/** Probabilities along a funnel or tree of events, in log space: products of conditionals and their complements. */
import { Bernoulli } from './bernoulli';
import { type Tensor, tf } from './tensor';
import { lineages, picker, sumLineage } from './tree';

/** log(1+eˣ) without overflow: max(x,0) + log1p(e^−|x|). */
function softplus(x: Tensor): Tensor {
  return tf.add(tf.relu(x), tf.log1p(tf.exp(tf.neg(tf.abs(x)))));
}

/** log σ(x) with gradient σ(−x), right at every x; log(1−σ(x)) is logSigmoid(−x). Any shape. */
export function logSigmoid(x: Tensor): Tensor {
  const op = tf.customGrad((...args: unknown[]) => {
    const [x, save] = args as [Tensor, tf.GradSaveFunc];
    save([x]);
    return {
      value: tf.neg(softplus(tf.neg(x))),
      gradFunc: (dy: Tensor, saved: Tensor[]) => tf.mul(dy, tf.sigmoid(tf.neg(saved[0]!))),
    };
  });
  return op(x);
}

/** log(eᵃ + eᵇ) without overflow, elementwise, for finite a and b of one shape. */
export function logAddExp(a: Tensor, b: Tensor): Tensor {
  return tf.add(b, softplusOf(tf.sub(a, b)));
}

/** softplus with gradient σ(x), right at x = 0 too, where the tape's rules for relu and abs would both say 0. */
export function softplusOf(x: Tensor): Tensor {
  const op = tf.customGrad((...args: unknown[]) => {
    const [x, save] = args as [Tensor, tf.GradSaveFunc];
    save([x]);
    return {
      value: softplus(x),
      gradFunc: (dy: Tensor, saved: Tensor[]) => tf.mul(dy, tf.sigmoid(saved[0]!)),
    };
  });
  return op(x);
}

/**
 * Events whose probabilities multiply along a funnel or tree: P_k = σ(ℓ_k)·P_pa(k), P of a root = σ(ℓ).
 * log P_k = Σ log σ(ℓ_a) over the lineage of k, and log(1−P_k) = log Σ_a (1−σ(ℓ_a))·P_pa(a) over it: the ways to drop out.
 * @param logits ℓ, [B, K], of each event given its parent
 * @param parents index of each event's parent, or null; parents come first
 */
export function funnel(logits: Tensor, parents: readonly (number | null)[]): Bernoulli {
  if (parents.every((p) => p === null)) return Bernoulli.fromLogits(logits);
  return Bernoulli.fromLogProbabilities(
    sumLineage(logSigmoid(logits), parents),
    logComplement(logits, parents),
  );
}

/**
 * log(1−q) = −2·artanh(q/(2−q)) by its series, to float32's last digit but one for q ≤ e⁻¹.
 * log1p will not do: wasm and WebGPU compute it as log(1+x), which loses a rare event's q.
 */
function logOneMinus(q: Tensor): Tensor {
  const z = tf.div(q, tf.sub(2, q));
  const s = tf.square(z);
  let series: Tensor = tf.mul(s, 1 / 11);
  for (const n of [9, 7, 5, 3]) series = tf.mul(s, tf.add(series, 1 / n));
  return tf.mul(z, tf.sub(tf.mul(series, -2), 2));
}

/** log(1−P_k), with ∂/∂ℓ_a = −P_k/(1−P_k)·σ(−ℓ_a), a number in (−1, 0] taken as one exponential. */
function logComplement(logits: Tensor, parents: readonly (number | null)[]): Tensor {
  const K = parents.length;
  const lines = lineages(parents);
  const pairs = lines.flatMap((line, k) => line.map((a) => [a, k] as const));
  const up = picker(K, K, (a, k) => lines[k]!.includes(a));
  const before = picker(K, K, (a, k) => a !== k && lines[k]!.includes(a));
  const pickEvent = picker(K, pairs.length, (k, p) => pairs[p]![1] === k);
  const pickStep = picker(K, pairs.length, (a, p) => pairs[p]![0] === a);
  // −10⁹ rather than −∞: no backend turns it into NaN, and its exponential is exactly 0 in float32.
  const closed = lines.flatMap((line) => parents.map((_, a) => (line.includes(a) ? 0 : -1e9)));
  const op = tf.customGrad((...args: unknown[]) => {
    const [l, save] = args as [Tensor, tf.GradSaveFunc];
    const B = l.shape[0]!;
    const logQ = tf.neg(softplus(tf.neg(l))); // log σ(ℓ), [B, K]
    const logNot = tf.neg(softplus(l)); // log(1−σ(ℓ))
    const logP = tf.matMul(logQ, up());
    const drop = tf.add(logNot, tf.matMul(logQ, before())); // fails at a, having passed all before it
    const ways = tf.add(tf.reshape(drop, [B, 1, K]), tf.tensor(closed, [1, K, K])); // [B, event, step]
    const bySum = tf.logSumExp(ways, 2); // [B, K]
    // A rare event's complement is nearly 1, and a sum of exponentials would round its logarithm −P away.
    const value = tf.where(tf.less(logP, -1), logOneMinus(tf.exp(logP)), bySum);
    save([logP, logNot, value]);
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [logP, logNot, value] = saved as [Tensor, Tensor, Tensor];
        const odds = tf.matMul(tf.sub(logP, value), pickEvent()); // log P/(1−P) of each pair's event, [B, pairs]
        const share = tf.exp(tf.add(odds, tf.matMul(logNot, pickStep())));
        const each = tf.mul(tf.matMul(dy, pickEvent()), share);
        return tf.neg(tf.matMul(each, tf.transpose(pickStep())));
      },
    };
  });
  return op(logits);
}
