/** Pipelines beside one another as papers print them: best bold, second underlined, each with what it gained on the baseline. */
import { fraction, signed } from '../../components/format';
import { RunMark } from '../../components/RunMark';
import { Tag } from '../../components/Tag';
import { taskLooks } from '../../components/tasks';
import type { Cell, Comparison, Group, Metric } from '../../study/compare';

const RANKS: Readonly<Record<number, string>> = { 1: 'best', 2: 'second' };

function Value({ cell }: { cell: Cell | null }) {
  if (!cell) return <td className="num">–</td>;
  return (
    <td className={`num ${RANKS[cell.rank] ?? ''}`}>
      <span>{fraction(cell.mean.mean, 4)}</span>
      {RANKS[cell.rank] && <span className="sr"> ({RANKS[cell.rank]})</span>}
      {cell.mean.n > 1 && <small>± {fraction(cell.mean.sd, 4)}</small>}
    </td>
  );
}

/** The difference in % and, below it, in points; what is within noise is said and not shown as a win. */
function Gain({ cell, baseline }: { cell: Cell | null; baseline: boolean }) {
  const d = cell?.difference;
  if (baseline) return <td className="num dim">–</td>;
  if (!d) return <td className="num dim">no value</td>;
  const noise = d.verdict === 'noise' || d.verdict === 'unknown';
  const points = `${signed(d.absolute, 4)}${d.se === null ? '' : ` ± ${fraction(d.se, 4)}`}`;
  return (
    <td className={`num ${noise ? 'dim' : ''}`}>
      {signed(d.relative * 100, 2)} %
      <small>
        {d.verdict === 'noise' && <b>within noise </b>}
        {d.verdict === 'unknown' && <b>one seed </b>}
        {points}
      </small>
    </td>
  );
}

function Rows({ comparison, metric }: { comparison: Comparison; metric: Metric }) {
  return comparison.groups.map((group) => (
    <tr key={group.key} className={group.baseline ? 'baseline' : ''} data-testid={`compare-${metric}`}>
      <th scope="row">
        <span className="run-cell">
          <RunMark mark={group.mark} />
          <span>
            {group.name}
            <small>{aboutGroup(group)}</small>
          </span>
        </span>
      </th>
      {comparison.spaces.flatMap((space) => {
        const cell = group.cell(space.id, metric);
        return [
          <Value key={space.id} cell={cell} />,
          <Gain key={`${space.id} gain`} cell={cell} baseline={group.baseline} />,
        ];
      })}
    </tr>
  ));
}

/** `baseline, seeds 1, 2, 3`; and where it was stopped early. */
function aboutGroup({ baseline, seeds, step, steps }: Group): string {
  const which = `${seeds.length > 1 ? `${seeds.length} seeds:` : 'seed'} ${seeds.slice(0, 8).join(', ')}${seeds.length > 8 ? ' …' : ''}`;
  return [baseline && 'baseline', which, step < steps && `at step ${step} of ${steps}`]
    .filter(Boolean)
    .join(' · ');
}

export function CompareTable({ comparison, metric }: { comparison: Comparison; metric: Metric }) {
  const tasks = comparison.groups[0]?.runs[0]?.pipeline.tasks ?? [];
  const looks = taskLooks(tasks.map((t) => t.label));
  const name = metric === 'auc' ? 'AUC' : 'Log-loss';
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: many columns scroll sideways, and must do so by keyboard too
    <section className="table-scroll" tabIndex={0} aria-label={`${name} of all runs`}>
      <table className="figures compare">
        <caption>
          {name} <span className="dim">{metric === 'auc' ? 'more is better' : 'less is better'}</span>
        </caption>
        <thead>
          <tr>
            <td />
            {comparison.spaces.map((space) => (
              <th key={space.id} scope="colgroup" colSpan={2} title={space.meaning}>
                {looks[space.task] && <Tag look={looks[space.task]!} />}
                {space.name}
              </th>
            ))}
          </tr>
          <tr>
            <th scope="col">Run</th>
            {comparison.spaces.flatMap((space) => [
              <th key={space.id} scope="col">
                <span className="sr">{space.name} </span>
                {name}
              </th>,
              <th key={`${space.id} gain`} scope="col">
                <span className="sr">{space.name} </span>vs baseline
              </th>,
            ])}
          </tr>
        </thead>
        <tbody>
          <Rows comparison={comparison} metric={metric} />
        </tbody>
      </table>
    </section>
  );
}
