/** The top bar: what data, what run, how far, how fast, on what; share, theme and help. */
import { count, duration } from '../../components/format';
import { Brand, Glyph, Icon } from '../../components/icons';
import { PopButton } from '../../components/Overlay';
import { openHelp, openShare } from '../../state/actions';
import { setTheme } from '../../state/boot';
import { useRecorded } from '../../state/recorded';
import { pause, reset, step, train, whyNotReady } from '../../state/session';
import { THEMES } from '../../state/storage';
import { type Phase, useData, usePipeline, useRun, useUi } from '../../state/stores';
import { DataPanel } from '../data/DataPanel';
import { useHistory, useSimulated } from '../use';
import { BackendBadge } from './BackendBadge';
import { LiveMenu } from './LiveMenu';
import { SeedField } from './SeedField';

/** Step of the user's own run: what is recorded moves the curves, not the bar. */
function useLiveStep(): number {
  const { step } = useHistory();
  const recorded = useRecorded((s) => s.shown !== null);
  return recorded ? 0 : step;
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

function TrainButton() {
  const phase = useRun((s) => s.phase);
  const pipeline = usePipeline((s) => s.pipeline);
  useData((s) => s.summary);
  useData((s) => s.loading);
  const why = whyNotReady(pipeline);
  if (phase === 'training') {
    return (
      <button type="button" className="btn primary" onClick={() => void pause()}>
        <Glyph name="pause" />
        Pause
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
      <Glyph name="play" />
      {phase === 'paused' ? 'Resume' : 'Train'}
    </button>
  );
}

function RunState() {
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
          step <span data-testid="step">{count(at)}</span> of {count(pipeline.training.steps)}
        </span>
      )}
    </div>
  );
}

function Progress() {
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
      <i style={{ width: `${share * 100}%` }} />
    </div>
  );
}

function Speed() {
  const { samplesPerSecond } = useHistory();
  return (
    <span className="field speed">
      <b>{count(samplesPerSecond)}</b> samples/s
    </span>
  );
}

function DataChip() {
  const summary = useData((s) => s.summary);
  const loading = useData((s) => s.loading);
  const simulated = useSimulated();
  const kind = simulated ? 'simulated' : (summary?.source.kind ?? 'file');
  const rows =
    summary && (summary.rows >= 10_000 ? `${Math.round(summary.rows / 1000)}k` : count(summary.rows));
  return (
    <PopButton
      className="chip data-chip"
      title="Data"
      testId="data-chip"
      label={summary ? `Data: ${summary.source.title}, ${kind}, ${rows} rows` : 'Data: loading'}
      button={
        summary ? (
          <>
            <b>{summary.source.title}</b>
            <span className="chip-more">
              · {loading ? `loading ${Math.round(loading.share * 100)} %` : `${kind} · ${rows} rows`}
            </span>
          </>
        ) : (
          <span>{loading ? `loading ${Math.round(loading.share * 100)} %` : 'no data'}</span>
        )
      }
    >
      {(close) => <DataPanel onLeave={close} />}
    </PopButton>
  );
}

function ThemeMenu() {
  const theme = useUi((s) => s.theme);
  return (
    <PopButton className="btn bare" label="Theme" button={<Icon name="theme" />} title="Theme">
      {(close) => (
        <fieldset className="choices">
          <legend>Theme</legend>
          {THEMES.map((option) => (
            <label key={option}>
              <input
                type="radio"
                name="theme"
                checked={theme === option}
                onChange={() => {
                  setTheme(option);
                }}
                onKeyDown={(e) => {
                  if (e.key === 'Enter') close();
                }}
              />
              {option}
            </label>
          ))}
        </fieldset>
      )}
    </PopButton>
  );
}

export function TopBar() {
  const phase = useRun((s) => s.phase);
  const pipeline = usePipeline((s) => s.pipeline);
  useData((s) => s.summary);
  const ready = whyNotReady(pipeline) === null;
  return (
    <header className="bar">
      <h1 className="brand">
        <Brand />
        Seesaw
      </h1>
      <DataChip />
      <div className="group run-buttons">
        <TrainButton />
        <button
          type="button"
          className="btn"
          disabled={!ready || !['idle', 'paused', 'training'].includes(phase)}
          onClick={() => void step()}
        >
          <Glyph name="step" />
          Step
        </button>
        <button type="button" className="btn" disabled={phase === 'idle'} onClick={() => void reset()}>
          Reset
        </button>
      </div>
      <RunState />
      <LiveMenu />
      <SeedField />
      <span className="grow" />
      <Speed />
      <BackendBadge />
      <div className="group tools">
        <button type="button" className="btn bare" aria-label="Share" title="Share (C)" onClick={openShare}>
          <Icon name="share" />
        </button>
        <ThemeMenu />
        <button
          type="button"
          className="btn bare"
          aria-label="Help"
          title="Help and keys (?)"
          onClick={openHelp}
        >
          <Icon name="help" />
        </button>
      </div>
      <Progress />
    </header>
  );
}
