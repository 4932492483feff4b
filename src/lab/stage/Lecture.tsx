/** Lecture mode: the few readings that carry the point, large enough for the back row; everything else is put away. */

import { findSpec } from '../../blocks/catalog';
import { ErrorBoundary } from '../../components/ErrorBoundary';
import { fraction } from '../../components/format';
import { HeatMap } from '../../components/HeatMap';
import { Steady } from '../../components/Steady';
import { usePipeline, useUi } from '../../state/stores';
import { PipelineView } from '../builder/Pipeline';
import { NoAttention } from '../monitor/AttentionTab';
import { AucPanel } from '../monitor/AucPanel';
import { GatesPanel, useHasGates } from '../monitor/GatesPanel';
import { LossPanel } from '../monitor/LossPanel';
import { RecordedMark } from '../monitor/Recorded';
import { type Attention, cohortName, useAttention, useLooks, useSpaces, useTasks } from '../use';

/** Who reads whom most, and who least, in one sentence a hall can read. */
function inWords(attention: Attention, labels: readonly string[]): string {
  const layer = attention.layers - 1;
  const pairs = labels.flatMap((reader, r) =>
    labels.flatMap((read, c) => (r === c ? [] : [{ reader, read, value: attention.mean(layer, r, c) }])),
  );
  pairs.sort((a, b) => b.value - a.value);
  const [most] = pairs;
  const least = pairs.at(-1);
  if (!most || !least || most === least) return '';
  const first = `${most.reader} reads ${most.read} with ${fraction(most.value, 2)}`;
  const weak = least.value > most.value / 2 ? '' : ' only';
  return `${first.charAt(0).toUpperCase()}${first.slice(1)}; ${least.reader} reads ${least.read} with${weak} ${fraction(least.value, 2)}.`;
}

/** The longest that it may say of these tasks. */
function longestOf(labels: readonly string[]): string {
  const [a = '', b = ''] = [...labels].sort((x, y) => y.length - x.length);
  return `${a} reads ${b} with 1.00; ${b} reads ${a} with only 1.00.`;
}

/** The last layer, its heads averaged: one map instead of eight. */
function OneMap() {
  const attention = useAttention();
  const tasks = useTasks();
  const looks = useLooks();
  const cohort = useUi((s) => s.cohort);
  const title = usePipeline((s) => findSpec('tower', s.pipeline.towers.block)?.title ?? 'Attention');
  if (!attention) return <NoAttention />;
  const labels = tasks.map((t) => t.label);
  const layer = attention.layers - 1;
  return (
    <div className="one-map">
      <HeatMap
        caption={`Attention in layer ${layer + 1}, mean over heads`}
        short="row reads column"
        labels={labels}
        looks={looks}
        value={(r, c) => attention.mean(layer, r, c)}
      />
      <div>
        <p className="one-map-words">
          <Steady lines room={longestOf(labels)}>
            {inWords(attention, labels)}
          </Steady>
        </p>
        <p className="dim">
          <RecordedMark />
          {title}, layer {layer + 1} of {attention.layers}, mean of {attention.heads}{' '}
          {attention.heads === 1 ? 'head' : 'heads'}, {cohortName(cohort)}
        </p>
      </div>
    </div>
  );
}

/** Columns of the grid for so many panels: below a pipeline they stand in one row, else four make a square. */
const columnsFor = (panels: number, below: boolean) =>
  below ? Math.min(panels, 4) : panels <= 1 ? 1 : panels <= 4 ? 2 : 3;

export default function Lecture() {
  const hidden = useUi((s) => s.hidden);
  const spaces = useSpaces();
  const tasks = useTasks();
  const gated = useHasGates();
  const attends = usePipeline(
    (s) => 'attention' in (findSpec('tower', s.pipeline.towers.block)?.probes ?? {}),
  );
  const shows = (part: (typeof hidden)[number]) => !hidden.includes(part);
  const panels = [
    ...spaces
      .filter((s) => shows(s.given === null ? 'auc' : 'conditional'))
      .map((space) => ({ name: `${space.name} AUC`, body: <AucPanel space={space} /> })),
    ...(shows('losses')
      ? tasks.map((task, k) => ({ name: `Loss of ${task.label}`, body: <LossPanel task={k} /> }))
      : []),
    ...(shows('attention') && attends ? [{ name: 'Attention', body: <OneMap /> }] : []),
    ...(shows('gates') && gated ? [{ name: 'Gates', body: <GatesPanel /> }] : []),
  ];
  // The pipeline is the page's main part where it is shown.
  const Readings = shows('pipeline') ? 'section' : 'main';
  const columns = columnsFor(panels.length, shows('pipeline'));
  return (
    <div className={`lecture-stage ${shows('pipeline') ? 'with-pipeline' : ''}`}>
      {shows('pipeline') && (
        <ErrorBoundary name="The pipeline">
          <PipelineView />
        </ErrorBoundary>
      )}
      {panels.length > 0 && (
        <Readings
          className={`lecture-panels ${columns === 2 ? 'pairs' : ''}`}
          aria-label="Readings"
          style={{ '--columns': columns } as React.CSSProperties}
        >
          <h2 className="sr">Readings</h2>
          {panels.map(({ name, body }) => (
            <div className="lecture-panel" key={name}>
              <ErrorBoundary name={name}>{body}</ErrorBoundary>
            </div>
          ))}
        </Readings>
      )}
    </div>
  );
}
