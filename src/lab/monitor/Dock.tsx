/** The readings below the pipeline, in tabs; on a phone the place that is chosen at the foot. */
import { lazy, Suspense } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components/Tabs';
import { ErrorBoundary } from '../../components/ErrorBoundary';
import { Segments } from '../../components/fields';
import { TABS, type Tab as TabName, useData, usePipeline, useUi } from '../../state/stores';
import { AucChoice } from '../AucChoice';
import { CheckMark } from '../data/Checks';
import { DataTab } from '../data/DataTab';
import { cohortName, useAttention, useSpaces } from '../use';
import { AttentionExport, AttentionMaps, AttentionTab, NoAttention } from './AttentionTab';
import { AucPanel } from './AucPanel';
import { CurvesTab } from './CurvesTab';
import { GatesTab } from './GatesPanel';
import { RecordedLine, RecordedMark } from './Recorded';
import { BackToLive } from './Scrubber';

const NAMES: Record<TabName, string> = {
  overview: 'Overview',
  curves: 'Curves',
  attention: 'Attention',
  gates: 'Gates & links',
  gradients: 'Gradients',
  calibration: 'Calibration',
  rows: 'Rows',
  runs: 'Runs',
  data: 'Data',
};

/** One and the same list, so that the store's reader sees no change where there is none. */
const NONE: readonly never[] = [];

/** More heads than this are one click away, in their own tab. */
const HEADS_IN_OVERVIEW = 4;

function AttentionInOverview() {
  const attention = useAttention();
  const cohort = useUi((s) => s.cohort);
  const wide = usePipeline((s) => s.pipeline.tasks.length > 2);
  return (
    <section className={`panel attention-panel ${wide ? 'wide' : ''}`} aria-label="Attention">
      <header>
        <div>
          <h3>Attention</h3>
          <p>
            <RecordedMark />
            row reads column · <b>{cohortName(cohort)}</b>
          </p>
        </div>
        {attention && <AttentionExport attention={attention} />}
      </header>
      {attention ? <AttentionMaps attention={attention} limit={HEADS_IN_OVERVIEW} /> : <NoAttention />}
    </section>
  );
}

function Overview() {
  const spaces = useSpaces();
  return (
    <div className="panels overview">
      {spaces.map((space) => (
        <AucPanel key={space.id} space={space} />
      ))}
      <ErrorBoundary name="Attention">
        <AttentionInOverview />
      </ErrorBoundary>
    </div>
  );
}

/** Their code is fetched when they are looked at. */
const later = (Panel: React.LazyExoticComponent<() => React.JSX.Element>) => () => (
  <Suspense fallback={<p className="empty">Loading…</p>}>
    <Panel />
  </Suspense>
);
const RunsTab = lazy(() => import('../runs/RunsTab'));
const GradientsTab = lazy(() => import('./GradientsTab'));
const CalibrationTab = lazy(() => import('./CalibrationTab'));
const RowsTab = lazy(() => import('../rows/RowsTab'));

const PANELS: Record<TabName, () => React.JSX.Element> = {
  overview: Overview,
  curves: CurvesTab,
  attention: AttentionTab,
  gates: GatesTab,
  gradients: later(GradientsTab),
  calibration: later(CalibrationTab),
  rows: later(RowsTab),
  runs: later(RunsTab),
  data: DataTab,
};

/** The tabs that a phone gathers in one place, Inside. */
const INSIDE: readonly TabName[] = ['attention', 'gates', 'gradients', 'calibration', 'rows'];

/** One tab's content without the tabs: what a phone shows. @param tab null for the place whose tab is chosen there */
export function DockPlace({ tab: given }: { tab: TabName | null }) {
  const last = useUi((s) => s.tab);
  const tab = given ?? (INSIDE.includes(last) ? last : 'attention');
  const Panel = PANELS[tab];
  return (
    <section className="dock alone" aria-label={NAMES[tab]}>
      {given === null && (
        <div className="inside-choice">
          <Segments
            label="Inside"
            options={INSIDE.map((name) => ({ value: name, label: NAMES[name] }))}
            value={tab}
            onChange={(name) => useUi.setState({ tab: name })}
          />
        </div>
      )}
      {(tab === 'overview' || tab === 'curves') && (
        <div className="dock-choice">
          <RecordedLine />
          <AucChoice />
        </div>
      )}
      <ErrorBoundary key={tab} name={NAMES[tab]}>
        <Panel />
      </ErrorBoundary>
    </section>
  );
}

export function Dock() {
  const tab = useUi((s) => s.tab);
  const checks = useData((s) => s.summary?.checks ?? NONE);
  return (
    <section className="dock" aria-label="Readings">
      <Tabs
        className="tabs-all"
        selectedKey={tab}
        onSelectionChange={(key) => useUi.setState({ tab: key as TabName })}
      >
        <div className="tabs">
          <TabList aria-label="Readings" className="tab-list">
            {TABS.map((name) => (
              <Tab key={name} id={name} className="tab">
                {NAMES[name]}
                {name === 'data' && <CheckMark checks={checks} />}
              </Tab>
            ))}
          </TabList>
          <span className="grow" />
          {tab === 'overview' && <BackToLive />}
          <RecordedLine />
          <AucChoice />
        </div>
        {TABS.map((name) => {
          const Panel = PANELS[name];
          return (
            <TabPanel key={name} id={name} className="tab-panel">
              <ErrorBoundary name={NAMES[name]}>
                <Panel />
              </ErrorBoundary>
            </TabPanel>
          );
        })}
      </Tabs>
    </section>
  );
}
