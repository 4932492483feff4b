/** What the trainer worker accepts: every command from the page is parsed before it reaches the engine. */
import { z } from 'zod';
import type { Dataset } from '../src/data/dataset';
import type { Snapshot } from '../src/pipeline/run';
import { pipelineSchema } from '../src/pipeline/schema';
import type { StartRequest } from './protocol';

const float32 = z.instanceof(Float32Array);

export const editSchema = z.strictObject({
  learningRate: z.number().min(1e-8).max(10).optional(),
  lossWeights: z.array(z.number().min(0).max(1000)).optional(),
});

const snapshotSchema = z.strictObject({
  pipeline: pipelineSchema,
  fingerprint: z.string(),
  step: z.number().int().min(0),
  parameters: float32,
  moment1: float32,
  moment2: float32,
  buffers: float32,
  edits: editSchema,
}) as unknown as z.ZodType<Snapshot>;

export const startSchema = z.strictObject({
  runId: z.string().min(1).max(100),
  pipeline: pipelineSchema,
  backend: z.enum(['auto', 'webgpu', 'webgpu-software', 'wasm', 'cpu']),
  from: snapshotSchema.optional(),
  paused: z.boolean().optional(),
}) as unknown as z.ZodType<StartRequest>;

export const countSchema = z.number().int().min(1).max(100_000);
export const probesSchema = z.array(z.string().max(40)).max(40);

/**
 * A data set whose arrays have the lengths that its schema says. Values are the readers' business: they checked each one.
 * @throws Error naming the array that does not fit
 */
export function checkedDataset(d: Dataset): Dataset {
  const { rows: N, trainRows, schema } = d;
  const K = schema.tasks.length;
  if (!Number.isInteger(N) || !(trainRows >= 0 && trainRows <= N)) {
    throw new Error(`The data set says ${N} rows with ${trainRows} for training: load it again.`);
  }
  const expected: [string, { length: number }, number][] = [
    ['categorical', d.categorical, N * schema.categorical.length],
    ['numerical', d.numerical, N * schema.numerical.length],
    ['labels', d.labels, N * K],
    ['weights', d.weights, N],
    ['groups', d.groups, N],
    ['rowIds', d.rowIds, N],
    ...(d.truth
      ? ([
          ['truth.probabilities', d.truth.probabilities, N * K],
          ['truth.featureWeights', d.truth.featureWeights, N],
        ] as [string, { length: number }, number][])
      : []),
  ];
  for (const [name, array, length] of expected) {
    if (array.length !== length) {
      throw new Error(
        `The data set's ${name} has ${array.length} numbers instead of ${length}: load it again.`,
      );
    }
  }
  return d;
}
