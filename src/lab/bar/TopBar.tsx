/** The top bar: what data, what run, how far, how fast, on what; share, theme and help. */
import { count } from '../../components/format';
import { Brand, Glyph, Icon } from '../../components/icons';
import { PopButton } from '../../components/Overlay';
import { openHelp, openShare } from '../../state/actions';
import { setTheme } from '../../state/boot';
import { useRaceUnderWay } from '../../state/race/store';
import { reset, step, whyNotStart } from '../../state/session';
import { THEMES } from '../../state/storage';
import { useData, usePipeline, useRun, useUi } from '../../state/stores';
import { DataPanel } from '../data/DataPanel';
import { LectureBar } from '../stage/LectureBar';
import { useHistoryOf, useLecture, useSimulated } from '../use';
import { BackendBadge } from './BackendBadge';
import { LiveMenu } from './LiveMenu';
import { Progress, RunState, TrainButton } from './run';
import { SeedField } from './SeedField';
import { StepPanel } from './StepPanel';

function Speed() {
  const samplesPerSecond = useHistoryOf((h) => h.samplesPerSecond);
  return (
    <span className="field speed">
      <b className="figure-grows">{count(samplesPerSecond)}</b> samples/s
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

function Tools() {
  return (
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
  );
}

/** In a lecture the bar keeps what a lecturer needs: the run, its speed, and what is shown. */
export function TopBar() {
  const phase = useRun((s) => s.phase);
  const pipeline = usePipeline((s) => s.pipeline);
  const lecture = useLecture();
  useData((s) => s.summary);
  useRaceUnderWay();
  const ready = whyNotStart(pipeline) === null;
  return (
    <header className="bar">
      <h1 className="brand">
        <Brand />
        Seesaw
      </h1>
      {!lecture && <DataChip />}
      <div className="group run-buttons">
        <TrainButton />
        <button
          type="button"
          className="btn"
          title="One step (S)"
          disabled={!ready || !['idle', 'paused', 'training'].includes(phase)}
          onClick={() => void step()}
        >
          <Glyph name="step" />
          Step
        </button>
        <StepPanel />
        <button
          type="button"
          className="btn"
          title="Back to step 0 (R)"
          disabled={phase === 'idle'}
          onClick={() => void reset()}
        >
          Reset
        </button>
      </div>
      <RunState />
      <LiveMenu />
      {!lecture && <SeedField />}
      <span className="grow" />
      {lecture ? (
        <LectureBar />
      ) : (
        <>
          <Speed />
          <BackendBadge />
          <Tools />
        </>
      )}
      <Progress />
    </header>
  );
}
