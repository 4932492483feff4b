/** Experts and gates inside a Bottom's card: a band from expert to task is as thick as its share, and a task's bands stack up to 1. */
import { useMemo } from 'react';
import { fraction } from '../../components/format';
import type { TaskLook } from '../../components/tasks';
import type { BlockChoice } from '../../pipeline/schema';
import { Drawn } from '../parts';
import { drawnOrder, idleExperts, type Owner, ownersOf, spreadOf } from './gates';
import { type Reading, useReading } from './insides/reading';
import { bend, HEAD, type Layout, penOf, span } from './places';

/** Shares of one level, averaged over the chosen cohort. */
interface Gates {
  /** One list of shares a gate: a gate a task, or one for all. */
  readonly rows: readonly (readonly number[])[];
  readonly levels: number;
  readonly side: Reading['side'];
}

/** The last level's gates of the Bottom; null before the first reading, or where it is of another pipeline. */
function useGates(experts: number, tasks: number): Gates | null {
  const reading = useReading('bottom', 'gates', [-1, -1, experts]);
  return useMemo(() => {
    if (!reading) return null;
    const [levels, gates, E] = reading.shape as [number, number, number];
    if (gates !== tasks && gates !== 1) return null;
    const row = (g: number) =>
      Array.from(reading.values.subarray(((levels - 1) * gates + g) * E).subarray(0, E));
    return { levels, rows: Array.from({ length: gates }, (_, g) => row(g)), side: reading.side };
  }, [reading, tasks]);
}

/** Room that a number needs along the stack: its height across the flow, its width where the flow runs down. */
const FIGURE = { across: 15, down: 26 };

/** Shortest box in which an expert's name is legible. */
const NAMED = 15;

export function GatesInside({
  layout,
  looks,
  choice,
}: {
  layout: Layout;
  looks: readonly TaskLook[];
  choice: BlockChoice;
}) {
  const K = looks.length;
  const owners = ownersOf(choice, K);
  const gates = useGates(owners.length, K);
  const pen = penOf(layout);
  const { x, y, w, h } = layout.boxes.bottom;
  const [start, end] = span(layout, 'bottom');
  const { vertical } = layout;
  // Along the flow: wires, boxes, bands, stacks. Across it: from one rim of the card to the other, less its words.
  const [first, last] = vertical ? [start + HEAD - 2, end - 6] : [start + 26, end - 16];
  const [near, far] = vertical ? [x + 8, x + w - 8] : [y + HEAD + 6, y + h - 30];
  const box = vertical ? 18 : Math.min(34, (last - first) / 4);
  const stack = vertical ? 18 : Math.min(34, (last - first) / 4);
  const pitch = (far - near) / owners.length;
  const long = Math.max(3, Math.min(vertical ? 36 : 30, pitch - 4));
  const order = drawnOrder(owners, K);
  const centre = new Map(order.map((e, i) => [e, near + (i + 0.5) * pitch]));
  const one = gates?.rows.length === 1 || choice.block === 'omoe';
  const targets = one ? [layout.middle] : layout.lanes;
  const laneGap = K > 1 ? layout.lanes[1]! - layout.lanes[0]! : far - near;
  // A stack keeps clear of its neighbours, and the first of the card's title.
  const clear = 2 * (targets[0]! - near) + 32;
  const height = Math.min(one ? (far - near) * 0.7 : laneGap * 0.82, vertical ? 130 : Math.min(clear, 200));
  const rect = (a: number, c: number, along: number, across: number) =>
    vertical ? { x: c, y: a, width: across, height: along } : { x: a, y: c, width: along, height: across };
  const bands = { from: first + box, to: last - stack, height };
  return (
    <g>
      {order.map((e) => (
        <path
          key={e}
          className="wire"
          d={bend(pen, vertical ? first - 12 : start, layout.middle, first, centre.get(e)!)}
        />
      ))}
      {looks.map((look, k) => (
        <g key={look.letter} className={look.hue}>
          <path
            className="lane"
            strokeDasharray={look.dash}
            d={
              one
                ? bend(pen, last, layout.middle, end, layout.lanes[k]!)
                : `M${pen(last, layout.lanes[k]!)}L${pen(end, layout.lanes[k]!)}`
            }
          />
        </g>
      ))}
      <Drawn at="bottom probe.gates">
        {targets.map((lane, g) => {
          const look = one ? null : looks[g]!;
          const row = gates?.rows[g];
          return (
            <g key={lane} className={look?.hue ?? 't0'}>
              {row && <Bands {...{ layout, order, centre, row, lane }} {...bands} />}
              {row &&
                stackOf(order, row, lane, height).map(({ e, from, size }) => (
                  <g key={e}>
                    <rect
                      className="cell"
                      style={{ '--v': row[e] } as React.CSSProperties}
                      {...rect(last - stack, from, stack, size)}
                    />
                    {size >= (vertical ? FIGURE.down : FIGURE.across) && (
                      <Label
                        {...{ vertical, a: last - stack / 2, c: from + size / 2 }}
                        text={fraction(row[e]!, 2)}
                      />
                    )}
                  </g>
                ))}
              <rect
                className="stackframe"
                strokeDasharray={look?.dash ? '6 2' : undefined}
                {...rect(last - stack, lane - height / 2, stack, height)}
              />
              {!row && <Label {...{ vertical, a: last - stack / 2, c: lane }} text="–" />}
            </g>
          );
        })}
      </Drawn>
      <Drawn at="bottom boxes">
        {order.map((e) => (
          <Expert
            key={e}
            owner={owners[e]!}
            name={nameOf(owners, e, looks)}
            looks={looks}
            named={long >= NAMED || (vertical && pitch >= 22)}
            at={rect(first, centre.get(e)! - long / 2, box, long)}
          />
        ))}
      </Drawn>
      {!vertical && <Foot {...{ gates, looks, x: x + 12, y: y + h - 12, wide: w > 190 }} />}
      {vertical && gates?.side && (
        <text className="s d" textAnchor="end" x={x + w - 10} y={first - 4}>
          {sideName(gates.side)}
        </text>
      )}
    </g>
  );
}

