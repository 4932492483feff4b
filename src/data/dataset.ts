/** The dataset contract: what every reader and simulator delivers, and all that the engine asks of data. */

/** Whose a feature is: `user` stands for user, query and context, all that is the same for every item of a page. */
export const SIDES = ['user', 'item'] as const;
export type Side = (typeof SIDES)[number];

/** A categorical column: codes 0…vocabulary−1. */
export interface CategoricalColumn {
  readonly name: string;
  /** Number of codes; every value in the column is below it. */
  readonly vocabulary: number;
  /** What each code stood for in the source, where it was a text or the codes were renumbered; [vocabulary]. */
  readonly values?: readonly string[];
}

/** A list of categories on every row, e.g. the items that a user clicked, newest first. */
export interface SequenceColumn {
  readonly name: string;
  readonly vocabulary: number;
  /** Most entries that a row may have. */
  readonly longest: number;
}

/** A label column, one event. `labels` are entire-space: 1 iff the event happened on that impression. */
export interface TaskColumn {
  /** Name of the column in the source, e.g. `click`. */
  readonly name: string;
  /** Index of the event that must precede this one (y_k ≤ y_parent), or null for a root of the funnel or tree. */
  readonly parent: number | null;
}

export interface DatasetSchema {
  readonly categorical: readonly CategoricalColumn[];
  /** Names of the numerical columns, in the order of `numerical`. */
  readonly numerical: readonly string[];
  readonly tasks: readonly TaskColumn[];
  /** Name of the column that groups rows into pages (search_id), or null where rows stand alone. */
  readonly group: string | null;
  /** Name of the categorical column that tells the market, where rows of several lie together. */
  readonly country?: string;
  /** Whose each feature is, by column name, where that is known and its layout does not say it already (sides.ts). */
  readonly sides?: Readonly<Record<string, Side>>;
  readonly sequences?: readonly SequenceColumn[];
}

/** Where a dataset comes from; shown wherever its numbers are shown. */
export interface DatasetSource {
  readonly kind: 'simulated' | 'file' | 'shard';
  /** Short name for the top bar, e.g. "ES" or "train.csv". */
  readonly title: string;
  /** One line, e.g. "simulated · r 0.5 · seed 1" or "1,000 rows of train.csv". */
  readonly detail: string;
}

/** The lists of one sequence column. Row i has the entries offsets[i] … offsets[i+1]−1. */
export interface Sequences {
  /** [N+1], rising from 0. */
  readonly offsets: Uint32Array;
  /** [offsets[N]] codes, each below the column's vocabulary. */
  readonly codes: Int32Array;
  /** [offsets[N]] how long ago, in days where the source says; 0 where it does not. */
  readonly ages: Float32Array;
}

/** Per numerical column: what turned the source's number x into (x − mean) · scale; a scale of 0 marks a constant column. */
export interface Scaling {
  readonly mean: Float64Array;
  readonly scale: Float64Array;
}

/** How the rows came out of their source; shown beside the sample's own figures. */
export interface Origin {
  /** Rows that the source has. */
  readonly rows: number;
  /** By task, in the order of the schema: rows of the source with the event. */
  readonly positives: readonly number[];
  /** What was sampled by itself: rows of the source, rows kept, e.g. "click without conversion". */
  readonly strata: readonly { readonly name: string; readonly rows: number; readonly kept: number }[];
  /** Rows were kept or left a whole page at a time, so that the pages that are here are whole. */
  readonly wholePages?: boolean | undefined;
}

/**
 * Rows as typed-array columns. N rows, C categorical and M numerical columns, K tasks.
 * Rows of the training part come first: 0…trainRows−1 train, trainRows…rows−1 validation.
 */
export interface Dataset {
  readonly schema: DatasetSchema;
  readonly source: DatasetSource;
  /** Hex digest of schema and bytes: equal fingerprints mean equal data. */
  readonly fingerprint: string;
  readonly rows: number;
  readonly trainRows: number;
  /** [N·C] row-major codes. */
  readonly categorical: Int32Array;
  /** [N·M] row-major, z-scored with the training part's mean and sd and clipped to ±5; 0 where the value was missing. */
  readonly numerical: Float32Array;
  /** [N·K] row-major entire-space labels, 0 or 1. */
  readonly labels: Uint8Array;
  /** [N] 1 / probability that a row of its kind was kept when negatives were sampled away; all 1 where nothing was. */
  readonly weights: Float32Array;
  /** [N] id of the row's page (group column), or its own index. */
  readonly groups: Uint32Array;
  /** [N] number of the row in its source (0-based data row of the file, or candidate number in the simulation). */
  readonly rowIds: Uint32Array;
  /** [sequence columns] in the order of the schema; absent where it has none. */
  readonly sequences?: readonly Sequences[];
  /** Present where the truth is known (simulated): what no model can beat. */
  readonly truth?: Truth;
  readonly scaling?: Scaling;
  readonly origin?: Origin;
  /** Complete, unthinned pages apart from all other rows, for page metrics (NDCG@k, GAUC, …); scaled like their parent. */
  readonly pages?: Dataset;
}

export interface Truth {
  /** [N·K] row-major true entire-space probability of each event. */
  readonly probabilities: Float32Array;
  /** [N] h = 1/π(x): population weight of a row's features (spec simulator §2), for label-free metrics. */
  readonly featureWeights: Float32Array;
}

/** Typed-array columns, of rows as their source has them or ready for training. */
type Columns = Pick<
  Dataset,
  'categorical' | 'numerical' | 'labels' | 'weights' | 'groups' | 'rowIds' | 'sequences' | 'truth'
> & { readonly pages?: Columns };

/** The buffers of all columns, pages included: to transfer them between threads without a copy, or to give them back. */
export function columnBuffers(d: Columns): ArrayBuffer[] {
  const arrays: ArrayBufferView[] = [d.categorical, d.numerical, d.labels, d.weights, d.groups, d.rowIds];
  if (d.truth) arrays.push(d.truth.probabilities, d.truth.featureWeights);
  for (const s of d.sequences ?? []) arrays.push(s.offsets, s.codes, s.ages);
  const buffers = arrays.map((a) => a.buffer as ArrayBuffer);
  return d.pages ? [...buffers, ...columnBuffers(d.pages)] : buffers;
}

/** A reader's refusal: one sentence that says what is wrong, where, and what to do. */
export class DataError extends Error {
  override readonly name = 'DataError';
  constructor(
    message: string,
    readonly at: { readonly file?: string; readonly row?: number; readonly column?: string } = {},
  ) {
    super(message);
  }
}
