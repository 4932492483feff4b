/** The run file, run.json: what was trained, on what, with what outcome; enough to train it again to the last digit. */
import { z } from 'zod';
import { CHECK_KINDS, type Check } from '../data/checks/check';
import { mappingSchema } from '../data/mapping/mapping';
import { wideRequestSchema } from '../data/simulator/request';
import { parsePipeline } from './parse';
import type { Evaluation } from './run';
import type { Pipeline } from './schema';

const FORMAT = 'seesaw-run';
const VERSION = 1;

const natural = z.number().int().min(0);

const dataFields = {
  /** Name for people, e.g. "ES". */
  title: z.string(),
  detail: z.string(),
  /** Equal fingerprints mean equal rows. */
  fingerprint: z.string(),
  rows: natural,
  trainRows: natural,
};

export const dataSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('simulated'), ...dataFields, request: wideRequestSchema }),
  z.strictObject({
    kind: z.literal('file'),
    ...dataFields,
    /** Several files are joined by commas. */
    path: z.string(),
    /** How they were read, where it was not as they themselves suggest. */
    mapping: mappingSchema.optional(),
    sampling: z
      .strictObject({
        rows: z.number().optional(),
        clickShare: z.number().optional(),
        wholePages: z.boolean().optional(),
        seed: z.number().optional(),
      })
      .optional(),
  }),
  z.strictObject({ kind: z.literal('shard'), ...dataFields, path: z.string() }),
]);

const aucSchema = z.discriminatedUnion('ok', [
  z.strictObject({
    ok: z.literal(true),
    value: z.number(),
    se: z.number(),
    positives: natural,
    rows: natural,
  }),
  z.strictObject({ ok: z.literal(false), reason: z.string(), positives: natural, rows: natural }),
]);

const pageMetricSchema = z.discriminatedUnion('ok', [
  z.strictObject({
    ok: z.literal(true),
    value: z.number(),
    se: z.number(),
    pages: natural,
    excluded: natural,
  }),
  z.strictObject({ ok: z.literal(false), reason: z.string(), pages: natural, excluded: natural }),
]);
const pageReadingsSchema = z.strictObject({
  ndcg: pageMetricSchema,
  recall: pageMetricSchema,
  gauc: pageMetricSchema,
  listAuc: pageMetricSchema,
});

export const evaluationSchema = z.strictObject({
  step: natural,
  metrics: z.array(
    z.strictObject({
      space: z.string(),
      auc: aucSchema,
      logLoss: z.number().nullable(),
      expectedAuc: aucSchema.nullable(),
    }),
  ),
  sample: z.strictObject({ rows: natural, of: natural }).optional(),
  pages: z
    .strictObject({
      pages: natural,
      rows: natural,
      k: natural,
      spaces: z.array(
        z.strictObject({
          space: z.string(),
          labels: pageReadingsSchema,
          truth: pageReadingsSchema.nullable(),
        }),
      ),
    })
    .optional(),
}) satisfies z.ZodType<Evaluation>;

export const checkSchema = z.strictObject({
  kind: z.enum(CHECK_KINDS),
  level: z.enum(['error', 'warning', 'info']),
  about: z.array(z.string()),
  message: z.string(),
}) satisfies z.ZodType<Check>;

/** One entry a step in every list; the page keeps every n-th step of a long run. */
const curvesSchema = z
  .strictObject({
    step: z.array(natural),
    learningRate: z.array(z.number()),
    gradientNorm: z.array(z.number()),
    /** Σ λ_k L_k and the losses of the Top's own. */
    total: z.array(z.number()),
    /** L_k by task. */
    losses: z.record(z.string(), z.array(z.number())),
  })
  .refine(
    ({ step, learningRate, gradientNorm, total, losses }) =>
      [learningRate, gradientNorm, total, ...Object.values(losses)].every((c) => c.length === step.length),
    'the curves are not all of the same length',
  );

const differenceSchema = z.strictObject({ value: z.number(), se: z.number() }).nullable();

