/**
 * A curve chart: raw faint below, smoothed above, ghosts and oracle behind, the task's letter at the end.
 * Recharts draws it, without animation and with at most 300 points a curve: it brings scales, ticks and clipping, and
 * five redraws a second of that size are well within what it can do. It is loaded after first paint.
 */
import { CartesianGrid, Line, LineChart, ReferenceDot, ReferenceLine, XAxis, YAxis } from 'recharts';
import { count, fraction } from './format';
import { SvgTag } from './Tag';
import type { TaskLook } from './tasks';

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
  readonly x: readonly number[];
  readonly y: readonly number[];
}

export interface CurveChartProps {
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
  /** Type for the back row of a hall. */
  readonly large?: boolean;
}

interface Row {
  x: number;
  raw?: number;
  smooth?: number;
  [ghost: `ghost${number}`]: number;
}

/** One row a step, since the curves' steps differ. */
function merge({ series, ghosts }: Pick<CurveChartProps, 'series' | 'ghosts'>): Row[] {
  // A row without values at 0: with no row at all, recharts draws no axis and no oracle.
  const rows = new Map<number, Row>([[0, { x: 0 }]]);
  const put = (x: number, name: 'raw' | 'smooth' | `ghost${number}`, y: number) => {
    if (!Number.isFinite(y)) return;
    const row = rows.get(x) ?? { x };
    row[name] = y;
    rows.set(x, row);
  };
  series.x.forEach((x, i) => {
    put(x, 'raw', series.raw[i]!);
    put(x, 'smooth', series.smooth[i]!);
  });
  ghosts.forEach((ghost, g) => {
    ghost.x.forEach((x, i) => {
      put(x, `ghost${g}`, ghost.y[i]!);
    });
  });
  return [...rows.values()].sort((a, b) => a.x - b.x);
}

const still = { isAnimationActive: false, dot: false, activeDot: false, connectNulls: true } as const;

const digitsOf = (ticks: readonly number[]) => {
  const gap = Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0));
  return Math.max(1, Math.ceil(-Math.log10(gap) - 1e-9));
};

