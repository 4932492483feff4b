/** How the numerical columns go together: a map of the lower triangle, and the strongest pairs in figures. */
import { useMemo, useState } from 'react';
import type { Profile } from '../../../../workers/protocol';
import { fraction, signed } from '../../../components/format';
import { heatPaths, strongestPairs } from './columns';

const PAIRS = 12;

export function Correlations({ correlation }: { correlation: Profile['correlation'] }) {
  const { names, values } = correlation;
  const n = names.length;
  const paths = useMemo(() => heatPaths(correlation), [correlation]);
  const pairs = useMemo(() => strongestPairs(correlation, PAIRS), [correlation]);
  const [over, setOver] = useState<{ row: number; column: number } | null>(null);
  if (n < 2) return <p className="dim">There are fewer than two numerical columns.</p>;
  const said = over
    ? `${names[over.row]} and ${names[over.column]}: ${fraction(values[over.row * n + over.column]!, 2)}`
    : `${n} columns; a square goes together, a triangle against each other, the darker the more.`;
  return (
    <div className="correlations">
      <figure>
        <svg
          className="correlation-map"
          viewBox={`-0.5 -0.5 ${n + 1} ${n + 1}`}
          role="img"
          aria-label={`Map of the correlations of ${n} numerical columns; the strongest are in the table beside it.`}
          onPointerMove={(e) => {
            const box = e.currentTarget.getBoundingClientRect();
            const at = (p: number, from: number, size: number) =>
              Math.floor(((p - from) / size) * (n + 1) - 0.5);
            const row = at(e.clientY, box.top, box.height);
            const column = at(e.clientX, box.left, box.width);
            const inside = row >= 0 && column >= 0 && row < n && column < row;
            setOver(inside ? { row, column } : null);
          }}
          onPointerLeave={() => setOver(null)}
        >
          <path className="correlation-frame" d={`M0 0V${n}H${n}z`} />
          {paths.map(({ d, strength, negative }) => (
            <path key={`${negative}${strength}`} d={d} fillOpacity={strength} />
          ))}
          {over && <rect className="correlation-here" x={over.column} y={over.row} width="1" height="1" />}
        </svg>
        <figcaption>{said}</figcaption>
      </figure>
      <table className="figures">
        <caption>Strongest pairs</caption>
        <thead>
          <tr>
            <th scope="col">columns</th>
            <th scope="col">correlation</th>
          </tr>
        </thead>
        <tbody>
          {pairs.map(({ a, b, r }) => (
            <tr key={`${a} ${b}`}>
              <th scope="row">
                {a}, {b}
              </th>
              <td>{signed(r, 2)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
