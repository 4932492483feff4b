/** The line-up of a race: who runs, on which settings, what that changes, and the link that brings it back. */
import { useEffect, useId, useMemo, useState } from 'react';
import { Field, Switch, TextField } from '../../components/fields';
import { compact } from '../../components/format';
import type { Change } from '../../pipeline/changes';
import { MOST_ENTRANTS } from '../../pipeline/entrant';
import { pipelineName } from '../../pipeline/name';
import { PRESET_GROUPS, PRESETS } from '../../pipeline/presets';
import { startRace } from '../../state/race/actions';
import {
  addEntrant,
  addSingleTask,
  changeRace,
  costKey,
  countCosts,
  differ,
  makeFirst,
  removeEntrant,
  renameEntrant,
  setOwn,
  starters,
  whyNotRace,
} from '../../state/race/lineUp';
import { type LineUpEntry, useRace } from '../../state/race/store';
import { useRuns } from '../../state/runs/store';
import { useData, usePipeline, useRun } from '../../state/stores';
import type { Starter } from '../../study/race';
import { readNumber } from '../inspector/read';
import { RaceShare } from './RaceShare';

function EntryRow({ entry, index, starter }: { entry: LineUpEntry; index: number; starter: Starter }) {
  const cost = useRace((s) => s.costs.get(costKey(entry.pipeline)));
  const own = useId();
  const { name } = entry;
  return (
    <li data-testid="entrant">
      <b className="race-place" aria-hidden="true">
        {index + 1}
      </b>
      <div className="run-what">
        <TextField
          className="run-name"
          label={`Name of entrant ${index + 1}`}
          value={name}
          onCommit={(text) => renameEntrant(entry.id, text)}
        />
        <p className="dim">
          {pipelineName(entry.pipeline)}
          {cost && cost.parameters > 0 && ` · ${compact(cost.parameters)} parameters`}
          {cost?.flops != null && ` · ${compact(cost.flops)} FLOP a row`}
        </p>
        {starter.refusal && <p className="refusal">{starter.refusal}</p>}
      </div>
      {index === 0 ? (
        <span className="dim">the others are measured against it</span>
      ) : (
        <>
          <span className="race-own">
            <span id={own}>its own rate</span>
            <Switch
              on={entry.own}
              label={`${name} keeps its own optimizer and learning rate`}
              onChange={(on) => setOwn(entry.id, on)}
            />
          </span>
          <button
            type="button"
            className="btn"
            aria-label={`${name} first`}
            onClick={() => makeFirst(entry.id)}
          >
            First
          </button>
        </>
      )}
      <button
        type="button"
        className="btn"
        aria-label={`Take ${name} out`}
        onClick={() => removeEntrant(entry.id)}
      >
        Take out
      </button>
    </li>
  );
}