export default function CurveChart(props: CurveChartProps) {
  const { width, height, series, ghosts, oracle, xMax, yMin, yMax, yTicks, large = false } = props;
  if (width < 40 || height < 40) return null;
  const { look } = series;
  const stroke = look ? 'var(--hue)' : 'var(--ink)';
  const end = series.x.length - 1;
  // A line of one point is drawn as a dot on top of the task's letter.
  const single = series.x.length < 2;
  const endX = series.x[end];
  const endY = lastFinite(series.smooth);
  const labels = ghostLabels(props);
  const digits = digitsOf(yTicks);
  return (
    <div className={`chart ${look?.hue ?? ''}`} aria-hidden="true">
      <LineChart
        width={width}
        height={height}
        data={merge(props)}
        margin={{ top: large ? 20 : 14, right: large ? 18 : 14, bottom: 0, left: 0 }}
        accessibilityLayer={false}
      >
        <CartesianGrid vertical={false} stroke="var(--rule)" />
        <XAxis
          dataKey="x"
          type="number"
          domain={[0, xMax]}
          ticks={[0, xMax / 2, xMax]}
          tickFormatter={(x: number) => (x === xMax ? `${count(x)} steps` : count(x))}
          tickLine={false}
          axisLine={false}
          height={large ? 32 : 22}
          interval={0}
          tick={<XTick xMax={xMax} drop={large ? 18 : 12} />}
        />
        <YAxis
          type="number"
          domain={[yMin, yMax]}
          ticks={[...yTicks]}
          tickFormatter={(y: number) => fraction(y, digits)}
          allowDataOverflow
          tickLine={false}
          axisLine={false}
          width={((yMax >= 1 ? 18 : 12) + digits * 9) * (large ? 1.5 : 1)}
          interval={0}
          tick={{ fill: 'var(--ink-3)' }}
        />
        {oracle !== null && (
          <ReferenceLine
            y={oracle}
            stroke="var(--ink-2)"
            strokeDasharray="4 4"
            label={{
              value: `oracle ${fraction(oracle)}`,
              position: 'insideBottomRight',
              className: 'chart-label',
              offset: 3,
            }}
          />
        )}
        {ghosts.map(({ id, dash }, g) => (
          <Line
            {...still}
            key={id}
            dataKey={`ghost${g}`}
            stroke="var(--ink-3)"
            strokeWidth={1.25}
            {...(dash && { strokeDasharray: dash })}
          />
        ))}
        <Line {...still} hide={single} dataKey="raw" stroke={stroke} strokeOpacity={0.32} strokeWidth={1} />
        <Line
          {...still}
          hide={single}
          dataKey="smooth"
          stroke={stroke}
          strokeWidth={large ? 4 : 2.5}
          {...(look?.dash && { strokeDasharray: look.dash })}
        />
        {labels.map(({ id, text, x, y }) => (
          <ReferenceDot
            key={id}
            x={x}
            y={y}
            r={0}
            ifOverflow="visible"
            label={{
              value: text,
              position: x < xMax / 3 ? 'insideTopLeft' : 'insideTopRight',
              className: 'chart-label',
              offset: 5,
            }}
          />
        ))}
        {endX !== undefined && (
          <ReferenceDot
            x={endX}
            y={yMin}
            ifOverflow="visible"
            shape={({ cx = 0, cy = 0 }: { cx?: number; cy?: number }) => (
              <path d={`M${cx} ${cy + 1}l4 7h-8z`} fill="var(--ink)" />
            )}
          />
        )}
        {endX !== undefined && endY !== null && look && (
          <ReferenceDot
            x={endX}
            y={Math.min(yMax, Math.max(yMin, endY))}
            ifOverflow="visible"
            shape={({ cx = 0, cy = 0 }: { cx?: number; cy?: number }) => (
              <SvgTag look={look} x={cx} y={cy} size={large ? 28 : 18} />
            )}
          />
        )}
      </LineChart>
    </div>
  );
}

/** Pixels from one ghost's label to the next. */
const LABEL_GAP = 14;

/** Where the ghosts' labels stand: at their ends, and one below the other where they would overlap. */
function ghostLabels({ ghosts, height, xMax, yMin, yMax }: CurveChartProps) {
  const gap = (LABEL_GAP * (yMax - yMin)) / Math.max(1, height - 36);
  const ends = ghosts
    .flatMap(({ id, label, x, y }) => {
      const last = lastFinite(y);
      return last === null
        ? []
        : [{ id, text: `${label} ${fraction(last)}`, x: Math.min(xMax, x.at(-1)!), y: last }];
    })
    .sort((a, b) => b.y - a.y);
  let above = Number.POSITIVE_INFINITY;
  return ends.map((end) => {
    const y = Math.max(yMin, Math.min(yMax, end.y, above - gap));
    above = y;
    return { ...end, y };
  });
}

function lastFinite(values: readonly number[]): number | null {
  for (let i = values.length - 1; i >= 0; i--) if (Number.isFinite(values[i]!)) return values[i]!;
  return null;
}

/** The last tick ends at the axis, so that "500 steps" is not cut off. */
function XTick({
  x = 0,
  y = 0,
  payload,
  xMax,
  drop,
}: {
  x?: number;
  y?: number;
  payload?: { value: number };
  xMax: number;
  /** From the axis down to the foot of the figures. */
  drop: number;
}) {
  const value = payload?.value ?? 0;
  const anchor = value === 0 ? 'start' : value === xMax ? 'end' : 'middle';
  return (
    <text x={x} y={y + drop} textAnchor={anchor} fill="var(--ink-3)">
      {count(value)}
      {value === xMax ? ' steps' : ''}
    </text>
  );
}
