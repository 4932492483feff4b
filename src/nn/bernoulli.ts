/** Yes/no predictions in log space: what every Top returns, and the weighted cross-entropy on it. Nothing clips a probability. */
import { fastCrossEntropy } from './kernels/crossEntropy';
import { columnSum } from './matmul';
import { type Tensor, tf } from './tensor';

/** log(1+eˣ) without overflow and without losing small values: max(x,0) + log1p(e^−|x|). */
function softplus(x: Tensor): Tensor {
  return tf.add(tf.relu(x), tf.log1p(tf.exp(tf.neg(tf.abs(x)))));
}

/**
 * K events a row as (log p, log(1−p)), [B, K] each; made from logits, or from log-probabilities where a Top multiplies
 * probabilities.
 */
export class Bernoulli {
  private constructor(
    private readonly logits: Tensor | null,
    private readonly pair: { logP: Tensor; log1mP: Tensor } | null,
  ) {}

  /** p = σ(logit). @param logits [B, K] */
  static fromLogits(logits: Tensor): Bernoulli {
    return new Bernoulli(logits, null);
  }

  /** @param logP [B, K], ≤ 0. @param log1mP [B, K] with e^logP + e^log1mP = 1 */
  static fromLogProbabilities(logP: Tensor, log1mP: Tensor): Bernoulli {
    return new Bernoulli(null, { logP, log1mP });
  }

  /** log p, [B, K]. */
  logP(): Tensor {
    return this.pair?.logP ?? tf.neg(softplus(tf.neg(this.logits!)));
  }

  /** log(1−p), [B, K]. */
  log1mP(): Tensor {
    return this.pair?.log1mP ?? tf.neg(softplus(this.logits!));
  }

  /**
   * Mean weighted cross-entropy of each task,
   * L_k = (1/B) Σ_i w_i·( −v_k·y·log p − (1−y)·log(1−p) )   (Kutak 2025, Eq. 13, with weights).
   * @param labels [B, K], 0 or 1
   * @param rowWeights w, [B, 1], with mean 1 over the training part
   * @param positiveWeights v, [K]
   * @returns [K]
   */
  losses(labels: Tensor, rowWeights: Tensor, positiveWeights: Tensor): Tensor {
    const fast = this.logits && fastCrossEntropy(this.logits, labels, rowWeights, positiveWeights);
    if (fast) return fast;
    const B = labels.shape[0]!;
    const ofPositive = tf.mul(rowWeights, tf.mul(labels, positiveWeights)); // [B, K]
    const ofNegative = tf.mul(rowWeights, tf.sub(1, labels)); // [B, K]
    const each = this.logits
      ? crossEntropyFromLogits(this.logits, ofPositive, ofNegative)
      : tf.neg(tf.add(tf.mul(ofPositive, this.pair!.logP), tf.mul(ofNegative, this.pair!.log1mP)));
    return tf.div(sumOverRows(each), B);
  }
}

/** Column sums on the tape: the gradient of a sum is the cotangent on every row. */
function sumOverRows(x: Tensor): Tensor {
  const shape = x.shape as [number, number];
  const op = tf.customGrad((...args: unknown[]) => {
    const [x] = args as [Tensor];
    return {
      value: columnSum(x),
      gradFunc: (dy: Tensor) => tf.mul(tf.ones(shape), dy),
    };
  });
  return op(x);
}

/**
 * a·softplus(−l) + c·softplus(l), with gradient (a+c)·σ(l) − a.
 * @param a weight of the positive part, [B, K]
 * @param c weight of the negative part, [B, K]
 */
function crossEntropyFromLogits(logits: Tensor, a: Tensor, c: Tensor): Tensor {
  const op = tf.customGrad((...args: unknown[]) => {
    const [l, save] = args as [Tensor, tf.GradSaveFunc];
    const both = tf.add(a, c);
    save([l, both, tf.clone(a)]);
    return {
      // The two softplus terms are kept apart: (a+c)·softplus(l) − a·l cancels catastrophically for large l.
      value: tf.add(tf.mul(a, softplus(tf.neg(l))), tf.mul(c, softplus(l))),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [l, both, a] = saved as [Tensor, Tensor, Tensor];
        return tf.mul(dy, tf.sub(tf.mul(both, tf.sigmoid(l)), a));
      },
    };
  });
  return op(logits);
}
