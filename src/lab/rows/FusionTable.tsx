/** How well each fusion ranks: on the page on the screen, and on the mean of all whole pages with its gain over the reference. */
import { useState } from 'react';
import type { PageReading } from '../../../workers/protocol';
import { ExportMenu } from '../../components/ExportMenu';
import { Segments } from '../../components/fields';
import { count, fraction, signed } from '../../components/format';
import type { Compared, FusionJudgement, RankMetric } from '../../metrics/fusedPages';
import { readPage } from '../../metrics/fusedPages';
import type { FusionPair } from '../../metrics/fusion';
import type { Task } from '../../pipeline/schema';
import { saveBlob } from '../../state/export';
import { rests, stopReading, useRowView } from '../../state/rowView';
import { useRun } from '../../state/stores';
import { useTasks } from '../use';
import { FusionLabel } from './FusionDials';
import type { Order } from './orders';
import { csv, fusionName, fusionText, type RateNames, verdict } from './words';

interface Column {
  readonly metric: RankMetric;
  /** 0: the first event, 1: the last. */
  readonly event: number;
  readonly name: string;
  readonly title: string;
}

/** NDCG@k of both events; WR@k and List AUC of the last, which is what a shop earns by. */
function columnsOf(tasks: readonly Task[], { first, last }: FusionPair, k: number, truth: boolean): Column[] {
  const noun = (task: number) => tasks[task]!.label;
  const end = last ?? first;
  const e = last === null ? 0 : 1;
  const w = truth
    ? `the expected number of ${noun(end)}s, which is its true probability`
    : `the ${noun(end)}s of this one impression, so that it is Recall@${k}`;
  return [
    {
      metric: 'ndcg',
      event: 0,
      name: `NDCG@${k}, ${noun(first)}`,
      title: 'DCG of the first k over that of the best order',
    },
    ...(last === null
      ? []
      : ([
          {
            metric: 'ndcg',
            event: 1,
            name: `NDCG@${k}, ${noun(last)}`,
            title: 'DCG of the first k over that of the best order',
          },
        ] as const)),
    {
      metric: 'recall',
      event: e,
      name: `WR@${k}, ${noun(end)}`,
      title: `Weighted Recall@k (papers/004 Eq. 5); W is ${w}`,
    },
    { metric: 'listAuc', event: e, name: `List AUC, ${noun(end)}`, title: 'AUC of the page' },
  ];
}

const of = (judgement: FusionJudgement, { metric, event }: Column, truth: boolean): Compared | null => {
  const found = judgement.events[event];
  return (truth ? found?.truth : found?.labels)?.[metric] ?? null;
};

function Mean({ compared }: { compared: Compared | null }) {
  if (!compared) return <td>–</td>;
  const { metric, gain } = compared;
  if (!metric.ok) {
    return (
      <td>
        <span title={metric.reason}>–</span>
        <span className="sr"> {metric.reason}</span>
      </td>
    );
  }
  return (
    <td title={`${count(metric.pages)} pages count, ${count(metric.excluded)} do not`}>
      {fraction(metric.value)} <small className="se">±&#8239;{fraction(1.96 * metric.se)}</small>
      {gain?.ok && (
        <small className="gain">
          {signed(gain.value)}&#8239;±&#8239;{fraction(1.96 * gain.se)} {verdict(gain)}
        </small>
      )}
    </td>
  );
}

