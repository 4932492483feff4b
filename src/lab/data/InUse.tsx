/** The data in use in figures: where from, how many rows, each event's rate in the sample and in what it was taken from. */
import type { DatasetSummary } from '../../../workers/protocol';
import { count, fraction, percent } from '../../components/format';
import { Tag } from '../../components/Tag';
import { useLooks, useSimulated, useSpaces, useTasks } from '../use';

/** Title and origin in one line; "simulated" is said wherever simulated numbers follow. */
export function SourceHead({ summary }: { summary: DatasetSummary }) {
  const simulated = useSimulated();
  const { title, detail } = summary.source;
  return (
    <header>
      <div>
        <h3>{title}</h3>
        <p title={detail}>
          {simulated && !detail.startsWith('simulated') && 'simulated · '}
          {detail}
        </p>
      </div>
    </header>
  );
}

export function Facts({ summary }: { summary: DatasetSummary }) {
  const { schema } = summary;
  return (
    <dl className="pairs">
      <dt>rows to train on</dt>
      <dd>{count(summary.trainRows)}</dd>
      <dt>rows to validate on</dt>
      <dd>{count(summary.rows - summary.trainRows)}</dd>
      <dt>columns: categorical, numerical{schema.sequences ? ', lists' : ''}</dt>
      <dd>
        {[
          schema.categorical.length,
          schema.numerical.length,
          ...(schema.sequences ? [schema.sequences.length] : []),
        ]
          .map(count)
          .join(', ')}
      </dd>
      <dt>pages by</dt>
      <dd>{schema.group ?? 'none: rows stand alone'}</dd>
      <dt>fingerprint</dt>
      <dd className="mono">{summary.fingerprint.slice(0, 12)}</dd>
    </dl>
  );
}

/** Share of rows with an event, over all rows of the source. */
export const originRate = ({ origin }: DatasetSummary, k: number): number | null => {
  const positives = origin?.positives[k];
  return origin && origin.rows > 0 && positives !== undefined ? positives / origin.rows : null;
};

export function Events({ summary }: { summary: DatasetSummary }) {
  const tasks = useTasks();
  const looks = useLooks();
  const withOrigin = summary.origin !== null;
  return (
    <table className="figures">
      <caption>Events</caption>
      <thead>
        <tr>
          <th scope="col">event</th>
          <th scope="col">rows</th>
          <th scope="col">{withOrigin ? 'rate, weighted' : 'rate in the population'}</th>
          {withOrigin && <th scope="col">at the source</th>}
        </tr>
      </thead>
      <tbody>
        {summary.tasks.map((t, i) => {
          const k = tasks.findIndex((task) => task.id === t.name);
          const source = originRate(summary, i);
          return (
            <tr key={t.name}>
              <th scope="row">
                {k >= 0 && <Tag look={looks[k]!} />} {k >= 0 ? tasks[k]!.label : t.name}
              </th>
              <td>{count(t.positives)}</td>
              <td>{percent(t.rate)}</td>
              {withOrigin && <td>{source === null ? '–' : percent(source)}</td>}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

export function Strata({ summary }: { summary: DatasetSummary }) {
  const { origin } = summary;
  if (!origin || origin.strata.length === 0) return null;
  return (
    <table className="figures">
      <caption>How the rows were taken</caption>
      <thead>
        <tr>
          <th scope="col">kind of row</th>
          <th scope="col">at the source</th>
          <th scope="col">kept</th>
          <th scope="col">weight</th>
        </tr>
      </thead>
      <tbody>
        {origin.strata.map((s) => (
          <tr key={s.name}>
            <th scope="row">{s.name}</th>
            <td>{count(s.rows)}</td>
            <td>{count(s.kept)}</td>
            <td>{s.kept > 0 ? (s.rows / s.kept).toFixed(2) : '–'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Oracle({ summary }: { summary: DatasetSummary }) {
  const spaces = useSpaces();
  const looks = useLooks();
  if (!summary.oracle) {
    return <p className="dim">The truth behind this data is not known, so there is no oracle.</p>;
  }
  const { oracle } = summary;
  return (
    <table className="figures">
      <caption>Oracle: AUC of the true probabilities, simulated</caption>
      <tbody>
        {spaces.map((space) => (
          <tr key={space.id}>
            <th scope="row">
              <Tag look={looks[space.task]!} /> {space.name}
              <small>{space.meaning}</small>
            </th>
            <td>{oracle[space.id] === undefined ? '–' : fraction(oracle[space.id]!)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Notes({ notes }: { notes: readonly string[] }) {
  if (notes.length === 0) return null;
  return (
    <ul className="notes">
      {notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}
