/** How well whole pages are ranked: a small table beside the curves at the end of a run, and at a pause for whoever asks. */
import { count, fraction } from '../../components/format';
import { Tag } from '../../components/Tag';
import type { Evaluation } from '../../pipeline/run';
import { judgePages, rests, stopReading, useRowView } from '../../state/rowView';
import { useRun, useUi } from '../../state/stores';
import { useHistory, useHistoryOf, useLooks, useSimulated, useSpaces } from '../use';

type Pages = NonNullable<Evaluation['pages']>;
type Readings = Pages['spaces'][number]['labels'];
type Reading = Readings[keyof Readings];

function Figure({ reading }: { reading: Reading }) {
  if (!reading.ok) {
    return (
      <td>
        <span title={reading.reason}>–</span>
        <span className="sr"> {reading.reason}</span>
      </td>
    );
  }
  const counted = `${count(reading.pages)} pages count, ${count(reading.excluded)} do not`;
  return (
    <td title={counted}>
      {fraction(reading.value)} <small className="se">±&#8239;{fraction(reading.se)}</small>
    </td>
  );
}

/** At rest the pages can be read at the step of now, unless they have been. */
function Ask({ known }: { known: number | null }) {
  const { busy, refusal } = useRowView((s) => s.pages);
  const resting = useRun((s) => rests(s.phase));
  // A run that goes on is asked for nothing, so that its steps draw nothing here.
  const step = useHistoryOf((h) => (resting ? h.step : null));
  if (step === null || (known === step && !busy)) return null;
  return (
    <p className="page-metrics" role="status">
      {busy ? (
        <>
          Reading all pages…{' '}
          <button type="button" className="btn" onClick={() => void stopReading()}>
            Stop
          </button>
        </>
      ) : (
        <button type="button" className="btn" onClick={() => void judgePages()}>
          Read page metrics at step {count(step)}
        </button>
      )}
      {refusal && !busy && <span className="dim"> {refusal}</span>}
    </p>
  );
}

export function PageMetrics() {
  const { last } = useHistory('evaluations');
  const asked = useRowView((s) => s.pages.reading);
  const ended = last?.pages ? { step: last.step, pages: last.pages } : null;
  // What was read at a pause stands until the run has something newer.
  const shown = asked && asked.step > (ended?.step ?? -1) ? asked : ended;
  return (
    <>
      {shown && <PageTable {...shown} />}
      <Ask known={shown?.step ?? null} />
    </>
  );
}

function PageTable({ step, pages }: { step: number; pages: Pages }) {
  const spaces = useSpaces();
  const looks = useLooks();
  const simulated = useSimulated();
  const wanted = useUi((s) => s.auc);
  const byTruth = wanted === 'expected' && pages.spaces.some((s) => s.truth !== null);
  const columns: readonly [keyof Readings, string][] = [
    ['ndcg', `NDCG@${pages.k}`],
    ['recall', `Recall@${pages.k}`],
    ['gauc', 'GAUC'],
    ['listAuc', 'List AUC'],
  ];
  return (
    <div className="table-scroll page-metrics">
      <table className="figures">
        <caption>
          {count(pages.pages)} whole pages at step {count(step)}
          {simulated && `, simulated, by ${byTruth ? 'true probabilities' : 'drawn labels'}`}
        </caption>
        <thead>
          <tr>
            <th scope="col">prediction</th>
            {columns.map(([key, name]) => (
              <th key={key} scope="col">
                {name} ± s.e.
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {pages.spaces.map(({ space, labels, truth }) => {
            const known = spaces.find((s) => s.id === space);
            const readings = (byTruth ? truth : null) ?? labels;
            return (
              <tr key={space}>
                <th scope="row">
                  {known && <Tag look={looks[known.task]!} />} {known?.name ?? space}
                </th>
                {columns.map(([key]) => (
                  <Figure key={key} reading={readings[key]} />
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
