/** The Top's outputs on the lanes: probabilities of each task's event, and how a funnel multiplies them. */
import { percent } from '../../../components/format';
import type { TaskLook } from '../../../components/tasks';
import { Drawn } from '../../parts';
import { Lanes, room } from '../miniatures';
import { type Layout, penOf } from '../places';
import type { InsideProps } from './props';
import { parentsOf, useReading } from './reading';

/** Mean p of each task's event on an impression; null before the first reading. */
const useProbabilities = (K: number) => useReading('top', 'probabilities', [K]);

/** σ on each lane, with the mean probability where it is known. */
export function Outputs({ layout, looks }: InsideProps) {
  const p = useProbabilities(looks.length);
  const [from, to] = room(layout, 'top');
  const a = (from + to) / 2;
  return (
    <g>
      <Lanes layout={layout} looks={looks} place="top" />
      <Drawn at="top probe.probabilities">
        {looks.map((look, k) => {
          const [x, y] = layout.vertical ? [layout.lanes[k]!, a - 8] : [a, layout.lanes[k]!];
          return (
            <g key={look.letter} className={look.hue}>
              <circle className="op" cx={x} cy={y} r="12" />
              <text className="c s" x={x} y={y + 4}>
                σ
              </text>
              {p && (
                <text className="c s halo" x={x} y={y + 27}>
                  {percent(p.values[k]!)}
                </text>
              )}
            </g>
          );
        })}
      </Drawn>
    </g>
  );
}

/** p(P|C) of each task given its parent, and × where the funnel multiplies it with what its parent has become. */
export function Chain({ layout, looks, tasks }: InsideProps) {
  const p = useProbabilities(looks.length);
  const parents = parentsOf(tasks);
  const pen = penOf(layout);
  const [from, to] = room(layout, 'top');
  const { x, y, h } = layout.boxes.top;
  const { vertical } = layout;
  const children = parents.flatMap((parent, k) => (parent === null ? [] : [k]));
  const apart = Math.min(14, 28 / Math.max(1, children.length));
  const pitch = Math.abs((layout.lanes[1] ?? layout.lanes[0]! + 80) - layout.lanes[0]!);
  const tall = vertical ? 20 : Math.min(38, pitch - 14);
  const long = vertical ? Math.min(76, pitch - 8) : Math.max(46, Math.min(120, to - from - 30));
  const boxAt = vertical ? from + 12 : from + long / 2 - 4;
  const timesAt = (i: number) => to - 4 - (children.length - 1 - i) * apart;
  const last = children.at(-1);
  return (
    <g>
      <Lanes layout={layout} looks={looks} place="top" />
      <Drawn at="top links">
        {children.map((k, i) => {
          const parent = parents[k]!;
          const a = timesAt(i);
          const [c0, c1] = [layout.lanes[parent]!, layout.lanes[k]!];
          const side = Math.sign(c1 - c0);
          const [px, py] = vertical ? [c1, a] : [a, c1];
          return (
            <g key={looks[k]!.letter}>
              <g className={looks[parent]!.hue}>
                <path className="link" d={`M${pen(a, c0)}L${pen(a, c1 - side * 8)}`} />
                <circle className="dot" r="3" {...(vertical ? { cx: c0, cy: a } : { cx: a, cy: c0 })} />
              </g>
              <g className={looks[k]!.hue}>
                <circle className="op" cx={px} cy={py} r="8" />
                <text className="c b" x={px} y={py + 4.5}>
                  ×
                </text>
              </g>
            </g>
          );
        })}
      </Drawn>
      <Drawn at="top probe.probabilities">
        {looks.map((look, k) => (
          <ChainBox
            key={look.letter}
            {...{ layout, look, tall, long }}
            a={boxAt}
            c={layout.lanes[k]!}
            name={
              parents[k] === null ? `p(${look.letter})` : `p(${look.letter}|${looks[parents[k]!]!.letter})`
            }
            value={p ? given(p.values, parents[k]!, k) : null}
          />
        ))}
      </Drawn>
      {!vertical && p && last !== undefined && (
        <text className="s d" x={x + 12} y={y + h - 12}>
          p({looks[last]!.letter}) = {percent(p.values[last]!)}
        </text>
      )}
    </g>
  );
}

/** Mean p of the event over mean p of its parent: the rate among the parent's events that the model expects. */
const given = (p: Float32Array, parent: number | null, k: number): number =>
  parent === null ? p[k]! : p[parent]! > 0 ? p[k]! / p[parent]! : 0;

function ChainBox({
  layout,
  look,
  a,
  c,
  long,
  tall,
  name,
  value,
}: {
  layout: Layout;
  look: TaskLook;
  a: number;
  c: number;
  long: number;
  tall: number;
  name: string;
  value: number | null;
}) {
  const [x, y] = layout.vertical ? [c, a] : [a, c];
  const both = tall >= 34;
  const said = value === null ? '–' : percent(value);
  return (
    <g className={look.hue}>
      <rect
        className="unit"
        x={x - long / 2}
        y={y - tall / 2}
        width={long}
        height={tall}
        rx="1.5"
        strokeDasharray={look.dash && '6 2'}
      />
      {both ? (
        <>
          <text className="s c d" x={x} y={y - 4}>
            {name}
          </text>
          <text className="c b" x={x} y={y + 12}>
            {said}
          </text>
        </>
      ) : (
        <text className="s c" x={x} y={y + 4}>
          {value === null ? name : said}
        </text>
      )}
    </g>
  );
}
