/** A probe's newest numbers for the cohort that is chosen, as the pictures inside cards want them. */
import { useMemo } from 'react';
import { useUi } from '../../../state/stores';
import { useProbe } from '../../use';

export interface Reading {
  readonly step: number;
  readonly shape: readonly number[];
  readonly values: Float32Array;
  readonly cohort: string;
  readonly rows: number;
  /** Whose numbers these are where the block is there twice: twin towers have a Bottom for the user and one for the item. */
  readonly side: 'user' | null;
}

/**
 * The reading of a probe, or null before the first one, or where it is of a pipeline that is gone. Of a block that is there once
 * for each side it is the user's: a picture has room for one, and says which; the tables below it hold both.
 * @param shape what the picture can draw; −1 stands for any size
 */
export function useReading(block: string, name: string, shape: readonly number[]): Reading | null {
  const whole = useProbe(block, name);
  const ofUser = useProbe(`${block}.user`, name);
  const probe = whole ?? ofUser;
  const chosen = useUi((s) => s.cohort);
  const wanted = shape.join();
  return useMemo(() => {
    if (!probe) return null;
    const cohort = probe.cohorts.find((c) => c.name === chosen) ?? probe.cohorts[0];
    const sizes = wanted.split(',').map(Number);
    const fits =
      probe.shape.length === sizes.length && probe.shape.every((n, i) => sizes[i] === -1 || sizes[i] === n);
    if (!cohort || !fits || cohort.mean.length !== probe.shape.reduce((a, b) => a * b, 1)) return null;
    return {
      step: probe.step,
      shape: probe.shape,
      values: cohort.mean,
      cohort: cohort.name,
      rows: cohort.rows,
      side: whole ? null : 'user',
    } as const;
  }, [probe, whole, chosen, wanted]);
}

/** Index of each task's parent, or null for a root. */
export const parentsOf = (tasks: readonly { id: string; parent: string | null }[]): (number | null)[] =>
  tasks.map((task) => {
    const k = tasks.findIndex((other) => other.id === task.parent);
    return k < 0 ? null : k;
  });
