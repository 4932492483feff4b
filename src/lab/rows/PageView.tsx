/** A whole page as the shopper would get it under each score fusion, and how well each fusion ranks all whole pages. */
import { useEffect, useMemo } from 'react';
import type { PageReading } from '../../../workers/protocol';
import { Segments, TextField } from '../../components/fields';
import { count } from '../../components/format';
import { StepNow } from '../../components/Steady';
import { type FusionKind, type FusionPair, fusionPair, fusionsOf } from '../../metrics/fusion';
import {
  askPage,
  filterPages,
  judge,
  openRowOfPage,
  randomPage,
  rests,
  turnPage,
  useRowView,
} from '../../state/rowView';
import { usePipeline, useRun } from '../../state/stores';
import { useTasks } from '../use';
import { FusionDials } from './FusionDials';
import { FusionTable } from './FusionTable';
import { type Order, ordersOf } from './orders';
import { RankedPage } from './RankedPage';
import { fusionName, rateNames } from './words';

/** Milliseconds that a dial rests before all pages are judged anew. */
const SETTLE = 250;
export const CUT_OFFS = ['1', '3', '5', '10'] as const;

const ANY = 'any';

function Finder({ reading }: { reading: PageReading | null }) {
  const tasks = useTasks();
  const event = useRowView((s) => s.pageEvent);
  return (
    <fieldset className="rows-finder">
      <legend className="sr">Choose a whole page</legend>
      <select
        className="text"
        aria-label="Pages with"
        value={event ?? ANY}
        onChange={(e) => filterPages(e.target.value === ANY ? null : Number(e.target.value))}
      >
        <option value={ANY}>any page</option>
        {tasks.map((t, k) => (
          <option key={t.id} value={k}>
            with a {t.label}
          </option>
        ))}
      </select>
      <button type="button" className="btn" aria-label="Previous page" onClick={() => turnPage('previous')}>
        Previous
      </button>
      <button type="button" className="btn" aria-label="Next page" onClick={() => turnPage('next')}>
        Next
      </button>
      <button type="button" className="btn" onClick={randomPage} title="Another one with each press, by seed">
        Random
      </button>
      <span className="rows-number">
        <span id="page-number">page</span>
        <TextField
          numeric
          labelledBy="page-number"
          value={reading?.page == null ? '' : String(reading.page + 1)}
          onCommit={(text) => {
            const n = Number(text.replace(/[,\s]/g, ''));
            if (Number.isInteger(n) && n >= 1) void askPage({ kind: 'page', page: n - 1 });
          }}
        />
      </span>
    </fieldset>
  );
}

function Where({ reading }: { reading: PageReading }) {
  const steps = usePipeline((s) => s.pipeline.training.steps);
  const { part, page, pages, step, rows, size, truth } = reading;
  return (
    <p className="dim rows-where">
      <span className="sr" role="status">
        {page === null ? 'The row’s page' : `Page ${page + 1} of ${pages}`}
      </span>
      {page === null ? (
        <>
          The page of the row, <b>drawn again</b> with the rows that were left out
        </>
      ) : (
        <>
          Page <b>{count(page + 1)}</b> of {count(pages)} {part === 'validation' && 'of the validation part '}
          with all rows
        </>
      )}
      : {size > rows.length && `the first ${count(rows.length)} of `}
      {count(size)} items{truth && ', simulated'}. <StepNow step={step} of={steps} />
    </p>
  );
}

/** The orders of a page under each fusion that its events allow. */
function useOrders(reading: PageReading | null, pair: FusionPair): readonly Order[] {
  const fusions = useRowView((s) => s.fusions);
  const K = useTasks().length;
  return useMemo(() => {
    if (!reading || reading.logP.length !== reading.rows.length * K) return [];
    return ordersOf(fusions, pair, reading.logP, K);
  }, [reading, fusions, pair, K]);
}

/** Judges the fusions on all pages once the dials rest and the run does. */
function useJudged(pair: FusionPair, reference: FusionKind): void {
  const fusions = useRowView((s) => s.fusions);
  const k = useRowView((s) => s.k);
  const step = useRowView((s) => s.page.reading?.step ?? null);
  const resting = useRun((s) => rests(s.phase));
  useEffect(() => {
    if (!resting || step === null) return;
    const kinds = fusionsOf(pair);
    const first = kinds.includes(reference) ? reference : kinds[0]!;
    const ordered = [first, ...kinds.filter((kind) => kind !== first)];
    const timer = setTimeout(() => {
      void judge(
        ordered.map((kind) => fusions[kind]),
        k,
      );
    }, SETTLE);
    return () => clearTimeout(timer);
  }, [fusions, pair, reference, k, step, resting]);
}

export function PageView() {
  const { reading, busy, refusal } = useRowView((s) => s.page);
  const tasks = useTasks();
  const pair = useMemo(() => fusionPair(tasks), [tasks]);
  const names = rateNames(tasks, pair);
  const kinds = fusionsOf(pair);
  const wanted = useRowView((s) => s.kind);
  const against = useRowView((s) => s.reference);
  const k = useRowView((s) => s.k);
  const kind = kinds.includes(wanted) ? wanted : kinds[0]!;
  const reference = kinds.includes(against) ? against : kinds[0]!;
  const orders = useOrders(reading, pair);
  useJudged(pair, reference);
  const options = kinds.map((value) => ({ value, label: fusionName(value, names) }));
  const now = orders.find((o) => o.fusion.kind === kind);
  const before = orders.find((o) => o.fusion.kind === reference);
  return (
    <div className="page-view" aria-busy={busy}>
      <Finder reading={reading} />
      {refusal && (
        <p className="refusal" role="alert">
          {refusal}
        </p>
      )}
      {busy && !reading && <p className="empty">Reading…</p>}
      {reading && now && before && (
        <>
          <Where reading={reading} />
          <div className="rows-dials">
            <div className="rows-choice">
              <span aria-hidden="true">order by</span>
              <Segments
                label="Order by"
                options={options}
                value={kind}
                onChange={(to) => useRowView.setState({ kind: to })}
              />
            </div>
            {kinds.length > 1 && (
              <label className="rows-choice">
                <span>moves and gains against</span>
                <select
                  className="text"
                  value={reference}
                  onChange={(e) => useRowView.setState({ reference: e.target.value as FusionKind })}
                >
                  {options.map(({ value, label }) => (
                    <option key={value} value={value}>
                      {label}
                    </option>
                  ))}
                </select>
              </label>
            )}
            <div className="rows-choice">
              <span aria-hidden="true">k</span>
              <Segments
                label="Cut-off k"
                options={CUT_OFFS.map((value) => ({ value, label: value }))}
                value={CUT_OFFS.find((c) => Number(c) === k) ?? null}
                onChange={(to) => useRowView.setState({ k: Number(to) })}
              />
            </div>
          </div>
          <FusionDials kind={kind} names={names} chained={pair.chained} single={pair.last === null} />
          <div className="page-panels">
            <RankedPage
              reading={reading}
              orders={orders}
              now={now}
              before={before}
              pair={pair}
              names={names}
              onOpen={openRowOfPage}
            />
            <FusionTable reading={reading} orders={orders} pair={pair} names={names} />
          </div>
        </>
      )}
    </div>
  );
}
