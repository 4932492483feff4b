/** Training steps: the lab's on both tiers and the naive ones, on the same batch, from the same weights. */
import { type Batch, Batcher } from '../src/engine/batches';
import { Session } from '../src/engine/session';
import { setFastKernels, type Tensor, tf } from '../src/nn';
import { benchData } from './data';
import { type Contestant, race, ratio, type Timing } from './measure';
import { MODELS, type ModelId } from './models';
import { naiveModel } from './naive';

export interface StepResult {
  readonly model: ModelId;
  readonly batch: number;
  readonly parameters: number;
  readonly timings: readonly Timing[];
  /** How many times as fast the kernels are, medians of ratios within a round. */
  readonly againstNaive: number;
  readonly againstPlain: number;
  /** TensorFlow.js kernel calls of one step; `numeric` are those of the fast tier that are neither `Identity` nor `Reshape`. */
  readonly calls: {
    readonly naive: number;
    readonly plain: number;
    readonly fast: number;
    readonly numeric: number;
  };
  /** Processor milliseconds of a fast step from rows to the next state, with the batch gathered. */
  readonly whole: number;
}

/** Hands out the same batch again and again: the step disposes of what it gets, so it gets another hold on it. */
function holdOn(batch: Batch): Batch {
  const hold = (t: Tensor | null) => t && tf.clone(t);
  return {
    features: { categorical: hold(batch.features.categorical), numerical: hold(batch.features.numerical) },
    codes: batch.codes,
    labels: hold(batch.labels)!,
    weights: hold(batch.weights)!,
    rows: batch.rows,
  };
}

/** Tensors of a batch: codes, numbers, labels, weights. */
const BATCH_TENSORS = 4;

/** A session whose every step gets the same batch, so that what is timed is the step alone. */
export function onOneBatch(session: Session, batch: Batch): Session {
  const { batcher } = session as unknown as { batcher: { training: (step: number) => Batch } };
  batcher.training = () => holdOn(batch);
  return session;
}

/** Kernel calls of one run, without those that only hand the bench's batch out again; and how many of them compute anything. */
async function calls(
  run: () => void | Promise<void>,
  handedOut: number,
): Promise<{ all: number; numeric: number }> {
  const { kernels } = await tf.profile(async () => {
    await run();
    return tf.scalar(0);
  });
  const numeric = kernels.filter(({ name }) => name !== 'Identity' && name !== 'Reshape').length;
  return { all: kernels.length - handedOut, numeric };
}

/** Steps from one reading of the losses to the next; one where the slowest contestant takes seconds for it. */
const stepsOf = (model: ModelId, batch: number) =>
  model === 'MMoE' || model === 'PLE' || batch > 512 ? 1 : 4;

const perStep = (t: Timing, steps: number): Timing => ({
  name: t.name,
  rounds: t.rounds.map((ms) => ms / steps),
  median: t.median / steps,
  best: t.best / steps,
});

/** Times the steps of a model. @throws Error where the three do not compute the same loss */
export async function benchSteps(
  model: ModelId,
  batchSize: number,
  rounds: number,
  slice: number,
): Promise<StepResult> {
  const steps = stepsOf(model, batchSize);
  const data = benchData(6 * batchSize + 1024);
  const pipeline = MODELS[model].pipeline(batchSize);
  const lossWeights = pipeline.tasks.map((t) => t.lossWeight);
  const batch = new Batcher(data, pipeline, batchSize, 1).training(0);
  const make = () => onOneBatch(new Session(pipeline, data), batch);
  const [fast, plain] = [make(), make()];
  const { layout } = fast.model;
  const flat = layout.initialParameters(pipeline.training.seed);
  const naive = naiveModel(model, layout, flat, lossWeights, pipeline.training.learningRate);

  const losses: number[] = [naive.loss(batch)];
  for (const [session, on] of [
    [fast, true],
    [plain, false],
  ] as const) {
    setFastKernels(on);
    await session.trainStep();
    losses.push((await session.readFrame()).steps[3]!);
  }
  const spread = Math.max(...losses) - Math.min(...losses);
  if (!(spread < 1e-4 * losses[0]!)) throw new Error(`${model}: the losses are ${losses.join(', ')}.`);

  const step = (name: string, on: boolean, session: Session): Contestant => ({
    name,
    prepare: () => void setFastKernels(on),
    run: async () => {
      for (let i = 0; i < steps; i++) await session.trainStep();
      await session.readFrame();
    },
  });
  const naiveStep: Contestant = {
    name: 'naive',
    prepare: () => void setFastKernels(false),
    run: () => {
      for (let i = 0; i < steps; i++) naive.step(batch);
    },
  };
  const contestants = [step('fast', true, fast), step('plain', false, plain), naiveStep];
  const timings = (await race(contestants, rounds, slice)).map((t) => perStep(t, steps)) as [
    Timing,
    Timing,
    Timing,
  ];

  const gathering = new Session(pipeline, data);
  const [whole] = await race([step('whole', true, gathering)], rounds, slice);

  setFastKernels(true);
  const fastCalls = await calls(() => fast.trainStep(), BATCH_TENSORS);
  setFastKernels(false);
  const plainCalls = await calls(() => plain.trainStep(), BATCH_TENSORS);
  const naiveCalls = await calls(() => naive.step(batch), 0);
  setFastKernels(true);
  for (const session of [fast, plain, gathering]) session.dispose();
  naive.dispose();
  return {
    model,
    batch: batchSize,
    parameters: layout.size,
    timings,
    againstNaive: ratio(timings[2], timings[0]),
    againstPlain: ratio(timings[1], timings[0]),
    calls: {
      naive: naiveCalls.all,
      plain: plainCalls.all,
      fast: fastCalls.all,
      numeric: fastCalls.numeric,
    },
    whole: perStep(whole!, steps).median,
  };
}
