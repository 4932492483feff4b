/** One scrubber for all instruments: back through the frames that were recorded, and live at its end. */
import { count } from '../../components/format';
import { MAX_FRAMES } from '../../state/readings';
import { usePipeline, useUi } from '../../state/stores';
import { useHistory } from '../use';

/** Shows the readings of a step, or, with null, the newest as they come. */
export const scrubTo = (step: number | null): void => useUi.setState({ scrub: step });

/** The way back where there is no room for the scrubber itself. */
export function BackToLive() {
  const scrub = useUi((s) => s.scrub);
  if (scrub === null) return null;
  return (
    <button type="button" className="btn" onClick={() => scrubTo(null)}>
      Step {count(scrub)}: back to live
    </button>
  );
}

/** The arrows go a frame, Page Up and Down a tenth, Home to the first and End back to live: a range input brings them along. */
export function Scrubber() {
  const { readings } = useHistory('readings');
  const scrub = useUi((s) => s.scrub);
  const steps = usePipeline((s) => s.pipeline.training.steps);
  const { frames } = readings;
  // It stands there from the first: coming later, it would push what stands beside it.
  const newest = Math.max(0, frames.length - 1);
  const at =
    scrub === null
      ? newest
      : Math.max(
          0,
          frames.findLastIndex((f) => f.step <= scrub),
        );
  const live = scrub === null;
  const step = count(frames[at]?.step ?? 0);
  return (
    <label className="scrub" title={`${count(frames.length)} frames are kept, at most ${MAX_FRAMES}`}>
      <span>
        step{' '}
        <b className="figure-grows" style={{ minWidth: `${count(steps).length}ch` }}>
          {step}
        </b>{' '}
        <small>{live ? 'live' : `frame ${at + 1} of ${frames.length}`}</small>
      </span>
      <input
        type="range"
        min={0}
        max={newest}
        step={1}
        value={at}
        disabled={newest === 0}
        aria-label="Step that the instruments show"
        aria-valuetext={live ? `live, step ${step}` : `step ${step}, frame ${at + 1} of ${frames.length}`}
        style={{ '--share': newest === 0 ? 1 : at / newest } as React.CSSProperties}
        onChange={(e) => {
          const to = Number(e.target.value);
          scrubTo(to === newest ? null : frames[to]!.step);
        }}
      />
    </label>
  );
}
