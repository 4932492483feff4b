/** What one task's lane hands to another inside a card: states of SEQ, residuals of ResFlow, logits added up. */
import { fraction, signed } from '../../../components/format';
import type { TaskLook } from '../../../components/tasks';
import type { Part } from '../../../pipeline/spec';
import { Drawn } from '../../parts';
import { Lanes, Node, room, widthsOf } from '../miniatures';
import { type Layout, penOf } from '../places';
import type { InsideProps } from './props';
import { parentsOf, useReading } from './reading';

interface Level {
  /** What stands at each task's node. */
  readonly text: (task: number) => string;
  /** Share of what comes from the other task, 0 … 1; NaN before the first reading. */
  readonly share: (task: number) => number;
}

/**
 * Levels along the flow, a node a task on each; from the lane of `from[k]` a line, as thick as its share, runs to a sign on lane k.
 */
function Linked({
  layout,
  looks,
  place,
  levels,
  from,
  sign,
  round = false,
  foot,
  parts: [boxes, links],
}: {
  layout: Layout;
  looks: readonly TaskLook[];
  place: 'towers' | 'top';
  levels: readonly Level[];
  from: readonly (number | null)[];
  sign: '+' | '↻';
  round?: boolean;
  foot: string;
  /** What the nodes are, and what the links are, to symbols. */
  parts: readonly [boxes: Part, links: Part];
}) {
  const pen = penOf(layout);
  const [start, end] = room(layout, place);
  const step = (end - start) / levels.length;
  const { x, y, h } = layout.boxes[place];
  const children = from.flatMap((parent, k) => (parent === null ? [] : [k]));
  // Links side by side, so that one that passes a lane does not hide in another.
  const apart = Math.min(14, (step * 0.4) / Math.max(1, children.length));
  return (
    <g>
      <Lanes layout={layout} looks={looks} place={place} />
      {levels.map((level, l) => {
        const node = start + (l + 0.28) * step;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: levels have no identity but their place
          <g key={l}>
            <Drawn at={`${place} ${links}`}>
              {children.map((k, i) => {
                const parent = from[k]!;
                const a = start + (l + 0.8) * step - (children.length - 1 - i) * apart;
                const [c0, c1] = [layout.lanes[parent]!, layout.lanes[k]!];
                const side = Math.sign(c1 - c0);
                const share = level.share(k);
                const known = Number.isFinite(share);
                const [px, py] = layout.vertical ? [c1, a] : [a, c1];
                const figure = c1 - side * 24;
                return (
                  <g key={looks[k]!.letter}>
                    <g className={looks[parent]!.hue}>
                      <path
                        className="link"
                        style={{ strokeWidth: known ? 1 + 6 * share : 1.5 }}
                        d={`M${pen(a, c0)}L${pen(a, c1 - side * 8)}`}
                      />
                      <circle className="dot" r="3" {...at(layout, a, c0)} />
                    </g>
                    <g className={looks[k]!.hue}>
                      <circle className="op" cx={px} cy={py} r="8" />
                      <text className="c b" x={px} y={py + 4.5}>
                        {sign}
                      </text>
                    </g>
                    {known && (
                      <text
                        className={layout.vertical ? 's c halo' : 's e halo'}
                        x={layout.vertical ? figure : a - 7}
                        y={layout.vertical ? a - 8 : figure + 4}
                      >
                        {fraction(share, 2)}
                      </text>
                    )}
                  </g>
                );
              })}
            </Drawn>
            <Drawn at={`${place} ${boxes}`}>
              {looks.map((look, k) => (
                <Node
                  key={look.letter}
                  layout={layout}
                  look={look}
                  a={node}
                  k={k}
                  long={Math.min(round ? 24 : 38, step * 0.5)}
                  text={level.text(k)}
                  round={round}
                />
              ))}
            </Drawn>
          </g>
        );
      })}
      {!layout.vertical && (
        <text className="s d" x={x + 12} y={y + h - 12}>
          {foot}
        </text>
      )}
    </g>
  );
}

function at(layout: Layout, a: number, c: number) {
  return layout.vertical ? { cx: c, cy: a } : { cx: a, cy: c };
}

/** SEQ: tokens on the lanes, and how much of the state before each of them keeps. */
export function SeqInside({ layout, looks, choice, tasks }: InsideProps) {
  const K = looks.length;
  const N = Number(choice.params.layers ?? 1);
  const reading = useReading('towers', 'updateGates', [N, K]);
  const parents = parentsOf(tasks);
  const from = choice.params.order === 'list' ? parents.map((_, k) => (k === 0 ? null : k - 1)) : parents;
  const levels = Array.from({ length: N }, (_, n) => ({
    text: () => 'h',
    share: (k: number) => reading?.values[n * K + k] ?? Number.NaN,
  }));
  return (
    <Linked
      {...{ layout, looks, levels, from }}
      place="towers"
      sign="↻"
      round
      foot="state kept, z"
      parts={['boxes', 'probe.updateGates']}
    />
  );
}

/** ResFlow: what each task's blocks take over from its parent. */
export function ResFlowInside({ layout, looks, choice, tasks }: InsideProps) {
  const K = looks.length;
  const widths = widthsOf(choice);
  const reading = useReading('towers', 'residualShare', [widths.length, K]);
  const levels = widths.map((width, l) => ({
    text: () => String(width),
    share: (k: number) => reading?.values[l * K + k] ?? Number.NaN,
  }));
  return (
    <Linked
      {...{ layout, looks, levels }}
      from={parentsOf(tasks)}
      place="towers"
      sign="+"
      foot="parent’s share"
      parts={['boxes', 'probe.residualShare']}
    />
  );
}

/** The logit residual: each task's own part, and where its parent's logit is added. */
export function LogitInside({ layout, looks, tasks }: InsideProps) {
  const reading = useReading('top', 'residualLogits', [looks.length]);
  const text = (k: number) => (reading ? signed(reading.values[k]!, 1) : 'r');
  const levels = [{ text, share: () => Number.NaN }];
  return (
    <Linked
      {...{ layout, looks, levels }}
      from={parentsOf(tasks)}
      place="top"
      sign="+"
      foot="log-odds"
      parts={['probe.residualLogits', 'links']}
    />
  );
}
