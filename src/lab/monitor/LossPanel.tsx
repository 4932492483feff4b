/** One task's training loss by step: raw faint, smoothed above. */
import { lazy, Suspense } from 'react';
import { BigFigure } from '../../components/BigFigure';
import { ErrorBoundary } from '../../components/ErrorBoundary';
import { ExportMenu } from '../../components/ExportMenu';
import { count, loss } from '../../components/format';
import { Tag } from '../../components/Tag';
import { useSize } from '../../components/useSize';
import { curveCsv, saveBlob } from '../../state/export';
import { FRAME_HEAD } from '../../state/history';
import type { Points } from '../../state/rows';
import { usePipeline } from '../../state/stores';
import { type NamedGhost, useLossGhosts } from '../runs/ghosts';
import { useHistory, useLecture, useLooks } from '../use';
import { RecordedMark } from './Recorded';
import { markOfRows, readAt, stepInWords, useReadStep } from './readAt';

const CurveChart = lazy(() => import('../../components/CurveChart'));

/** 1, 2 or 5 times a power of ten, at or above a value. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((m) => m * power).find((m) => m >= value * 0.999) ?? value;
}

/** Top of the axis: a good part of the curve's range; single batches may stick out, the smoothed curve does not. */
function ceiling(points: Points | undefined, ghosts: readonly NamedGhost[]): number {
  const values = [...(points?.smooth ?? []), ...ghosts.flatMap((g) => g.y)].filter(Number.isFinite);
  const highest = Math.max(0, ...values);
  return highest > 0 ? roundUp(highest) : 1;
}

export function LossPanel({ task }: { task: number }) {
  const name = usePipeline((s) => s.pipeline.tasks[task]!.label);
  return (
    <ErrorBoundary name={`The loss of ${name}`}>
      <Content task={task} />
    </ErrorBoundary>
  );
}

function Content({ task }: { task: number }) {
  const { tasks, training } = usePipeline((s) => s.pipeline);
  const look = useLooks()[task]!;
  const { frames } = useHistory('frames');
  const [ref, size] = useSize();
  const lecture = useLecture();
  const column = FRAME_HEAD + task;
  const points = frames && frames.columns > column ? frames.points(column) : undefined;
  const ghosts = useLossGhosts(task);
  const top = ceiling(points, ghosts);
  const now = points?.smooth.at(-1);
  const name = tasks[task]!.label;
  const mark = markOfRows(points && frames, column, true, useReadStep(), loss);
  return (
    <section className="panel" aria-label={`Loss of ${name}`}>
      <header>
        <Tag look={look} />
        <div>
          <h3>Loss of {name}</h3>
          <p>
            <RecordedMark />
            {mark ? <b>{stepInWords(mark)}</b> : 'cross-entropy, nats'}
          </p>
        </div>
        <BigFigure label={`Loss of ${name}, smoothed`}>
          {mark ? mark.text : now === undefined ? '–' : loss(now)}
        </BigFigure>
      </header>
      <div className="fig" ref={ref}>
        <Suspense fallback={null}>
          <CurveChart
            title={`Loss of ${name}`}
            width={size.width}
            height={size.height}
            series={{ look, x: points?.x ?? [], raw: points?.raw ?? [], smooth: points?.smooth ?? [] }}
            ghosts={ghosts}
            oracle={null}
            large={lecture}
            xMax={training.steps}
            yMin={0}
            yMax={top}
            yTicks={[0, top / 2, top]}
            mark={mark}
            onRead={readAt}
          />
        </Suspense>
        <p className="sr">
          {now === undefined
            ? `No loss of ${name} yet.`
            : `At step ${count(points!.x.at(-1)!)} the smoothed loss of ${name} is ${loss(now)}.`}
        </p>
        <ExportMenu
          title={`loss of ${name}`}
          file={`loss-${name}`}
          csv={points ? () => curveCsv('loss', points, ghosts) : null}
          save={saveBlob}
        />
      </div>
    </section>
  );
}
