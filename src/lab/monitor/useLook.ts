/** Tells the trainer that a panel of an instrument is on the screen, so that it costs nothing otherwise. */
import { useEffect } from 'react';
import type { Instrument } from '../../../workers/protocol';
import { look } from '../../state/session';
import { useRun } from '../../state/stores';

/** While the calling panel is there, the instrument is read. A change of phase asks anew: a pause has new numbers to show. */
export function useLook(instrument: Instrument): void {
  const phase = useRun((s) => s.phase);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the phase is what asks anew
  useEffect(() => look(instrument), [instrument, phase]);
}

/** Why an instrument shows nothing yet. */
export function useWaiting(): string {
  const phase = useRun((s) => s.phase);
  switch (phase) {
    case 'idle':
      return 'Nothing has been trained yet: press Train.';
    case 'failed':
    case 'dead':
      return 'The run failed before anything was read: reset it, or go on from its snapshot.';
    default:
      return 'Reading…';
  }
}
