/** Rows as their source has them, before z-scores: what simulators, samplers and shards hand over, and what becomes a data set. */
import type { Dataset, DatasetSchema, DatasetSource, Origin, Sequences, Truth } from './dataset';
import { fingerprintOf, gatherRows, gatherSequences, scalingOf, standardise } from './prepare';

/** N rows in the source's order. Plain data: writing it to a shard and reading it again gives the same bytes. */
export interface Table {
  readonly schema: DatasetSchema;
  readonly source: DatasetSource;
  readonly rows: number;
  /** [N·C] row-major codes. */
  readonly categorical: Int32Array;
  /** [N·M] row-major numbers of the source; NaN = missing. */
  readonly numerical: Float32Array;
  /** [N·K] row-major entire-space labels, 0 or 1. */
  readonly labels: Uint8Array;
  /** [N] 1 / probability that a row of its kind was kept. */
  readonly weights: Float32Array;
  /** [N] id of the row's page (group column), or its own index. */
  readonly groups: Uint32Array;
  /** [N] number of the row in its source. */
  readonly rowIds: Uint32Array;
  /** [N] 1 = validation part, 0 = training part. */
  readonly validation: Uint8Array;
  readonly sequences?: readonly Sequences[];
  readonly truth?: Truth;
  readonly origin?: Origin;
  /** Things worth knowing that did not stop the source from being read; one sentence each. */
  readonly notes: readonly string[];
  /** Complete pages apart from all other rows; `validation` is 1 throughout. */
  readonly pages?: Table;
}

/**
 * Table → data set: training part first, z-scores by the training part, fingerprint. The table stays as it is.
 * @param like scale by the columns of this data set instead of the table's own (its pages)
 */
export function prepare(table: Table, like?: { readonly scaling?: Dataset['scaling'] | undefined }): Dataset {
  const { schema, rows } = table;
  const C = schema.categorical.length;
  const M = schema.numerical.length;
  const K = schema.tasks.length;
  const { order, trainRows } = partsInOrder(table.validation);
  const numerical = gatherRows(table.numerical, M, order);
  const weights = gatherRows(table.weights, 1, order);
  const scaling = like?.scaling ?? scalingOf(numerical, M, trainRows, weights);
  standardise(numerical, scaling);
  const { truth } = table;
  const content = {
    schema,
    rows,
    trainRows,
    categorical: gatherRows(table.categorical, C, order),
    numerical,
    labels: gatherRows(table.labels, K, order),
    weights,
    groups: gatherRows(table.groups, 1, order),
    rowIds: gatherRows(table.rowIds, 1, order),
    ...(table.sequences && { sequences: table.sequences.map((s) => gatherSequences(s, order)) }),
    ...(truth && {
      truth: {
        probabilities: gatherRows(truth.probabilities, K, order),
        featureWeights: gatherRows(truth.featureWeights, 1, order),
      },
    }),
  };
  const dataset: Dataset = {
    ...content,
    source: table.source,
    scaling,
    ...(table.origin && { origin: table.origin }),
    fingerprint: fingerprintOf(content),
  };
  return table.pages ? { ...dataset, pages: prepare(table.pages, dataset) } : dataset;
}

/** [N] row numbers, training part first, each part in its old order. */
function partsInOrder(validation: Uint8Array): { order: Uint32Array; trainRows: number } {
  const order = new Uint32Array(validation.length);
  let trainRows = 0;
  for (let i = 0; i < order.length; i++) if (validation[i] === 0) order[trainRows++] = i;
  let next = trainRows;
  for (let i = 0; i < order.length; i++) if (validation[i] !== 0) order[next++] = i;
  return { order, trainRows };
}
