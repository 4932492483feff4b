/** One step at which all curves are read: where pointer or key is on any of them, else where the scrubber stands. */
import { create } from 'zustand';
import type { CurveMark } from '../../components/curves/Moving';
import { indexAt } from '../../components/curves/plot';
import { count } from '../../components/format';
import type { Rows } from '../../state/rows';
import { useUi } from '../../state/stores';

const useReader = create<{ readonly step: number | null }>(() => ({ step: null }));

/** Pointer or key is at a step of a curve chart, or has left. */
export function readAt(step: number | null): void {
  if (useReader.getState().step !== step) useReader.setState({ step });
}

/** Where pointer or key is; null is nowhere. */
export const usePointed = (): number | null => useReader((s) => s.step);

/** The step at which the curves are read; null is live. */
export function useReadStep(): number | null {
  const scrub = useUi((s) => s.scrub);
  return usePointed() ?? scrub;
}

function markOf(
  step: number,
  at: number | undefined,
  value: number,
  print: (value: number) => string,
): CurveMark | null {
  if (at === undefined) return null;
  const known = Number.isFinite(value);
  return { step, at, value: known ? value : null, text: known ? print(value) : '–' };
}

/** What a table holds at a step, or at the row before it. @param smooth whether the smoothed value is meant */
export function markOfRows(
  rows: Rows | null | undefined,
  column: number,
  smooth: boolean,
  step: number | null,
  print: (value: number) => string,
): CurveMark | null {
  if (!rows || rows.length === 0 || step === null) return null;
  const row = rows.rowAt(step);
  const value = smooth ? rows.smoothAt(row, column) : rows.at(row, column);
  return markOf(step, rows.at(row, 0), value, print);
}

/** The same of two lists. */
export function markOfLists(
  x: readonly number[],
  y: readonly number[],
  step: number | null,
  print: (value: number) => string,
): CurveMark | null {
  if (step === null) return null;
  const i = indexAt(x, step);
  return markOf(step, x[i], y[i] ?? Number.NaN, print);
}

/** `at step 250`: a figure that is not the newest says so. */
export const stepInWords = (mark: CurveMark): string => `at step ${count(mark.at)}`;
