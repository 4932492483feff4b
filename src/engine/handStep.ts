/** One step by hand, with what flowed forward and back in it: losses, gradients, what moved, and what blocks publish before and after. */
import { type Pass, sliceParameters, type Tensor, tf } from '../nn';
import type { ProbeReading, StepReading } from '../pipeline/run';
import type { Model } from './assemble';
import { type Batch, disposeBatch } from './batches';
import { agreement, taskGradients } from './conflict';
import { blockStretches, lengthOver } from './stretches';

/** What a reading needs of a session about to take a step. */
export interface StepSource {
  readonly model: Model;
  /** Rows of the step's batch. */
  readonly rows: Uint32Array;
  readonly rate: number;
  /** [P], as it is when called. */
  parameters(): Tensor;
  /** The batch of that very step, label noise and all. */
  batch(): Batch;
  /** A training pass of that very step: the same dropout. */
  pass(weights: readonly Tensor[]): Pass;
  /** What blocks publish now. */
  probes(): Promise<readonly ProbeReading[]>;
  /** [K] c_k of the step that was taken. */
  weights(): readonly number[];
  /** Takes the step. */
  train(): Promise<void>;
}

/** Numbers of a tensor, apart from it: some backends hand out their own memory. */
const numbersOf = async (t: Tensor) => ((await t.data()) as Float32Array).slice();

/** [K] L_k on a batch. */
async function lossesOf(source: StepSource, batch: Batch): Promise<number[]> {
  const { model } = source;
  const passes: Pass[] = [];
  const each = tf.tidy(() => {
    const weights = sliceParameters(model.layout, source.parameters());
    const pass = source.pass(weights);
    passes.push(pass);
    const positive = tf.tensor1d(model.pipeline.tasks.map((t) => t.positiveWeight));
    return model.forward(batch.features, pass).entire.losses(batch.labels, batch.weights, positive);
  });
  try {
    return [...(await numbersOf(each))];
  } finally {
    each.dispose();
    disposeUpdates(passes);
  }
}

/** A look must leave the running statistics as the step makes them. */
function disposeUpdates(passes: readonly Pass[]): void {
  for (const { updates } of passes) tf.dispose([...updates.values()]);
}

/** Takes a step and tells what flowed: K backward passes and two forward passes more than the step alone. */
export async function readStep(source: StepSource): Promise<StepReading> {
  const { model, rows } = source;
  const { layout } = model;
  const K = model.pipeline.tasks.length;
  const batch = source.batch();
  try {
    const positives = Array.from({ length: K }, () => 0);
    const labels = await numbersOf(batch.labels);
    labels.forEach((y, i) => {
      positives[i % K]! += y;
    });
    const passes: Pass[] = [];
    const gradients = await taskGradients(
      {
        model,
        step: 0,
        parameters: source.parameters(),
        // All rows in one chunk.
        gather: source.batch,
        pass: (weights) => {
          const pass = source.pass(weights);
          passes.push(pass);
          return pass;
        },
      },
      rows,
      undefined,
      rows.length,
    );
    disposeUpdates(passes);
    const losses = await lossesOf(source, batch);
    const probesBefore = await source.probes();
    const before = await numbersOf(source.parameters());
    await source.train();
    const after = await numbersOf(source.parameters());
    const moved = after.map((value, p) => value - before[p]!);
    const lossesAfter = await lossesOf(source, batch);
    const probesAfter = await source.probes();
    const all = agreement(gradients, 0, layout.size);
    return {
      step: probesAfter[0]?.step ?? 0,
      rows: rows.length,
      positives,
      rate: source.rate,
      weights: [...source.weights()],
      losses,
      lossesAfter,
      shared: all.shared,
      sharedNorms: all.norms,
      ownNorms: ownNorms(gradients),
      cosine: all.cosine,
      blocks: blockStretches(model).map(({ path, title, ...stretch }) => ({
        path,
        title,
        size: lengthOver(before, stretch),
        change: lengthOver(moved, stretch),
      })),
      probes: probesAfter.flatMap(({ block, name, shape, cohorts }) => {
        const old = probesBefore.find((p) => p.block === block && p.name === name)?.cohorts[0]?.mean;
        const now = cohorts[0]?.mean;
        return old && now ? [{ block, name, shape, before: old, after: now }] : [];
      }),
    };
  } finally {
    disposeBatch(batch);
  }
}

/** [K] length of ∇L_k over the numbers that no other loss reaches. */
function ownNorms(gradients: readonly Float64Array[]): number[] {
  const squares = gradients.map(() => 0);
  for (let p = 0; p < gradients[0]!.length; p++) {
    let by = -1;
    let reached = 0;
    for (let k = 0; k < gradients.length; k++) {
      if (gradients[k]![p] === 0) continue;
      reached++;
      by = k;
    }
    if (reached === 1) squares[by]! += gradients[by]![p]! ** 2;
  }
  return squares.map(Math.sqrt);
}
