/** What came of a race: per task in words, as a table, and on the seesaw plane. */
import { useMemo } from 'react';
import { RunMark } from '../../components/RunMark';
import { useRace } from '../../state/race/store';
import { openRuns } from '../../state/route';
import { comparedRun, useRuns } from '../../state/runs/store';
import { useUi } from '../../state/stores';
import { type Comparison, compareRuns, pipelineKey } from '../../study/compare';
import { CompareTable } from '../runs/CompareTable';
import { SeesawPlane } from '../runs/SeesawPlane';
import { verdictsOf } from './words';

/**
 * The race's runs beside one another, with those of earlier races of the same pipelines on the same data, which add up over
 * seeds; the first that has something to measure against is the baseline.
 */
function useRaceComparison(): Comparison | null {
  const runs = useRuns((s) => s.runs);
  const racers = useRace((s) => s.racers);
  const fingerprint = useRace((s) => s.fingerprint);
  const kind = useUi((s) => s.auc);
  return useMemo(() => {
    const kept = racers.flatMap(({ id }) => runs?.find((r) => r.id === id) ?? []);
    const sound = kept.filter(({ run }) => run.state === 'finished' || run.state === 'stopped');
    const keys = new Set(sound.map(({ run }) => pipelineKey(run.pipeline)));
    const earlier = (runs ?? []).filter(
      ({ id, run }) =>
        run.race &&
        run.state === 'finished' &&
        keys.has(pipelineKey(run.pipeline)) &&
        !racers.some((r) => r.id === id),
    );
    // One that was stopped learned less than theirs did.
    const whole = sound.every(({ run }) => run.state === 'finished');
    const all = whole ? [...sound, ...earlier] : sound;
    return compareRuns(all.map(comparedRun), sound[0]?.id ?? null, kind, fingerprint);
  }, [runs, racers, fingerprint, kind]);
}

export function Outcome() {
  const comparison = useRaceComparison();
  const judged = useRace((s) => s.judged);
  const failure = useRace((s) => s.failure);
  if (!judged && failure === null) return <p role="status">Comparing row by row…</p>;
  if (!comparison || comparison.groups.length === 0 || !comparison.baseline) {
    return <p>Nobody got past the first evaluation, so there is nothing to compare: race again.</p>;
  }
  const verdicts = verdictsOf(comparison);
  const { seeds } = comparison.baseline;
  return (
    <div className="race-outcome">
      <section aria-label="Verdict" data-testid="verdict">
        <h3>Against {comparison.baseline.name}</h3>
        {verdicts.length === 0 && <p>Nobody else has figures to compare.</p>}
        <ul className="verdicts">
          {verdicts.map(({ group, summary, columns }) => (
            <li key={group.key}>
              <RunMark mark={group.mark} />
              <p>
                <b>
                  {group.name}: {summary}.
                </b>{' '}
                {columns.join('; ')}.
              </p>
            </li>
          ))}
        </ul>
        <p className="dim">
          {seeds.length > 1
            ? `Means over the races with seeds ${seeds.join(', ')}: ± one standard error of the difference, seed against seed. What fewer than five seeds show is little; race again with the next one.`
            : judged
              ? '± one standard error of the difference, row by row on the same validation rows. It says how sure the difference is for these two sets of weights; another seed moves it further: race again with the next one.'
              : 'The race ended early: ± one standard error as if both were measured on rows of their own, which is wider than need be.'}{' '}
          All are in the list of runs.{' '}
          <button type="button" className="link" onClick={openRuns}>
            Runs and comparison
          </button>
        </p>
      </section>
      <div className="race-tables">
        <CompareTable comparison={comparison} metric="auc" />
        <SeesawPlane comparison={comparison} />
      </div>
    </div>
  );
}
