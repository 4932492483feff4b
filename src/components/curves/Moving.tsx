/** What of a curve chart moves: raw and smoothed curve, ghosts, the task's letter and the step. A path a curve, no element a point. */
import { createContext, memo, useContext, useId } from 'react';
import { count, fraction } from '../format';
import { SvgRunMark } from '../RunMark';
import { SvgTag } from '../Tag';
import type { TaskLook } from '../tasks';
import { bandOf, lastFinite, type Plot, pathOf, upTo } from './plot';

export interface CurveSeries {
  readonly look: TaskLook | null;
  readonly x: readonly number[];
  readonly raw: readonly number[];
  readonly smooth: readonly number[];
}

/** The curve of an earlier run. */
export interface GhostCurve {
  readonly id: string;
  /** Short, printed at its end: "before", or the run's letter. */
  readonly label: string;
  /** SVG stroke-dasharray; undefined = solid. */
  readonly dash: string | undefined;
  /** It is no earlier run but races in this chart: drawn in the task's hue, with this run marker at its end. */
  readonly racer?: number;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Where it is a mean over seeds: one standard deviation to both sides, at each x. */
  readonly band?: { readonly low: readonly number[]; readonly high: readonly number[] };
}

/** Where the curves are read. */
export interface CurveMark {
  /** Step that pointer, key or scrubber is at: the same for all charts. */
  readonly step: number;
  /** Step of the curve's own reading there: the one at that step or before it. */
  readonly at: number;
  /** What was read, null where there was nothing to read; and as it is printed. */
  readonly value: number | null;
  readonly text: string;
}

export interface MovingCurves {
  readonly plot: Plot;
  readonly series: CurveSeries;
  readonly ghosts: readonly GhostCurve[];
  readonly mark: CurveMark | null;
  readonly xMax: number;
  readonly yMin: number;
  readonly yMax: number;
  readonly large: boolean;
}

/** Reaches the curves past the frame, which is not drawn again. */
export const MovingContext = createContext<MovingCurves | null>(null);

export function Moving() {
  const clip = useId();
  const moving = useContext(MovingContext);
  if (!moving) return null;
  const { plot, series, ghosts, mark, xMax, yMin, yMax, large } = moving;
  const { look, x, raw, smooth } = series;
  const stroke = look ? 'var(--hue)' : 'var(--ink)';
  const endX = x.at(-1);
  const endY = lastFinite(smooth);
  const within = (value: number) => Math.min(yMax, Math.max(yMin, value));
  // Where racers are read, their markers and figures stand at that step.
  const ends = mark ? ghosts.map((g) => (g.racer === undefined ? g : upTo(g, mark.step))) : ghosts;
  return (
    <g className="moving">
      <clipPath id={clip}>
        <rect x={plot.left} y={plot.top} width={plot.right - plot.left} height={plot.bottom - plot.top} />
      </clipPath>
      <g clipPath={`url(#${clip})`} fill="none">
        {ghosts.map((ghost) => (
          <GhostPath
            key={ghost.id}
            x={ghost.x}
            y={ghost.y}
            dash={ghost.dash}
            band={ghost.band ?? null}
            plot={plot}
            live={ghost.racer !== undefined}
          />
        ))}
        {/* One point is no line: the task's letter stands there by itself. */}
        {x.length > 1 && (
          <>
            {raw !== smooth && (
              <path className="curve-raw" d={pathOf(x, raw, plot)} stroke={stroke} strokeOpacity={0.32} />
            )}
            <path
              className="curve"
              d={pathOf(x, smooth, plot)}
              stroke={stroke}
              strokeWidth={large ? 4 : 2.5}
              strokeDasharray={look?.dash}
            />
          </>
        )}
      </g>
      {ends.map(({ id, racer, x: at, y }) => {
        const last = lastFinite(y);
        return racer === undefined || last === null ? null : (
          <SvgRunMark key={id} mark={racer} x={plot.x(at.at(-1)!)} y={plot.y(within(last))} />
        );
      })}
      {ghostLabels({ ...moving, ghosts: ends }).map(({ id, text, x: at, y, beside }) => {
        const left = at < xMax / 3;
        return (
          <text
            key={id}
            className="chart-label"
            x={plot.x(at) + (left ? beside : -beside)}
            y={plot.y(y) + 14}
            textAnchor={left ? 'start' : 'end'}
          >
            {text}
          </text>
        );
      })}
      {endX !== undefined && <path d={`M${plot.x(endX)} ${plot.bottom + 1}l4 7h-8z`} fill="var(--ink)" />}
      {endX !== undefined && endY !== null && look && (
        <SvgTag look={look} x={plot.x(endX)} y={plot.y(within(endY))} size={large ? 28 : 18} />
      )}
      {mark && <Mark {...moving} mark={mark} stroke={stroke} />}
    </g>
  );
}