/** Which of two Bottoms is drawn. */
const sideName = (side: 'user') => `${side}’s side`;

/** `C1`: the first expert of the task whose letter is C; `S2`: the second shared one (`+2` where a task is S); `3` where all are shared. */
function nameOf(owners: readonly Owner[], e: number, looks: readonly TaskLook[]): string {
  const owner = owners[e]!;
  const nth = owners.slice(0, e + 1).filter((o) => o === owner).length;
  if (owner !== null) return `${looks[owner]!.letter}${nth}`;
  if (owners.every((o) => o === null)) return String(nth);
  return `${looks.some((l) => l.letter === 'S') ? '+' : 'S'}${nth}`;
}

/** Where each expert's share lies in a stack of `height` around a lane, in the order of the drawn experts. */
function stackOf(order: readonly number[], row: readonly number[], lane: number, height: number) {
  let from = lane - height / 2;
  return order
    .filter((e) => row[e]! > 0)
    .map((e) => {
      const part = { e, from, size: row[e]! * height };
      from += part.size;
      return part;
    });
}

function Bands({
  layout,
  order,
  centre,
  row,
  lane,
  from,
  to,
  height,
}: {
  layout: Layout;
  order: readonly number[];
  centre: ReadonlyMap<number, number>;
  row: readonly number[];
  lane: number;
  from: number;
  to: number;
  height: number;
}) {
  const pen = penOf(layout);
  const half = (from + to) / 2;
  return stackOf(order, row, lane, height).map(({ e, from: top, size }) => {
    const left = centre.get(e)! - size / 2;
    const there = `M${pen(from, left)}C${pen(half, left)} ${pen(half, top)} ${pen(to, top)}`;
    const back = `L${pen(to, top + size)}C${pen(half, top + size)} ${pen(half, left + size)} ${pen(from, left + size)}Z`;
    return <path key={e} className="band" d={there + back} />;
  });
}

function Expert({
  owner,
  name,
  looks,
  named,
  at,
}: {
  owner: Owner;
  name: string;
  looks: readonly TaskLook[];
  named: boolean;
  at: { x: number; y: number; width: number; height: number };
}) {
  const look = owner === null ? null : looks[owner]!;
  return (
    <g className={look?.hue ?? 't0'}>
      <rect className="unit" rx="1.5" strokeDasharray={look?.dash ? '4 2' : undefined} {...at} />
      {named && (
        <text className="s c" x={at.x + at.width / 2} y={at.y + at.height / 2 + 4}>
          {name}
        </text>
      )}
    </g>
  );
}

function Label({ vertical, a, c, text }: { vertical: boolean; a: number; c: number; text: string }) {
  const [x, y] = vertical ? [c, a] : [a, c];
  return (
    <text className="s c" x={x} y={y + 4}>
      {text}
    </text>
  );
}

/** Which side and level are drawn, how spread each gate is, and how many experts idle. */
function Foot({
  gates,
  looks,
  x,
  y,
  wide,
}: {
  gates: Gates | null;
  looks: readonly TaskLook[];
  x: number;
  y: number;
  wide: boolean;
}) {
  if (!gates) return null;
  const idle = idleExperts(gates.rows).length;
  const one = gates.rows.length === 1;
  const spreads = gates.rows.map(
    (row, g) => `${one ? '' : `${looks[g]!.letter} `}${fraction(spreadOf(row), 2)}`,
  );
  const parts = [
    gates.side ? sideName(gates.side) : '',
    gates.levels > 1 ? `level ${gates.levels}` : '',
    wide && !gates.side && looks.length <= 3 ? `entropy ${spreads.join(' ')}` : '',
    idle > 0 ? `${idle} idle` : '',
  ].filter(Boolean);
  return (
    <text className="s d" x={x} y={y}>
      {parts.join(' · ')}
    </text>
  );
}
