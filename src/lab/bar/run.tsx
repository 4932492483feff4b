/** The run's controls and where it stands: shared by the top bar and by a panel that stands alone. */
import { Fragment } from 'react';
import { count, duration } from '../../components/format';
import { Glyph } from '../../components/icons';
import { useRaceUnderWay } from '../../state/race/store';
import { useRecorded } from '../../state/recorded';
import { pause, train, whyNotStart } from '../../state/session';
import { type Phase, useData, usePipeline, useRun } from '../../state/stores';
import { useHistory, useHistoryOf } from '../use';

/** Step of the user's own run: what is recorded moves the curves, not the bar. */
function useLiveStep(): number {
  const step = useHistoryOf((h) => h.step);
  const recorded = useRecorded((s) => s.shown !== null);
  return recorded ? 0 : step;
}

/** What a button says, as a whole: another word comes in its place, instead of one that moves. */
function Says({ glyph, word }: { glyph: 'play' | 'pause'; word: string }) {
  return (
    <Fragment key={word}>
      <Glyph name={glyph} />
      {word}
    </Fragment>
  );
}

/** The run's state in one word. */
const WORDS: Record<Phase, string> = {
  idle: 'Ready',
  preparing: 'Preparing',
  training: 'Training',
  paused: 'Paused',
  finished: 'Finished',
  failed: 'Failed',
  dead: 'Stopped',
};

export function TrainButton() {
  const phase = useRun((s) => s.phase);
  const pipeline = usePipeline((s) => s.pipeline);
  useData((s) => s.summary);
  useData((s) => s.loading);
  useRaceUnderWay();
  const why = whyNotStart(pipeline);
  if (phase === 'training') {
    return (
      <button type="button" className="btn primary" onClick={() => void pause()}>
        <Says glyph="pause" word="Pause" />
      </button>
    );
  }
  return (
    <button
      type="button"
      className="btn primary"
      disabled={phase === 'preparing' || why !== null}
      title={why ?? undefined}
      onClick={() => void train()}
    >
      <Says glyph="play" word={phase === 'paused' ? 'Resume' : 'Train'} />
    </button>
  );
}

export function RunState() {
  const phase = useRun((s) => s.phase);
  const pipeline = usePipeline((s) => s.pipeline);
  const summary = useData((s) => s.summary);
  const loading = useData((s) => s.loading);
  const at = useLiveStep();
  const { timeLeft } = useHistory();
  const left = phase === 'training' ? timeLeft.until(pipeline.training.steps) : null;
  const waits = phase === 'idle' && !summary;
  const word = waits ? 'Waiting' : WORDS[phase];
  return (
    <div className="state">
      <span>
        <b data-testid="run-state">{word}</b>
        {left !== null && ` ${duration(left)} left`}
      </span>
      {waits ? (
        <span>{loading ? `for ${loading.what}` : 'for data'}</span>
      ) : (
        <span>
          step{' '}
          <span
            className="figure-grows"
            data-testid="step"
            style={{ minWidth: `${count(pipeline.training.steps).length}ch` }}
          >
            {count(at)}
          </span>{' '}
          of {count(pipeline.training.steps)}
        </span>
      )}
    </div>
  );
}

export function Progress() {
  const phase = useRun((s) => s.phase);
  const steps = usePipeline((s) => s.pipeline.training.steps);
  const at = useLiveStep();
  const share = Math.min(1, at / steps);
  return (
    <div
      className={`progress ${phase === 'training' || phase === 'finished' ? '' : 'dashed'}`}
      role="progressbar"
      aria-label="Training"
      aria-valuemin={0}
      aria-valuemax={steps}
      aria-valuenow={Math.min(at, steps)}
    >
      {/* Clipped, not resized: a width would lay the page out anew with each step. */}
      <i style={{ clipPath: `inset(0 ${100 - share * 100}% 0 0)` }} />
    </div>
  );
}