/** A row an order, a column a metric. */
function OrderRows({
  orders,
  columns,
  names,
  children,
}: {
  orders: readonly Order[];
  columns: readonly Column[];
  names: RateNames;
  children: (order: Order, column: Column) => React.JSX.Element;
}) {
  return (
    <>
      <thead>
        <tr>
          <th scope="col">order</th>
          {columns.map((c) => (
            <th key={c.name} scope="col" title={c.title}>
              {c.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {orders.map((order) => (
          <tr key={order.fusion.kind}>
            <th scope="row">
              <FusionLabel fusion={order.fusion} names={names} />
            </th>
            {columns.map((c) => children(order, c))}
          </tr>
        ))}
      </tbody>
    </>
  );
}

export function FusionTable({
  reading,
  orders,
  pair,
  names,
}: {
  reading: PageReading;
  orders: readonly Order[];
  pair: FusionPair;
  names: RateNames;
}) {
  const tasks = useTasks();
  const k = useRowView((s) => s.k);
  const { reading: judged, busy, refusal } = useRowView((s) => s.judged);
  const resting = useRun((s) => rests(s.phase));
  const [basis, setBasis] = useState<'truth' | 'labels'>('truth');
  const truth = basis === 'truth' && reading.truth !== null;
  const columns = columnsOf(tasks, pair, k, truth);
  const { labels, logP } = reading;
  const rows = { logP, labels, truth: reading.truth, tasks: tasks.length };
  const all = reading.rows.map((_, i) => i);
  const ends = pair.last === null ? [pair.first] : [pair.first, pair.last];
  const here = (order: Order, { metric, event }: Column) =>
    readPage(all, rows, ends[event]!, order.scores, k, truth)[metric];
  const fits = judged?.k === k && orders.length === judged.judged.length ? judged : null;
  const reference = fits?.judged[0]?.fusion;
  const found = (order: Order) => fits?.judged.find((j) => j.fusion.kind === order.fusion.kind);
  return (
    <section className="panel rows-panel fusion-table" aria-label="How well each fusion ranks">
      <header>
        <div>
          <h3>How well each order ranks</h3>
          <p>
            {truth
              ? 'simulated, by true probabilities: no luck of the draw'
              : `${reading.truth ? 'simulated, ' : ''}by what happened`}
          </p>
        </div>
        {reading.truth && (
          <Segments
            label="Judged by"
            options={[
              { value: 'truth', label: 'truth' },
              { value: 'labels', label: 'labels' },
            ]}
            value={basis}
            onChange={setBasis}
          />
        )}
        <ExportMenu
          title="the metrics of the fusions"
          file={`fusions-step-${reading.step}`}
          csv={() =>
            csv([
              [
                'order',
                'pages',
                'metric',
                'value',
                'standard error',
                'gain over the reference',
                'standard error of the gain',
              ],
              ...orders.flatMap((order) =>
                columns.flatMap((column): (string | number | null)[][] => {
                  const name = fusionText(order.fusion, names);
                  const judgement = found(order);
                  const compared = judgement && of(judgement, column, truth);
                  const { metric = null, gain = null } = compared ?? {};
                  return [
                    [name, 'this page', column.name, here(order, column), null, null, null],
                    ...(metric
                      ? [
                          [
                            name,
                            metric.pages,
                            column.name,
                            metric.ok ? metric.value : null,
                            metric.ok ? metric.se : null,
                            gain?.ok ? gain.value : null,
                            gain?.ok ? gain.se : null,
                          ],
                        ]
                      : []),
                  ];
                }),
              ),
            ])
          }
          save={saveBlob}
        />
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table scrolls, and must do so by keyboard too */}
      <section className="table-scroll" tabIndex={0} aria-label="Metrics of each order">
        <table className="figures" data-testid="fusion-means">
          <caption>
            {fits ? (
              <>
                Mean of {count(fits.pages)} whole pages at step {count(fits.step)}{' '}
                <small>
                  ± half of the 95 % interval over pages; gains over{' '}
                  {reference && fusionName(reference.kind, names)} on the same pages
                </small>
              </>
            ) : (
              'Mean of all whole pages'
            )}
          </caption>
          <OrderRows orders={orders} columns={columns} names={names}>
            {(order, c) => <Mean key={c.name} compared={found(order) ? of(found(order)!, c, truth) : null} />}
          </OrderRows>
        </table>
        <p className="dim rows-status" role="status">
          {busy ? (
            <>
              Reading all pages…{' '}
              <button type="button" className="btn" onClick={() => void stopReading()}>
                Stop
              </button>
            </>
          ) : (
            (refusal ?? (resting ? '' : 'All pages are judged while the run rests: pause it.'))
          )}
        </p>
        <table className="figures" data-testid="fusion-page">
          <caption>
            This page <small>one page alone has no interval</small>
          </caption>
          <OrderRows orders={orders} columns={columns} names={names}>
            {(order, c) => {
              const value = here(order, c);
              return (
                <td key={c.name} className="figure-cell">
                  {value === null ? <span title="no such event on this page">–</span> : fraction(value)}
                </td>
              );
            }}
          </OrderRows>
        </table>
      </section>
      <p className="dim">
        WR@k: Σ W of the first k over Σ W of all (papers/004 Eq. 5).{' '}
        {truth
          ? 'W is the expected number of orders of each item, its true probability.'
          : 'The paper counts a day of orders of an item under a query; here is one impression, so that WR@k is Recall@k.'}
      </p>
    </section>
  );
}
