/** A shard: a sample as Parquet parts beside one JSON manifest that says what is in them. */
import { z } from 'zod';
import { DataError, type DatasetSchema, SIDES } from '../dataset';

export const MANIFEST_NAME = 'manifest.json';
export const MANIFEST_VERSION = 1;

/** Most bytes of a manifest: one with 5,000 columns and long vocabularies stays far below. */
export const LARGEST_MANIFEST = 32 * 1024 * 1024;
/** Most rows of a shard, and most cells (rows × columns): what fits into the memory of a page. */
export const MOST_ROWS = 5_000_000;
export const MOST_CELLS = 400_000_000;

const name = z.string().min(1).max(200);
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

const schemaSchema = z.strictObject({
  categorical: z
    .array(
      z.strictObject({
        name,
        vocabulary: z.number().int().min(1).max(10_000_000),
        values: z.array(z.string().max(100_000)).optional(),
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
  sides: z.record(name, z.enum(SIDES)).optional(),
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
  wholePages: z.boolean().optional(),
});

const partSchema = z.strictObject({
  /** Beside the manifest; no folders. */
  file: z.string().regex(/^[\w.-]{1,100}\.parquet$/),
  rows: count,
  bytes: count,
  /** Complete pages for page metrics instead of rows to train and validate on. */
  pages: z.boolean().optional(),
});

/** What a Parquet column is to the table. */
export const COLUMN_KINDS = [
  'categorical',
  'numerical',
  'task',
  'list',
  'age',
  'group',
  'row id',
  'part',
  'weight',
  'probability',
  'feature weight',
] as const;

const renamedSchema = z.strictObject({
  kind: z.enum(COLUMN_KINDS),
  /** Which of its kind, from 0. */
  index: z.number().int().min(0).max(5000),
  /** Its name in the Parquet files. */
  column: z.string().min(1).max(300),
});

export const manifestSchema = z
  .strictObject({
    format: z.literal('seesaw-shard'),
    version: z.literal(MANIFEST_VERSION),
    /** As shown in lists. */
    title: z.string().min(1).max(200),
    detail: z.string().max(500).default(''),
    /** ISO 8601. */
    created: z.string().max(40).default(''),
    /** Rows to train and validate on, pages apart. */
    rows: count.min(1).max(MOST_ROWS),
    /** How many of them validate; left out where the files have no column `part`. */
    validationRows: count.optional(),
    schema: schemaSchema,
    /** Columns that do not bear the name that docs/DATA.md gives them, because another has it already. */
    renamed: z.array(renamedSchema).max(10_000).optional(),
    origin: originSchema.optional(),
    notes: z.array(z.string().max(5000)).max(1000).default([]),
    /** Whether true probabilities are in it: only a simulated world has them. */
    truth: z.boolean().default(false),
    simulated: z.boolean().default(false),
    /** Of the prepared data set, and of its pages: what comes out must match. Left out where a shard is made by hand. */
    fingerprint: z
      .string()
      .regex(/^[0-9a-f]{16}$/)
      .optional(),
    pagesFingerprint: z
      .string()
      .regex(/^[0-9a-f]{16}$/)
      .optional(),
    /** Digest and size of the files that it was sampled from, where there were any. */
    sources: z
      .array(z.strictObject({ name, bytes: count, digest: z.string().max(128) }))
      .max(10)
      .default([]),
    parts: z.array(partSchema).min(1).max(10_000),
  })
  .superRefine((m, ctx) => {
    const fault = (message: string, ...path: (string | number)[]) =>
      ctx.addIssue({ code: 'custom', message, path });
    const { categorical, numerical, tasks, sequences = [], country } = m.schema;
    for (const [k, { parent }] of tasks.entries()) {
      // A parent that comes first cannot be its own descendant.
      if (parent !== null && parent >= k) fault('a parent must stand before its child', 'schema', 'tasks', k);
    }
    for (const [i, { values, vocabulary }] of categorical.entries()) {
      if (values && values.length !== vocabulary)
        fault(
          `it lists ${values.length} values for a vocabulary of ${vocabulary}`,
          'schema',
          'categorical',
          i,
        );
    }
    if (country !== undefined && !categorical.some((c) => c.name === country))
      fault('no categorical column has this name', 'schema', 'country');
    const rows = m.parts.reduce((sum, part) => sum + (part.pages ? 0 : part.rows), 0);
    if (rows !== m.rows) fault(`its parts have ${rows} rows and the shard ${m.rows}`, 'parts');
    const all = m.parts.reduce((sum, part) => sum + part.rows, 0);
    const columns = categorical.length + numerical.length + tasks.length * 2 + sequences.length * 2 + 5;
    if (all > MOST_ROWS) fault(`its parts have more than ${MOST_ROWS} rows`, 'parts');
    if (all * columns > MOST_CELLS) fault(`more than ${MOST_CELLS} cells do not fit into memory`, 'rows');
    if (new Set(m.parts.map((p) => p.file)).size < m.parts.length) fault('a part is named twice', 'parts');
    if (m.truth && !m.simulated) fault('only a simulated world knows true probabilities', 'truth');
    if (m.origin && m.origin.positives.length !== tasks.length)
      fault(`it counts ${m.origin.positives.length} tasks and there are ${tasks.length}`, 'origin');
  });

export type Manifest = Omit<z.infer<typeof manifestSchema>, 'schema'> & { readonly schema: DatasetSchema };

/**
 * Understands the text of a manifest.
 * @param from what to call it in a message: a file's name or an address
 * @throws DataError in one sentence
 */
export function parseManifest(text: string, from: string = MANIFEST_NAME): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw new DataError(`${from} is no JSON: give the manifest.json of a shard.`, { file: from });
  }
  const { format, version } = (value ?? {}) as { format?: unknown; version?: unknown };
  if (format === 'seesaw-shard' && typeof version === 'number' && version > MANIFEST_VERSION) {
    throw new DataError(
      `${from} was written by a newer Seesaw (shard version ${version}; this one reads ${MANIFEST_VERSION}): update.`,
      { file: from },
    );
  }
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const where = issue.path.length > 0 ? issue.path.map(String).join('.') : 'the file';
    throw new DataError(
      `${from} is no manifest of a shard that can be used: ${where}: ${issue.message.replace(/\.$/, '')}.`,
      { file: from },
    );
  }
  // As it stood there: the fingerprint covers the order of its keys.
  return { ...parsed.data, schema: (value as { schema: DatasetSchema }).schema };
}

/** The text of a manifest, indented for people. */
export const manifestText = (manifest: Manifest): string => `${JSON.stringify(manifest, null, 1)}\n`;

/** A shard kept in the browser. */
export interface StoredShard {
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  readonly created: string;
  readonly rows: number;
  readonly bytes: number;
  /** Why it cannot be opened, in one sentence; it can still be deleted. */
  readonly damaged?: string;
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
