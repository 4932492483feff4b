/** What several panels ask of the state, in one place: looks of the tasks, columns, the newest readings. */
import { createContext, useContext, useMemo, useSyncExternalStore } from 'react';
import type { ProbeReading } from '../../workers/protocol';
import { type TaskLook, taskLooks } from '../components/tasks';
import { useMedia } from '../components/useSize';
import { cohortWords } from '../pipeline/cohorts';
import type { Pipeline } from '../pipeline/schema';
import { type OutputSpace, outputSpaces } from '../pipeline/spaces';
import { history, type Part } from '../state/history';
import { useRecorded } from '../state/recorded';
import { useData, usePipeline, useUi } from '../state/stores';

/**
 * The history; the component is drawn again when it changes, at most five times a second.
 * @param part what of it the component draws: nothing else makes it draw again
 */
export function useHistory(part?: Part): typeof history {
  useSyncExternalStore(history.subscribe, () => history.getVersion(part));
  return history;
}

/** Something of the history; the component is drawn again when this very value is another. */
export const useHistoryOf = <T>(read: (h: typeof history) => T): T =>
  useSyncExternalStore(history.subscribe, () => read(history));

export const useTasks = (): Pipeline['tasks'] => usePipeline((s) => s.pipeline.tasks);

/** Lecture mode; a phone has no back row, and shows the lab. */
export function useLecture(): boolean {
  const phone = useMedia('(max-width: 600px)');
  return useUi((s) => s.view.kind === 'lecture') && !phone;
}

/** Hue, letter and pattern of each task. */
export function useLooks(): readonly TaskLook[] {
  const tasks = useTasks();
  return useMemo(() => taskLooks(tasks.map((t) => t.label)), [tasks]);
}

/** The reported columns of the pipeline: CTR, CTCVR and CVR are three. */
export function useSpaces(): readonly OutputSpace[] {
  const tasks = useTasks();
  return useMemo(() => outputSpaces(tasks), [tasks]);
}

/** Whether numbers come from a world whose truth is known. */
export function useSimulated(): boolean {
  // What is recorded is simulated, and is on the screen before any data is.
  const recorded = useRecorded((s) => s.shown !== null);
  // A shard of a simulated world is still simulated; only such a world knows its truth.
  const simulated = useData((s) => s.summary?.source.kind === 'simulated' || s.summary?.oracle != null);
  return recorded || simulated;
}

/** By output space, the AUC that no model can beat; null where the truth is not known. */
export function useOracle(): Readonly<Record<string, number>> | null {
  const recorded = useRecorded((s) => s.shown?.oracle ?? null);
  const known = useData((s) => s.summary?.oracle ?? null);
  return recorded ?? known;
}

/** Readings that stand in the place of the run's own for what is drawn inside, e.g. those of one row. */
export const GivenProbes = createContext<readonly ProbeReading[] | null>(null);

/** The reading of a probe at the scrubbed step, or the newest. */
export function useProbe(block: string, name: string): ProbeReading | null {
  const given = useContext(GivenProbes);
  const scrub = useUi((s) => s.scrub);
  const cohort = useUi((s) => s.cohort);
  return useHistoryOf(({ readings }) =>
    given
      ? (given.find((p) => p.block === block && p.name === name) ?? null)
      : readings.probe(block, name, scrub, [cohort]),
  );
}

/** The readings of attention as [L, h, K, K]: sizes, and a cell's value for a cohort. */
export interface Attention {
  readonly step: number;
  readonly layers: number;
  readonly heads: number;
  readonly tasks: number;
  readonly cohorts: readonly { readonly name: string; readonly rows: number }[];
  /** The cohort that is shown: the chosen one, or all rows where that has not been read. */
  readonly cohort: string;
  readonly rows: number;
  cell(layer: number, head: number, row: number, column: number): number;
  /** Mean over heads. */
  mean(layer: number, row: number, column: number): number;
}

/** Attention of the cohort that is chosen; null before the first reading, or where no block attends. */
export function useAttention(): Attention | null {
  const reading = useProbe('towers', 'attention');
  const chosen = useUi((s) => s.cohort);
  const K = useTasks().length;
  return useMemo(() => {
    if (!reading) return null;
    const { shape, cohorts, step } = reading;
    const [layers, heads, tasks] = shape.length === 4 ? shape : [1, 1, Math.sqrt(shape.at(-1) ?? 0)];
    const cohort = cohorts.find((c) => c.name === chosen) ?? cohorts[0];
    // A reading of another number of tasks belongs to a pipeline that is gone.
    if (!cohort || tasks !== K || cohort.mean.length !== layers! * heads! * K * K) return null;
    const cell = (l: number, h: number, r: number, c: number) =>
      cohort.mean[((l * heads! + h) * K + r) * K + c] ?? Number.NaN;
    return {
      step,
      layers: layers!,
      heads: heads!,
      tasks: K,
      cohorts: cohorts.map(({ name, rows }) => ({ name, rows })),
      cohort: cohort.name,
      rows: cohort.rows,
      cell,
      mean: (l, r, c) => {
        let sum = 0;
        for (let h = 0; h < heads!; h++) sum += cell(l, h, r, c);
        return sum / heads!;
      },
    };
  }, [reading, chosen, K]);
}

/** A cohort in words. */
export const cohortName = cohortWords;
