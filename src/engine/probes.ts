/** What blocks publish of themselves, averaged over cohorts of validation rows. */
import type { Dataset } from '../data/dataset';
import { type PassOptions, type Tensor, tf } from '../nn';
import type { ProbeReading } from '../pipeline/run';
import type { Pipeline } from '../pipeline/schema';
import { type Batch, disposeBatch } from './batches';

/** Rows of a cohort that a probe is averaged over. */
const PROBE_ROWS = 512;

export interface Cohort {
  readonly name: string;
  readonly rows: readonly number[];
}

/** Named cohorts of validation rows: all of them, then those with each event. @param columns the tasks' label columns */
export function cohortsOf(data: Dataset, tasks: Pipeline['tasks'], columns: readonly number[]): Cohort[] {
  const allTasks = data.schema.tasks.length;
  const take = (keep: (row: number) => boolean) => {
    const rows: number[] = [];
    for (let r = data.trainRows; r < data.rows && rows.length < PROBE_ROWS; r++) if (keep(r)) rows.push(r);
    return rows;
  };
  return [
    { name: 'all', rows: take(() => true) },
    ...tasks.map((task, k) => ({
      name: task.label,
      rows: take((r) => data.labels[r * allTasks + columns[k]!] === 1),
    })),
  ].filter((c) => c.rows.length > 0);
}

/**
 * The tensors that blocks publish, averaged over each cohort.
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
  const readings = new Map<
    string,
    { head: Omit<ProbeReading, 'cohorts'>; cohorts: ProbeReading['cohorts'][number][] }
  >();
  for (const cohort of cohorts) {
    const batch = gather(cohort.rows);
    const found: { block: string; name: string; shape: readonly number[]; mean: Tensor }[] = [];
    tf.tidy(() => {
      forward(batch, {
        onProbe: (block, name, value, shape) => {
          if (wanted && !wanted.has(name)) return;
          found.push({ block, name, shape, mean: tf.keep(tf.mean(value, 0)) });
        },
      });
    });
    disposeBatch(batch);
    for (const { block, name, shape, mean } of found) {
      const values = (await mean.data()) as Float32Array;
      mean.dispose();
      const key = `${block}/${name}`;
      if (!readings.has(key)) readings.set(key, { head: { step, block, name, shape }, cohorts: [] });
      readings.get(key)!.cohorts.push({ name: cohort.name, rows: cohort.rows.length, mean: values });
    }
  }
  return [...readings.values()].map(({ head, cohorts }) => ({ ...head, cohorts }));
}
