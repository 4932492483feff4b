/**
 * What of a curve chart stands still: axes, grid and oracle. Recharts draws it, which costs milliseconds a time, so that it
 * is drawn again only when its size or its ends change; what moves lies inside as its child and is told by a context.
 */
import { memo, type ReactNode } from 'react';
import { CartesianGrid, LineChart, ReferenceLine, XAxis, YAxis } from 'recharts';
import { count, fraction } from '../format';
import { digitsOf, type PlotShape, roomOf } from './plot';

/** One row without values: with no row at all, recharts draws no axis. */
const NOTHING = [{ x: 0 }];

export interface CurveFrameProps extends PlotShape {
  readonly oracle: number | null;
  /** The same element each time, or the frame is drawn again. */
  readonly children: ReactNode;
}

export const CurveFrame = memo(
  function CurveFrame({ width, height, xMax, yMin, yMax, yTicks, large, oracle, children }: CurveFrameProps) {
    const room = roomOf({ yMax, yTicks, large });
    return (
      <LineChart
        width={width}
        height={height}
        data={NOTHING}
        margin={{ top: room.top, right: room.right, bottom: 0, left: 0 }}
        accessibilityLayer={false}
      >
        <CartesianGrid vertical={false} stroke="var(--rule)" />
        <XAxis
          dataKey="x"
          type="number"
          domain={[0, xMax]}
          ticks={[0, xMax / 2, xMax]}
          allowDataOverflow
          tickLine={false}
          axisLine={false}
          height={room.bottom}
          interval={0}
          tick={<StepTick xMax={xMax} drop={large ? 18 : 12} />}
        />
        <YAxis
          type="number"
          domain={[yMin, yMax]}
          ticks={[...yTicks]}
          tickFormatter={(y: number) => fraction(y, digitsOf(yTicks))}
          allowDataOverflow
          tickLine={false}
          axisLine={false}
          width={room.left}
          interval={0}
          tick={{ fill: 'var(--ink-3)' }}
        />
        {oracle !== null && (
          <ReferenceLine
            y={oracle}
            // Behind the curves; its label stays above them.
            zIndex={-50}
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
        {children}
      </LineChart>
    );
  },
  // Ticks are made anew by each caller; what counts is where they stand.
  (a, b) =>
    a.width === b.width &&
    a.height === b.height &&
    a.xMax === b.xMax &&
    a.yMin === b.yMin &&
    a.yMax === b.yMax &&
    a.yTicks.join() === b.yTicks.join() &&
    a.large === b.large &&
    a.oracle === b.oracle &&
    a.children === b.children,
);

/** The last tick ends at the axis, so that "500 steps" is not cut off. */
function StepTick({
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
