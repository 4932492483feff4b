/** One scrubber for all instruments: back through the frames that were recorded, and live at its end. */
import { count } from '../../components/format';
import { StepScrubber } from '../../components/StepScrubber';
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

export function Scrubber() {
  const { readings } = useHistory('readings');
  const scrub = useUi((s) => s.scrub);
  const steps = usePipeline((s) => s.pipeline.training.steps);
  const { frames } = readings;
  return (
    <StepScrubber
      label="Step that the instruments show"
      title={`${count(frames.length)} frames are kept, at most ${MAX_FRAMES}`}
      steps={frames.map((f) => f.step)}
      at={scrub}
      last={steps}
      beside={(place) => `frame ${place + 1} of ${frames.length}`}
      onScrub={scrubTo}
    />
  );
}
