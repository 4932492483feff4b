/** Tops and Towers that pass vectors on: AITM's two weights, DBMTL's network, the products of twin towers. */
import { fraction, percent, signed } from '../../../components/format';
import type { Part } from '../../../pipeline/spec';
import { Drawn } from '../../parts';
import { Lanes, Node, room, widthsOf } from '../miniatures';
import { bend, penOf } from '../places';
import type { InsideProps } from './props';
import { parentsOf, useReading } from './reading';

/** AITM: for each task with a parent a bar of 1, divided between its own vector and what the parent passes on. */
export function AitmInside({ layout, looks, tasks }: InsideProps) {
  const parents = parentsOf(tasks);
  const children = parents.flatMap((parent, k) => (parent === null ? [] : [k]));
  const reading = useReading('top', 'aitmWeights', [children.length, 2]);
  const pen = penOf(layout);
  const [from, to] = room(layout, 'top');
  const { vertical } = layout;
  const { x, y, h } = layout.boxes.top;
  const long = vertical ? 34 : Math.min(110, to - from - 20);
  const start = vertical ? from + 8 : from + 4;
  const thick = vertical ? 30 : 22;
  return (
    <g>
      <Lanes layout={layout} looks={looks} place="top" />
      {children.map((k, i) => {
        const parent = parents[k]!;
        const passed = reading ? reading.values[2 * i + 1]! : 0.5;
        // The passed vector enters first along the flow, so that its line meets its part of the bar.
        const share = passed * long;
        const lane = layout.lanes[k]!;
        const side = Math.sign(lane - layout.lanes[parent]!);
        const rect = (a: number, size: number) =>
          vertical
            ? { x: lane - thick / 2, y: a, width: thick, height: size }
            : { x: a, y: lane - thick / 2, width: size, height: thick };
        const parts = [
          { of: parent, a: start, size: share, v: passed },
          { of: k, a: start + share, size: long - share, v: 1 - passed },
        ];
        const enter = start + share / 2;
        return (
          <g key={looks[k]!.letter}>
            <Drawn at="top links">
              <path
                className={`link ${looks[parent]!.hue}`}
                style={{ strokeWidth: reading ? 1 + 6 * passed : 1.5 }}
                d={`M${pen(enter, layout.lanes[parent]!)}L${pen(enter, lane - (side * thick) / 2)}`}
              />
            </Drawn>
            <Drawn at="top probe.aitmWeights">
              {parts.map((part) => (
                <g key={part.of} className={looks[part.of]!.hue}>
                  <rect
                    className="unit share"
                    style={{ '--v': reading ? part.v : 0 } as React.CSSProperties}
                    {...rect(part.a, part.size)}
                  />
                  {reading && part.size >= (vertical ? 13 : 24) && (
                    <text
                      className="s c"
                      x={vertical ? lane : part.a + part.size / 2}
                      y={vertical ? part.a + part.size / 2 + 4 : lane + 4}
                    >
                      {fraction(part.v, 2)}
                    </text>
                  )}
                </g>
              ))}
            </Drawn>
          </g>
        );
      })}
      {!vertical && (
        <text className="s d" x={x + 12} y={y + h - 12}>
          passed · own
        </text>
      )}
    </g>
  );
}

/** Which tasks each task of DBMTL reads. @param edges the setting of that name */
export function readBy(parents: readonly (number | null)[], edges: string): number[][] {
  return parents.map((parent, k) => {
    if (edges === 'earlier') return readBefore(k);
    const up: number[] = [];
    for (let j = parent; j !== null && j !== undefined; j = parents[j]!) {
      up.unshift(j);
      if (edges === 'parents') break;
    }
    return up;
  });
}

/** A network of events: a node a task, and a line from each to those that read it. */
function Network({
  layout,
  looks,
  reads,
  long,
  text,
  nodes,
}: Pick<InsideProps, 'layout' | 'looks'> & {
  /** By task, the tasks that it reads. */
  reads: readonly (readonly number[])[];
  long: number;
  text: (task: number) => string;
  /** What the nodes are to symbols. */
  nodes: Part;
}) {
  const pen = penOf(layout);
  const [from, to] = room(layout, 'top');
  const most = Math.max(1, looks.length - 1);
  const size = layout.vertical ? 20 : long;
  const at = (k: number) => from + size / 2 + (k / most) * (to - from - size);
  const edges = reads.flatMap((sources, k) =>
    sources.map((j) => ({ j, k, name: `${looks[j]!.letter}${looks[k]!.letter}` })),
  );
  return (
    <g>
      <Lanes layout={layout} looks={looks} place="top" />
      <Drawn at="top links">
        {edges.map(({ j, k, name }) => (
          <path
            key={name}
            className={`link ${looks[j]!.hue}`}
            d={bend(pen, at(j), layout.lanes[j]!, at(k), layout.lanes[k]!)}
          />
        ))}
      </Drawn>
      <Drawn at={`top ${nodes}`}>
        {looks.map((look, k) => (
          <Node key={look.letter} {...{ layout, look, k, long }} a={at(k)} text={text(k)} round />
        ))}
      </Drawn>
    </g>
  );
}

