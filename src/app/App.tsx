/** The shell: bar, blocks, pipeline, inspector and readings; on a phone one place at a time. */
import { lazy, Suspense, useEffect } from 'react';
import { ErrorBoundary } from '../components/ErrorBoundary';
import { Sheet } from '../components/Overlay';
import { useMedia } from '../components/useSize';
import { ShareSheet } from '../lab/bar/ShareSheet';
import { TopBar } from '../lab/bar/TopBar';
import { Palette } from '../lab/builder/Palette';
import { PipelineView } from '../lab/builder/Pipeline';
import { OfferSheet } from '../lab/data/OfferSheet';
import { Inspector } from '../lab/inspector/Inspector';
import { Dock, DockPlace } from '../lab/monitor/Dock';
import { addressChanged } from '../state/boot';
import { closePage } from '../state/route';
import { PLACES, type Place, type Tab, useData, useUi } from '../state/stores';
import { Announcer } from './Announcer';
import { Banners } from './Banners';
import { useFileDrop } from './fileDrop';
import { useShortcuts } from './shortcuts';

const AboutPage = lazy(() => import('../lab/about/AboutPage'));
const Embedded = lazy(() => import('../lab/stage/Embedded'));
const Lecture = lazy(() => import('../lab/stage/Lecture'));
const Tour = lazy(() => import('../lab/tour/Tour'));
const HelpSheet = lazy(() => import('../lab/bar/HelpSheet'));
const RacePage = lazy(() => import('../lab/race/RacePage'));
const RunsPage = lazy(() => import('../lab/runs/RunsPage'));
const DataPage = lazy(() => import('../lab/data/view/DataPage'));
const MappingSheet = lazy(() => import('../lab/data/mapping/MappingSheet'));

const PLACE_NAMES: Record<Place, string> = {
  pipeline: 'Pipeline',
  curves: 'Curves',
  inside: 'Inside',
  runs: 'Runs',
  data: 'Data',
};

const TAB_OF: Record<Exclude<Place, 'pipeline' | 'inside'>, Tab> = {
  curves: 'curves',
  runs: 'runs',
  data: 'data',
};

/** Blocks, pipeline and inspector. One below the other, the pipeline comes first and what it selects right after. */
function Builder({ down = false }: { down?: boolean }) {
  const blocks = (
    <ErrorBoundary name="The list of blocks">
      <Palette />
    </ErrorBoundary>
  );
  return (
    <>
      {!down && blocks}
      <ErrorBoundary name="The pipeline">
        <PipelineView />
      </ErrorBoundary>
      <ErrorBoundary name="The inspector">
        <Inspector />
      </ErrorBoundary>
      {down && blocks}
    </>
  );
}

function PlaceBar() {
  const place = useUi((s) => s.place);
  const route = useUi((s) => s.route);
  return (
    <nav className="places" aria-label="Places">
      {PLACES.map((name) => (
        <button
          key={name}
          type="button"
          aria-current={route === 'lab' && place === name ? 'page' : undefined}
          onClick={() => {
            closePage();
            useUi.setState({ place: name });
          }}
        >
          {PLACE_NAMES[name]}
        </button>
      ))}
    </nav>
  );
}

function HelpDialog() {
  const open = useUi((s) => s.dialog === 'help');
  return (
    <Sheet title="Help" open={open} onClose={() => useUi.setState({ dialog: null })}>
      <Suspense fallback={<p className="dim">Loading…</p>}>
        <HelpSheet />
      </Suspense>
    </Sheet>
  );
}

/** The mapping step; its code is fetched with the first file that needs it. */
function Mapping() {
  const asked = useData((s) => s.asked !== null);
  if (!asked) return null;
  return (
    <Suspense fallback={null}>
      <MappingSheet />
    </Suspense>
  );
}

/** What the address may name instead of the lab. */
const PAGES = {
  data: { name: 'The Data view', View: DataPage },
  runs: { name: 'The comparison of runs', View: RunsPage },
  race: { name: 'The race', View: RacePage },
  about: { name: 'The page about Seesaw', View: AboutPage },
} as const;

function Page({ route }: { route: keyof typeof PAGES }) {
  const { name, View } = PAGES[route];
  return (
    <ErrorBoundary key={route} name={name}>
      <Suspense fallback={<p className="empty">Loading…</p>}>
        <View />
      </Suspense>
    </ErrorBoundary>
  );
}

/** The tour; its code is fetched when somebody takes it. */
function TourPlace() {
  const open = useUi((s) => s.dialog === 'tour');
  if (!open) return null;
  return (
    <Suspense fallback={null}>
      <Tour />
    </Suspense>
  );
}

/** The places of the lab, as a desk, a hall and a phone show them. */
function Places({ phone }: { phone: boolean }) {
  const place = useUi((s) => s.place);
  const route = useUi((s) => s.route);
  const lecture = useUi((s) => s.view.kind === 'lecture');
  if (phone) {
    return (
      <div className="place">
        {route !== 'lab' ? (
          <Page route={route} />
        ) : place === 'pipeline' ? (
          <Builder down />
        ) : (
          <DockPlace key={place} tab={place === 'inside' ? null : TAB_OF[place]} />
        )}
      </div>
    );
  }
  if (route !== 'lab') {
    return (
      <div className="whole-page">
        <Page route={route} />
      </div>
    );
  }
  if (lecture) {
    return (
      <Suspense fallback={<p className="empty">Loading…</p>}>
        <Lecture />
      </Suspense>
    );
  }
  return (
    <>
      <Builder />
      <ErrorBoundary name="The readings">
        <Dock />
      </ErrorBoundary>
    </>
  );
}

export function App() {
  const phone = useMedia('(max-width: 600px)');
  const view = useUi((s) => s.view);
  const dropping = useFileDrop();
  useShortcuts();
  useEffect(() => {
    const changed = () => addressChanged();
    window.addEventListener('hashchange', changed);
    return () => window.removeEventListener('hashchange', changed);
  }, []);
  if (view.kind === 'embed') {
    return (
      <div className="shell embedded">
        <Banners />
        <Suspense fallback={<p className="empty">Loading…</p>}>
          <Embedded panel={view.panel} />
        </Suspense>
        <Announcer />
      </div>
    );
  }
  const kind = phone ? 'phone' : view.kind === 'lecture' ? 'lecture' : '';
  return (
    <div className={`shell ${kind}`}>
      <ErrorBoundary name="The top bar">
        <TopBar />
      </ErrorBoundary>
      <Banners />
      <Places phone={phone} />
      {phone && <PlaceBar />}
      <ShareSheet />
      <HelpDialog />
      <OfferSheet />
      <Mapping />
      <TourPlace />
      <Announcer />
      {dropping && (
        <div className="file-drop">Drop one or two data files to open them. They stay on this machine.</div>
      )}
    </div>
  );
}
