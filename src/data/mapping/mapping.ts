/** What each column of a user's own table is for, how its tasks depend on each other, and how much of it to keep. */
import { z } from 'zod';
import { SIDES } from '../dataset';

/**
 * `list`: several categories in one field. `label`: an event, 0 or 1. `group`: the page, session or user that rows share.
 * `country`: a category that also tells the market. `ignore`: seen, never read.
 */
export const ROLES = [
  'categorical',
  'numerical',
  'list',
  'label',
  'group',
  'weight',
  'time',
  'country',
  'ignore',
] as const;
export type Role = (typeof ROLES)[number];

/** Roles of columns that a model reads, which may be marked as the user's or the item's. */
export const FEATURE_ROLES: readonly Role[] = ['categorical', 'numerical', 'list', 'country'];

const name = z.string().min(1).max(200);

const columnSchema = z.strictObject({
  name,
  role: z.enum(ROLES),
  /** Of a label: the label that must have happened before, or null for a root. Left out elsewhere. */
  parent: name.nullable().optional(),
  /** Of a feature: whether it is known of the user and query, or of the item. Left out where that is not known. */
  side: z.enum(SIDES).optional(),
});

const samplingSchema = z.strictObject({
  /** Rows to keep at most. */
  rows: z.number().int().min(100).max(2_000_000).default(120_000),
  /** Share kept of the rows with an event that no deeper event followed (a click without a purchase); purchases all stay. */
  clickShare: z.number().min(0.001).max(1).default(1),
  /** Keep or leave whole pages (runs of rows of one group) instead of single rows. */
  wholePages: z.boolean().default(false),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(1),
});

/** How rows fall into training and validation part. `row` is refused where there is a group column. */
const splitSchema = z.strictObject({
  by: z.enum(['group', 'time', 'file', 'row']).default('group'),
  /** Share of groups (or rows) that validate; with `file` the second file decides. */
  share: z.number().min(0.05).max(0.5).default(0.25),
});

export const mappingSchema = z.strictObject({
  columns: z.array(columnSchema).min(2).max(5000),
  /** Most codes of a categorical column; rarer values share the code *other*. */
  vocabularyCap: z.number().int().min(2).max(1_000_000).default(10_000),
  /** The market of all rows, where no column tells it. */
  country: z.string().max(40).nullable().default(null),
  sampling: samplingSchema.prefault({}),
  split: splitSchema.prefault({}),
  /** A row that cannot be read refuses the file, or is left out and counted. */
  brokenRows: z.enum(['refuse', 'skip']).default('refuse'),
});

export type ColumnMapping = z.infer<typeof columnSchema>;
export type Mapping = z.infer<typeof mappingSchema>;

/** One column as a look at the first rows shows it. */
export interface ColumnPreview {
  readonly name: string;
  readonly kind: 'whole' | 'real' | 'text' | 'list' | 'empty';
  /** Different values, and fields without one, among the rows looked at. */
  readonly distinct: number;
  readonly missing: number;
  /** Up to five values as they stand in the file. */
  readonly examples: readonly string[];
  /** Why the guess is what it is, where that needs saying: "tells the answer: play time is known only after the click". */
  readonly why?: string;
}

/** What is known of a user's files after a first look, within a second however large they are. */
export interface Preview {
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly part: FilePart }[];
  /** e.g. "CSV, comma", "Parquet, 94,784 rows", "Tianchi pair, gzip". */
  readonly format: string;
  /** A layout that is known by its columns, or null. */
  readonly preset: 'aliexpress' | 'tianchi' | 'kuairand' | null;
  readonly columns: readonly ColumnPreview[];
  /** [≤ 20][columns] fields of the first rows as text. */
  readonly rows: readonly (readonly string[])[];
  /** Rows looked at, and about how many there are. */
  readonly seen: number;
  readonly estimatedRows: number;
  /** True where nothing has to be asked: a known layout that fits into the row budget. */
  readonly certain: boolean;
  readonly guess: Mapping;
}

/** What a file is to the others opened with it. */
export type FilePart = 'rows' | 'test rows' | 'user rows' | 'item rows' | 'user features';
