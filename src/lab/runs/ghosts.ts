/** The curves that stand behind the live ones: the run before, the pinned baseline, and the runs that were asked for. */
import { useMemo } from 'react';
import type { GhostCurve } from '../../components/curves/Moving';
import { dashOf, letterOf } from '../../components/RunMark';
import {
  EVALUATION_COLUMNS,
  evaluationRow,
  FRAME_HEAD,
  type Ghost,
  LOSS_SMOOTHING,
} from '../../state/history';
import { Rows } from '../../state/rows';
import { recordId } from '../../state/runs/recorder';
import { type KeptRun, useRuns } from '../../state/runs/store';
import { useData, usePipeline } from '../../state/stores';
import { useHistoryOf } from '../use';
import { overSeeds } from './seeds';

/** More pipelines than this behind the live curve are a tangle; the newest are drawn. */
export const MOST_GHOSTS = 4;
/** Points of a ghost: it does not move, and need not be read to the step. */
const POINTS = 120;

export interface NamedGhost extends GhostCurve {
  readonly name: string;
}

/** A kept run's curves in the form of the live ones: made once a run. */
const tables = new WeakMap<KeptRun['run'], { losses: Rows; evaluations: ReadonlyMap<string, Rows> }>();

function tablesOf({ run }: KeptRun) {
  const known = tables.get(run);
  if (known) return known;
  const { curves, pipeline } = run;
  const columns = FRAME_HEAD + pipeline.tasks.length;
  const n = curves.step.length;
  // Of every n-th step the smoothing keeps as much as it would have kept over n steps.
  const every = n > 2 ? Math.max(1, curves.step[1]! - curves.step[0]!) : 1;
  const losses = new Rows(columns, Math.max(1, n), LOSS_SMOOTHING ** every);
  curves.step.forEach((step, i) => {
    losses.push([
      step,
      curves.learningRate[i]!,
      curves.gradientNorm[i]!,
      curves.total[i]!,
      ...pipeline.tasks.map((t) => curves.losses[t.id]?.[i] ?? Number.NaN),
    ]);
  });
  const evaluations = new Map<string, Rows>();
  for (const evaluation of run.evaluations) {
    for (const metric of evaluation.metrics) {
      let rows = evaluations.get(metric.space);
      if (!rows) {
        rows = new Rows(EVALUATION_COLUMNS, Math.max(1, run.evaluations.length), 0);
        evaluations.set(metric.space, rows);
      }
      rows.push(evaluationRow(evaluation.step, metric));
    }
  }
  const made = { losses, evaluations };
  tables.set(run, made);
  return made;
}

const points = new WeakMap<Rows, Map<number, { x: readonly number[]; y: readonly number[] }>>();

/** A curve that is over is thinned once. */
function thinned(rows: Rows, column: number) {
  let known = points.get(rows);
  if (!known) {
    known = new Map();
    points.set(rows, known);
  }
  let curve = known.get(column);
  if (!curve) {
    const { x, smooth } = rows.points(column, POINTS);
    curve = { x, y: smooth };
    known.set(column, curve);
  }
  return curve;
}

const means = new WeakMap<object, { of: readonly object[]; mean: ReturnType<typeof overSeeds> }>();

/** The mean of curves that are over is made once. */
function meanOf(curves: readonly ReturnType<typeof thinned>[]) {
  const [first] = curves as [(typeof curves)[number]];
  const known = means.get(first);
  if (known && known.of.length === curves.length && known.of.every((c, i) => c === curves[i]))
    return known.mean;
  const mean = overSeeds(curves);
  means.set(first, { of: curves, mean });
  return mean;
}

const NONE: readonly KeptRun[] = [];

/** Kept runs that may be drawn: on the same rows, newest first. */
function useGhostRuns(): readonly KeptRun[] {
  const runs = useRuns((s) => s.runs ?? NONE);
  const baseline = useRuns((s) => s.baseline);
  const fingerprint = useData((s) => s.summary?.fingerprint);
  return useMemo(
    () => runs.filter((r) => (r.ghost || r.id === baseline) && r.run.data.fingerprint === fingerprint),
    [runs, baseline, fingerprint],
  );
}

function useGhosts(
  ofKept: (run: KeptRun) => { readonly rows: Rows | undefined; readonly column: number },
  ofBefore: (ghost: Ghost) => Rows | null | undefined,
  column: number,
): readonly NamedGhost[] {
  const kept = useGhostRuns();
  const ghost = useHistoryOf((h) => h.ghost);
  // A run that has just ended is still the live curve, and needs no ghost of itself.
  const live = useHistoryOf((h) => (h.step > 0 ? recordId() : ''));
  const drawn = kept.flatMap((run) => {
    if (run.id === live) return [];
    const { rows, column: at } = ofKept(run);
    if (!rows || rows.length === 0 || at >= rows.columns) return [];
    return [{ run, points: thinned(rows, at) }];
  });
  // Runs of one pipeline share a mark: its seeds are one curve.
  const pipelines = [...new Set(drawn.map(({ run }) => run.mark))].slice(0, MOST_GHOSTS);
  const ghosts = pipelines.map((mark): NamedGhost => {
    const seeds = drawn.filter(({ run }) => run.mark === mark);
    const [{ run, points }] = seeds as [(typeof seeds)[number]];
    const style = { label: letterOf(mark), dash: dashOf(mark) };
    if (seeds.length === 1) return { id: run.id, name: run.name, ...style, ...points };
    const name = `${run.name}, mean ± s.d. of ${seeds.length} runs`;
    return { id: run.id, name, ...style, ...meanOf(seeds.map((s) => s.points)) };
  });
  const rows = ghost && !kept.some((r) => r.id === ghost.id) ? ofBefore(ghost) : null;
  if (rows && rows.length > 0 && column < rows.columns) {
    const curve = thinned(rows, column);
    ghosts.push({ id: 'before', name: 'The run before', label: 'before', dash: undefined, ...curve });
  }
  return ghosts;
}

/** Smoothed losses of a task, by its id. @param task index in the pipeline on the page */
export function useLossGhosts(task: number): readonly NamedGhost[] {
  const id = usePipeline((s) => s.pipeline.tasks[task]?.id);
  return useGhosts(
    (run) => {
      const at = run.run.pipeline.tasks.findIndex((t) => t.id === id);
      return { rows: at < 0 ? undefined : tablesOf(run).losses, column: FRAME_HEAD + at };
    },
    (ghost) => ghost.losses,
    FRAME_HEAD + task,
  );
}

/** AUCs of an output space. @param column of an evaluation's record: label or expected AUC */
export function useAucGhosts(space: string, column: number): readonly NamedGhost[] {
  return useGhosts(
    (run) => ({ rows: tablesOf(run).evaluations.get(space), column }),
    (ghost) => ghost.evaluations.get(space),
    column,
  );
}
