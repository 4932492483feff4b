/** How well whole pages are ranked, at the end of a run: a small table beside the curves, where the data has complete pages. */
import { count, fraction } from '../../components/format';
import { Tag } from '../../components/Tag';
import type { Evaluation } from '../../pipeline/run';
import { useUi } from '../../state/stores';
import { useHistory, useLooks, useSimulated, useSpaces } from '../use';

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

export function PageMetrics() {
  const { last } = useHistory('evaluations');
  const spaces = useSpaces();
  const looks = useLooks();
  const simulated = useSimulated();
  const wanted = useUi((s) => s.auc);
  const pages = last?.pages;
  if (!pages) return null;
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
          {count(pages.pages)} whole pages at step {count(last.step)}
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