/** An earlier run does not move: its path is made once a plot. */
const GhostPath = memo(function GhostPath({
  x,
  y,
  dash,
  band,
  plot,
  live,
}: Pick<GhostCurve, 'x' | 'y' | 'dash'> & {
  readonly band: GhostCurve['band'] | null;
  readonly plot: Plot;
  readonly live: boolean;
}) {
  const stroke = live ? 'var(--hue)' : 'var(--ink-3)';
  return (
    <>
      {band && <path d={bandOf(x, band, plot)} fill="var(--ink-3)" fillOpacity={0.18} stroke="none" />}
      <path d={pathOf(x, y, plot)} stroke={stroke} strokeWidth={live ? 2 : 1.25} strokeDasharray={dash} />
    </>
  );
});

/** A thin line at the step that is read, and a dot with its value at the curve's own reading. */
function Mark({
  plot,
  series,
  mark,
  yMin,
  yMax,
  large,
  stroke,
}: MovingCurves & { readonly mark: CurveMark; readonly stroke: string }) {
  const x = plot.x(mark.at);
  const inside = mark.value !== null && mark.value >= yMin && mark.value <= yMax;
  // To the right the task's letter may stand, and the labels of ghosts do at its end.
  const left = x - plot.left > (large ? 80 : 44);
  const up = large ? 14 : 8;
  const end = series.x.at(-1);
  const gap = end === undefined ? Number.POSITIVE_INFINITY : plot.x(end) - x;
  // Past the letter where that stands close by.
  const aside = gap < (large ? 80 : 44) ? gap + (large ? 18 : 13) : 7;
  const y = inside ? plot.y(mark.value!) : plot.top;
  // Above the curve, or below where the plot ends.
  const foot = y - plot.top < (large ? 36 : 22) ? y + (large ? 34 : 20) : y - up;
  return (
    <g className="chart-mark">
      <path d={`M${plot.x(mark.step)} ${plot.top}V${plot.bottom}`} />
      {inside && <circle cx={x} cy={y} r={large ? 6 : 3.5} style={{ fill: stroke }} />}
      <text className="chart-label" x={x + (left ? -7 : aside)} y={foot} textAnchor={left ? 'end' : 'start'}>
        {series.x.length > 0 ? mark.text : `step ${count(mark.step)}`}
      </text>
    </g>
  );
}

/** Pixels from one ghost's label to the next. */
const LABEL_GAP = 14;

/** Where the ghosts' labels stand: at their ends, and one below the other where they would overlap. */
function ghostLabels({ ghosts, plot, xMax, yMin, yMax }: MovingCurves) {
  const gap = (LABEL_GAP * (yMax - yMin)) / Math.max(1, plot.bottom - plot.top);
  const ends = ghosts
    .flatMap(({ id, label, racer, x, y, band }) => {
      const last = lastFinite(y);
      return last === null
        ? []
        : [
            {
              id,
              text: `${label} ${fraction(last)}${band ? `\u202f±\u202f${fraction(band.high.at(-1)! - last)}` : ''}`,
              x: Math.min(xMax, x.at(-1)!),
              y: last,
              // A racer's marker stands where its curve ends.
              beside: racer === undefined ? 5 : 11,
            },
          ];
    })
    .sort((a, b) => b.y - a.y);
  let above = Number.POSITIVE_INFINITY;
  return ends.map((end) => {
    const y = Math.max(yMin, Math.min(yMax, end.y, above - gap));
    above = y;
    return { ...end, y };
  });
}
