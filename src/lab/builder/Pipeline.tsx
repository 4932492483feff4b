/** The pipeline: data, input, bottom, towers, top and loss as cards, one lane a task between them. */
import { lazy, Suspense, useState } from 'react';
import { useStore } from 'zustand';
import { compact, count, percent } from '../../components/format';
import { Icon } from '../../components/icons';
import { Sheet } from '../../components/Overlay';
import { useSize } from '../../components/useSize';
import { pipelineName } from '../../pipeline/name';
import { blocksOf } from '../../pipeline/schema';
import type { BlockSpec, Pillar } from '../../pipeline/spec';
import { redo, undo } from '../../state/edits';
import { useHandStep } from '../../state/handStep';
import { useData, usePipeline, useRun, useUi } from '../../state/stores';
import { toggleLecture } from '../../state/view';
import { pointing, useLit } from '../parts';
import { useSimulated } from '../use';
import { DropNote } from './DropNote';
import { Flow } from './Flow';
import { LossEnd } from './LossEnd';
import { type Box, inputBox, type Layout, layOut, type PlaceName } from './places';

const Pulse = lazy(() => import('./Pulse'));
const PresetGallery = lazy(() => import('./PresetGallery'));
const InsideSheet = lazy(() => import('./insides/InsideSheet'));

const TITLES: readonly [PlaceName, string][] = [
  ['data', 'Input'],
  ['bottom', 'Bottom'],
  ['towers', 'Towers'],
  ['top', 'Top'],
  ['loss', 'Loss'],
];

const style = ({ x, y, w, h }: Box) => ({ left: x, top: y, width: w, height: h });

/** What else a card of an input block stands for: where the block before hands on to, and what the next one reads. */
function partsOfCard(path: string, inputs: number): string {
  const [, at] = path.split('input.');
  if (at === undefined) return '';
  const index = Number(at);
  return [index > 0 ? `input.${index - 1} out` : '', index + 1 < inputs ? `input.${index + 1} in` : '']
    .filter(Boolean)
    .join('|');
}

/** One block as a card: the whole card selects it. */
function Card({ box, path, pillar, spec }: { box: Box; path: string; pillar: Pillar; spec: BlockSpec }) {
  const selected = useUi((s) => s.selected === path);
  const parts = partsOfCard(
    path,
    usePipeline((s) => s.pipeline.input.length),
  );
  const lit = useLit(parts);
  const info = useRun((s) => s.description?.blocks.find((b) => b.path === path));
  const size = info ? `${compact(info.parameterCount)} params` : 'params –';
  const refines = /^input\.[1-9]/.test(path);
  return (
    <button
      type="button"
      className={`card ${refines ? 'slim' : ''} ${lit ? 'lit' : ''}`}
      data-part={parts || undefined}
      title={refines ? size : undefined}
      style={style(box)}
      data-pillar={pillar}
      aria-pressed={selected}
      onClick={() => useUi.setState({ selected: path, openPillar: pillar })}
    >
      <b>{spec.title}</b>
      {!refines && <span>{size}</span>}
      {path === 'input.0' && <InputFacts />}
    </button>
  );
}

/** Opens a block's inside: the same picture large, and every reading as a table. */
function LookInside({ box, path, spec }: { box: Box; path: string; spec: BlockSpec }) {
  const [open, setOpen] = useState(false);
  const title = `Inside ${spec.title}`;
  const part = `${path} inside`;
  const lit = useLit(part);
  return (
    <>
      <button
        type="button"
        className={lit ? 'look lit' : 'look'}
        data-part={part}
        style={{ left: box.x + box.w - 32, top: box.y + 2 }}
        aria-label={title}
        title="Look inside"
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        <Icon name="expand" />
      </button>
      <Sheet title={title} open={open} onClose={() => setOpen(false)}>
        <Suspense fallback={<p className="dim">Loading…</p>}>
          <InsideSheet path={path} />
        </Suspense>
      </Sheet>
    </>
  );
}

function InputFacts() {
  const schema = useData((s) => s.summary?.schema);
  const width = useRun((s) => s.description?.blocks.find((b) => b.path.startsWith('input'))?.output.width);
  const dim = usePipeline((s) => s.pipeline.input[0]?.params.dim);
  return (
    <span className="card-facts">
      <i>cat</i>
      <em>{schema ? `${schema.categorical.length}${dim === undefined ? '' : `×${String(dim)}`}` : '–'}</em>
      <i>num</i>
      <em>{schema ? count(schema.numerical.length) : '–'}</em>
      <i>width</i>
      <em>{width === undefined ? '–' : count(width)}</em>
    </span>
  );
}

function DataCard({ box }: { box: Box }) {
  const summary = useData((s) => s.summary);
  const made = useData((s) => s.made);
  const loading = useData((s) => s.loading);
  const tasks = usePipeline((s) => s.pipeline.tasks);
  const selected = useUi((s) => s.selected === 'data');
  const simulated = useSimulated();
  const lit = useLit('input.0 in');
  return (
    <button
      type="button"
      className={lit ? 'card lit' : 'card'}
      data-part="input.0 in"
      style={style(box)}
      aria-pressed={selected}
      onClick={() => useUi.setState({ selected: 'data' })}
    >
      <b>Data</b>
      <span>{summary ? (simulated ? 'simulated' : summary.source.title) : loading ? 'loading' : 'none'}</span>
      <span className="card-facts">
        {tasks.slice(0, 3).map((task) => {
          const rate = summary?.tasks.find((t) => t.name === task.id)?.rate;
          return [
            <i key={task.id}>{task.label}</i>,
            <em key={`${task.id}r`}>{rate === undefined ? '–' : percent(rate)}</em>,
          ];
        })}
        {made && (
          <>
            <i>r</i>
            <em>{made.relatedness.toFixed(2).replace('-', '\u2212')}</em>
          </>
        )}
      </span>
    </button>
  );
}

