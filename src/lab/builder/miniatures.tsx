/** What is inside a card, small: layers as boxes on the lanes, the attention map with its residuals, the top's outputs. */
import { fraction } from '../../components/format';
import { SvgTag } from '../../components/Tag';
import type { TaskLook } from '../../components/tasks';
import type { BlockChoice } from '../../pipeline/schema';
import { Drawn } from '../parts';
import { useAttention } from '../use';
import type { LanePlace } from './insides/props';
import { bend, HEAD, type Layout, penOf, span } from './places';

interface Inside {
  readonly layout: Layout;
  readonly looks: readonly TaskLook[];
}

/** Layer widths of a block, empty where it has none. */
export const widthsOf = (choice: BlockChoice): number[] =>
  Array.isArray(choice.params.layers) ? [...(choice.params.layers as number[])] : [];

/** The part of a card that holds its miniature, along the flow. */
export function room(layout: Layout, place: LanePlace): [number, number] {
  const [from, to] = span(layout, place);
  return layout.vertical ? [from + HEAD - 6, to - 8] : [from + 12, to - 12];
}

/** The tasks' lanes straight through a card. */
export function Lanes({ layout, looks, place }: Inside & { place: LanePlace }) {
  const pen = penOf(layout);
  const [from, to] = span(layout, place);
  const start = layout.vertical ? from + HEAD - 8 : from;
  return looks.map((look, k) => (
    <g key={look.letter} className={look.hue}>
      <path
        className="lane"
        strokeDasharray={look.dash}
        d={`M${pen(start, layout.lanes[k]!)}L${pen(to, layout.lanes[k]!)}`}
      />
    </g>
  ));
}

/** One unit on a task's lane, with what it is called. */
export function Node({
  layout,
  look,
  a,
  k,
  long,
  text,
  round = false,
  tall = 24,
}: {
  layout: Layout;
  look: TaskLook;
  /** Position along the flow. */
  a: number;
  /** Index of the lane. */
  k: number;
  long: number;
  text: string;
  round?: boolean;
  tall?: number;
}) {
  const c = layout.lanes[k]!;
  const [x, y] = layout.vertical ? [c, a] : [a, c];
  const w = layout.vertical ? Math.max(long, 30) : long;
  const h = layout.vertical ? Math.min(20, tall) : tall;
  return (
    <g className={look.hue}>
      <rect
        className="unit"
        x={x - w / 2}
        y={y - h / 2}
        width={w}
        height={h}
        rx={round ? h / 2 : 1.5}
        strokeDasharray={look.dash && '6 2'}
      />
      <text className="s c" x={x} y={y + 4}>
        {text}
      </text>
    </g>
  );
}

/** Boxes of the layers' widths along a line across the flow. */
function Stack({
  layout,
  widths,
  from,
  to,
  c,
  size,
  dash,
}: {
  layout: Layout;
  widths: readonly number[];
  from: number;
  to: number;
  c: number;
  size: number;
  dash?: string | undefined;
}) {
  const step = (to - from) / Math.max(1, widths.length);
  return widths.map((width, i) => {
    const a = from + (i + 0.5) * step;
    const long = Math.min(38, step - 6);
    const [x, y] = layout.vertical ? [c, a] : [a, c];
    const [w, h] = layout.vertical ? [Math.min(44, size * 1.6), Math.min(24, step - 4)] : [long, size];
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: layers have no identity but their place
      <g key={i}>
        <rect
          className="unit"
          x={x - w / 2}
          y={y - h / 2}
          width={w}
          height={h}
          rx="1.5"
          strokeDasharray={dash}
        />
        <text className="s c" x={x} y={y + 4}>
          {width}
        </text>
      </g>
    );
  });
}

