/** What the trainer worker accepts: every command from the page is parsed before it reaches the engine. */
import { z } from 'zod';
import type { Dataset } from '../src/data/dataset';
import { LEAST_ENTRANTS, MOST_ENTRANTS } from '../src/pipeline/entrant';
import { type Snapshot, SPEEDS } from '../src/pipeline/run';
import { pipelineSchema } from '../src/pipeline/schema';
import type { RaceRequest, StartRequest } from './protocol';

const float32 = z.instanceof(Float32Array);

export const editSchema = z.strictObject({
  learningRate: z.number().min(1e-8).max(10).optional(),
  lossWeights: z.array(z.number().min(0).max(1000)).optional(),
  labelNoise: z.number().min(0).max(1).optional(),
});

const snapshotSchema = z.strictObject({
  pipeline: pipelineSchema,
  fingerprint: z.string(),
  step: z.number().int().min(0),
  parameters: float32,
  moment1: float32,
  moment2: float32,
  buffers: float32,
  balancer: float32,
  edits: editSchema,
}) as unknown as z.ZodType<Snapshot>;

export const startSchema = z.strictObject({
  runId: z.string().min(1).max(100),
  pipeline: pipelineSchema,
  backend: z.enum(['auto', 'webgpu', 'webgpu-software', 'wasm', 'cpu']),
  from: snapshotSchema.optional(),
  paused: z.boolean().optional(),
}) as unknown as z.ZodType<StartRequest>;

export const raceSchema = z.strictObject({
  entrants: z
    .array(
      z.strictObject({
        runId: z.string().min(1).max(100),
        pipeline: pipelineSchema,
        from: snapshotSchema.optional(),
        out: z.literal(true).optional(),
      }),
    )
    .min(LEAST_ENTRANTS)
    .max(MOST_ENTRANTS),
  backend: z.enum(['wasm', 'cpu']),
}) satisfies z.ZodType<RaceRequest>;

export const countSchema = z.number().int().min(1).max(100_000);
export const speedSchema = z.literal(SPEEDS);
export const cutsSchema = z
  .array(
    z.strictObject({
      block: z.string().min(1).max(40),
      name: z.string().min(1).max(40),
      cells: z.array(z.number().int().min(0).max(100_000)).min(1).max(10_000),
    }),
  )
  .max(40);
export const probesSchema = z.array(z.string().max(40)).max(40);

type Expected = readonly [name: string, array: { readonly length: number }, length: number];

/** The arrays of a data set with the lengths that its schema asks for. */
function expectedArrays(d: Dataset): Expected[] {
  const { rows: N, schema } = d;
  const K = schema.tasks.length;
  const M = schema.numerical.length;
  return [
    ['categorical', d.categorical, N * schema.categorical.length],
    ['numerical', d.numerical, N * M],
    ['labels', d.labels, N * K],
    ['weights', d.weights, N],
    ['groups', d.groups, N],
    ['rowIds', d.rowIds, N],
    ['sequences', d.sequences ?? [], schema.sequences?.length ?? 0],
    ...(d.sequences ?? []).flatMap((s, i): Expected[] => [
      [`sequences.${i}.offsets`, s.offsets, N + 1],
      [`sequences.${i}.codes`, s.codes, s.offsets[N] ?? 0],
      [`sequences.${i}.ages`, s.ages, s.offsets[N] ?? 0],
    ]),
    ...(d.truth
      ? ([
          ['truth.probabilities', d.truth.probabilities, N * K],
          ['truth.featureWeights', d.truth.featureWeights, N],
        ] as Expected[])
      : []),
    ...(d.scaling
      ? ([
          ['scaling.mean', d.scaling.mean, M],
          ['scaling.scale', d.scaling.scale, M],
        ] as Expected[])
      : []),
  ];
}

/** What of a schema must agree between a data set and its pages: columns by name and number, tasks, lists. */
const shapeOf = ({ schema }: Dataset) =>
  JSON.stringify([
    schema.categorical.map((c) => [c.name, c.vocabulary]),
    schema.numerical,
    schema.tasks,
    schema.sequences?.map((s) => [s.name, s.vocabulary]) ?? [],
  ]);

/**
 * A data set whose arrays have the lengths that its schema says, its pages included. Values are the readers' business:
 * they checked each one.
 * @throws Error naming the array that does not fit
 */
export function checkedDataset(d: Dataset): Dataset {
  return checked(d, 'data set');
}

function checked(d: Dataset, what: string): Dataset {
  const { rows: N, trainRows } = d;
  if (!Number.isInteger(N) || !(trainRows >= 0 && trainRows <= N)) {
    throw new Error(`The ${what} says ${N} rows with ${trainRows} for training: load it again.`);
  }
  for (const [name, array, length] of expectedArrays(d)) {
    if (array.length !== length) {
      throw new Error(
        `The ${what}'s ${name} has ${array.length} numbers instead of ${length}: load it again.`,
      );
    }
  }
  for (const [i, { offsets }] of (d.sequences ?? []).entries()) {
    // Lists are cut by these numbers: one that falls would read another row's list.
    if (offsets[0] !== 0 || offsets.some((o, at) => at > 0 && o < offsets[at - 1]!)) {
      throw new Error(`The ${what}'s sequences.${i}.offsets do not rise from 0: load it again.`);
    }
  }
  if (d.pages) {
    if (d.pages.pages) throw new Error(`The pages of the ${what} have pages of their own: load it again.`);
    if (shapeOf(d.pages) !== shapeOf(d)) {
      throw new Error(`The pages of the ${what} have other columns than its rows: load it again.`);
    }
    checked(d.pages, "data set's pages");
  }
  return d;
}
