/** A probe's numbers for the cohort and step that are shown, and those that are taken off them. */
import { useContext, useMemo } from 'react';
import type { ProbeReading } from '../../../../workers/protocol';
import { count } from '../../../components/format';
import { cohortWords, ONE_ROW } from '../../../pipeline/cohorts';
import { history } from '../../../state/history';
import type { Readings } from '../../../state/readings';
import { type Minus, useUi } from '../../../state/stores';
import { GivenProbes, useHistoryOf } from '../../use';

/** One cohort of a reading. */
export interface Side {
  readonly step: number;
  readonly cohort: string;
  readonly rows: number;
  readonly values: Float32Array;
}

/** What is shown of a probe. */
export interface Compared extends Side {
  readonly shape: readonly number[];
  readonly cohorts: ProbeReading['cohorts'];
  /** What is taken off; null where values are shown as they are. */
  readonly minus: (Side & { readonly cohorts: ProbeReading['cohorts'] }) | null;
}

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** A cohort of a reading, all rows where it has not been read; null where its numbers do not fit its shape. */
function sideOf(reading: ProbeReading, name: string): Side | null {
  const cohort = reading.cohorts.find((c) => c.name === name) ?? reading.cohorts[0];
  if (!cohort || cohort.mean.length !== sizeOf(reading.shape) || cohort.mean.length === 0) return null;
  return { step: reading.step, cohort: cohort.name, rows: cohort.rows, values: cohort.mean };
}

/**
 * The reading of a probe with what is to be taken off it; null before the first reading.
 * @param scrub step that is shown, or null for the newest
 */
export function comparedOf(
  readings: Pick<Readings, 'probe'>,
  block: string,
  name: string,
  scrub: number | null,
  cohort: string,
  minus: Minus | null,
): Compared | null {
  const wanted = minus?.kind === 'cohort' ? [cohort, minus.name] : [cohort];
  const reading = readings.probe(block, name, scrub, wanted);
  const side = reading && sideOf(reading, cohort);
  if (!reading || !side) return null;
  const from = minus?.kind === 'step' ? readings.probe(block, name, minus.step, [cohort]) : reading;
  const other = minus && from && sideOf(from, minus.kind === 'cohort' ? minus.name : cohort);
  // A reading of another shape, or of rows that were not read, is no reference.
  const sound =
    other &&
    from.shape.join() === reading.shape.join() &&
    other.cohort === (minus.kind === 'cohort' ? minus.name : side.cohort);
  return {
    ...side,
    shape: reading.shape,
    cohorts: reading.cohorts,
    minus: sound ? { ...other, cohorts: from.cohorts } : null,
  };
}

/** The same for the choices that are made on the page. */
export function useCompared(block: string, name: string): Compared | null {
  const given = useContext(GivenProbes);
  const scrub = useUi((s) => s.scrub);
  const cohort = useUi((s) => s.cohort);
  const minus = useUi((s) => s.minus);
  const frames = useHistoryOf(({ readings }) => (given ? null : readings.frames));
  return useMemo(() => {
    if (given) {
      const found = given.find((p) => p.block === block && p.name === name) ?? null;
      return comparedOf({ probe: () => found }, block, name, null, 'all', null);
    }
    return frames && comparedOf(history.readings, block, name, scrub, cohort, minus);
  }, [given, frames, block, name, scrub, cohort, minus]);
}

/** In words, whose numbers are shown: rows and step, and what is taken off them. */
export function comparedWords({ step, cohort, rows, minus }: Compared): string {
  const words = (side: Side) => `${cohortWords(side.cohort)} (${count(side.rows)})`;
  const of = { step, cohort, rows } as Side;
  if (cohort === ONE_ROW) return `Step ${count(step)}, ${cohort}`;
  if (!minus) return `Step ${count(step)}, mean over ${count(rows)} validation rows: ${cohortWords(cohort)}`;
  if (minus.cohort === cohort) return `Step ${count(step)} minus step ${count(minus.step)}: ${words(of)}`;
  return `Step ${count(step)}: ${words(of)} minus ${words(minus)}`;
}
