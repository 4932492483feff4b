/** The page's items in the order of a fusion: what moved, what happened, and the place of each under every fusion. */
import { useLayoutEffect, useRef } from 'react';
import type { PageReading } from '../../../workers/protocol';
import { ExportMenu } from '../../components/ExportMenu';
import { loss } from '../../components/format';
import { Tag } from '../../components/Tag';
import { useMedia } from '../../components/useSize';
import type { FusionPair } from '../../metrics/fusion';
import { saveBlob } from '../../state/export';
import { useLooks, useTasks } from '../use';
import type { Order } from './orders';
import { Places } from './Places';
import { chance, csv, fusionName, fusionText, moveOf, type RateNames } from './words';

const MOTION = { duration: 320, easing: 'cubic-bezier(0.2, 0, 0, 1)' } as const;

/** Rows that change places slide there. Nothing is measured but when the order changes. */
function useSliding(order: string) {
  const rows = useRef(new Map<number, HTMLTableRowElement>());
  const tops = useRef(new Map<number, number>());
  const still = useMedia('(prefers-reduced-motion: reduce)');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the order is what moves the rows
  useLayoutEffect(() => {
    for (const [item, row] of rows.current) {
      const top = row.offsetTop;
      const before = tops.current.get(item);
      tops.current.set(item, top);
      if (still || before === undefined || before === top || typeof row.animate !== 'function') continue;
      row.animate([{ transform: `translateY(${before - top}px)` }, { transform: 'none' }], MOTION);
    }
  }, [order, still]);
  return (item: number) => (row: HTMLTableRowElement | null) => {
    if (row) rows.current.set(item, row);
    else rows.current.delete(item);
  };
}

const money = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });

export function RankedPage({
  reading,
  orders,
  now,
  before,
  pair,
  names,
  onOpen,
}: {
  reading: PageReading;
  orders: readonly Order[];
  now: Order;
  before: Order;
  pair: FusionPair;
  names: RateNames;
  onOpen: (item: number) => void;
}) {
  const tasks = useTasks();
  const looks = useLooks();
  const K = tasks.length;
  const { labels, logP, truth, price, page } = reading;
  const items = reading.rows.map((_, i) => i).sort((a, b) => now.places[a]! - now.places[b]!);
  const row = useSliding(`${reading.group}:${items.join()}`);
  const p = (item: number, task: number) => Math.exp(logP[item * K + task]!);
  const { first, last } = pair;
  const given = (item: number) => Math.min(1, Math.exp(logP[item * K + last!]! - logP[item * K + first]!));
  const events = (item: number) => tasks.flatMap((t, k) => (labels[item * K + k] === 1 ? [{ ...t, k }] : []));
  const compared = before.fusion.kind !== now.fusion.kind;
  const ends = last === null ? [first] : [first, last];
  return (
    <section className="panel rows-panel ranked" aria-label="The ranked page">
      <header>
        <div>
          <h3>The page by {fusionName(now.fusion.kind, names)}</h3>
          <p>
            {looks.map((look, k) => (
              <span key={look.letter}>
                <Tag look={look} /> {tasks[k]!.label}{' '}
              </span>
            ))}
          </p>
        </div>
        <ExportMenu
          title="the ranked page"
          file={`page-${page === null ? 'of-row' : page + 1}-step-${reading.step}`}
          csv={() =>
            csv([
              [
                'item',
                'number in source',
                ...tasks.map((t) => t.label),
                ...tasks.map((t) => `predicted ${t.metric}`),
                ...(truth ? tasks.map((t) => `true ${t.metric} (simulated)`) : []),
                ...(price ? [price.name] : []),
                ...orders.flatMap(({ fusion }) => [
                  `ln score, ${fusionText(fusion, names)}`,
                  `place, ${fusionText(fusion, names)}`,
                ]),
              ],
              ...items.map((i) => [
                i + 1,
                reading.ids[i]!,
                ...tasks.map((_, k) => labels[i * K + k]!),
                ...tasks.map((_, k) => p(i, k)),
                ...(truth ? tasks.map((_, k) => truth[i * K + k]!) : []),
                ...(price ? [price.values[i]!] : []),
                ...orders.flatMap(({ scores, places }) => [scores[i]!, places[i]!]),
              ]),
            ])
          }
          save={saveBlob}
        />
      </header>
      <div className="ranked-body">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table scrolls, and must do so by keyboard too */}
        <section className="table-scroll" tabIndex={0} aria-label="Items in order">
          <table className="figures" data-testid="ranked-page">
            <thead>
              <tr>
                <th scope="col">place</th>
                {compared && <th scope="col">moved</th>}
                <th scope="col">item</th>
                <th scope="col">happened</th>
                {ends.map((k) => (
                  <th key={k} scope="col">
                    {tasks[k]!.metric}
                  </th>
                ))}
                {pair.chained && <th scope="col">{names.given}</th>}
                {truth && <th scope="col">true {names.two}, simulated</th>}
                {price && <th scope="col">{price.name}</th>}
                <th scope="col">score</th>
              </tr>
            </thead>
            <tbody>
              {items.map((i) => {
                const move = moveOf(before.places[i]!, now.places[i]!);
                const happened = events(i);
                return (
                  <tr
                    key={i}
                    ref={row(i)}
                    data-item={i + 1}
                    className={happened.length > 0 ? 'happened' : undefined}
                  >
                    <td>{now.places[i]}</td>
                    {compared && (
                      <td className="move">
                        <span aria-hidden="true">{move.sign}</span>
                        <span className="sr">{move.words}</span>
                      </td>
                    )}
                    <th scope="row">
                      <button
                        type="button"
                        className="link-button"
                        title="Look at this row"
                        onClick={() => onOpen(i)}
                      >
                        item {i + 1}
                      </button>
                    </th>
                    <td className="events">
                      {happened.length === 0 ? (
                        <span className="dim">–</span>
                      ) : (
                        happened.map(({ id, label, k }) => (
                          <span key={id}>
                            <Tag look={looks[k]!} />
                            <span className="sr">{label} </span>
                          </span>
                        ))
                      )}
                    </td>
                    {ends.map((k) => (
                      <td key={k} className="figure-cell">
                        {chance(p(i, k))}
                      </td>
                    ))}
                    {pair.chained && <td className="figure-cell">{chance(given(i))}</td>}
                    {truth && <td>{chance(truth[i * K + (last ?? first)]!)}</td>}
                    {price && (
                      <td>{Number.isFinite(price.values[i]!) ? money.format(price.values[i]!) : '–'}</td>
                    )}
                    <td className="figure-cell">{loss(Math.exp(now.scores[i]!))}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </section>
        {orders.length > 1 && (
          <Places
            orders={orders}
            chosen={now}
            names={names}
            events={reading.rows.map((_, i) => events(i).at(-1)?.k ?? null)}
            looks={looks}
          />
        )}
      </div>
    </section>
  );
}
