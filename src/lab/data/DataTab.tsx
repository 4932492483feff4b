/** The data in figures: rows, rates, what no model can beat, and what is worth knowing about them. */
import { count, fraction, percent } from '../../components/format';
import { Tag } from '../../components/Tag';
import { useData } from '../../state/stores';
import { useLooks, useSpaces, useTasks } from '../use';
import { DataPanel } from './DataPanel';

export function DataTab() {
  const summary = useData((s) => s.summary);
  const loading = useData((s) => s.loading);
  const spaces = useSpaces();
  const tasks = useTasks();
  const looks = useLooks();
  return (
    <div className="panels data-tab">
      <section className="panel">
        <DataPanel />
      </section>
      {!summary && (
        <section className="panel">
          <p className="empty">
            {loading
              ? 'The simulated world is being drawn; everything else waits for it.'
              : 'There is no data yet.'}
          </p>
        </section>
      )}
      {summary && (
        <>
          <section className="panel">
            <header>
              <div>
                <h3>{summary.source.title}</h3>
                <p>{summary.source.detail}</p>
              </div>
            </header>
            <dl className="pairs">
              <dt>rows</dt>
              <dd>{count(summary.rows)}</dd>
              <dt>training part</dt>
              <dd>{count(summary.trainRows)}</dd>
              <dt>validation part</dt>
              <dd>{count(summary.rows - summary.trainRows)}</dd>
              <dt>categorical columns</dt>
              <dd>{count(summary.schema.categorical.length)}</dd>
              <dt>numerical columns</dt>
              <dd>{count(summary.schema.numerical.length)}</dd>
              <dt>fingerprint</dt>
              <dd className="mono">{summary.fingerprint.slice(0, 12)}</dd>
            </dl>
          </section>
          <section className="panel">
            <table className="figures">
              <caption>Events</caption>
              <thead>
                <tr>
                  <th scope="col">event</th>
                  <th scope="col">positive rows</th>
                  <th scope="col">rate in the population</th>
                </tr>
              </thead>
              <tbody>
                {summary.tasks.map((t) => {
                  const k = tasks.findIndex((task) => task.id === t.name);
                  return (
                    <tr key={t.name}>
                      <th scope="row">
                        {k >= 0 && <Tag look={looks[k]!} />} {k >= 0 ? tasks[k]!.label : t.name}
                      </th>
                      <td>{count(t.positives)}</td>
                      <td>{percent(t.rate)}</td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </section>
          <section className="panel">
            {summary.oracle ? (
              <table className="figures">
                <caption>Oracle: AUC of the true probabilities</caption>
                <tbody>
                  {spaces.map((space) => (
                    <tr key={space.id}>
                      <th scope="row">
                        <Tag look={looks[space.task]!} /> {space.name}
                        <small>{space.meaning}</small>
                      </th>
                      <td>{oracleOf(summary.oracle!, space.id)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            ) : (
              <p className="dim">The truth behind this data is not known, so there is no oracle.</p>
            )}
            {summary.notes.length > 0 && (
              <ul className="notes">
                {summary.notes.map((note) => (
                  <li key={note}>{note}</li>
                ))}
              </ul>
            )}
          </section>
        </>
      )}
    </div>
  );
}

const oracleOf = (oracle: Readonly<Record<string, number>>, id: string) =>
  oracle[id] === undefined ? '–' : fraction(oracle[id]);