/** DBMTL: which net reads which, and the mean probability of the event that each is for. */
export function DagInside({ layout, looks, choice, tasks }: InsideProps) {
  const p = useReading('top', 'probabilities', [looks.length]);
  const reads = readBy(parentsOf(tasks), String(choice.params.edges));
  const text = (k: number) => (p ? percent(p.values[k]!) : 'r');
  return <Network {...{ layout, looks, reads, text }} long={56} nodes="boxes" />;
}

/** ESM²: a purchase comes by way of the action or straight from the click, so that it is no product along one line. */
export function StepsInside({ layout, looks }: InsideProps) {
  const p = useReading('top', 'probabilities', [looks.length]);
  const text = (k: number) => (p ? percent(p.values[k]!) : 'p');
  return (
    <Network
      {...{ layout, looks, text }}
      reads={looks.map((_, k) => readBefore(k))}
      long={56}
      nodes="probe.probabilities"
    />
  );
}

const readBefore = (k: number): number[] => Array.from({ length: k }, (_, j) => j);

/** Twin towers: the user's and the item's net of each task meet in a product, its score. */
export function TwinInside({ layout, looks, choice }: InsideProps) {
  const K = looks.length;
  const reading = useReading('towers', 'score', [K]);
  const pen = penOf(layout);
  const [from, to] = room(layout, 'towers');
  const { x, y, w, h } = layout.boxes.towers;
  const { vertical } = layout;
  const widths = widthsOf(choice);
  const pitch = Math.abs((layout.lanes[1] ?? layout.lanes[0]! + 80) - layout.lanes[0]!);
  const off = Math.min(vertical ? 24 : 20, pitch * 0.24);
  const meet = to - (vertical ? 24 : 34);
  const step = (meet - 14 - from) / Math.max(1, widths.length);
  return (
    <g>
      {looks.map((look, k) => {
        const lane = layout.lanes[k]!;
        const [mx, my] = vertical ? [lane, meet] : [meet, lane];
        return (
          <g key={look.letter} className={look.hue}>
            {[-1, 1].map((side) => (
              <path
                key={side}
                className="lane"
                strokeDasharray={look.dash}
                d={`${bend(pen, vertical ? from - 6 : from - 12, lane, from + 6, lane + side * off)}L${pen(meet - 14, lane + side * off)}L${pen(meet, lane)}`}
              />
            ))}
            <path
              className="lane"
              strokeDasharray={look.dash}
              d={`M${pen(meet, lane)}L${pen(to + 12, lane)}`}
            />
            <Drawn at="towers boxes">
              {[-1, 1].flatMap((side) =>
                widths.map((width, l) => {
                  const a = from + (l + 0.6) * step;
                  const c = lane + side * off;
                  const [bx, by] = vertical ? [c, a] : [a, c];
                  const bw = Math.max(20, Math.min(38, vertical ? 2 * off - 6 : step - 6));
                  const bh = Math.min(22, vertical ? step - 4 : 2 * off - 4);
                  return (
                    // biome-ignore lint/suspicious/noArrayIndexKey: layers have no identity but their place
                    <g key={`${side}${l}`}>
                      <rect
                        className="unit"
                        x={bx - bw / 2}
                        y={by - bh / 2}
                        width={bw}
                        height={bh}
                        rx="1.5"
                      />
                      <text className="s c" x={bx} y={by + 4}>
                        {l === 0 && step >= 30 ? (side < 0 ? 'user' : 'item') : width}
                      </text>
                    </g>
                  );
                }),
              )}
            </Drawn>
            <Drawn at="towers probe.score">
              <circle className="op" cx={mx} cy={my} r="8" />
              <circle className="dot" cx={mx} cy={my} r="2" />
              {reading && (
                <text className="s c halo" x={mx} y={my + 22}>
                  {signed(reading.values[k]!, 1)}
                </text>
              )}
            </Drawn>
          </g>
        );
      })}
      {!vertical && w > 120 && (
        <text className="s d" x={x + 12} y={y + h - 12}>
          user · item = score
        </text>
      )}
    </g>
  );
}