/** That a run was one of a race, and how it stands to the others on the same rows. */
const raceSchema = z.strictObject({
  /** The same for all of one race. */
  id: z.string().min(1).max(100),
  /** Place in the line-up, from 0, and how many there were. */
  entrant: natural,
  of: natural,
  /** This run minus another entrant's, by reported column; of those that finished. */
  against: z.array(
    z.strictObject({
      entrant: natural,
      spaces: z.array(
        z.strictObject({
          space: z.string(),
          label: differenceSchema,
          expected: differenceSchema,
          logLoss: differenceSchema,
        }),
      ),
    }),
  ),
});

const runSchema = z.strictObject({
  format: z.literal(FORMAT),
  formatVersion: z.literal(VERSION),
  /** What somebody called it. */
  name: z.string().min(1).max(80).optional(),
  state: z.enum(['finished', 'stopped', 'diverged', 'failed']),
  /** Why it diverged or failed. */
  message: z.string().nullable(),
  pipeline: z.unknown(),
  data: dataSchema,
  /** What was to be known of the data before training; runs of before there were checks have none. */
  checks: z.array(checkSchema).default([]),
  seed: natural,
  backend: z.strictObject({
    name: z.enum(['webgpu', 'wasm', 'cpu']),
    label: z.string(),
    reason: z.string(),
  }),
  /** What it was made with: `node` from the command line, `browser` from the page. */
  versions: z.strictObject({
    seesaw: z.string(),
    tfjs: z.string(),
    node: z.string().optional(),
    browser: z.string().max(500).optional(),
  }),
  started: z.iso.datetime(),
  finished: z.iso.datetime(),
  /** Steps from which the run was taken up again. */
  resumedAt: z.array(natural),
  /** Steps at which a rate or loss weight was changed by hand: a replay has their last values from the start. */
  editedAt: z.array(natural).optional(),
  race: raceSchema.optional(),
  /** Step of the weights. */
  step: natural,
  parameterCount: natural,
  curves: curvesSchema,
  evaluations: z.array(evaluationSchema),
  /** Metrics of the weights as they are stored; null where the run diverged or failed. */
  final: evaluationSchema.nullable(),
});

export type RunFile = Omit<z.infer<typeof runSchema>, 'pipeline' | 'evaluations' | 'final' | 'checks'> & {
  readonly checks: readonly Check[];
  readonly pipeline: Pipeline;
  readonly evaluations: readonly Evaluation[];
  readonly final: Evaluation | null;
};
/** A run before it is written. */
export type RunContent = Omit<RunFile, 'format' | 'formatVersion'>;
export type RaceOfRun = z.infer<typeof raceSchema>;
export type RunData = z.infer<typeof dataSchema>;
export type Curves = z.infer<typeof curvesSchema>;

/** Whether a parsed JSON file says that it is a run file. */
export const claimsToBeRun = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && (value as { format?: unknown }).format === FORMAT;

/** Parses what was read from a run file; `message` is one sentence. */
export function parseRun(value: unknown): { ok: true; run: RunFile } | { ok: false; message: string } {
  const newer = z.object({ formatVersion: z.number().min(VERSION + 1) }).safeParse(value);
  if (claimsToBeRun(value) && newer.success) {
    return {
      ok: false,
      message: `It was written by a newer Seesaw (run format ${newer.data.formatVersion}; this one reads ${VERSION}): update.`,
    };
  }
  const parsed = runSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const where = issue.path.length > 0 ? issue.path.map(String).join('.') : 'the file';
    return { ok: false, message: `It is no run file of Seesaw (${where}: ${issue.message}).` };
  }
  const pipeline = parsePipeline(parsed.data.pipeline);
  if (!pipeline.ok) return pipeline;
  return { ok: true, run: { ...parsed.data, pipeline: pipeline.pipeline } };
}

/** A run as JSON text, one line a field, so that thousands of numbers do not become thousands of lines. */
export function runText(run: RunContent): string {
  const fields = Object.entries({ format: FORMAT, formatVersion: VERSION, ...run });
  return `{\n${fields.map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`).join(',\n')}\n}\n`;
}
