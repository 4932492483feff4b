/** Tells the trainer that a panel of an instrument is on the screen, so that it costs nothing otherwise. */
import { useEffect } from 'react';
import type { Instrument } from '../../../workers/protocol';
import { look } from '../../state/session';
import { useData, useRun } from '../../state/stores';

/** While the calling panel is there, the instrument is read. A change of phase asks anew: a pause has new numbers to show. */
export function useLook(instrument: Instrument): void {
  const phase = useRun((s) => s.phase);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the phase is what asks anew
  useEffect(() => look(instrument), [instrument, phase]);
}

/** What gates and attention wait for. */
export const FIRST_EVALUATION = 'The first reading comes with the first evaluation.';

/**
 * Why an instrument shows nothing yet, and what to do.
 * @param reading what is waited for once a run is under way
 */
export function useWaiting(reading = 'Reading…'): string {
  const phase = useRun((s) => s.phase);
  const data = useData((s) => s.summary !== null);
  switch (phase) {
    case 'idle':
      return data
        ? 'Nothing has been trained yet: press Train.'
        : 'The data is on its way; as soon as it is there, press Train.';
    case 'preparing':
      return 'The run is being prepared.';
    case 'failed':
    case 'dead':
      return 'The run failed before anything was read: reset it, or go on from its snapshot.';
    default:
      return reading;
  }
}
