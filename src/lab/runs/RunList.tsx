/** The list of kept runs: rename, pin as baseline, curves behind the live ones, export, delete and take back. */
import { useRef, useState } from 'react';
import { Empty } from '../../components/Empty';
import { TextField } from '../../components/fields';
import { fraction } from '../../components/format';
import { PopButton } from '../../components/Overlay';
import { RunMark } from '../../components/RunMark';
import { outputSpaces } from '../../pipeline/spaces';
import { announce } from '../../state/edits';
import {
  deleteRun,
  exportRun,
  exportWeights,
  importRuns,
  pinRun,
  renameRun,
  toggleGhost,
  undoDelete,
} from '../../state/runs/actions';
import { evaluationOf, type KeptRun, useRuns } from '../../state/runs/store';
import { useData, useRun, useUi } from '../../state/stores';

const WORDS = { finished: '', stopped: 'stopped', diverged: 'diverged', failed: 'failed' } as const;

/** `.748 CTR · .702 CTCVR`, by the AUC that the page shows. */
function useFigures({ run }: KeptRun): string {
  const kind = useUi((s) => s.auc);
  const metrics = evaluationOf(run)?.metrics ?? [];
  return outputSpaces(run.pipeline.tasks)
    .flatMap(({ id, name }) => {
      const metric = metrics.find((m) => m.space === id);
      const auc = kind === 'expected' ? (metric?.expectedAuc ?? metric?.auc) : metric?.auc;
      return auc?.ok ? [`${name} ${fraction(auc.value)}`] : [];
    })
    .join(' · ');
}

function RunRow({ run, onGone }: { run: KeptRun; onGone: () => void }) {
  const baseline = useRuns((s) => s.baseline === run.id);
  const here = useData((s) => s.summary?.fingerprint === run.run.data.fingerprint);
  const [refusal, setRefusal] = useState<string | null>(null);
  const figures = useFigures(run);
  const { seed, step, pipeline, data, state, race } = run.run;
  const facts = [
    `seed ${seed}`,
    `step ${step} of ${pipeline.training.steps}`,
    WORDS[state],
    race ? `entrant ${race.entrant + 1} of ${race.of} in a race` : '',
    here ? '' : `on other data: ${data.title}`,
  ].filter(Boolean);
  const named = `${run.name}, seed ${seed}`;
  return (
    <li className="run-row" data-testid="run-row">
      <RunMark mark={run.mark} />
      <div className="run-what">
        <TextField
          className="run-name"
          label={`Name of ${named}`}
          value={run.name}
          invalid={refusal !== null}
          onCommit={(name) => setRefusal(renameRun(run.id, name))}
        />
        {refusal && (
          <p className="refusal" role="alert">
            {refusal}
          </p>
        )}
        <p className="dim">
          {figures || 'no AUC'} <span className="run-facts">· {facts.join(' · ')}</span>
        </p>
      </div>
      <button
        type="button"
        className="btn"
        aria-pressed={baseline}
        aria-label={`Baseline: ${named}`}
        onClick={() => pinRun(run.id)}
      >
        Baseline
      </button>
      <button
        type="button"
        className="btn"
        aria-pressed={run.ghost || baseline}
        aria-label={`Curves of ${named}`}
        disabled={baseline || !here}
        title={here ? undefined : 'Its curves are of other data and would mislead here.'}
        onClick={() => toggleGhost(run.id)}
      >
        Curves
      </button>
      <PopButton className="btn bare" label={`More on ${named}`} title={`More on ${named}`} button="⋯">
        {(close) => (
          <div className="menu">
            <button
              type="button"
              className="btn"
              onClick={() => {
                exportRun(run.id);
                close();
              }}
            >
              Run file, JSON
            </button>
            <button
              type="button"
              className="btn"
              disabled={run.weightBytes === null}
              title={run.weightBytes === null ? 'Its weights are not kept in this browser.' : undefined}
              onClick={() => {
                void exportWeights(run.id);
                close();
              }}
            >
              Weights, safetensors
            </button>
            <button
              type="button"
              className="btn"
              onClick={() => {
                close();
                void deleteRun(run.id);
                announce(`${run.name} deleted. Undo brings it back.`);
                onGone();
              }}
            >
              Delete
            </button>
          </div>
        )}
      </PopButton>
    </li>
  );
}

/** Brings run files in; also the way back from a deletion. */
export function RunTools() {
  const input = useRef<HTMLInputElement>(null);
  const deleted = useRuns((s) => s.deleted);
  return (
    <div className="run-tools">
      {deleted && (
        <button type="button" className="btn" onClick={() => void undoDelete()}>
          Undo: bring back {deleted.name}
        </button>
      )}
      <button type="button" className="btn" onClick={() => input.current?.click()}>
        Import run file…
      </button>
      <input
        ref={input}
        type="file"
        accept=".json,application/json"
        multiple
        hidden
        data-testid="run-file"
        onChange={(e) => {
          void importRuns([...(e.target.files ?? [])]);
          e.target.value = '';
        }}
      />
    </div>
  );
}

export function RunList() {
  const runs = useRuns((s) => s.runs);
  const going = useRun((s) => s.phase === 'preparing' || s.phase === 'training' || s.phase === 'paused');
  const list = useRef<HTMLUListElement>(null);
  if (!runs) return <p className="empty">Reading the runs of earlier visits…</p>;
  if (runs.length === 0) {
    return (
      <Empty shows="Every run, over reloads: pinned as the baseline, behind the next one’s curves, compared over seeds.">
        {going
          ? 'The run on the page comes here when it ends, or when another takes its place.'
          : 'Press Train: a run comes here when it ends, if it was measured after its start.'}
      </Empty>
    );
  }
  return (
    // The list takes the focus when the run that had it is deleted.
    <ul className="run-list" aria-label="Runs" ref={list} tabIndex={-1}>
      {runs.map((run) => (
        <RunRow key={run.id} run={run} onGone={() => list.current?.focus()} />
      ))}
    </ul>
  );
}
