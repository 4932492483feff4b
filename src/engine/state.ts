/** What changes from step to step, and what one batch says about it. */

import { type OptimizerState, type Tensor, tf } from '../nn';
import type { BalanceReading } from './balance';

/** Everything that changes from step to step. */
export interface TrainingState extends OptimizerState {
  /** Running statistics, flat. */
  readonly buffers: Tensor;
  /** What the balancer carries from step to step; numbers on the CPU, never changed in place. */
  readonly balancer: Float32Array;
  /** Steps done. */
  readonly step: number;
}

/** A batch's gradient and losses, owned by the caller. */
export interface StepGradient {
  /** [P] */
  readonly flat: Tensor;
  /** [1 + K]: Σc_kL_k (Σλ_kL_k where the balancer works on gradients) with the Top's own losses, then L_k. */
  readonly losses: Tensor;
  /** New running statistics by buffer index. */
  readonly updates: ReadonlyMap<number, Tensor>;
  /** What the balancer carries on. */
  readonly balancer: Float32Array;
  /** What the balancer did. */
  readonly reading: BalanceReading;
}

/** Another hold on the same values; tensors are shared, not copied. */
export function copyState(s: TrainingState): TrainingState {
  return {
    parameters: tf.clone(s.parameters),
    moment1: tf.clone(s.moment1),
    moment2: tf.clone(s.moment2),
    buffers: tf.clone(s.buffers),
    balancer: s.balancer,
    step: s.step,
  };
}

/** A copy of the values themselves, for states that steps change in place. */
export function copyNumbers(s: TrainingState): TrainingState {
  const copy = (t: Tensor) => tf.tidy(() => tf.add(t, 0));
  return {
    ...s,
    parameters: copy(s.parameters),
    moment1: copy(s.moment1),
    moment2: copy(s.moment2),
    buffers: copy(s.buffers),
  };
}

export function disposeState(s: TrainingState): void {
  tf.dispose([s.parameters, s.moment1, s.moment2, s.buffers]);
}

export function disposeGradient(g: StepGradient): void {
  g.flat.dispose();
  g.losses.dispose();
  for (const value of g.updates.values()) value.dispose();
}
