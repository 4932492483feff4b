/** One row: how to find it, what went in, what the model says of it beside the truth, and what went on inside. */

import type { RowReading } from '../../../workers/protocol';
import { ExportMenu } from '../../components/ExportMenu';
import { TextField } from '../../components/fields';
import { count, fraction, loss } from '../../components/format';
import { Steady, StepNow } from '../../components/Steady';
import { Tag } from '../../components/Tag';
import { eventCohorts } from '../../pipeline/cohorts';
import { saveBlob } from '../../state/export';
import {
  ANY_EVENT,
  askRow,
  filterRows,
  openPageOfRow,
  randomRow,
  rests,
  useRowView,
} from '../../state/rowView';
import { useData, usePipeline, useRun } from '../../state/stores';
import { useLooks, useSpaces, useTasks } from '../use';
import { Inputs, inputLines } from './Inputs';
import { RowInside } from './RowInside';
import { chance, csv } from './words';

const NO_COUNTRY = '';

/** Which rows count, and the way through them. */
function Finder({ reading, busy }: { reading: RowReading | null; busy: boolean }) {
  const filter = useRowView((s) => s.filter);
  const tasks = useTasks();
  const schema = useData((s) => s.summary?.schema ?? null);
  const resting = useRun((s) => rests(s.phase));
  const events = [{ name: 'any event or none', ...ANY_EVENT }, ...eventCohorts(tasks)];
  const chosen = events.findIndex(
    (e) => e.withEvent === filter.event.withEvent && e.without === filter.event.without,
  );
  const market = schema?.categorical.find((c) => c.name === schema.country);
  const row = reading?.row ?? 0;
  return (
    <fieldset className="rows-finder">
      <legend className="sr">Choose a row of the validation part</legend>
      <select
        className="text"
        aria-label="Rows with"
        value={chosen}
        onChange={(e) => {
          const { withEvent, without } = events[Number(e.target.value)]!;
          filterRows({ event: { withEvent, without } });
        }}
      >
        {events.map((e, i) => (
          <option key={e.name} value={i}>
            {e.name}
          </option>
        ))}
      </select>
      {market && (
        <select
          className="text"
          aria-label="Country"
          value={filter.country ?? NO_COUNTRY}
          onChange={(e) =>
            filterRows({ country: e.target.value === NO_COUNTRY ? null : Number(e.target.value) })
          }
        >
          <option value={NO_COUNTRY}>every country</option>
          {Array.from({ length: market.vocabulary }, (_, code) => (
            <option key={market.values?.[code] ?? code} value={code}>
              {market.values?.[code] ?? `country ${code}`}
            </option>
          ))}
        </select>
      )}
      <button
        type="button"
        className="btn"
        aria-label="First row"
        onClick={() => void askRow({ kind: 'first' })}
      >
        First
      </button>
      <button
        type="button"
        className="btn"
        aria-label="Previous row"
        onClick={() => void askRow({ kind: 'previous', row })}
      >
        Previous
      </button>
      <button
        type="button"
        className="btn"
        aria-label="Next row"
        onClick={() => void askRow({ kind: 'next', row })}
      >
        Next
      </button>
      <button type="button" className="btn" onClick={randomRow} title="Another one with each press, by seed">
        Random
      </button>
      <button
        type="button"
        className="btn"
        disabled={!resting}
        title={resting ? 'The largest loss of all that match' : 'Pause first: every row is scored for it'}
        onClick={() => void askRow({ kind: 'surprising', rank: 0 })}
      >
        Most surprising
      </button>
      <span className="rows-number">
        <span id="row-number">row</span>
        <TextField
          numeric
          labelledBy="row-number"
          value={reading ? String(reading.row + 1) : ''}
          onCommit={(text) => {
            const n = Number(text.replace(/[,\s]/g, ''));
            if (Number.isInteger(n) && n >= 1) void askRow({ kind: 'row', row: n - 1 });
          }}
        />
      </span>
      <button
        type="button"
        className="btn"
        disabled={!reading || reading.page.kind === 'none'}
        onClick={() => void openPageOfRow()}
      >
        Open its page
      </button>
      {busy && !reading && <span className="dim">Reading…</span>}
    </fieldset>
  );
}

