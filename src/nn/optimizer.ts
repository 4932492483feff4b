/** Optimisers on one flat vector: a dozen kernels a step however many parameters there are. */
import { fastUpdate } from './kernels/optimizer';
import { type Tensor, tf } from './tensor';

export interface OptimizerOptions {
  readonly kind: 'adam' | 'adamw' | 'sgd';
  /** Added to the gradient as L2 (adam, sgd) or taken from the weights directly (adamw). */
  readonly weightDecay: number;
  /** Largest global norm of a gradient, or null. */
  readonly clipNorm: number | null;
}

const BETA_1 = 0.9;
const BETA_2 = 0.999;
/** PyTorch's and the Adam paper's; TensorFlow.js' own optimiser uses 1e-7. */
const EPSILON = 1e-8;

/** Parameters with their moments, [P] each, as they stand between two steps. */
export interface OptimizerState {
  readonly parameters: Tensor;
  readonly moment1: Tensor;
  readonly moment2: Tensor;
}

export interface UpdateResult extends OptimizerState {
  /** ‖g‖₂ before clipping, a scalar. Not finite as soon as one gradient is not. */
  readonly gradientNorm: Tensor;
}

/**
 * One update (Kingma & Ba 2015; Loshchilov & Hutter 2019 for AdamW). SGD keeps its moments at 0.
 * @param state before the step; it is left as it is, the caller disposes of it
 * @param gradient [P]
 * @param learningRate of this step
 * @param t number of this step, from 1
 */
export function update(
  options: OptimizerOptions,
  state: OptimizerState,
  gradient: Tensor,
  learningRate: number,
  t: number,
): UpdateResult {
  return (
    updateInOnePass(options, state, gradient, learningRate, t) ??
    tf.tidy(() => {
      const gradientNorm = tf.sqrt(tf.sum(tf.square(gradient)));
      let g = gradient;
      if (options.clipNorm !== null) {
        // min(1, c/‖g‖); the floor keeps 0/0 away and changes nothing above it.
        const scale = tf.minimum(1, tf.div(options.clipNorm, tf.maximum(gradientNorm, 1e-30)));
        g = tf.mul(g, scale);
      }
      let p = state.parameters;
      if (options.weightDecay > 0) {
        if (options.kind === 'adamw') p = tf.mul(p, 1 - learningRate * options.weightDecay);
        else g = tf.add(g, tf.mul(p, options.weightDecay));
      }
      if (options.kind === 'sgd') {
        return {
          parameters: tf.sub(p, tf.mul(g, learningRate)),
          moment1: tf.clone(state.moment1),
          moment2: tf.clone(state.moment2),
          gradientNorm,
        };
      }
      const moment1 = tf.add(tf.mul(state.moment1, BETA_1), tf.mul(g, 1 - BETA_1));
      const moment2 = tf.add(tf.mul(state.moment2, BETA_2), tf.mul(tf.square(g), 1 - BETA_2));
      const size = learningRate / (1 - BETA_1 ** t);
      const root = tf.add(tf.mul(tf.sqrt(moment2), 1 / Math.sqrt(1 - BETA_2 ** t)), EPSILON);
      return { parameters: tf.sub(p, tf.mul(tf.div(moment1, root), size)), moment1, moment2, gradientNorm };
    })
  );
}

function updateInOnePass(
  { kind, weightDecay, clipNorm }: OptimizerOptions,
  state: OptimizerState,
  gradient: Tensor,
  learningRate: number,
  t: number,
): UpdateResult | null {
  const decoupled = kind === 'adamw';
  const adam = kind !== 'sgd';
  const out = fastUpdate(state.parameters, state.moment1, state.moment2, gradient, {
    adam,
    clipNorm,
    decay: decoupled ? 0 : weightDecay,
    shrink: decoupled ? 1 - learningRate * weightDecay : 1,
    rate: adam ? learningRate / (1 - BETA_1 ** t) : learningRate,
    correction: 1 / Math.sqrt(1 - BETA_2 ** t),
    beta1: BETA_1,
    beta2: BETA_2,
    epsilon: EPSILON,
  });
  if (!out) return null;
  const [parameters, gradientNorm, moment1, moment2] = out as [Tensor, Tensor, Tensor?, Tensor?];
  return {
    parameters,
    moment1: moment1 ?? tf.clone(state.moment1),
    moment2: moment2 ?? tf.clone(state.moment2),
    gradientNorm,
  };
}

/** Learning rate of a step. @param progress share of the steps that are done, 0…1 */
export function scheduledRate(
  base: number,
  decay: 'none' | 'linear' | 'cosine',
  finalRate: number,
  progress: number,
): number {
  const p = Math.min(1, Math.max(0, progress));
  if (decay === 'linear') return base * (1 - (1 - finalRate) * p);
  if (decay === 'cosine') return base * (finalRate + (1 - finalRate) * 0.5 * (1 + Math.cos(Math.PI * p)));
  return base;
}
