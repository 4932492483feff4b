/** One panel by itself, for a slide or a page that frames it: with the run's button, and the way to the whole lab. */
import { ErrorBoundary } from '../../components/ErrorBoundary';
import { linkTo } from '../../state/boot';
import { type Embed, useData, usePipeline } from '../../state/stores';
import { RunState, TrainButton } from '../bar/run';
import { PipelineView } from '../builder/Pipeline';
import { AttentionTab } from '../monitor/AttentionTab';
import { AucPanel } from '../monitor/AucPanel';
import { CurvesTab } from '../monitor/CurvesTab';
import { GatesPanel } from '../monitor/GatesPanel';
import { LossPanel } from '../monitor/LossPanel';
import { RecordedLine } from '../monitor/Recorded';
import { useSpaces, useTasks } from '../use';

function Aucs() {
  return (
    <div className="panels many">
      {useSpaces().map((space) => (
        <AucPanel key={space.id} space={space} />
      ))}
    </div>
  );
}

function Losses() {
  return (
    <div className="panels many">
      {useTasks().map((task, k) => (
        <LossPanel key={task.id} task={k} />
      ))}
    </div>
  );
}

const PANELS: Record<Embed, { readonly title: string; readonly Panel: () => React.JSX.Element }> = {
  auc: { title: 'AUC', Panel: Aucs },
  curves: { title: 'Curves', Panel: CurvesTab },
  losses: { title: 'Losses', Panel: Losses },
  attention: { title: 'Attention', Panel: AttentionTab },
  gates: { title: 'Gates', Panel: GatesPanel },
  pipeline: { title: 'Pipeline', Panel: PipelineView },
};

export default function Embedded({ panel }: { panel: Embed }) {
  const { title, Panel } = PANELS[panel];
  // The link holds what is on the page now, an edit of the world or the pipeline included.
  usePipeline((s) => s.pipeline);
  useData((s) => s.made);
  // The pipeline brings a main part of its own.
  const Whole = panel === 'pipeline' ? 'div' : 'main';
  return (
    <Whole className="embed">
      <h1 className="sr">Seesaw</h1>
      <h2 className="sr">{title}</h2>
      <div className="embed-panel">
        <ErrorBoundary name={title}>
          <Panel />
        </ErrorBoundary>
      </div>
      <footer className="embed-foot">
        <TrainButton />
        <RunState />
        <RecordedLine />
        <span className="grow" />
        <a href={linkTo({ kind: 'lab' })} target="_blank" rel="noopener">
          open in Seesaw
        </a>
      </footer>
    </Whole>
  );
}
