/** What is selected, explained and adjustable: a block with its equations and knobs, training, tasks, or the data. */
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { FontsFirst } from '../../components/FontsFirst';
import { findings } from '../../pipeline/compat';
import { blocksOf } from '../../pipeline/schema';
import type { BlockSpec, ParamValue, Pillar } from '../../pipeline/spec';
import { removeInput, resetParams, setParam } from '../../state/edits';
import { addressOf } from '../../state/parts';
import { useData, usePipeline, useRun, useUi } from '../../state/stores';
import { DataPanel } from '../data/DataPanel';
import { pointingAt, useLit } from '../parts';
import { Facts } from './Facts';
import { Knob } from './Knob';

const Equations = lazy(() => import('./Equations'));
// Neither is on the first picture: what that loads has a budget.
const TrainingPanel = lazy(() => import('./TrainingPanel').then((m) => ({ default: m.TrainingPanel })));
const TasksPanel = lazy(() => import('./TasksPanel').then((m) => ({ default: m.TasksPanel })));
const BalanceNow = lazy(() => import('./BalanceNow').then((m) => ({ default: m.BalanceNow })));

/** Sentences about the selected place that do not stop the training. */
function Warnings({ where }: { where: string }) {
  const pipeline = usePipeline((s) => s.pipeline);
  const summary = useData((s) => s.summary);
  const mine = findings(pipeline, summary ?? undefined).filter((f) => f.where.startsWith(where));
  if (mine.length === 0) return null;
  return (
    <ul className="warnings">
      {mine.map((f) => (
        <li key={f.where + f.reason} className={f.level}>
          {f.reason}
        </li>
      ))}
    </ul>
  );
}

/** What an edit of structure costs, said before it is made. */
function Cost() {
  const fresh = useRun((s) => s.phase === 'idle');
  return (
    <p className="lock">
      {fresh ? 'Takes effect with the next run.' : 'Restarts the run; this one stays as a ghost.'}
    </p>
  );
}

/** A knob that a symbol may stand for: each lights the other. */
function Named({ at, children }: { at: string; children: ReactNode }) {
  const lit = useLit(at);
  return (
    <div className={lit ? 'lit' : undefined} data-part={at} {...pointingAt(at)}>
      {children}
    </div>
  );
}

export function BlockPanel({
  path,
  pillar,
  spec,
  params,
}: {
  path: string;
  pillar: Pillar;
  spec: BlockSpec;
  params: Readonly<Record<string, ParamValue>>;
}) {
  const [refusals, setRefusals] = useState<Readonly<Record<string, string | null>>>({});
  const names = Object.entries(spec.params);
  const index = pillar === 'input' ? Number(path.split('.')[1]) : 0;
  return (
    <>
      <h2>
        {spec.title}
        {spec.paper.url ? (
          <a
            href={spec.paper.url}
            target="_blank"
            rel="noreferrer"
            title={`${spec.paper.title}. ${spec.paper.authors}`}
          >
            paper
          </a>
        ) : (
          <small title={`${spec.paper.title}. ${spec.paper.authors}`}>{spec.paper.authors}</small>
        )}
      </h2>
      <p className="idea">{spec.idea}</p>
      <FontsFirst>
        {(mark) => (
          <>
            <div className="eq">
              <Suspense fallback={null}>
                <Equations path={path} spec={spec} />
                {mark}
              </Suspense>
            </div>
            <div className="knobs">
              {names.map(([name, param]) => (
                <Named key={name} at={addressOf(path, `knob.${name}`)}>
                  <Knob
                    param={param}
                    value={params[name]!}
                    refusal={refusals[name] ?? null}
                    onChange={(value) =>
                      setRefusals({ ...refusals, [name]: setParam(pillar, name, value, index) })
                    }
                    onRefuse={(reason) => setRefusals({ ...refusals, [name]: reason })}
                  />
                </Named>
              ))}
              {names.length === 0 && <p className="dim">Nothing to set here.</p>}
            </div>
            <Warnings where={path} />
            {names.length > 0 && (
              <div className="knob-foot">
                <Cost />
                <button
                  type="button"
                  className="link"
                  onClick={() => {
                    setRefusals({});
                    resetParams(pillar, index);
                  }}
                >
                  Defaults
                </button>
                {index > 0 && (
                  <button type="button" className="link" onClick={() => removeInput(index)}>
                    Take out
                  </button>
                )}
              </div>
            )}
            {pillar !== 'balancer' && <Facts path={path} />}
          </>
        )}
      </FontsFirst>
    </>
  );
}

export function Inspector() {
  const selected = useUi((s) => s.selected);
  const pipeline = usePipeline((s) => s.pipeline);
  const place = selected === 'loss' ? 'balancer' : selected;
  const block = blocksOf(pipeline).find(({ path }) => path === place);
  return (
    <aside className="insp" aria-label="Inspector">
      {block ? (
        <>
          <BlockPanel
            key={`${place}/${block.spec.id}`}
            path={place}
            pillar={block.pillar}
            spec={block.spec}
            params={block.choice.params}
          />
          {place === 'balancer' && (
            <Suspense fallback={null}>
              <BalanceNow />
              <TasksPanel />
              <Warnings where="tasks" />
            </Suspense>
          )}
        </>
      ) : selected === 'training' ? (
        <Suspense fallback={null}>
          <TrainingPanel />
          <Warnings where="training" />
          <Cost />
        </Suspense>
      ) : (
        <>
          <h2>Data</h2>
          <DataPanel />
        </>
      )}
    </aside>
  );
}
