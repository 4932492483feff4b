/** What stands in the way, in sentences, with what can be done about it. */

import { type ReactNode, useState } from 'react';
import { count } from '../components/format';
import { Icon } from '../components/icons';
import { showChecks, worstOf } from '../lab/data/Checks';
import { blocksOf } from '../pipeline/schema';
import { declineTour, startTour } from '../state/actions';
import { dismiss } from '../state/notices';
import { discardRace, takeUpRace } from '../state/race/actions';
import { useRace, useRaceUnderWay } from '../state/race/store';
import { discardInterrupted, resumeInterrupted } from '../state/runs/resume';
import { useRuns } from '../state/runs/store';
import { reset, resumeFromSnapshot } from '../state/session';
import { type Failure, useData, usePipeline, useRun, useUi } from '../state/stores';

/** Names block, parameter and step where they are known and not in the sentence already. */
function FailureText({ failure }: { failure: Failure }) {
  const pipeline = usePipeline((s) => s.pipeline);
  const block = blocksOf(pipeline).find(({ path }) => path === failure.block)?.spec.title ?? failure.block;
  const facts = [
    block && `block ${block}`,
    failure.parameter && `parameter ${failure.parameter}`,
    failure.step !== undefined && `step ${count(failure.step)}`,
  ].filter(Boolean);
  return (
    <>
      {failure.message} {facts.length > 0 && <span className="facts-line">({facts.join(', ')})</span>}
    </>
  );
}

function GoBack({ resume }: { resume: string }) {
  const snapshotStep = useRun((s) => s.snapshotStep);
  return (
    <span className="banner-actions">
      {snapshotStep !== null && (
        <button type="button" className="btn" onClick={() => void resumeFromSnapshot()}>
          {resume} {count(snapshotStep)}
        </button>
      )}
      <button type="button" className="btn" onClick={() => void reset()}>
        Start over
      </button>
    </span>
  );
}

/** Something that was cut off and can go on, or be let go. */
function Interrupted({
  testId,
  children,
  from,
  resume,
  discard,
}: {
  testId: string;
  children: ReactNode;
  /** Step to go on from. */
  from: number;
  resume: () => Promise<unknown>;
  discard: () => Promise<unknown>;
}) {
  const [busy, setBusy] = useState(false);
  const act = (what: () => Promise<unknown>) => {
    setBusy(true);
    void what().finally(() => setBusy(false));
  };
  return (
    <div className="banner info" role="status" data-testid={testId}>
      <p>{children}</p>
      <span className="banner-actions">
        <button type="button" className="btn" disabled={busy} onClick={() => act(resume)}>
          Resume from step {count(from)}
        </button>
        <button type="button" className="btn" disabled={busy} onClick={() => act(discard)}>
          Discard
        </button>
      </span>
    </div>
  );
}

/** A run that a reload cut off. */
function InterruptedRun() {
  const run = useRuns((s) => s.resumable);
  const idle = useRun((s) => s.phase === 'idle');
  if (!run || !idle) return null;
  return (
    <Interrupted
      testId="resume-banner"
      from={run.step}
      resume={resumeInterrupted}
      discard={discardInterrupted}
    >
      The last visit ended in the middle of a run ({run.name}, {count(run.step)} of {count(run.steps)} steps).
    </Interrupted>
  );
}

/** A race that a reload or the trainer's death cut off. */
function InterruptedRace() {
  const race = useRace((s) => s.resumable);
  const underWay = useRaceUnderWay();
  if (!race || underWay) return null;
  return (
    <Interrupted testId="resume-race" from={race.step} resume={takeUpRace} discard={discardRace}>
      A race was cut off ({race.names.join(' against ')}, {count(race.step)} of {count(race.steps)} steps).
    </Interrupted>
  );
}

/** Errors that the checks found in the data: training is not forbidden, but its figures would mislead. */
function DataErrors() {
  const summary = useData((s) => s.summary);
  const [dismissed, setDismissed] = useState<string | null>(null);
  if (!summary || dismissed === summary.fingerprint) return null;
  const worst = worstOf(summary.checks);
  if (worst === '') return null;
  return (
    <div className="banner error" role="status" data-testid="check-line">
      <p>The data has {worst}: figures trained on it would mislead.</p>
      <button type="button" className="btn" onClick={showChecks}>
        Look
      </button>
      <button
        type="button"
        className="btn bare"
        aria-label="Dismiss the finding"
        onClick={() => setDismissed(summary.fingerprint)}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}

/** Offers the tour on the first visit, until it is taken or declined. */
function TourOffer() {
  const offered = useUi((s) => !s.toured && s.route === 'lab' && s.view.kind === 'lab' && s.dialog === null);
  if (!offered) return null;
  return (
    <section className="banner" aria-label="First visit" data-testid="tour-offer">
      <p>New here? Seven stops show what is what, in a minute.</p>
      <button type="button" className="btn" onClick={startTour}>
        Take the tour
      </button>
      <button type="button" className="btn bare" onClick={declineTour}>
        No, thanks
      </button>
    </section>
  );
}

export function Banners() {
  const phase = useRun((s) => s.phase);
  const failure = useRun((s) => s.failure);
  const notices = useRun((s) => s.notices);
  return (
    <div className="banners">
      {phase === 'failed' && failure && (
        <div className="banner error" role="alert" data-testid="banner">
          <p>
            <FailureText failure={failure} />
          </p>
          <GoBack resume="Go back to step" />
        </div>
      )}
      {phase === 'dead' && (
        <div className="banner error" role="alert" data-testid="banner">
          <p>The trainer stopped answering, and a new one has taken its place.</p>
          <GoBack resume="Resume from step" />
        </div>
      )}
      <InterruptedRun />
      <InterruptedRace />
      <DataErrors />
      <TourOffer />
      {notices.map(({ id, level, message }) => (
        <div
          key={id}
          className={`banner ${level}`}
          role={level === 'error' ? 'alert' : 'status'}
          data-testid="banner"
        >
          <p>{message}</p>
          <button type="button" className="btn bare" aria-label="Dismiss" onClick={() => dismiss(id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
