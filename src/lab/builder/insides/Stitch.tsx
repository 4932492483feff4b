/** Cross-stitch: a net a task, and the matrix that mixes them behind the last layer. */

import { Drawn } from '../../parts';
import { CellMap, Layers, widthsOf } from '../miniatures';
import { HEAD } from '../places';
import type { InsideProps } from './props';
import { useReading } from './reading';

export function StitchInside({ layout, looks, choice }: InsideProps) {
  const K = looks.length;
  const L = widthsOf(choice).length;
  const reading = useReading('bottom', 'stitch', [L, K, K]);
  const { x, y, w, h } = layout.boxes.bottom;
  const room = layout.vertical ? h - HEAD - 30 : h - HEAD - 70;
  const cell = Math.floor(Math.max(10, Math.min(42, room / K, (w * 0.42) / K)));
  const left = layout.vertical ? x + w / 2 - (K * cell) / 2 : x + w - K * cell - 18;
  const top = (layout.vertical ? y + h / 2 + 26 : layout.middle + 12) - (K * cell) / 2;
  return (
    <g>
      <Layers layout={layout} looks={looks} place="bottom" choice={choice} />
      <rect className="backdrop" x={left - 26} y={top - 24} width={K * cell + 32} height={K * cell + 27} />
      <Drawn at="bottom probe.stitch">
        <CellMap
          {...{ looks, left, top, cell }}
          value={(r, c) => reading?.values[((L - 1) * K + r) * K + c] ?? Number.NaN}
        />
      </Drawn>
      {!layout.vertical && (
        <text className="s d" x={x + 12} y={y + h - 12}>
          {reading?.side ? 'user’s side · ' : ''}α: row reads column
        </text>
      )}
    </g>
  );
}
