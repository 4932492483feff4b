/** predictions.parquet: one row an impression, with labels, the model's probabilities and, in a simulated world, the true ones. */
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { Dataset } from '../src/data';
import { labelColumns } from '../src/engine/assemble';
import type { Pipeline } from '../src/pipeline/schema';
import type { OutputSpace } from '../src/pipeline/spaces';

export type PredictionPart = 'validation' | 'all';

interface Column {
  readonly name: string;
  readonly type: 'INT32' | 'STRING' | 'FLOAT' | 'DOUBLE';
  readonly data: Int32Array | Float32Array | Float64Array | string[];
}

/** Row numbers of the data set that a part consists of. */
export function rowsOfPart(data: Dataset, part: PredictionPart): Uint32Array {
  const from = part === 'all' ? 0 : data.trainRows;
  return Uint32Array.from({ length: data.rows - from }, (_, i) => from + i);
}

/** Suffix of a space's columns: `conversion`, `conversion_given_click`. */
function suffix(pipeline: Pipeline, space: OutputSpace): string {
  const id = pipeline.tasks[space.task]!.id;
  return space.given === null ? id : `${id}_given_${pipeline.tasks[space.given]!.id}`;
}

/**
 * The file's bytes.
 * `logp_…` in a conditional space is log p(child) − log p(parent), the very score that its AUC ranks by: it is above 0
 * where a model of independent heads puts a child above its parent. `p_…` stops at 1 there.
 * @param logP [n·K] row-major log-probabilities of `rows`, entire space
 */
export function predictionsFile(
  pipeline: Pipeline,
  spaces: readonly OutputSpace[],
  data: Dataset,
  rows: Uint32Array,
  logP: Float32Array,
): Uint8Array {
  const n = rows.length;
  const K = pipeline.tasks.length;
  const width = data.schema.tasks.length;
  const labelAt = labelColumns(pipeline, data.schema);
  const ints = (f: (row: number) => number) => fill(new Int32Array(n), (i) => f(rows[i]!));
  const floats = (f: (row: number) => number) => fill(new Float32Array(n), (i) => f(rows[i]!));

  const columns: Column[] = [
    { name: 'row_id', type: 'INT32', data: ints((r) => data.rowIds[r]!) },
    {
      name: 'split',
      type: 'STRING',
      data: Array.from(rows, (r) => (r < data.trainRows ? 'train' : 'validation')),
    },
    { name: 'page', type: 'INT32', data: ints((r) => data.groups[r]!) },
    { name: 'weight', type: 'FLOAT', data: floats((r) => data.weights[r]!) },
    ...pipeline.tasks.map(({ id }, k): Column => {
      return { name: `label_${id}`, type: 'INT32', data: ints((r) => data.labels[r * width + labelAt[k]!]!) };
    }),
  ];
  for (const space of spaces) {
    const { task, given } = space;
    const log =
      given === null
        ? fill(new Float32Array(n), (i) => logP[i * K + task]!)
        : fill(new Float64Array(n), (i) => logP[i * K + task]! - logP[i * K + given]!);
    const name = suffix(pipeline, space);
    columns.push(
      // A difference of two float32 numbers needs a double to keep the order of the rows.
      { name: `logp_${name}`, type: given === null ? 'FLOAT' : 'DOUBLE', data: log },
      {
        name: `p_${name}`,
        type: 'FLOAT',
        data: fill(new Float32Array(n), (i) => Math.min(1, Math.exp(log[i]!))),
      },
    );
  }
  if (data.truth) {
    const { probabilities, featureWeights } = data.truth;
    const of = (row: number, task: number) => probabilities[row * width + labelAt[task]!]!;
    for (const space of spaces) {
      const { task, given } = space;
      columns.push({
        name: `true_p_${suffix(pipeline, space)}`,
        type: 'FLOAT',
        data: floats((r) => (given === null ? of(r, task) : of(r, task) / of(r, given))),
      });
    }
    columns.push({ name: 'feature_weight', type: 'FLOAT', data: floats((r) => featureWeights[r]!) });
  }
  return new Uint8Array(
    parquetWriteBuffer({ columnData: columns.map((c) => ({ ...c, nullable: false })), createdBy: 'seesaw' }),
  );
}

function fill<T extends Int32Array | Float32Array | Float64Array>(target: T, f: (i: number) => number): T {
  for (let i = 0; i < target.length; i++) target[i] = f(i);
  return target;
}
