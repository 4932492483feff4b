/** What changes from step to step, and what one batch says about it. */
import { type OptimizerState, type Tensor, tf } from '../nn';

/** Everything that changes from step to step. */
export interface TrainingState extends OptimizerState {
  /** Running statistics, flat. */
  readonly buffers: Tensor;
  /** Steps done. */
  readonly step: number;
}

/** A batch's gradient and losses, owned by the caller. */
export interface StepGradient {
  /** [P] */
  readonly flat: Tensor;
  /** By parameter, null where nothing reaches it. */
  readonly each: readonly (Tensor | null)[];
  /** [1 + K]: Σλ_kL_k with auxiliary losses, then L_k. */
  readonly losses: Tensor;
  /** New running statistics by buffer index. */
  readonly updates: ReadonlyMap<number, Tensor>;
}

/** Another hold on the same values; tensors are shared, not copied. */
export function copyState(s: TrainingState): TrainingState {
  return {
    parameters: tf.clone(s.parameters),
    moment1: tf.clone(s.moment1),
    moment2: tf.clone(s.moment2),
    buffers: tf.clone(s.buffers),
    step: s.step,
  };
}

export function disposeState(s: TrainingState): void {
  tf.dispose([s.parameters, s.moment1, s.moment2, s.buffers]);
}

export function disposeGradient(g: StepGradient): void {
  g.flat.dispose();
  g.losses.dispose();
  for (const each of g.each) each?.dispose();
  for (const value of g.updates.values()) value.dispose();
}