/** Where the row stands, in one line. */
function Where({ reading }: { reading: RowReading }) {
  const steps = usePipeline((s) => s.pipeline.training.steps);
  const { row, rows, part, place, matches, step, id, weight } = reading;
  const named =
    part === 'validation'
      ? 'of the validation part'
      : part === 'pages'
        ? 'of the whole pages'
        : 'of its page';
  return (
    <p className="dim rows-where">
      <span className="sr" role="status">
        Row {row + 1} of {rows}
      </span>
      Row <b>{count(row + 1)}</b> of {count(rows)} {named}
      {place >= 0 && matches < rows && `, ${count(place + 1)} of ${count(matches)} that match`}; number{' '}
      {count(id)} in its source
      {weight !== 1 && `, stands for ${fraction(weight, 1)} rows`}
      {reading.truth && ', simulated'}. <StepNow step={step} of={steps} />
    </p>
  );
}

/** What the model says of the row, output by output, and what is true of it. */
function Predictions({ reading }: { reading: RowReading }) {
  const spaces = useSpaces();
  const looks = useLooks();
  const tasks = useTasks();
  const of = ({ task, given }: (typeof spaces)[number]) => {
    const log = reading.logP[task]! - (given === null ? 0 : reading.logP[given]!);
    const { truth } = reading;
    const whole = truth && (given === null ? 1 : truth[given]!);
    return {
      p: Math.min(1, Math.exp(log)),
      truth: truth && whole ? truth[task]! / whole : null,
      happened: given !== null && reading.labels[given] === 0 ? null : reading.labels[task] === 1,
      given,
    };
  };
  const happened = tasks.filter((_, k) => reading.labels[k] === 1).map((t) => t.label);
  return (
    <section className="panel rows-panel" aria-label="Predictions of this row">
      <header>
        <div>
          <h3>Predictions</h3>
          <p>
            {happened.length > 0 ? (
              <>
                this row had a <b>{new Intl.ListFormat('en').format(happened)}</b>
              </>
            ) : (
              <b>nothing happened on this row</b>
            )}
          </p>
        </div>
        <ExportMenu
          title="the predictions"
          file={`row-${reading.row + 1}-step-${reading.step}`}
          csv={() =>
            csv([
              ['output', 'predicted', 'true (simulated)', 'happened'],
              ...spaces.map((space) => {
                const { p, truth, happened } = of(space);
                return [space.name, p, truth, happened === null ? null : Number(happened)];
              }),
              [],
              ...inputLines(reading.columns),
            ])
          }
          save={saveBlob}
        />
      </header>
      <table className="figures" data-testid="row-predictions">
        <thead>
          <tr>
            <th scope="col">output</th>
            <th scope="col">predicted</th>
            {reading.truth && <th scope="col">true, simulated</th>}
            <th scope="col">happened</th>
          </tr>
        </thead>
        <tbody>
          {spaces.map((space) => {
            const { p, truth, happened } = of(space);
            return (
              <tr key={space.id}>
                <th scope="row" title={space.meaning}>
                  <Tag look={looks[space.task]!} /> {space.name}
                </th>
                <td className="figure-cell">{chance(p)}</td>
                {reading.truth && <td>{truth === null ? '–' : chance(truth)}</td>}
                <td>
                  {happened === null ? (
                    <span title={`without a ${tasks[space.given!]!.label} it cannot be told`}>–</span>
                  ) : happened ? (
                    'yes'
                  ) : (
                    'no'
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <p className="dim">
        How much what happened surprises the model, all tasks alike:{' '}
        <Steady room="loss .0000001 nats.">{`loss ${loss(reading.loss)} nats.`}</Steady>
      </p>
      {reading.page.kind === 'none' && <p className="dim">{reading.page.reason}</p>}
    </section>
  );
}

export function RowView() {
  const { reading, busy, refusal } = useRowView((s) => s.row);
  return (
    <div className="row-view" aria-busy={busy}>
      <Finder reading={reading} busy={busy} />
      {refusal && (
        <p className="refusal" role="alert">
          {refusal}
        </p>
      )}
      {reading && (
        <>
          <Where reading={reading} />
          <div className="rows-panels">
            <Predictions reading={reading} />
            <RowInside reading={reading} />
            <Inputs key={reading.columns.length} reading={reading} />
          </div>
        </>
      )}
    </div>
  );
}
