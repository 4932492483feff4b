/** One training run on one backend: steps, readings, evaluations, probes and snapshots. It decides nothing about when. */
import type { Dataset } from '../data/dataset';
import { marketShifts } from '../data/marketShift';
import { calibrations, evaluate, type Predictions } from '../metrics/evaluate';
import { sampleSize } from '../metrics/sample';
import {
  backendName,
  Cuts,
  type CutWires,
  type Parameter,
  Pass,
  type PassOptions,
  StepTimer,
  scheduledRate,
  sliceParameters,
  slices,
  type Tensor,
  tf,
  update,
} from '../nn';
import type {
  CalibrationReading,
  CutReading,
  Evaluation,
  GradientReading,
  LiveEdit,
  NormReading,
  ProbeReading,
  Snapshot,
  StepReading,
  TimeReading,
} from '../pipeline/run';
import type { Pipeline } from '../pipeline/schema';
import { type OutputSpace, outputSpaces } from '../pipeline/spaces';
import { assemble, labelColumns, type Model } from './assemble';
import type { BalanceReading } from './balance';
import { balanceProbes, balanceRows } from './balanceRecord';
import { type Batch, Batcher, baseRates, disposeBatch } from './batches';
import { type Conflict, type ConflictSource, gradientConflict, spreadRows } from './conflict';
import { readCuts } from './cuts';
import { type Divergence, findDivergence } from './diagnose';
import { type Frame, type PendingStep, readPending } from './frame';
import { readGradients } from './gradientReading';
import { readStep } from './handStep';
import { JudgedRows } from './judgedRows';
import { normReading } from './normReading';
import { predictRows } from './predict';
import { type Cohort, cohortsOf, readProbes } from './probes';
import { reachAll, TouchedRows } from './reach';
import {
  checkSnapshot,
  copyNumbers,
  copyState,
  disposeGradient,
  disposeState,
  firstState,
  nextBuffers,
  readState,
  type StepGradient,
  type TrainingState,
} from './state';
import { StepGradients } from './stepGradient';
import { timeReading } from './stepTimes';

/** Training rows of a reading of gradients: the more, the less of it is noise. */
const GRADIENT_ROWS = 2048;

export class Session {
  readonly model: Model;
  readonly spaces: readonly OutputSpace[];
  private readonly batcher: Batcher;
  private state: TrainingState;
  /** As of the last frame that was finite; a divergence is replayed from here. */
  private checkpoint: TrainingState;
  private pending: PendingStep[] = [];
  /** Null on a GPU, which computes by itself while the next calls are made. */
  private readonly timer: StepTimer | null;
  /** What the last step updated. */
  private updated: readonly Parameter[] = [];
  /** What the balancer did at the last step. */
  private balanced: BalanceReading | null = null;
  private readonly gradients: StepGradients;
  /** For an optimiser that moves the rows alone that a batch reads. */
  private readonly touched: TouchedRows | null;
  private edits: LiveEdit;
  private readonly columns: number[];
  private readonly judged: JudgedRows;
  /** [K] what a positive row of each task is called. */
  private readonly nouns: readonly string[];

  /**
   * @param from continue from a snapshot of the same pipeline and data
   * @throws Error in one sentence where data, pipeline and snapshot do not fit
   */
  constructor(
    readonly pipeline: Pipeline,
    readonly data: Dataset,
    from?: Snapshot,
  ) {
    this.model = assemble(pipeline, data.schema, baseRates(pipeline, data), () => marketShifts(data));
    this.columns = labelColumns(pipeline, data.schema);
    this.spaces = outputSpaces(pipeline.tasks);
    this.nouns = pipeline.tasks.map((t) => t.label);
    this.judged = new JudgedRows(data, this.columns, sampleSize(pipeline.training));
    const { batch, seed } = pipeline.training;
    this.batcher = new Batcher(data, pipeline, batch, seed);
    this.gradients = new StepGradients(this.model, seed, () => this.batcher.training(0));
    this.edits = from?.edits ?? {};
    this.timer = backendName() === 'webgpu' ? null : new StepTimer(this.model.blocks.length);
    const { layout } = this.model;
    if (from) checkSnapshot(from, data.fingerprint, this.model);
    this.touched = pipeline.training.optimizer === 'adam-rows' ? new TouchedRows(layout) : null;
    this.state = firstState(this.model, seed, from);
    this.checkpoint = copyState(this.state);
  }

