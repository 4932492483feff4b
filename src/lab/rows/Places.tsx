/** The place of each item under every fusion, as lines from one to the next; items on which something happened stand out. */
import { SvgTag } from '../../components/Tag';
import type { TaskLook } from '../../components/tasks';
import { useSize } from '../../components/useSize';
import type { Order } from './orders';
import { fusionName, fusionText, type RateNames } from './words';

const HEAD = 22;
const ROW = 17;
const EDGE = 26;

/** A picture for the eye, a table for the ear. */
export function Places({
  orders,
  chosen,
  names,
  events,
  looks,
}: {
  orders: readonly Order[];
  chosen: Order;
  names: RateNames;
  /** The last task whose event happened on each item, or null. */
  events: readonly (number | null)[];
  looks: readonly TaskLook[];
}) {
  const [ref, { width }] = useSize();
  const n = events.length;
  const height = HEAD + n * ROW + 6;
  const x = (column: number) => EDGE + (column * (width - 2 * EDGE)) / Math.max(1, orders.length - 1);
  const y = (place: number) => HEAD + (place - 0.5) * ROW;
  // What happened is drawn last, on top.
  const items = events.map((event, i) => ({ event, i })).sort((a, b) => (a.event ?? -1) - (b.event ?? -1));
  return (
    <div className="places-map" ref={ref} style={{ minHeight: height }}>
      {width > 120 && (
        <svg width={width} height={height} aria-hidden="true" data-testid="places">
          {orders.map(({ fusion }, c) => (
            <text
              key={fusion.kind}
              className={fusion.kind === chosen.fusion.kind ? 'on' : undefined}
              x={c === 0 ? 4 : c === orders.length - 1 ? width - 4 : x(c)}
              y={13}
              textAnchor={c === 0 ? 'start' : c === orders.length - 1 ? 'end' : 'middle'}
            >
              {fusionName(fusion.kind, names).replace(/^.*, /, '')}
            </text>
          ))}
          {items.map(({ event, i }) => {
            const look = event === null ? null : looks[event]!;
            return (
              <g key={i} className={look ? `${look.hue} happened` : 'quiet'}>
                <path
                  d={orders.map(({ places }, c) => `${c === 0 ? 'M' : 'L'}${x(c)} ${y(places[i]!)}`).join('')}
                  strokeDasharray={look?.dash}
                />
                {orders.map(({ fusion, places }, c) =>
                  look ? (
                    <SvgTag key={fusion.kind} look={look} x={x(c)} y={y(places[i]!)} size={14} />
                  ) : (
                    <circle key={fusion.kind} cx={x(c)} cy={y(places[i]!)} r={2.5} />
                  ),
                )}
              </g>
            );
          })}
        </svg>
      )}
      <div className="sr">
        <table>
          <caption>Place of each item by each order</caption>
          <thead>
            <tr>
              <th scope="col">item</th>
              {orders.map(({ fusion }) => (
                <th key={fusion.kind} scope="col">
                  {fusionText(fusion, names)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {items.map(({ i }) => (
              <tr key={i}>
                <th scope="row">item {i + 1}</th>
                {orders.map(({ fusion, places }) => (
                  <td key={fusion.kind}>{places[i]}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
