/** The shell: bar, blocks, pipeline, inspector and readings; on a phone one place at a time. */
import { lazy, Suspense, useEffect } from 'react';
import { ErrorBoundary } from '../components/ErrorBoundary';
import { Sheet } from '../components/Overlay';
import { useMedia } from '../components/useSize';
import { ShareSheet } from '../lab/bar/ShareSheet';
import { TopBar } from '../lab/bar/TopBar';
import { Palette } from '../lab/builder/Palette';
import { PipelineView } from '../lab/builder/Pipeline';
import { Inspector } from '../lab/inspector/Inspector';
import { Dock, DockPlace } from '../lab/monitor/Dock';
import { takeLink } from '../state/boot';
import { simulate } from '../state/data';
import { PLACES, type Place, type Tab, useUi } from '../state/stores';
import { Announcer } from './Announcer';
import { Banners } from './Banners';
import { useFileDrop } from './fileDrop';
import { useShortcuts } from './shortcuts';

const HelpSheet = lazy(() => import('../lab/bar/HelpSheet'));

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
  return (
    <nav className="places" aria-label="Places">
      {PLACES.map((name) => (
        <button
          key={name}
          type="button"
          aria-current={place === name ? 'page' : undefined}
          onClick={() => useUi.setState({ place: name })}
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

export function App() {
  const phone = useMedia('(max-width: 600px)');
  const place = useUi((s) => s.place);
  const dropping = useFileDrop();
  useShortcuts();
  useEffect(() => {
    const changed = () => {
      if (takeLink(window.location.hash)) void simulate();
    };
    window.addEventListener('hashchange', changed);
    return () => window.removeEventListener('hashchange', changed);
  }, []);
  return (
    <div className={`shell ${phone ? 'phone' : ''}`}>
      <ErrorBoundary name="The top bar">
        <TopBar />
      </ErrorBoundary>
      <Banners />
      {phone ? (
        <div className="place">
          {place === 'pipeline' ? <Builder down /> : <DockPlace key={place} tab={TAB_OF[place]} />}
        </div>
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
      <Announcer />
      {dropping && <div className="file-drop">Drop the CSV to open it. It stays on this machine.</div>}
    </div>
  );
}
