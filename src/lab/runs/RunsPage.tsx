/** Runs & compare: the table as papers print it, the seesaw plane beside it, and both to take away. */
import { Segments } from '../../components/fields';
import { saveBlob } from '../../state/export';
import { say } from '../../state/notices';
import { closePage, openRace } from '../../state/route';
import { useRuns } from '../../state/runs/store';
import { useUi } from '../../state/stores';
import { comparisonCsv, comparisonLatex, comparisonMarkdown } from '../../study/compareTable';
import { useSimulated } from '../use';
import { CompareTable } from './CompareTable';
import { RunList, RunTools } from './RunList';
import { SeesawPlane } from './SeesawPlane';
import { aucName, useComparison } from './useComparison';
import './runs.css';

const plural = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`;

/** Copies where the browser lets it; else the file is downloaded. */
async function copyOrSave(text: string, what: string, file: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say(`${what} is in the clipboard.`);
  } catch {
    saveBlob(file, new Blob([text], { type: 'text/plain' }));
  }
}

export default function RunsPage() {
  const comparison = useComparison();
  const kind = useUi((s) => s.auc);
  const simulated = useSimulated();
  const baseline = useRuns((s) => s.baseline);
  const some = comparison !== null && comparison.groups.length > 0;
  const title = comparison?.groups[0]?.runs[0]
    ? `Runs on ${titleOf(comparison.groups[0].runs[0].id)}`
    : 'Runs';
  return (
    <main className="runs-page">
      <div className="runs-main">
        <div className="runs-head">
          <h2>{title}</h2>
          <span className="grow" />
          {simulated && (
            <Segments
              label="Which AUC"
              options={[
                { value: 'expected', label: 'expected AUC' },
                { value: 'label', label: 'label AUC' },
              ]}
              value={kind}
              onChange={(auc) => useUi.setState({ auc })}
            />
          )}
          {some && (
            <>
              <button
                type="button"
                className="btn"
                onClick={() => void copyOrSave(comparisonLatex(comparison), 'The LaTeX table', 'runs.tex')}
              >
                Copy LaTeX
              </button>
              <button
                type="button"
                className="btn"
                onClick={() =>
                  void copyOrSave(comparisonMarkdown(comparison), 'The Markdown table', 'runs.md')
                }
              >
                Copy Markdown
              </button>
              <button
                type="button"
                className="btn"
                onClick={() =>
                  saveBlob('runs.csv', new Blob([comparisonCsv(comparison)], { type: 'text/csv' }))
                }
              >
                CSV
              </button>
            </>
          )}
          <button type="button" className="btn" onClick={openRace}>
            Race
          </button>
          <button type="button" className="btn" onClick={closePage}>
            Back to the lab
          </button>
        </div>
        {some ? (
          <>
            <CompareTable comparison={comparison} metric="auc" />
            <CompareTable comparison={comparison} metric="logLoss" />
            <p className="dim">
              <b>Bold</b> best, <u>underlined</u> second; {aucName(kind)}. With several seeds: mean ± standard
              deviation over seeds. Difference in % of the baseline, below it in points ± one standard error:
              over paired seeds, else over seeds, else from the rows behind a single seed. “Within noise”, in
              grey: chance alone gives as much once in twenty times. “One seed”: a log-loss of a single seed
              says nothing of its noise.
            </p>
            {baseline === null && (
              <p>Press Baseline beside a run below: the others are measured against it.</p>
            )}
            {comparison.elsewhere.length > 0 && (
              <p>
                {plural(comparison.elsewhere.length, 'run is', 'runs are')} not compared:{' '}
                {[...new Set(comparison.elsewhere.map((r) => r.name))].join(', ')} saw other rows (another
                data fingerprint), so their figures do not stand beside these.
              </p>
            )}
          </>
        ) : null}
        <section aria-label="Kept runs">
          <div className="runs-head">
            <h3>All kept runs</h3>
            <span className="grow" />
            <RunTools />
          </div>
          <RunList />
        </section>
      </div>
      <SeesawPlane comparison={comparison} words />
    </main>
  );
}

const titleOf = (id: string) =>
  useRuns.getState().runs?.find((r) => r.id === id)?.run.data.title ?? 'this data';