  /** Steps done. */
  get step(): number {
    return this.state.step;
  }

  get finished(): boolean {
    return this.state.step >= this.pipeline.training.steps;
  }

  /** Changes what may change while it trains, from the next step on. */
  edit(change: LiveEdit): void {
    const K = this.pipeline.tasks.length;
    if (change.lossWeights && change.lossWeights.length !== K) {
      throw new Error(`There are ${K} tasks, so ${K} loss weights are needed.`);
    }
    this.edits = { ...this.edits, ...change };
  }

  private lossWeights(): readonly number[] {
    return this.edits.lossWeights ?? this.pipeline.tasks.map((t) => t.lossWeight);
  }

  private labelNoise(): number {
    return this.edits.labelNoise ?? this.pipeline.training.labelNoise;
  }

  private learningRate(step: number): number {
    const { learningRate, decay, finalRate, steps } = this.pipeline.training;
    return scheduledRate(this.edits.learningRate ?? learningRate, decay, finalRate, step / steps);
  }

  /**
   * One training step: forward, backward, update. Its readings wait on the backend for the next frame. On cpu and wasm the step
   * is done when this returns; on WebGPU a balancer that must see numbers of the step waits for them.
   */
  async trainStep(): Promise<void> {
    const step = this.state.step;
    const rate = this.learningRate(step);
    const preparing = this.gradients.prepare();
    if (preparing) await preparing;
    this.timer?.begin();
    const batch = this.batcher.training(step, this.labelNoise());
    const state = this.state;
    const reach = this.touched?.reach(state, batch) ?? reachAll(this.model.layout, state);
    const begun = this.gradients.begin(state, reach, batch, step, this.lossWeights(), { timer: this.timer });
    disposeBatch(batch);
    const seen = begun.seen instanceof Promise ? await begun.seen : begun.seen;
    const gradient = begun.finish(seen);
    const { optimizer, weightDecay, clipNorm } = this.pipeline.training;
    const kind = optimizer === 'adam-rows' ? 'adam' : optimizer;
    const next = update({ kind, weightDecay, clipNorm }, reach.vectors, gradient.flat, rate, step + 1);
    const values = tf.tidy(() => tf.concat([tf.reshape(next.gradientNorm, [1]), gradient.losses]));
    next.gradientNorm.dispose();
    const { parameters, moment1, moment2 } = reach.finish(next);
    const buffers = nextBuffers(this.model.layout, state.buffers, gradient);
    disposeGradient(gradient);
    disposeState(state);
    this.state = {
      parameters,
      moment1,
      moment2,
      buffers,
      balancer: gradient.balancer,
      step: step + 1,
    };
    this.balanced = gradient.reading;
    this.updated = reach.parameters;
    this.timer?.end();
    this.pending.push({ step: step + 1, rate, values, balance: gradient.reading });
  }

  /** Where the time of the last steps went (stepTimes.ts); null before the first, and on a GPU. */
  timeReading(): TimeReading | null {
    const times = this.timer?.read();
    return times ? timeReading(this.model, this.step, times, this.updated) : null;
  }

  /** Lengths of weights and gradients, block by block (normReading.ts). Nothing is trained. */
  async normReading(): Promise<NormReading> {
    const { state } = this;
    const batch = this.batcher.training(state.step, this.labelNoise());
    const gradient = await this.gradient(state, batch, state.step);
    // Apart from the backend's memory, which the next reading may move.
    const weights = (await state.parameters.data()).slice();
    const reading = normReading(this.model, state.step, weights, await gradient.flat.data());
    disposeBatch(batch);
    disposeGradient(gradient);
    return reading;
  }

  /** One training step, and what flowed in it (handStep.ts). @param names of the probes that are read before and after */
  readStep(names: ReadonlySet<string>): Promise<StepReading> {
    const { step } = this.state;
    return readStep({
      model: this.model,
      rows: this.batcher.rowsOf(step),
      rate: this.learningRate(step),
      parameters: () => this.state.parameters,
      batch: () => this.batcher.training(step, this.labelNoise()),
      pass: (weights) => this.pass(this.state, weights, { training: true, step }),
      probes: () => this.probe(names),
      weights: () => this.balanced?.weights ?? this.lossWeights(),
      train: () => this.trainStep(),
    });
  }

