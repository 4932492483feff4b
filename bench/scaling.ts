/** How the time of a step grows: with the batch, the experts, the tasks and the rows of the embedding table. */
import { Batcher } from '../src/engine/batches';
import { Session } from '../src/engine/session';
import { setFastKernels } from '../src/nn';
import type { Pipeline } from '../src/pipeline/schema';
import { benchData, CATEGORICAL } from './data';
import { type Contestant, race } from './measure';
import { MODELS, type ModelId, type Shape } from './models';
import { onOneBatch } from './steps';

export interface Curve {
  /** What grows, with its unit. */
  readonly title: string;
  readonly model: ModelId;
  readonly points: readonly { readonly x: number; readonly ms: number }[];
}

interface Point {
  readonly x: number;
  readonly batch: number;
  readonly shape?: Shape;
  /** Values of a categorical column. */
  readonly vocabulary?: number;
  readonly optimizer?: Pipeline['training']['optimizer'];
}

interface Plan {
  readonly title: string;
  readonly model: ModelId;
  readonly points: readonly Point[];
}

const PLANS: readonly Plan[] = [
  {
    title: 'Rows of a batch',
    model: 'SB',
    points: [64, 128, 256, 512, 1024, 2048, 4096, 8192].map((batch) => ({ x: batch, batch })),
  },
  {
    title: 'Experts of an MMoE, batch 512',
    model: 'MMoE',
    points: [1, 2, 4, 8, 16].map((experts) => ({ x: experts, batch: 512, shape: { experts } })),
  },
  {
    title: 'Tasks of the default pipeline, batch 512',
    model: 'TA',
    points: [2, 3, 4, 6, 8].map((tasks) => ({ x: tasks, batch: 512, shape: { tasks } })),
  },
  ...(['adam', 'adam-rows'] as const).map((optimizer): Plan => {
    const name = optimizer === 'adam' ? 'dense Adam' : 'Adam on touched rows';
    return {
      title: `Rows of the embedding table, Shared-Bottom, batch 512, ${name}`,
      model: 'SB',
      points: [100, 1_000, 10_000, 100_000, 1_000_000].map((rows) => {
        const vocabulary = Math.max(1, Math.round(rows / CATEGORICAL));
        return { x: vocabulary * CATEGORICAL, batch: 512, vocabulary, optimizer };
      }),
    };
  }),
];

/** One batch again and again: what grows is the step, not the gathering of rows. */
function contestant(model: ModelId, { batch, shape = {}, vocabulary, optimizer = 'adam' }: Point) {
  const data = benchData(batch + 1024, {
    tasks: shape.tasks ?? 2,
    ...(vocabulary === undefined ? {} : { vocabulary }),
  });
  const dense = MODELS[model].pipeline(batch, shape);
  const pipeline: Pipeline = { ...dense, training: { ...dense.training, optimizer } };
  const session = onOneBatch(new Session(pipeline, data), new Batcher(data, pipeline, batch, 1).training(0));
  const run: Contestant = {
    name: `${model} ${batch}`,
    run: async () => {
      await session.trainStep();
      await session.readFrame();
    },
  };
  return { session, run };
}

/** All curves on the fast tier; the points of a curve take turns. Milliseconds a step. */
export async function benchScaling(rounds: number, slice: number): Promise<Curve[]> {
  setFastKernels(true);
  const curves: Curve[] = [];
  for (const { title, model, points } of PLANS) {
    const made = points.map((point) => contestant(model, point));
    const timings = await race(
      made.map((m) => m.run),
      rounds,
      slice,
    );
    for (const { session } of made) session.dispose();
    curves.push({ title, model, points: points.map(({ x }, i) => ({ x, ms: timings[i]!.median })) });
  }
  return curves;
}
