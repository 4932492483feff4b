/**
 * A curve chart: raw faint below, smoothed above, ghosts and oracle behind, the task's letter at the end. Pointer and arrow
 * keys read it at a step. Recharts draws the frame; it is loaded after first paint.
 */
import { type PointerEvent, useMemo } from 'react';
import { CurveFrame } from './curves/CurveFrame';
import { type CurveMark, type CurveSeries, type GhostCurve, Moving, MovingContext } from './curves/Moving';
import { indexAt, plotOf } from './curves/plot';
import { count } from './format';

export interface CurveChartProps {
  /** What is drawn, for who does not see it: "CTR AUC". */
  readonly title: string;
  /** Pixels; below 40 × 40 nothing is drawn. */
  readonly width: number;
  readonly height: number;
  readonly series: CurveSeries;
  /** Curves of earlier runs, behind. */
  readonly ghosts: readonly GhostCurve[];
  readonly oracle: number | null;
  readonly xMax: number;
  readonly yMin: number;
  readonly yMax: number;
  readonly yTicks: readonly number[];
  /** Where the curve is read, or null. */
  readonly mark: CurveMark | null;
  /** Pointer or key is at a step, or has left. */
  readonly onRead: (step: number | null) => void;
  /** Type for the back row of a hall. */
  readonly large?: boolean;
}

/** One and the same, so that the frame is not drawn again for it. */
const MOVING = <Moving />;

export default function CurveChart(props: CurveChartProps) {
  const { width, height, series, ghosts, oracle, xMax, yMin, yMax, yTicks, mark, large = false } = props;
  const ticks = yTicks.join();
  const plot = useMemo(
    () => plotOf({ width, height, xMax, yMin, yMax, yTicks: ticks.split(',').map(Number), large }),
    [width, height, xMax, yMin, yMax, ticks, large],
  );
  if (width < 40 || height < 40) return null;
  return (
    <div className={`chart ${series.look?.hue ?? ''}`}>
      <MovingContext value={{ plot, series, ghosts, mark, xMax, yMin, yMax, large }}>
        <div aria-hidden="true">
          <CurveFrame {...{ width, height, xMax, yMin, yMax, yTicks, large, oracle }}>{MOVING}</CurveFrame>
        </div>
      </MovingContext>
      <Reader {...props} plot={plot} />
    </div>
  );
}

/** Steps that can be read: the curve's own, or where only racers run those of the one that is furthest. */
function readable({ x }: CurveSeries, ghosts: readonly GhostCurve[]): readonly number[] {
  if (x.length > 0) return x;
  return ghosts.reduce<readonly number[]>(
    (longest, g) => (g.racer !== undefined && g.x.length > longest.length ? g.x : longest),
    x,
  );
}

/**
 * Reads the curve at a step: a pointer over the plot, a finger that is drawn along it, or the keys of a range input that
 * lies there unseen until it has the focus. An arrow goes a point of the curve; Escape goes back to live.
 */
function Reader({
  title,
  series,
  ghosts,
  mark,
  onRead,
  plot,
}: CurveChartProps & { readonly plot: ReturnType<typeof plotOf> }) {
  const x = readable(series, ghosts);
  const newest = x.length - 1;
  if (newest < 1) return null;
  const follow = (e: PointerEvent<HTMLElement>) => {
    const step = plot.stepAt(e.clientX - e.currentTarget.getBoundingClientRect().left);
    // The nearest point, not the one before: that is what the eye takes.
    const before = indexAt(x, step);
    const after = Math.min(newest, before + 1);
    onRead(x[x[after]! - step < step - x[before]! ? after : before]!);
  };
  const leave = () => onRead(null);
  return (
    <div
      className="chart-reader"
      // As wide as the figure: the plot begins elsewhere when the figures beside its axis get longer, and this must not move.
      style={{ left: 0, top: plot.top, width: plot.right, height: plot.bottom - plot.top }}
      onPointerDown={follow}
      onPointerMove={follow}
      onPointerLeave={leave}
      onPointerCancel={leave}
    >
      <input
        type="range"
        min={0}
        max={newest}
        step={1}
        value={mark ? indexAt(x, mark.step) : newest}
        aria-label={`${title}: step that is read`}
        aria-valuetext={mark ? `step ${count(mark.at)}: ${mark.text}` : 'live'}
        onChange={(e) => onRead(x[Number(e.target.value)]!)}
        onKeyDown={(e) => {
          if (e.key === 'Escape') leave();
        }}
        onBlur={leave}
      />
    </div>
  );
}