const useSlowMotion = (): boolean => useRun((s) => s.speed !== null && s.phase === 'training');

/** How a step flows, in slow motion and by hand; at full speed nothing of it is on the page. */
function StepFlow({ layout }: { layout: Layout }) {
  const slow = useSlowMotion();
  const byHand = useHandStep((s) => s.pulse > 0);
  if (!slow && !byHand) return null;
  return (
    <Suspense fallback={null}>
      <Pulse layout={layout} />
    </Suspense>
  );
}

/** All that lies on the stage for a layout. */
export function Cards({ layout }: { layout: Layout }) {
  const pipeline = usePipeline((s) => s.pipeline);
  const dragging = useUi((s) => s.dragging);
  const blocks = blocksOf(pipeline);
  const balancer = blocks.find(({ path }) => path === 'balancer')!.spec;
  const shown = blocks.filter(({ path }) => path !== 'balancer');
  const places = shown.filter(({ path }) => !/^input\.[1-9]/.test(path));
  const boxOf = (path: string) => layout.boxes[(path.startsWith('input') ? 'input' : path) as PlaceName];
  const cardOf = (path: string) =>
    path.startsWith('input')
      ? inputBox(layout, Number(path.split('.')[1]), pipeline.input.length)
      : boxOf(path);
  return (
    <>
      <DataCard box={layout.boxes.data} />
      {shown.map(({ pillar, path, spec }) => (
        <Card key={path} box={cardOf(path)} path={path} pillar={pillar} spec={spec} />
      ))}
      <LossEnd layout={layout} />
      <Flow layout={layout} />
      <StepFlow layout={layout} />
      {shown.map(({ path, spec }) =>
        path === 'input.0' ? null : <LookInside key={path} box={cardOf(path)} path={path} spec={spec} />,
      )}
      {'weights' in balancer.probes && <LookInside box={layout.boxes.loss} path="balancer" spec={balancer} />}
      {dragging &&
        places
          .map(({ pillar, path, spec }) => ({ pillar, box: boxOf(path), held: spec.title }))
          .map((place) => <DropNote key={place.pillar} {...place} dragged={dragging} />)}
      {dragging && (
        <DropNote pillar="balancer" box={layout.boxes.loss} held={balancer.title} dragged={dragging} />
      )}
    </>
  );
}

function Head() {
  const pipeline = usePipeline((s) => s.pipeline);
  const total = useRun((s) => s.description?.parameterCount);
  const note = useRun((s) => s.note);
  const slow = useSlowMotion();
  const { pastStates, futureStates } = useStore(usePipeline.temporal);
  return (
    <div className="pipehead">
      <h2>{pipelineName(pipeline)}</h2>
      <span className="dim pipe-note">
        {slow && <span className="still">each step: forward, losses, back, update</span>}
        <span className={slow ? 'moving' : undefined}>
          {note ?? (total === undefined ? 'parameters –' : `${count(total)} parameters`)}
        </span>
      </span>
      <span className="grow" />
      <Presets />
      <button type="button" className="btn bare" disabled={pastStates.length === 0} onClick={undo}>
        Undo
      </button>
      <button type="button" className="btn bare" disabled={futureStates.length === 0} onClick={redo}>
        Redo
      </button>
      <TrainingButton />
      <button
        type="button"
        className="btn bare lecture-button"
        title="Large type for a hall (L)"
        onClick={toggleLecture}
      >
        Lecture
      </button>
    </div>
  );
}

/** The gallery is fetched when it is first opened. */
function Presets() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="btn bare" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        Presets
      </button>
      <Sheet title="Presets" tall open={open} onClose={() => setOpen(false)}>
        <Suspense fallback={<p className="dim">Loading…</p>}>
          <PresetGallery onDone={() => setOpen(false)} />
        </Suspense>
      </Sheet>
    </>
  );
}

function TrainingButton() {
  const selected = useUi((s) => s.selected === 'training');
  return (
    <button
      type="button"
      className="btn bare"
      aria-pressed={selected}
      onClick={() => useUi.setState({ selected: 'training' })}
    >
      Settings
    </button>
  );
}

export function PipelineView() {
  const tasks = usePipeline((s) => s.pipeline.tasks.length);
  const [ref, size] = useSize();
  const layout = layOut(size.width, size.height, tasks);
  return (
    <main className="pipe">
      <Head />
      <div className={`canvas ${size.width > 0 && layout.vertical ? 'down' : ''}`} ref={ref}>
        {size.width > 0 && (
          <div
            className="stage"
            {...pointing}
            style={layout.vertical ? { height: layout.height } : undefined}
          >
            {!layout.vertical &&
              TITLES.map(([place, title]) => (
                <span key={place} className="place-title" style={{ left: layout.boxes[place].x }}>
                  {title}
                </span>
              ))}
            <Cards layout={layout} />
          </div>
        )}
      </div>
    </main>
  );
}