/** A choice that acts only when its button is pressed: arrow keys go through it freely. */
function Pick({
  label,
  groups,
  onAdd,
}: {
  label: string;
  groups: readonly { readonly title: string; readonly options: readonly { id: string; title: string }[] }[];
  onAdd: (id: string) => void;
}) {
  const [id, setId] = useState('');
  const all = groups.flatMap((g) => g.options);
  const chosen = all.some((o) => o.id === id) ? id : (all[0]?.id ?? '');
  return (
    <span className="race-pick">
      <select
        className="text"
        aria-label={label}
        value={chosen}
        disabled={all.length === 0}
        onChange={(e) => setId(e.target.value)}
      >
        {all.length === 0 && <option value="">{`no ${label.toLowerCase()} yet`}</option>}
        {groups.map(({ title, options }) => (
          <optgroup key={title} label={title}>
            {options.map((o) => (
              <option key={o.id} value={o.id}>
                {o.title}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
      <button
        type="button"
        className="btn"
        disabled={all.length === 0}
        aria-label={`Add ${label.toLowerCase()}`}
        onClick={() => onAdd(chosen)}
      >
        Add
      </button>
    </span>
  );
}

function Adding() {
  const pipeline = usePipeline((s) => s.pipeline);
  const runs = useRuns((s) => s.runs);
  const some = useRace((s) => s.lineUp.length > 0);
  const full = useRace((s) => s.lineUp.length >= MOST_ENTRANTS);
  const [refusal, setRefusal] = useState<string | null>(null);
  const kept = useMemo(() => {
    const seen = new Map((runs ?? []).map((r) => [r.mark, { id: r.id, title: r.name }]));
    return [{ title: 'Kept runs', options: [...seen.values()] }];
  }, [runs]);
  const presets = PRESET_GROUPS.map(({ title, presets: list }) => ({ title, options: list }));
  return (
    <fieldset className="race-adding" disabled={full}>
      <legend className="sr">Add an entrant</legend>
      <button type="button" className="btn" onClick={() => setRefusal(addEntrant(pipeline))}>
        This pipeline
      </button>
      <button
        type="button"
        className="btn"
        disabled={!some}
        title={some ? undefined : 'Add an entrant first.'}
        onClick={() => setRefusal(addSingleTask())}
      >
        The same with Single task
      </button>
      <Pick
        label="Preset"
        groups={presets}
        onAdd={(id) => {
          const preset = PRESETS.find((p) => p.id === id);
          if (preset) setRefusal(addEntrant(preset.pipeline, preset.title));
        }}
      />
      <Pick
        label="Kept run"
        groups={kept}
        onAdd={(id) => {
          const run = runs?.find((r) => r.id === id);
          if (run) setRefusal(addEntrant(run.run.pipeline, run.name));
        }}
      />
      {full && <span className="dim">{MOST_ENTRANTS} at most: more curves are a tangle.</span>}
      {refusal && (
        <p className="refusal" role="alert">
          {refusal}
        </p>
      )}
    </fieldset>
  );
}

const FIELDS = [
  { key: 'steps', label: 'Steps', min: 1, max: 200_000 },
  { key: 'batch', label: 'Batch', min: 1, max: 16_384 },
  { key: 'seed', label: 'Seed', min: 0, max: 2 ** 31 - 1 },
] as const;

function Settings({ training }: { training: Starter['pipeline']['training'] }) {
  const [refusals, setRefusals] = useState<Readonly<Record<string, string | null>>>({});
  return (
    <div className="race-settings">
      {FIELDS.map(({ key, label, min, max }) => (
        <Field key={key} label={label} refusal={refusals[key] ?? null}>
          {({ label: labelledBy, describedBy }) => (
            <TextField
              numeric
              value={String(training[key])}
              labelledBy={labelledBy}
              describedBy={describedBy}
              invalid={Boolean(refusals[key])}
              onCommit={(text) => {
                const read = readNumber(text, { label, min, max, whole: true });
                setRefusals({ ...refusals, [key]: read.ok ? null : read.reason });
                if (read.ok) changeRace({ [key]: read.value });
              }}
            />
          )}
        </Field>
      ))}
      <p className="dim">
        The same for all: data, seed, and so the rows of every batch. Optimizer {training.optimizer}, learning
        rate {training.learningRate}, evaluated every {training.evaluateEvery} steps.
      </p>
    </div>
  );
}

const said = ({ what, from, to }: Change) => `${what} ${from} → ${to}`;
const beside = ({ what, from, to }: Change) => `${what} ${to} instead of ${from}`;

/** What the race changes of an entrant, and what it leaves unlike the first; both are to be taken note of. */
function Differences({ who }: { who: readonly Starter[] }) {
  const confirmed = useRace((s) => s.confirmed);
  if (!differ(who)) return null;
  return (
    <section className="race-differences" aria-label="Differences">
      <h3>Not all settings were the same</h3>
      <ul>
        {who.map(({ name, pipeline, changed, apart }) => (
          <li key={JSON.stringify([name, pipeline])}>
            {changed.length > 0 && (
              <p>
                <b>{name}</b> is set to those of the race: {changed.map(said).join(', ')}.
              </p>
            )}
            {apart.length > 0 && (
              <p>
                <b>{name}</b> keeps, unlike {who[0]!.name}: {apart.map(beside).join(', ')}.
              </p>
            )}
          </li>
        ))}
      </ul>
      <label>
        <input
          type="checkbox"
          checked={confirmed}
          onChange={(e) => useRace.setState({ confirmed: e.target.checked })}
        />{' '}
        Race them like this
      </label>
    </section>
  );
}

export function LineUp() {
  const lineUp = useRace((s) => s.lineUp);
  const change = useRace((s) => s.change);
  const confirmed = useRace((s) => s.confirmed);
  const summary = useData((s) => s.summary);
  const loading = useData((s) => s.loading);
  const runs = useRun((s) => s.phase !== 'idle' && s.phase !== 'finished');
  const [refusal, setRefusal] = useState<string | null>(null);
  const why = useId();
  const who = useMemo(() => starters({ lineUp, change }), [lineUp, change]);
  // What they cost depends on the data, which may come after them.
  useEffect(() => {
    if (summary) void countCosts();
  }, [summary]);
  const reason = whyNotRace(who, confirmed, { summary, loading });
  return (
    <div className="race-line-up">
      <p>
        Two to four pipelines learn on the same batches from the same seed, a few steps each in turn, so that
        what differs is the pipeline. Single task against a shared Bottom shows what sharing costs or gives.
      </p>
      {lineUp.length > 0 && (
        <ol className="entrants" aria-label="Line-up">
          {lineUp.map((entry, i) => (
            <EntryRow key={entry.id} entry={entry} index={i} starter={who[i]!} />
          ))}
        </ol>
      )}
      <Adding />
      {who[0] && <Settings training={who[0].pipeline.training} />}
      <Differences who={who} />
      <div className="race-controls">
        <button
          type="button"
          className="btn primary"
          disabled={reason !== null}
          aria-describedby={why}
          onClick={() => void startRace().then(setRefusal)}
        >
          Start the race
        </button>
        <p id={why} className="dim">
          {reason ?? (runs ? 'The run on the page ends with it, and stays in the list of runs.' : '')}
        </p>
        {refusal && (
          <p className="refusal" role="alert">
            {refusal}
          </p>
        )}
      </div>
      <RaceShare />
    </div>
  );
}
