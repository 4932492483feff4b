/** Tells screen readers, politely, when the run's state changes; never step by step. */
import { useRun, useUi } from '../state/stores';

const SAID = {
  idle: '',
  preparing: 'Preparing the run.',
  training: 'Training.',
  paused: 'Paused.',
  finished: 'Training has finished.',
  failed: 'The run has failed.',
  dead: 'The trainer stopped answering.',
} as const;

export function Announcer() {
  const phase = useRun((s) => s.phase);
  const extra = useUi((s) => s.announcement);
  return (
    <>
      <p className="sr" role="status">
        {SAID[phase]}
      </p>
      <p className="sr" role="status">
        {extra}
      </p>
    </>
  );
}