/** A bottom or tower of MLPs. One net for all tasks splits after its last layer; separate nets split before the first. */
export function Layers({
  layout,
  looks,
  place,
  choice,
}: Inside & { place: 'bottom' | 'towers'; choice: BlockChoice }) {
  const pen = penOf(layout);
  const [start, end] = span(layout, place);
  const [from, to] = room(layout, place);
  const widths = widthsOf(choice);
  const pitch = Math.abs((layout.lanes[1] ?? layout.lanes[0]! + 60) - layout.lanes[0]!);
  const size = Math.max(14, Math.min(30, pitch * 0.6));
  const split = 18;
  const entry = layout.vertical ? from - 4 : start;
  if (place === 'bottom' && choice.block === 'shared-bottom') {
    const last = to - split;
    return (
      <g>
        <path className="trunk" d={`M${pen(entry, layout.middle)}L${pen(last, layout.middle)}`} />
        {looks.map((look, k) => (
          <g key={look.letter} className={look.hue}>
            <path
              className="lane"
              strokeDasharray={look.dash}
              d={bend(pen, last - 4, layout.middle, end, layout.lanes[k]!)}
            />
          </g>
        ))}
        <Drawn at="bottom boxes">
          <g className="t0">
            <Stack layout={layout} widths={widths} from={from} to={last} c={layout.middle} size={56} />
          </g>
        </Drawn>
      </g>
    );
  }
  const first = place === 'bottom' ? from + split : from;
  const dashOf = (look: TaskLook) => (look.dash ? '6 2' : undefined);
  return (
    <g>
      {place === 'bottom' &&
        looks.map((look, k) => (
          <path
            key={look.letter}
            className="wire"
            d={bend(pen, entry, layout.middle, first + 4, layout.lanes[k]!)}
          />
        ))}
      {looks.map((look, k) => (
        <g key={look.letter} className={look.hue}>
          <path
            className="lane"
            strokeDasharray={look.dash}
            d={`M${pen(place === 'bottom' ? first + 4 : entry, layout.lanes[k]!)}L${pen(end, layout.lanes[k]!)}`}
          />
        </g>
      ))}
      <Drawn at={`${place} boxes`}>
        {looks.map((look, k) => (
          <g key={look.letter} className={look.hue}>
            <Stack
              layout={layout}
              widths={widths}
              from={first}
              to={to}
              c={layout.lanes[k]!}
              size={size}
              dash={dashOf(look)}
            />
          </g>
        ))}
      </Drawn>
    </g>
  );
}

/** A K×K map: row reads column, hue of the reader, tint by the size of the value. */
export function CellMap({
  looks,
  left,
  top,
  cell,
  value,
}: {
  looks: readonly TaskLook[];
  left: number;
  top: number;
  cell: number;
  /** NaN where there is none yet. */
  value: (row: number, column: number) => number;
}) {
  const K = looks.length;
  return (
    <g>
      {looks.map((look, r) => (
        <g key={look.letter} className={look.hue}>
          {looks.map((read, c) => {
            const v = value(r, c);
            return (
              <g key={read.letter}>
                <rect
                  className="cell"
                  style={{ '--v': Number.isFinite(v) ? Math.min(1, Math.abs(v)) : 0 } as React.CSSProperties}
                  x={left + c * cell}
                  y={top + r * cell}
                  width={cell}
                  height={cell}
                />
                {cell >= 26 && (
                  <text
                    className={cell >= 36 ? 'c b l' : 'c s'}
                    x={left + (c + 0.5) * cell}
                    y={top + (r + 0.5) * cell + 5}
                  >
                    {Number.isFinite(v) ? fraction(v, 2) : '–'}
                  </text>
                )}
              </g>
            );
          })}
          <SvgTag look={look} x={left - 13} y={top + (r + 0.5) * cell} size={Math.min(18, cell)} />
          <SvgTag look={look} x={left + (r + 0.5) * cell} y={top - 13} size={Math.min(18, cell)} />
        </g>
      ))}
      <rect className="cellframe" x={left} y={top} width={K * cell} height={K * cell} />
    </g>
  );
}

