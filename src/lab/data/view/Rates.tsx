/** Rates of each task in each market beside the published ones, with the noise that the number of rows leaves. */
import type { Profile } from '../../../../workers/protocol';
import { count, percent } from '../../../components/format';
import { Tag } from '../../../components/Tag';
import { useLooks, useTasks } from '../../use';

type Rate = Profile['rates'][number];

/** How far the rate lies from the published one, in standard errors; null where there is nothing to compare. */
export const distance = ({ rate, se, published }: Rate): number | null =>
  published && se > 0 ? (rate - published.rate) / se : null;

/** A dot for the rate on an axis of ± 4 standard errors about the published one; two are shaded as noise. */
function NoisePlot({ z }: { z: number }) {
  const at = (value: number) => 60 + Math.max(-4, Math.min(4, value)) * 14;
  return (
    <svg className="noise" viewBox="0 0 120 16" aria-hidden="true">
      <rect className="noise-band" x={at(-2)} y="3" width={at(2) - at(-2)} height="10" />
      <path className="noise-axis" d="M4 8H116M60 2V14" />
      <circle className="noise-dot" cx={at(z)} cy="8" r="4" />
    </svg>
  );
}

function verdict(z: number): string {
  if (Math.abs(z) < 2) return 'within noise';
  return `${Math.abs(z).toFixed(1)} s.e. ${z > 0 ? 'above' : 'below'}`;
}

export function Rates({ rates }: { rates: readonly Rate[] }) {
  const tasks = useTasks();
  const looks = useLooks();
  const published = rates.some((r) => r.published !== null);
  const conditional = rates.some((r) => r.givenParent !== null);
  return (
    <div className="table-scroll">
      <table className="figures rates">
        <thead>
          <tr>
            <th scope="col">event</th>
            <th scope="col">market</th>
            <th scope="col">rows</th>
            <th scope="col">positives: training</th>
            <th scope="col">validation</th>
            <th scope="col">rate ± s.e.</th>
            {published && <th scope="col">published</th>}
            {published && <th scope="col">difference</th>}
            {conditional && <th scope="col">given the event before</th>}
            {conditional && published && <th scope="col">published</th>}
          </tr>
        </thead>
        <tbody>
          {rates.map((r) => {
            const k = tasks.findIndex((t) => t.id === r.task);
            const z = distance(r);
            return (
              <tr key={`${r.task} ${r.country}`}>
                <th scope="row">
                  {k >= 0 && <Tag look={looks[k]!} />} {k >= 0 ? tasks[k]!.label : r.task}
                </th>
                <td>{r.country}</td>
                <td>{count(r.rows)}</td>
                <td>{count(r.positives[0])}</td>
                <td>{count(r.positives[1])}</td>
                <td>
                  {percent(r.rate)} <small className="se">± {percent(r.se)}</small>
                </td>
                {published && <td>{r.published ? percent(r.published.rate) : '–'}</td>}
                {published && (
                  <td className="noise-cell">
                    {z === null ? (
                      '–'
                    ) : (
                      <>
                        <NoisePlot z={z} />
                        <span className={Math.abs(z) < 2 ? 'dim' : 'beyond'}>{verdict(z)}</span>
                      </>
                    )}
                  </td>
                )}
                {conditional && <td>{r.givenParent === null ? '–' : percent(r.givenParent)}</td>}
                {conditional && published && (
                  <td>
                    {r.published?.givenParent === null || r.published?.givenParent === undefined
                      ? '–'
                      : percent(r.published.givenParent)}
                  </td>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
