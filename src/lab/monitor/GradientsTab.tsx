/** Do the tasks pull shared parameters apart? Cosine and length of their gradients, layer by layer and over time. */
import { lazy, Suspense, useState } from 'react';
import type { GradientReading, Measured, Pull } from '../../../workers/protocol';
import { BigFigure } from '../../components/BigFigure';
import { Empty } from '../../components/Empty';
import { ErrorBoundary } from '../../components/ErrorBoundary';
import { ExportMenu } from '../../components/ExportMenu';
import { Segments } from '../../components/fields';
import { count, fraction } from '../../components/format';
import { Steady, StepNow } from '../../components/Steady';
import { Tag } from '../../components/Tag';
import { useSize } from '../../components/useSize';
import { layersCsv, saveBlob, stepsCsv } from '../../state/export';
import { usePipeline, useUi } from '../../state/stores';
import { useHistory, useLooks, useTasks } from '../use';
import { markOfLists, readAt, stepInWords, useReadStep } from './readAt';
import { Scrubber } from './Scrubber';
import { longestClaim, ratioWithin, starving, within } from './starving';
import { useLook, useWaiting } from './useLook';

const CurveChart = lazy(() => import('../../components/CurveChart'));

const figure = (m: Measured | null | undefined, print: (m: Measured) => string): string =>
  m ? print(m) : '–';