  /** Losses and gradients of a batch at a state. */
  async gradient(
    state: TrainingState,
    batch: Batch,
    step: number,
    options?: Partial<PassOptions>,
  ): Promise<StepGradient> {
    await this.gradients.prepare();
    const reach = reachAll(this.model.layout, state);
    const { seen, finish } = this.gradients.begin(state, reach, batch, step, this.lossWeights(), options);
    return finish(await seen);
  }

  private pass(state: TrainingState, weights: readonly Tensor[], options: Partial<PassOptions>): Pass {
    return new Pass(weights, slices(this.model.layout.buffers, state.buffers), {
      training: false,
      seed: this.pipeline.training.seed,
      step: state.step,
      ...options,
    });
  }

  /**
   * Reads all losses and gradient norms since the last frame in one transfer and checks them.
   * After a divergence the state is back at the last frame that was finite.
   */
  async readFrame(): Promise<Frame> {
    const waiting = this.pending;
    this.pending = [];
    const columns = 4 + this.pipeline.tasks.length;
    if (waiting.length === 0) {
      return { steps: new Float64Array(0), columns, balance: null, divergence: null };
    }
    const { steps, bad } = await readPending(waiting, columns);
    const balance = balanceRows(this.model, bad < 0 ? waiting : waiting.slice(0, bad));
    if (bad >= 0) {
      const divergence = await this.replayTo(waiting[bad]!.step);
      return { steps: steps.slice(0, bad * columns), columns, balance, divergence };
    }
    disposeState(this.checkpoint);
    this.checkpoint = copyState(this.state);
    this.touched?.forget();
    return { steps, columns, balance, divergence: null };
  }

  /** The state is that of the last finite frame again. */
  private goBack(): void {
    this.touched?.takeBack(this.state);
    disposeState(this.state);
    this.state = copyState(this.checkpoint);
  }

  /** Goes back to the last finite frame, trains up to just before `step` again, and looks where its first bad number appears. */
  private async replayTo(step: number): Promise<Divergence> {
    this.goBack();
    while (this.state.step < step - 1) await this.trainStep();
    for (const p of this.pending) p.values.dispose();
    this.pending = [];
    const batch = this.batcher.training(step - 1, this.labelNoise());
    const divergence = await findDivergence(this, this.state, batch, step);
    disposeBatch(batch);
    this.goBack();
    return divergence;
  }

  /**
   * log p and log(1−p) of the given rows, [N·K] row-major each.
   * @param onChunk is awaited between chunks, so that a long evaluation does not hold up messages
   * @param data where the rows lie: the run's data, or its pages
   * @param options of the passes, e.g. wires to cut
   */
  async predict(
    rows: ArrayLike<number>,
    onChunk?: () => Promise<void>,
    data: Dataset = this.data,
    options: Partial<PassOptions> = {},
  ): Promise<{ logP: Float32Array; log1mP: Float32Array }> {
    return predictRows(
      rows.length,
      this.pipeline.tasks.length,
      (from, to) => this.batcher.gather(rows, data, from, to),
      ({ features }) => {
        const weights = sliceParameters(this.model.layout, this.state.parameters);
        const { entire } = this.model.forward(features, this.pass(this.state, weights, options));
        return tf.stack([entire.logP(), entire.log1mP()]); // [2, n, K]
      },
      onChunk,
    );
  }

  /** Metrics of every output space over the whole validation part, or over the sample of it that serves while a run goes on. */
  async evaluate(onChunk?: () => Promise<void>, whole = true): Promise<Evaluation> {
    return (await this.judge(onChunk, false, whole)).evaluation;
  }

  /** The same, with how well the predictions are calibrated where that is wanted: both come of the same predictions. */
  async judge(
    onChunk: (() => Promise<void>) | undefined,
    calibrated: boolean,
    whole = true,
  ): Promise<{ evaluation: Evaluation; calibration: CalibrationReading | null }> {
    const { step } = this.state;
    const { data, rows, sample } = this.judged.of(whole);
    const predictions = { ...(await this.predict(rows, onChunk, data)), tasks: this.nouns.length };
    const metrics = evaluate(this.spaces, predictions, data, undefined, this.nouns);
    const calibration = calibrated
      ? { step, spaces: calibrations(this.spaces, predictions, data, this.nouns) }
      : null;
    return { evaluation: { step, metrics, ...(sample && { sample }) }, calibration };
  }

