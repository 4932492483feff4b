/** The Data view at `#/data`: what is in the data at a glance, before and beside training on it. */
import { type ReactNode, useEffect, useRef } from 'react';
import { loadProfile, useProfile } from '../../../state/profile';
import { closePage } from '../../../state/route';
import { useData } from '../../../state/stores';
import { useSimulated } from '../../use';
import { Checks } from '../Checks';
import { Events, Facts, Notes, Oracle, Strata } from '../InUse';
import { LoadingLine } from '../LoadingLine';
import { OwnData } from '../OwnData';
import { Shards } from '../Shards';
import { Correlations } from './Correlations';
import { Features } from './Features';
import { Rates } from './Rates';
import { SampleRows } from './SampleRows';
import './view.css';

const PARTS = [
  ['rates', 'Rates'],
  ['columns', 'Columns'],
  ['correlation', 'Correlation'],
  ['rows', 'Rows'],
  ['kept', 'Open and keep'],
] as const;
type PartId = (typeof PARTS)[number][0];

function Part({ id, title, children }: { id: PartId; title: string; children: ReactNode }) {
  return (
    <section className="view-part" id={`view-${id}`} aria-labelledby={`view-${id}-title`}>
      <h3 id={`view-${id}-title`} tabIndex={-1}>
        {title}
      </h3>
      {children}
    </section>
  );
}

/** To a part of the view; the heading takes the focus, so that Tab goes on from there. */
function goTo(id: PartId): void {
  document.getElementById(`view-${id}`)?.scrollIntoView({ block: 'start' });
  document.getElementById(`view-${id}-title`)?.focus({ preventScroll: true });
}

/** Escape leads back, unless a dialog or a field has a use for it. */
function useEscape(): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const target = event.target instanceof Element ? event.target : null;
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      if (target?.closest('input:not([type="range"]), select, textarea')) return;
      if (document.querySelector('[role="dialog"], [role="alertdialog"]')) return;
      closePage();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
}

function Head() {
  const summary = useData((s) => s.summary);
  const simulated = useSimulated();
  const title = useRef<HTMLHeadingElement>(null);
  // A page that opens in place of another takes the focus, or a screen reader would go on reading the old one.
  useEffect(() => title.current?.focus({ preventScroll: true }), []);
  const detail = summary?.source.detail ?? '';
  return (
    <header className="view-head">
      <button type="button" className="btn" onClick={closePage}>
        Back to the lab
      </button>
      <div className="view-title">
        <h2 ref={title} tabIndex={-1}>
          Data{summary ? `: ${summary.source.title}` : ''}
        </h2>
        <p className="dim">
          {simulated && !detail.startsWith('simulated') && 'simulated · '}
          {detail}
        </p>
      </div>
      <nav aria-label="Parts of the Data view">
        {PARTS.map(([id, name]) => (
          <button key={id} type="button" className="link" onClick={() => goTo(id)}>
            {name}
          </button>
        ))}
      </nav>
    </header>
  );
}

export default function DataPage() {
  const summary = useData((s) => s.summary);
  const { profile, refusal } = useProfile();
  const simulated = useSimulated();
  const fingerprint = summary?.fingerprint;
  useEscape();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another data set asks for another profile
  useEffect(() => void loadProfile(), [fingerprint]);
  // While the profile is on its way the parts keep their place.
  const waiting = refusal ? (
    <p className="refusal" role="alert">
      {refusal}{' '}
      <button type="button" className="link" onClick={() => void loadProfile(true)}>
        Try again
      </button>
    </p>
  ) : (
    <p className="empty waiting">{summary ? 'Looking through the rows…' : 'There is no data yet.'}</p>
  );
  return (
    <main className="data-view" aria-label="Data view">
      <Head />
      <LoadingLine />
      <div>
        <section className="view-part" aria-labelledby="view-checks-title">
          <h3 id="view-checks-title">Checks</h3>
          {summary ? <Checks checks={summary.checks} /> : waiting}
          {summary && <Notes notes={summary.notes} />}
        </section>
        <Part id="rates" title={`Rates${simulated ? ', simulated' : ''}`}>
          {profile ? <Rates rates={profile.rates} /> : waiting}
          {summary && (
            <div className="view-columns">
              <Events summary={summary} />
              <Strata summary={summary} />
              <div>
                <h4>In figures</h4>
                <Facts summary={summary} />
              </div>
              {summary.oracle && <Oracle summary={summary} />}
            </div>
          )}
        </Part>
        <Part id="columns" title="Columns">
          {profile ? (
            <Features
              key={fingerprint}
              profile={profile}
              taskNames={summary?.schema.tasks.map((t) => t.name) ?? []}
            />
          ) : (
            waiting
          )}
        </Part>
        <Part id="correlation" title="Correlation">
          {profile ? <Correlations correlation={profile.correlation} /> : waiting}
        </Part>
        <Part id="rows" title="First rows">
          {profile ? <SampleRows sample={profile.sample} /> : waiting}
        </Part>
        <Part id="kept" title="Open and keep">
          <div className="view-columns">
            <OwnData />
            <Shards />
          </div>
        </Part>
      </div>
    </main>
  );
}
