/** A step's gradient: weights cut from the flat vector, forward and backward passes, and what the balancer makes of them. */
import { type Parameter, Pass, type PassOptions, readNow, slices, type Tensor, tf } from '../nn';
import type { Model } from './assemble';
import { type BalanceSource, balance, lastSharedLayer, measure, sharedCounts } from './balance';
import { type Batch, disposeBatch } from './batches';
import { type Reach, reachAll } from './reach';
import { disposeState, type StepGradient, type TrainingState } from './state';

/** A gradient that waits for the numbers which the balancer has to see: there at once on cpu and wasm. */
export interface Begun {
  readonly seen: Float32Array | Promise<Float32Array>;
  /** Carries out what the balancer makes of them. */
  finish(seen: Float32Array): StepGradient;
}

export class StepGradients {
  /** W, once it is known; null where nobody asks for it or nothing is shared. */
  private lastShared: Parameter | null = null;
  private known: boolean;

  /**
   * @param firstBatch the first batch of the run: on it W is looked for, at the initial parameters, so that a run which goes
   * on from a snapshot has the same W
   */
  constructor(
    private readonly model: Model,
    private readonly seed: number,
    private readonly firstBatch: () => Batch,
  ) {
    const { balancer } = model;
    this.known = balancer.kind !== 'weighting' || balancer.observes !== 'norms';
  }

  /** Finds the last shared layer for a balancer that looks at gradients on it, once. @returns what to wait for, if anything */
  prepare(): Promise<void> | null {
    if (this.known) return null;
    const { layout, tasks } = this.model;
    const state: TrainingState = {
      parameters: tf.tensor1d(layout.initialParameters(this.seed)),
      moment1: tf.zeros([0]),
      moment2: tf.zeros([0]),
      buffers: tf.tensor1d(layout.initialBuffers()),
      balancer: Float32Array.from(this.model.balancer.initial),
      step: 0,
    };
    const batch = this.firstBatch();
    const { source, views, updates } = this.source(
      state,
      reachAll(layout, state),
      batch,
      0,
      tasks.map(() => 1),
      {},
    );
    const counts = sharedCounts(source);
    tf.dispose([...views, ...updates.values()]);
    disposeState(state);
    disposeBatch(batch);
    const read = readNow(counts);
    counts.dispose();
    const found = (values: Float32Array) => {
      this.lastShared = lastSharedLayer(layout, values);
      this.known = true;
    };
    if (read instanceof Promise) return read.then(found);
    found(read);
    return null;
  }

  /**
   * Forward and backward passes of a batch at a state.
   * @param reach of the state, the vectors that the gradient is taken of
   */
  begin(
    state: TrainingState,
    reach: Reach,
    batch: Batch,
    step: number,
    lossWeights: readonly number[],
    options: Partial<PassOptions> = {},
  ): Begun {
    const { source, views, updates } = this.source(state, reach, batch, step, lossWeights, options);
    const measured = measure(source, this.lastShared);
    tf.dispose(views);
    const { numbers, losses } = measured;
    return {
      seen: numbers ? readNow(numbers) : new Float32Array(0),
      finish: (seen) => {
        numbers?.dispose();
        return { losses, updates, ...balance(this.model.balancer, source.input, measured, seen) };
      },
    };
  }

  /** What a step is measured on, and the tensors cut for it, which are the caller's like the new running statistics. */
  private source(
    state: TrainingState,
    reach: Reach,
    batch: Batch,
    step: number,
    lossWeights: readonly number[],
    options: Partial<PassOptions>,
  ): { source: BalanceSource; views: Tensor[]; updates: ReadonlyMap<number, Tensor> } {
    const { model, seed } = this;
    const { layout } = model;
    const { parameters, places } = reach;
    const weights = slices(parameters, reach.vectors.parameters);
    const buffers = slices(layout.buffers, state.buffers);
    const pass = new Pass(weights, buffers, { training: true, seed, step, places, ...options });
    const input = { step, seed, lossWeights, state: state.balancer };
    const views = [...weights, ...buffers];
    return { source: { model, batch, pass, weights, parameters, input }, views, updates: pass.updates };
  }
}
