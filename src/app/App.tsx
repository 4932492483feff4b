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

const HelpSheet = lazy(() => import('../lab/bar/HelpSheet'));
const DataPage = lazy(() => import('../lab/data/view/DataPage'));
const MappingSheet = lazy(() => import('../lab/data/mapping/MappingSheet'));

const PLACE_NAMES: Record<Place, string> = {
  pipeline: 'Pipeline',
  curves: 'Curves',
  inside: 'Inside',
  data: 'Data',
};

const TAB_OF: Record<Exclude<Place, 'pipeline'>, Tab> = {
  curves: 'curves',
  inside: 'attention',
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

export function App() {
  const phone = useMedia('(max-width: 600px)');
  const place = useUi((s) => s.place);
  const route = useUi((s) => s.route);
  const dropping = useFileDrop();
  useShortcuts();
  useEffect(() => {
    const changed = () => addressChanged();
    window.addEventListener('hashchange', changed);
    return () => window.removeEventListener('hashchange', changed);
  }, []);
  const dataView = (
    <ErrorBoundary name="The Data view">
      <Suspense fallback={<p className="empty">Loading…</p>}>
        <DataPage />
      </Suspense>
    </ErrorBoundary>
  );
  return (
    <div className={`shell ${phone ? 'phone' : ''}`}>
      <ErrorBoundary name="The top bar">
        <TopBar />
      </ErrorBoundary>
      <Banners />
      {phone ? (
        <div className="place">
          {route === 'data' ? (
            dataView
          ) : place === 'pipeline' ? (
            <Builder down />
          ) : (
            <DockPlace key={place} tab={TAB_OF[place]} />
          )}
        </div>
      ) : route === 'data' ? (
        <div className="whole-page">{dataView}</div>
      ) : (
        <>
          <Builder />
          <ErrorBoundary name="The readings">
            <Dock />
          </ErrorBoundary>
        </>
      )}
      {phone && <PlaceBar />}
      <ShareSheet />
      <HelpDialog />
      <OfferSheet />
      <Mapping />
      <Announcer />
      {dropping && (
        <div className="file-drop">Drop one or two data files to open them. They stay on this machine.</div>
      )}
    </div>
  );
}
