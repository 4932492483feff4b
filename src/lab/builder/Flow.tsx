/** The drawn part of the pipeline: lanes, shapes on the edges, and the live miniatures inside the cards. */
import { blocksOf } from '../../pipeline/schema';
import { usePipeline, useRun } from '../../state/stores';
import { Drawn } from '../parts';
import { useLooks } from '../use';
import { pictureOf } from './insides';
import { type Layout, penOf, span } from './places';

/** Shape of what a block hands on. */
function useShape(path: string): string {
  return useRun((s) => {
    const out = s.description?.blocks.find((b) => b.path === path)?.output;
    return out ? `B×${out.width}` : 'B×–';
  });
}

function EdgeLabel({
  layout,
  a,
  c,
  text,
  below = false,
}: {
  layout: Layout;
  a: number;
  c: number;
  text: string;
  below?: boolean;
}) {
  return layout.vertical ? (
    <text className="mono" x={c + 8} y={a + 4}>
      {text}
    </text>
  ) : (
    <text className={below ? 's d c' : 'mono c'} x={a} y={below ? c + 18 : c - 8}>
      {text}
    </text>
  );
}

/** Cards that the lanes run through. */
const LANES = ['bottom', 'towers', 'top'] as const;

export function Flow({ layout }: { layout: Layout }) {
  const pipeline = usePipeline((s) => s.pipeline);
  const blocks = blocksOf(pipeline);
  const bottom = blocks.find(({ path }) => path === 'bottom')!.spec;
  const looks = useLooks();
  const pen = penOf(layout);
  const shapes = {
    input: useShape(`input.${pipeline.input.length - 1}`),
    bottom: useShape('bottom'),
    towers: useShape('towers'),
  };
  const [, inputEnd] = layout.vertical ? span(layout, 'data') : span(layout, 'input');
  const [bottomStart, bottomEnd] = span(layout, 'bottom');
  const [towersStart, towersEnd] = span(layout, 'towers');
  const [topStart, topEnd] = span(layout, 'top');
  const [lossStart] = span(layout, 'loss');
  const edges = [
    { at: 'bottom out|towers in', from: bottomEnd, to: towersStart, text: shapes.bottom },
    { at: 'towers out|top in', from: towersEnd, to: topStart, text: shapes.towers },
  ];
  const lossFrom = lossStart - (layout.vertical ? 0 : 6);
  return (
    <svg className="flow" width={layout.width} height={layout.height} aria-hidden="true">
      <Drawn at={`input.${pipeline.input.length - 1} out|bottom in`}>
        <path className="trunk" d={`M${pen(inputEnd, layout.middle)}L${pen(bottomStart, layout.middle)}`} />
        <EdgeLabel layout={layout} a={(inputEnd + bottomStart) / 2} c={layout.middle} text={shapes.input} />
        {!layout.vertical && (
          <EdgeLabel
            layout={layout}
            a={(inputEnd + bottomStart) / 2}
            c={layout.middle}
            text={bottom.ownInputs ? 'own' : 'shared'}
            below
          />
        )}
      </Drawn>
      {edges.map(({ at, from, to, text }) => (
        <Drawn key={at} at={at}>
          {looks.map((look, k) => (
            <g key={look.letter} className={look.hue}>
              <path
                className="lane"
                strokeDasharray={look.dash}
                d={`M${pen(from, layout.lanes[k]!)}L${pen(to, layout.lanes[k]!)}`}
              />
              {looks.length <= 4 && (
                <EdgeLabel layout={layout} a={(from + to) / 2} c={layout.lanes[k]!} text={text} />
              )}
            </g>
          ))}
        </Drawn>
      ))}
      <Drawn at="top out">
        {looks.map((look, k) => (
          <g key={look.letter} className={look.hue}>
            <path
              className="lane"
              strokeDasharray={look.dash}
              d={`M${pen(topEnd, layout.lanes[k]!)}L${pen(lossFrom - 7, layout.lanes[k]!)}`}
            />
            <path
              className="arrow"
              d={`M${pen(lossFrom, layout.lanes[k]!)}L${pen(lossFrom - 9, layout.lanes[k]! - 5)}L${pen(lossFrom - 9, layout.lanes[k]! + 5)}z`}
            />
          </g>
        ))}
      </Drawn>
      {LANES.map((place) => {
        const { spec, choice } = blocks.find(({ path }) => path === place)!;
        const Picture = pictureOf(spec, place);
        return (
          <g key={place} data-testid={`inside-${place}`}>
            <Picture {...{ layout, looks, place, choice }} tasks={pipeline.tasks} />
          </g>
        );
      })}
    </svg>
  );
}
