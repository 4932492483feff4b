/** Layer and batch normalisation with hand-written backward passes: a fraction of the kernels that the tape would record. */
import { fastLayerNorm } from './kernels/norm';
import { columnSum } from './matmul';
import { type Tensor, tf } from './tensor';

/** ε inside the square root, PyTorch's default. */
export const NORM_EPSILON = 1e-5;

const lastMean = (x: Tensor) => tf.mean(x, -1, true);

/**
 * Layer normalisation over the last axis: y = γ·(x−μ)/√(σ²+ε) + β, σ² biased.
 * @param x [N, D]
 * @param gamma [D]
 * @param beta [D]
 */
export function layerNorm(x: Tensor, gamma: Tensor, beta: Tensor): Tensor {
  return fastLayerNorm(x, null, gamma, beta, NORM_EPSILON) ?? plainLayerNorm(x, gamma, beta);
}

/** LN(x + y): residual and normalisation, [N, D] each. */
export function addLayerNorm(x: Tensor, y: Tensor, gamma: Tensor, beta: Tensor): Tensor {
  return fastLayerNorm(x, y, gamma, beta, NORM_EPSILON) ?? plainLayerNorm(tf.add(x, y), gamma, beta);
}

function plainLayerNorm(x: Tensor, gamma: Tensor, beta: Tensor): Tensor {
  const op = tf.customGrad((...args: unknown[]) => {
    const [x, gamma, beta, save] = args as [Tensor, Tensor, Tensor, tf.GradSaveFunc];
    const centred = tf.sub(x, lastMean(x));
    const rstd = tf.rsqrt(tf.add(lastMean(tf.square(centred)), NORM_EPSILON)); // [N, 1]
    const normal = tf.mul(centred, rstd);
    save([normal, rstd, gamma]);
    return {
      value: tf.add(tf.mul(normal, gamma), beta),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [normal, rstd, gamma] = saved as [Tensor, Tensor, Tensor];
        const dn = tf.mul(dy, gamma);
        const projected = tf.mul(normal, lastMean(tf.mul(dn, normal)));
        const dx = tf.mul(rstd, tf.sub(tf.sub(dn, lastMean(dn)), projected));
        return [dx, columnSum(tf.mul(dy, normal)), columnSum(dy)];
      },
    };
  });
  return op(x, gamma, beta);
}

/** Mean and biased variance of each column over the batch, [N] each. */
export interface Moments {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/**
 * Batch normalisation in training: each column by its mean and biased variance over the batch.
 * @param x [B, N]
 * @param gamma [N]
 * @param beta [N]
 * @param onMoments receives the batch's moments for the running statistics; it must copy what it keeps
 */
export function batchNormTraining(
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  onMoments: (moments: Moments) => void,
): Tensor {
  const B = x.shape[0]!;
  const columnMean = (t: Tensor) => tf.div(columnSum(t), B);
  const op = tf.customGrad((...args: unknown[]) => {
    const [x, gamma, beta, save] = args as [Tensor, Tensor, Tensor, tf.GradSaveFunc];
    const mean = columnMean(x);
    const centred = tf.sub(x, mean);
    const variance = columnMean(tf.square(centred));
    onMoments({ mean, variance });
    const rstd = tf.rsqrt(tf.add(variance, NORM_EPSILON)); // [N]
    const normal = tf.mul(centred, rstd);
    save([normal, rstd, gamma]);
    return {
      value: tf.add(tf.mul(normal, gamma), beta),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [normal, rstd, gamma] = saved as [Tensor, Tensor, Tensor];
        const dGamma = columnSum(tf.mul(dy, normal));
        const dBeta = columnSum(dy);
        // dx = γ/σ · (dy − mean(dy) − x̂·mean(dy·x̂))
        const inner = tf.sub(tf.sub(dy, tf.div(dBeta, B)), tf.mul(normal, tf.div(dGamma, B)));
        return [tf.mul(inner, tf.mul(gamma, rstd)), dGamma, dBeta];
      },
    };
  });
  return op(x, gamma, beta);
}

/** Batch normalisation in evaluation, by running moments. Shapes as in training. */
export function batchNormEvaluation(x: Tensor, gamma: Tensor, beta: Tensor, running: Moments): Tensor {
  const scale = tf.mul(gamma, tf.rsqrt(tf.add(running.variance, NORM_EPSILON)));
  return tf.add(tf.mul(tf.sub(x, running.mean), scale), beta);
}
