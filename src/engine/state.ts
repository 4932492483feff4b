/** What changes from step to step, and what one batch says about it. */
import { type Layout, type OptimizerState, type Tensor, tf } from '../nn';
import type { Snapshot } from '../pipeline/run';
import type { Model } from './assemble';
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

/** @throws Error in one sentence where a snapshot is of other data, or of another pipeline */
export function checkSnapshot(from: Snapshot, fingerprint: string, { layout, balancer }: Model): void {
  if (from.fingerprint !== fingerprint) {
    throw new Error('The snapshot was taken on other data: load that data, or start anew.');
  }
  if (
    from.parameters.length !== layout.size ||
    from.buffers.length !== layout.bufferSize ||
    (from.balancer.length > 0 && from.balancer.length !== balancer.initial.length)
  ) {
    throw new Error('The snapshot belongs to another pipeline: load that pipeline, or start anew.');
  }
}

/** The state at step 0, or of a snapshot that fits the model. */
export function firstState({ layout, balancer }: Model, seed: number, from?: Snapshot): TrainingState {
  const vector = (values: Float32Array) => tf.tensor1d(values);
  return {
    parameters: vector(from?.parameters ?? layout.initialParameters(seed)),
    moment1: vector(from?.moment1 ?? new Float32Array(layout.size)),
    moment2: vector(from?.moment2 ?? new Float32Array(layout.size)),
    buffers: vector(from?.buffers ?? layout.initialBuffers()),
    balancer: from?.balancer.length ? from.balancer : Float32Array.from(balancer.initial),
    step: from?.step ?? 0,
  };
}

/** The numbers of a state: copies, since some backends hand out their own memory. */
export async function readState(
  state: TrainingState,
): Promise<Pick<Snapshot, 'step' | 'parameters' | 'moment1' | 'moment2' | 'buffers' | 'balancer'>> {
  const read = async (t: Tensor) => ((await t.data()) as Float32Array).slice();
  const { step, balancer } = state;
  const [parameters, moment1, moment2, buffers] = await Promise.all([
    read(state.parameters),
    read(state.moment1),
    read(state.moment2),
    read(state.buffers),
  ]);
  return { step, parameters, moment1, moment2, buffers, balancer: balancer.slice() };
}

/** Running statistics after a step, flat. @param updates new values by buffer index */
export function nextBuffers(
  layout: Layout,
  buffers: Tensor,
  { updates }: Pick<StepGradient, 'updates'>,
): Tensor {
  if (updates.size === 0) return tf.clone(buffers);
  return tf.tidy(() =>
    tf.concat(
      layout.buffers.map((b) => {
        const value = updates.get(b.index);
        return value ? tf.reshape(value, [b.size]) : tf.slice(buffers, [b.offset], [b.size]);
      }) as tf.Tensor1D[],
    ),
  );
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