/** K×K map of the last layer, mean over heads; residuals run past it and meet it at ⊕. */
export function AttentionInside({ layout, looks }: Inside) {
  const attention = useAttention();
  const [start, end] = span(layout, 'towers');
  const { x, y, w, h } = layout.boxes.towers;
  const K = looks.length;
  const pitch = K > 1 ? layout.lanes[1]! - layout.lanes[0]! : 80;
  // Between two lanes there is room for the whole map; with more, it lies in the middle and the lanes run behind it.
  const between = K === 2;
  const space = layout.vertical
    ? (h - HEAD - 70) / K
    : between
      ? (pitch - 36) / (K + 0.5)
      : (h - HEAD - 64) / K;
  const most = layout.width >= 1000 ? 60 : 42;
  const cell = Math.floor(Math.max(10, Math.min(most, space, (w - (between ? 96 : 56)) / K)));
  const cx = x + w / 2 + 10;
  const cy = layout.vertical ? y + HEAD + 22 + (K * cell) / 2 : layout.middle + 9;
  const left = cx - (K * cell) / 2;
  const top = cy - (K * cell) / 2;
  const layer = (attention?.layers ?? 1) - 1;
  return (
    <g>
      <Lanes layout={layout} looks={looks} place="towers" />
      {!between && (
        <rect
          className="backdrop"
          x={Math.max(x + 3, left - 26)}
          y={top - 24}
          width={Math.min(x + w - 3, left + K * cell + 6) - Math.max(x + 3, left - 26)}
          height={K * cell + 30}
        />
      )}
      {between && <Residuals {...{ layout, looks, start, end, left, top, cell }} />}
      <Drawn at="towers probe.attention">
        <CellMap
          looks={looks}
          left={left}
          top={top}
          cell={cell}
          value={(r, c) => (attention ? attention.mean(layer, r, c) : Number.NaN)}
        />
      </Drawn>
      <text className="s d" x={x + 12} y={y + h - 12}>
        {attention && attention.layers > 1 && w > 190
          ? `row reads column · layer ${attention.layers}`
          : 'row reads column'}
      </text>
    </g>
  );
}

function Residuals({
  layout,
  looks,
  start,
  end,
  left,
  top,
  cell,
}: Inside & { start: number; end: number; left: number; top: number; cell: number }) {
  const [sumAt, leaveAt] = layout.vertical ? [end - 16, start + HEAD + 4] : [end - 18, start + 14];
  return looks.map((look, k) => {
    const lane = layout.lanes[k]!;
    const row = top + (k + 0.5) * cell;
    const right = left + looks.length * cell;
    const [px, py] = layout.vertical ? [lane, sumAt] : [sumAt, lane];
    const side = k === 0 ? 1 : -1;
    const into = layout.vertical
      ? k === 0
        ? `M${lane} ${leaveAt}C${lane} ${row} ${lane} ${row} ${left - 23} ${row}`
        : `M${lane} ${leaveAt}C${lane} ${row} ${lane} ${row} ${right} ${row}`
      : `M${leaveAt} ${lane}C${leaveAt + 2} ${row} ${leaveAt} ${row} ${left - 23} ${row}`;
    const bottomOfMap = top + looks.length * cell;
    const column = left + (k + 0.5) * cell;
    const back = layout.vertical
      ? `M${column} ${bottomOfMap}C${column} ${sumAt} ${column} ${sumAt} ${lane + side * 9} ${sumAt}`
      : `M${right} ${row}C${sumAt} ${row} ${sumAt} ${row} ${sumAt} ${lane + side * 9}`;
    return (
      <g key={look.letter} className={look.hue}>
        <path className="lane skip" d={`${into}${back}`} />
        <circle className="op" cx={px} cy={py} r="8" />
        <path className="opx" d={`M${px - 4.5} ${py}h9M${px} ${py - 4.5}v9`} />
      </g>
    );
  });
}