  /**
   * What the given wires are worth, at the weights of now and on the rows of an evaluation (cuts.ts). Nothing is trained.
   * @param onChunk as in `predict`
   * @throws Error naming a wire that no block of the pipeline has
   */
  async cutReading(
    wires: readonly CutWires[],
    whole: boolean,
    onChunk?: () => Promise<void>,
  ): Promise<CutReading> {
    const { data, rows } = this.judged.of(whole);
    const predict = (cut: readonly CutWires[]) => this.predictCut(cut, rows, data, onChunk);
    const { step, spaces, nouns } = this;
    return readCuts({ step, data, spaces, nouns, predict }, wires);
  }

  /** @throws Error naming a wire that no block of the pipeline has */
  async checkCuts(wires: readonly CutWires[]): Promise<void> {
    await this.predictCut(wires, [0], this.data);
  }

  private async predictCut(
    wires: readonly CutWires[],
    rows: ArrayLike<number>,
    data: Dataset,
    onChunk?: () => Promise<void>,
  ): Promise<Predictions> {
    const cuts = new Cuts(wires);
    const found = await this.predict(rows, onChunk, data, { cuts });
    if (cuts.unmet) throw new Error(`No block of this pipeline has wires ${cuts.unmet}: cut others.`);
    return { ...found, tasks: this.pipeline.tasks.length };
  }

  /** Cohorts of validation rows. @param every all there are, or only the plain ones (probes.ts) */
  cohorts(every: boolean): Cohort[] {
    return cohortsOf(this.data, this.pipeline.tasks, this.columns, every);
  }

  /**
   * The tensors that blocks publish, averaged over each cohort (probes.ts).
   * @param wanted names, or null for all
   * @param cohorts rows of `data`; the run's own cohorts unless others are given
   */
  async probe(
    wanted: ReadonlySet<string> | null,
    cohorts: readonly Cohort[] = this.cohorts(false),
    data: Dataset = this.data,
  ): Promise<ProbeReading[]> {
    const readings = await readProbes(
      this.step,
      cohorts,
      (rows) => this.batcher.gather(rows, data),
      ({ features }, listen) => {
        const weights = sliceParameters(this.model.layout, this.state.parameters);
        this.model.forward(features, this.pass(this.state, weights, listen));
      },
      wanted,
    );
    const balancer = balanceProbes(this.model, this.step, this.balanced);
    return [...readings, ...balancer.filter((p) => !wanted || wanted.has(p.name))];
  }

  /**
   * How the tasks' gradients on shared parameters compare over the given rows (conflict.ts), at the state of now.
   * @param onChunk is awaited between chunks; steps trained meanwhile do not change the reading
   */
  async conflict(rows: ArrayLike<number>, onChunk?: () => Promise<void>): Promise<Conflict> {
    return this.asItIs((source) => gradientConflict(source, rows, onChunk));
  }

  /** The same layer by layer, with standard errors, over rows spread over the training part (gradientReading.ts). */
  async gradientReading(onChunk?: () => Promise<void>): Promise<GradientReading> {
    const weights = this.balanced?.weights ?? this.lossWeights();
    const rows = spreadRows(this.data.trainRows, GRADIENT_ROWS);
    const reading = await this.asItIs((source) => readGradients(source, rows, weights, onChunk));
    const { labels, schema } = this.data;
    const positives = this.columns.map((c) =>
      rows.reduce((sum, row) => sum + labels[row * schema.tasks.length + c]!, 0),
    );
    return { ...reading, positives };
  }

  /** Reads gradients at the state of now, which steps trained meanwhile do not change. */
  private async asItIs<T>(read: (source: ConflictSource) => Promise<T>): Promise<T> {
    const state = this.touched?.inPlace ? copyNumbers(this.state) : copyState(this.state);
    try {
      return await read({
        model: this.model,
        step: state.step,
        parameters: state.parameters,
        gather: (chunk) => this.batcher.gather(chunk),
        pass: (weights) => this.pass(state, weights, {}),
      });
    } finally {
      disposeState(state);
    }
  }

  /** Everything that is needed to go on from here, on any backend. */
  async snapshot(): Promise<Snapshot> {
    const state = copyState(this.state);
    try {
      const { pipeline, edits } = this;
      return { pipeline, fingerprint: this.data.fingerprint, ...(await readState(state)), edits };
    } finally {
      disposeState(state);
    }
  }

  dispose(): void {
    for (const p of this.pending) p.values.dispose();
    this.pending = [];
    this.touched?.forget();
    disposeState(this.state);
    disposeState(this.checkpoint);
  }
}
