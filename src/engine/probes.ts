/** What blocks publish of themselves, averaged over cohorts of validation rows. */
import type { Dataset } from '../data/dataset';
import { type PassOptions, type Tensor, tf } from '../nn';
import { ALL, countryCohort, eventCohorts } from '../pipeline/cohorts';
import type { ProbeReading } from '../pipeline/run';
import type { Pipeline } from '../pipeline/schema';
import { type Batch, disposeBatch } from './batches';
import { CHUNK } from './predict';

/** Rows of a cohort that a probe is averaged over. */
const PROBE_ROWS = 512;
/** Countries that are told apart, those with most rows first: a column of cities would make hundreds of cohorts. */
const MOST_COUNTRIES = 20;

export interface Cohort {
  readonly name: string;
  readonly rows: readonly number[];
}

/**
 * Named cohorts of validation rows, none of them empty.
 * @param columns the tasks' label columns
 * @param every besides all rows and those with each event also those without it, and each country's
 */
export function cohortsOf(
  data: Dataset,
  tasks: Pipeline['tasks'],
  columns: readonly number[],
  every = false,
): Cohort[] {
  const allTasks = data.schema.tasks.length;
  const take = (keep: (row: number) => boolean) => {
    const rows: number[] = [];
    for (let r = data.trainRows; r < data.rows && rows.length < PROBE_ROWS; r++) if (keep(r)) rows.push(r);
    return rows;
  };
  const happened = (r: number, k: number) => data.labels[r * allTasks + columns[k]!] === 1;
  const events = eventCohorts(tasks)
    .filter((c) => every || c.without === null)
    .map(({ name, withEvent, without }) => ({
      name,
      rows: take(
        (r) => (withEvent === null || happened(r, withEvent)) && (without === null || !happened(r, without)),
      ),
    }));
  const countries = every ? countriesOf(data).map(({ name, is }) => ({ name, rows: take(is) })) : [];
  return [{ name: ALL, rows: take(() => true) }, ...events, ...countries].filter((c) => c.rows.length > 0);
}

/** The countries of the validation part, those with most rows first. */
function countriesOf({
  schema,
  categorical,
  trainRows,
  rows,
}: Dataset): { name: string; is: (row: number) => boolean }[] {
  const C = schema.categorical.length;
  const at = schema.categorical.findIndex((c) => c.name === schema.country);
  const column = schema.categorical[at];
  if (!column) return [];
  const counts = new Map<number, number>();
  for (let r = trainRows; r < rows; r++) {
    const code = categorical[r * C + at]!;
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a, n], [b, m]) => m - n || a - b)
    .slice(0, MOST_COUNTRIES)
    .map(([code]) => ({
      name: countryCohort(column.values?.[code] ?? String(code)),
      is: (row) => categorical[row * C + at] === code,
    }));
}

/** One probe's sums: its head, and by cohort the mean so far. */
interface Reading {
  readonly head: Omit<ProbeReading, 'cohorts'>;
  readonly means: Float64Array[];
}

/**
 * The tensors that blocks publish, averaged over each cohort. A row of several cohorts goes through the model once.
 * @param forward runs the model over a batch; what it is handed says who listens
 * @param wanted names, or null for all
 */
export async function readProbes(
  step: number,
  cohorts: readonly Cohort[],
  gather: (rows: readonly number[]) => Batch,
  forward: (batch: Batch, listen: Pick<PassOptions, 'onProbe'>) => void,
  wanted: ReadonlySet<string> | null,
): Promise<ProbeReading[]> {
  const readings = new Map<string, Reading>();
  const members = cohorts.map((c) => new Set(c.rows));
  const rows = [...new Set(cohorts.flatMap((c) => c.rows))].sort((a, b) => a - b);
  for (let start = 0; start < rows.length; start += CHUNK) {
    const chunk = rows.slice(start, start + CHUNK);
    // [cohorts, rows of the chunk], what a row counts in each mean.
    const shares = members.flatMap((rowsOf) => chunk.map((r) => (rowsOf.has(r) ? 1 / rowsOf.size : 0)));
    const batch = gather(chunk);
    const found: { head: Omit<ProbeReading, 'cohorts'>; sums: Tensor }[] = [];
    tf.tidy(() => {
      const W = tf.tensor2d(shares, [cohorts.length, chunk.length]);
      forward(batch, {
        onProbe: (block, name, value, shape) => {
          if (wanted && !wanted.has(name)) return;
          // What is the same for all rows is published once.
          const each = value.shape[0] === chunk.length ? W : tf.sum(W, 1, true);
          const flat = tf.reshape(value, [value.shape[0]!, -1]) as tf.Tensor2D;
          found.push({ head: { step, block, name, shape }, sums: tf.keep(tf.matMul(each, flat)) });
        },
      });
    });
    disposeBatch(batch);
    for (const { head, sums } of found) {
      const values = await sums.data();
      const size = sums.shape[1]!;
      sums.dispose();
      const key = `${head.block}/${head.name}`;
      const { means } = readings.get(key) ?? { means: cohorts.map(() => new Float64Array(size)) };
      means.forEach((mean, c) => {
        for (let i = 0; i < size; i++) mean[i]! += values[c * size + i]!;
      });
      readings.set(key, { head, means });
    }
  }
  return [...readings.values()].map(({ head, means }) => ({
    ...head,
    cohorts: cohorts.map(({ name, rows: of }, c) => ({
      name,
      rows: of.length,
      mean: Float32Array.from(means[c]!),
    })),
  }));
}