/** One pair, layer by layer. */
function LayerTable({ reading, j, k }: { reading: GradientReading; j: number; k: number }) {
  const tasks = useTasks();
  const rows: readonly { readonly name: string; readonly title: string; readonly pull: Pull }[] = [
    ...(reading.overall ? [{ name: 'all shared', title: '', pull: reading.overall }] : []),
    ...reading.layers.map((l) => ({ name: l.name, title: l.title, pull: l as Pull })),
  ];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table scrolls sideways, and must do so by keyboard too
    <section className="table-scroll gradients-layers" tabIndex={0} aria-label="Gradients by layer">
      <table className="figures">
        <thead>
          <tr>
            <th scope="col">layer</th>
            <th scope="col">shared</th>
            <th scope="col">cosine</th>
            <th scope="col">
              ‖{tasks[j]!.label}‖ / ‖{tasks[k]!.label}‖
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, title, pull }) => {
            const cosine = pull.cosine[j]?.[k];
            return (
              <tr key={`${title} ${name}`}>
                <th scope="row">
                  {title && <span className="dim">{title} </span>}
                  {name}
                </th>
                <td>{count(pull.shared)}</td>
                <td className="cosine" style={{ '--at': cosine?.value ?? 0 } as React.CSSProperties}>
                  <i aria-hidden="true" />
                  {figure(cosine, within)}
                </td>
                <td>{figure(pull.logRatio[j]?.[k], ratioWithin)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <ExportMenu
        title="the gradients by layer"
        file={`gradients-step-${reading.step}`}
        csv={() =>
          layersCsv(
            rows.map(({ title, name, pull }) => ({
              layer: title ? `${title} ${name}` : name,
              shared: pull.shared,
              cosine: pull.cosine[j]?.[k] ?? null,
              logRatio: pull.logRatio[j]?.[k] ?? null,
            })),
          )
        }
        save={saveBlob}
      />
    </section>
  );
}

interface OverTimeProps {
  readonly title: string;
  /** What it is of: a task, or which weights. */
  readonly of: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly task: number | null;
  readonly ends: readonly [number, number, number];
}

/** A number of the readings by step, between two ends. */
function OverTime(props: OverTimeProps) {
  return (
    <ErrorBoundary name={`${props.title} of ${props.of}`}>
      <Chart {...props} />
    </ErrorBoundary>
  );
}

function Chart({ title: what, of, x, y, task, ends }: OverTimeProps) {
  const title = `${what} of ${of}`;
  const steps = usePipeline((s) => s.pipeline.training.steps);
  const looks = useLooks();
  const [ref, size] = useSize();
  const now = y.findLast(Number.isFinite);
  const read = useReadStep();
  const mark = markOfLists(x, y, read, (value) => fraction(value, 2));
  return (
    <section className="panel" aria-label={title}>
      <header>
        {task !== null && <Tag look={looks[task]!} />}
        <div>
          <h3>{what}</h3>
          <p>{mark ? <b>{stepInWords(mark)}</b> : `of ${of}`}</p>
        </div>
        <BigFigure label={title}>{mark ? mark.text : now === undefined ? '–' : fraction(now, 2)}</BigFigure>
      </header>
      <div className="fig" ref={ref}>
        <Suspense fallback={null}>
          <CurveChart
            title={title}
            width={size.width}
            height={size.height}
            series={{ look: task === null ? null : looks[task]!, x, raw: y, smooth: y }}
            ghosts={[]}
            oracle={null}
            xMax={steps}
            yMin={ends[0]}
            yMax={ends[2]}
            yTicks={ends}
            mark={mark}
            onRead={readAt}
          />
        </Suspense>
        <p className="sr">
          {now === undefined
            ? `No ${title} yet.`
            : `${title} is ${fraction(now, 2)} at step ${count(x.at(-1)!)}.`}
        </p>
        <ExportMenu
          title={title}
          file={title.toLowerCase().replace(/[^a-z]+/g, '-')}
          csv={y.length > 0 ? () => stepsCsv(title, x, y) : null}
          save={saveBlob}
        />
      </div>
    </section>
  );
}

/** The weights that the balancer gives, over time, where it says them. */
function Weights() {
  const { balance } = useHistory('frames');
  const tasks = useTasks();
  if (!balance || balance.length === 0 || balance.columns < 1 + tasks.length) return null;
  return (
    <>
      {tasks.map((task, k) => {
        const { x, raw } = balance.points(1 + k);
        const top = Math.max(1, ...raw.filter(Number.isFinite));
        const ceiling = 10 ** Math.ceil(Math.log10(top));
        const end = top <= ceiling / 5 ? ceiling / 5 : top <= ceiling / 2 ? ceiling / 2 : ceiling;
        return (
          <OverTime
            key={task.id}
            title="Weight"
            of={task.label}
            x={x}
            y={raw}
            task={k}
            ends={[0, end / 2, end]}
          />
        );
      })}
    </>
  );
}

export default function GradientsTab() {
  useLook('gradients');
  const { readings } = useHistory('readings');
  const scrub = useUi((s) => s.scrub);
  const waiting = useWaiting();
  const tasks = useTasks();
  const steps = usePipeline((s) => s.pipeline.training.steps);
  const names = tasks.map((t) => t.label);
  const K = tasks.length;
  const pairs = tasks.flatMap((_, j) => tasks.slice(j + 1).map((_, i) => [j, j + 1 + i] as const));
  const [chosen, setChosen] = useState('0 1');
  const [j, k] = pairs.find((p) => p.join(' ') === chosen) ?? pairs[0] ?? [0, 0];
  const reading = readings.latest((f) => (f.gradients?.weights.length === K ? f.gradients : null), scrub);
  if (K < 2) return <p className="empty">One task has nobody to conflict with: add a second one.</p>;
  if (!reading) {
    return (
      <Empty shows="Whether the tasks pull shared weights the same way, layer by layer, and who starves whom.">
        {waiting}
      </Empty>
    );
  }
  if (!reading.overall) {
    return (
      <p className="empty">
        No two losses reach the same parameter in this pipeline, so no gradients can conflict. Place a Bottom
        that shares, such as Shared-Bottom.
      </p>
    );
  }
  const frames = readings.frames.filter((f) => f.gradients?.overall && f.gradients.weights.length === K);
  const x = frames.map((f) => f.step);
  const of = (read: (p: Pull) => Measured | null | undefined) =>
    frames.map((f) => read(f.gradients!.overall!)?.value ?? Number.NaN);
  return (
    <div className="attention-tab">
      <div className="attention-head">
        <p className="head-words">
          <b>
            <Steady lines room={longestClaim(names)}>
              {starving(reading.overall, names, reading.positives)}
            </Steady>
          </b>{' '}
          <span className="dim">
            {count(reading.rows)} training rows, dropout off; ± is a 95 % interval over rows.{' '}
            <StepNow step={reading.step} of={steps} />
          </span>
        </p>
        {pairs.length > 1 && (
          <Segments
            label="Pair of tasks"
            options={pairs.map(([a, b]) => ({
              value: `${a} ${b}`,
              label: `${tasks[a]!.label}, ${tasks[b]!.label}`,
            }))}
            value={`${j} ${k}`}
            onChange={setChosen}
          />
        )}
        <Scrubber />
      </div>
      <div className="gradients">
        <LayerTable reading={reading} j={j} k={k} />
        <div className="panels many">
          <OverTime
            title="Cosine"
            of="all shared weights"
            x={x}
            y={of((p) => p.cosine[j]?.[k])}
            task={null}
            ends={[-1, 0, 1]}
          />
          {tasks.map((task, t) => (
            <OverTime
              key={task.id}
              title="Progress"
              of={task.label}
              x={x}
              y={of((p) => p.progress[t])}
              task={t}
              ends={[-1, 0, 2]}
            />
          ))}
          <Weights />
        </div>
      </div>
      <p className="dim gradients-foot">
        Progress: how fast a loss falls by a small step along all gradients together, as a share of how fast
        it would fall by its own alone; below 0 the others push it uphill.
      </p>
    </div>
  );
}
