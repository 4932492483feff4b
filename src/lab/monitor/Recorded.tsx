/** Says of what is on the screen that it was recorded: in each panel, and once in words. */
import { useRecorded } from '../../state/recorded';

/** A word at the right end of a panel's facts: it goes with the first live number, and moves nothing when it does. */
export function RecordedMark() {
  const shown = useRecorded((s) => s.shown !== null);
  return shown && <b className="recorded-mark">recorded</b>;
}

/** What the recording is, and how to get a live run in its place. */
export function RecordedLine() {
  const shown = useRecorded((s) => s.shown);
  if (!shown) return null;
  const day = new Date(`${shown.made}T00:00:00`);
  const made = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' }).format(day);
  return (
    <p className="recorded-line" data-testid="recorded">
      <b>Recorded run</b>{' '}
      <span>
        of {made}, {shown.backend}. Press Train for your own.
      </span>
    </p>
  );
}
