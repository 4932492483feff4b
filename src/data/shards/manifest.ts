/** A shard: a sample as Parquet parts beside one JSON manifest that says what is in them. */
import { z } from 'zod';

export const MANIFEST_NAME = 'manifest.json';
export const MANIFEST_VERSION = 1;

const name = z.string().min(1).max(200);
const count = z.number().int().min(0);

const schemaSchema = z.strictObject({
  categorical: z
    .array(
      z.strictObject({
        name,
        vocabulary: z.number().int().min(1).max(10_000_000),
        values: z.array(z.string().max(2000)).optional(),
      }),
    )
    .max(5000),
  numerical: z.array(name).max(5000),
  tasks: z
    .array(z.strictObject({ name, parent: z.number().int().min(0).nullable() }))
    .min(1)
    .max(8),
  group: name.nullable(),
  country: name.optional(),
  sequences: z
    .array(
      z.strictObject({
        name,
        vocabulary: z.number().int().min(1).max(10_000_000),
        longest: z.number().int().min(1).max(10_000),
      }),
    )
    .max(100)
    .optional(),
});

const originSchema = z.strictObject({
  rows: count,
  positives: z.array(count).max(8),
  strata: z.array(z.strictObject({ name, rows: count, kept: count })).max(64),
});

const partSchema = z.strictObject({
  /** Beside the manifest; no folders. */
  file: z.string().regex(/^[\w.-]{1,100}\.parquet$/),
  rows: count,
  bytes: count,
  /** Complete pages for page metrics instead of rows to train and validate on. */
  pages: z.boolean().optional(),
});

export const manifestSchema = z.strictObject({
  format: z.literal('seesaw-shard'),
  version: z.literal(MANIFEST_VERSION),
  /** As shown in lists. */
  title: z.string().min(1).max(200),
  detail: z.string().max(500),
  /** ISO 8601. */
  created: z.string().max(40),
  rows: count,
  validationRows: count,
  schema: schemaSchema,
  origin: originSchema.optional(),
  notes: z.array(z.string().max(1000)).max(200),
  /** Whether true probabilities are in it: only a simulated world has them. */
  truth: z.boolean(),
  simulated: z.boolean(),
  /** Of the prepared data set: what comes out must match. */
  fingerprint: z.string().regex(/^[0-9a-f]{16}$/),
  /** Digest and size of the files that it was sampled from, where there were any. */
  sources: z.array(z.strictObject({ name, bytes: count, digest: z.string().max(128) })).max(10),
  parts: z.array(partSchema).min(1).max(10_000),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** A shard kept in the browser. */
export interface StoredShard {
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  readonly created: string;
  readonly rows: number;
  readonly bytes: number;
}

/** What an address would bring, before anything but the manifest has been fetched. */
export interface ShardOffer {
  readonly url: string;
  readonly host: string;
  readonly title: string;
  readonly detail: string;
  readonly rows: number;
  readonly bytes: number;
}
