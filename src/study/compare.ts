/** Runs beside one another on the same data: means over seeds, differences to a baseline, and what is no more than noise. */
import type { Auc } from '../metrics/auc';
import type { Evaluation } from '../pipeline/run';
import type { RaceOfRun } from '../pipeline/runFile';
import type { Pipeline } from '../pipeline/schema';
import { type OutputSpace, outputSpaces } from '../pipeline/spaces';
import { type Mean, meanOf, pairedDifference } from './statistics';

/** What is asked of a run to be compared. */
export interface ComparedRun {
  readonly id: string;
  readonly name: string;
  /** Which marker it is drawn with; runs of one pipeline share it. */
  readonly mark: number;
  readonly pipeline: Pipeline;
  readonly fingerprint: string;
  /** Its last evaluation; null before the first one. */
  readonly evaluation: Evaluation | null;
  /** Where it ran in a race: how it stands to the others, on the same rows. */
  readonly race?: RaceOfRun | undefined;
}

export type AucKind = 'expected' | 'label';
export type Metric = 'auc' | 'logLoss';

/** A difference to the baseline, of means. */
export interface Difference {
  readonly absolute: number;
  /** Share of the baseline's value: 0.0155 is 1.55 %. */
  readonly relative: number;
  /** Standard error of `absolute`; null where nothing tells how sure it is. */
  readonly se: number | null;
  /** What the standard error comes from. */
  readonly from: 'paired seeds' | 'seeds' | 'paired rows' | 'rows' | null;
  /** `noise`: no larger than what chance gives, or nobody knows. */
  readonly verdict: 'better' | 'worse' | 'noise' | 'unknown';
}

/** A pipeline's value of one metric in one output space. */
export interface Cell {
  /** Mean over seeds; of a single seed its value. */
  readonly mean: Mean;
  /** Standard error from the rows behind it (DeLong), mean over seeds; null where there is none. */
  readonly rowsSe: number | null;
  /** Null for the baseline itself, or where it has no value. */
  readonly difference: Difference | null;
  /** 1 = best, 2 = second, of all pipelines with a value; equal values share a rank. */
  readonly rank: number;
}

/** All runs of one pipeline that differ in nothing but the seed. */
export interface Group {
  readonly key: string;
  readonly name: string;
  readonly mark: number;
  readonly runs: readonly ComparedRun[];
  readonly seeds: readonly number[];
  readonly baseline: boolean;
  /** Least step that a run of it was measured at, and the steps it was to have. */
  readonly step: number;
  readonly steps: number;
  cell(space: string, metric: Metric): Cell | null;
}

export interface Comparison {
  readonly fingerprint: string;
  readonly spaces: readonly OutputSpace[];
  readonly groups: readonly Group[];
  readonly baseline: Group | null;
  /** Runs that cannot stand beside these: they saw other rows. */
  readonly elsewhere: readonly ComparedRun[];
  /** Runs without an evaluation. */
  readonly unmeasured: readonly ComparedRun[];
}

/** Two-sided 5 % points of Student's t by degrees of freedom; from 30 on the next lower one is taken, which errs on the careful side. */
const T = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];
/** The same point of the normal distribution, for standard errors from thousands of rows. */
const NORMAL = 1.96;

/** How many standard errors a mean of n seeds must lie from 0 to be more than chance, at 5 %. */
export const criticalT = (degrees: number): number => T[Math.min(Math.max(1, degrees), T.length) - 1]!;

/** What makes two runs runs of one pipeline: all but the seed, and names of tasks that only label. */
export function pipelineKey(p: Pipeline): string {
  const { seed: _, ...training } = p.training;
  return JSON.stringify({
    ...p,
    tasks: p.tasks.map(({ label: _l, metric: _m, ...task }) => task),
    training,
  });
}

interface Value {
  readonly value: number;
  readonly se: number | null;
  readonly run: ComparedRun;
}

/** Standard error of a − b from the rows that both were measured on; null where they ran in no race together. */
function pairedRowsSe(
  { race: a }: ComparedRun,
  { race: b }: ComparedRun,
  space: string,
  metric: Metric,
  kind: AucKind,
): number | null {
  if (!a || !b || a.id !== b.id) return null;
  const found = a.against.find((e) => e.entrant === b.entrant)?.spaces.find((s) => s.space === space);
  if (!found) return null;
  const difference =
    metric === 'logLoss'
      ? found.logLoss
      : kind === 'expected'
        ? (found.expected ?? found.label)
        : found.label;
  return difference?.se ?? null;
}

function readValue(run: ComparedRun, space: string, metric: Metric, kind: AucKind): Value | null {
  const found = run.evaluation?.metrics.find((m) => m.space === space);
  if (!found) return null;
  if (metric === 'logLoss') return found.logLoss === null ? null : { value: found.logLoss, se: null, run };
  const auc: Auc | null = kind === 'expected' ? (found.expectedAuc ?? found.auc) : found.auc;
  return auc.ok ? { value: auc.value, se: auc.se, run } : null;
}

/** By seed; of two runs with one seed, which are the same run twice on wasm, the later one counts. */
function bySeed(runs: readonly ComparedRun[], space: string, metric: Metric, kind: AucKind) {
  const values = new Map<number, Value>();
  for (const run of runs) {
    const value = readValue(run, space, metric, kind);
    if (value) values.set(run.pipeline.training.seed, value);
  }
  return values;
}

const plain = (values: ReadonlyMap<number, Value>) =>
  new Map([...values].map(([seed, v]) => [seed, v.value]));

/** Mean standard error from rows: every seed is measured on the same rows, so averaging over seeds does not shrink it. */
function rowsSeOf(values: ReadonlyMap<number, Value>): number | null {
  const all = [...values.values()].map((v) => v.se);
  return all.every((se): se is number => se !== null)
    ? all.reduce((a, b) => a + b, 0) / Math.max(1, all.length)
    : null;
}

/**
 * Mean of a − mean of b and how sure it is. Seeds that both have are compared pair by pair; else the seeds' spread counts;
 * with a single seed on either side the interval comes from the rows: row by row where the two ran in one race, else as if
 * they were measured on rows of their own, which is wider than need be: they are measured on the same ones.
 */
function difference(
  a: ReadonlyMap<number, Value>,
  b: ReadonlyMap<number, Value>,
  space: string,
  metric: Metric,
  kind: AucKind,
): Difference {
  const meanA = meanOf([...plain(a).values()]);
  const meanB = meanOf([...plain(b).values()]);
  const paired = pairedDifference(plain(a), plain(b));
  let absolute = meanA.mean - meanB.mean;
  let se: number | null = null;
  let from: Difference['from'] = null;
  let critical = NORMAL;
  if (paired && paired.n > 1) {
    ({ mean: absolute, se } = paired);
    from = 'paired seeds';
    critical = criticalT(paired.n - 1);
  } else if (meanA.n > 1 && meanB.n > 1) {
    se = Math.hypot(meanA.se, meanB.se);
    from = 'seeds';
    critical = criticalT(Math.min(meanA.n, meanB.n) - 1);
  } else {
    const [[, mine], [, theirs]] = [[...a][0]!, [...b][0]!];
    const together = a.size === 1 && b.size === 1 && pairedRowsSe(mine.run, theirs.run, space, metric, kind);
    const rowsA = rowsSeOf(a);
    const rowsB = rowsSeOf(b);
    if (typeof together === 'number') {
      se = together;
      from = 'paired rows';
    } else if (rowsA !== null && rowsB !== null) {
      se = Math.hypot(rowsA, rowsB);
      from = 'rows';
    }
  }
  const good = metric === 'auc' ? absolute > 0 : absolute < 0;
  const verdict =
    se === null ? 'unknown' : Math.abs(absolute) <= critical * se ? 'noise' : good ? 'better' : 'worse';
  return { absolute, relative: absolute / meanB.mean, se, from, verdict };
}

/**
 * @param baselineId a run of the pipeline that the others are measured against; its data decides which runs are compared
 * @param fingerprint data to compare on where there is no baseline
 */
export function compareRuns(
  runs: readonly ComparedRun[],
  baselineId: string | null,
  kind: AucKind,
  fingerprint?: string,
): Comparison | null {
  const pinned = runs.find((r) => r.id === baselineId) ?? null;
  const data = pinned?.fingerprint ?? fingerprint ?? runs[0]?.fingerprint;
  if (data === undefined) return null;
  const here = runs.filter((r) => r.fingerprint === data);
  const measured = here.filter((r) => r.evaluation !== null);
  const spaces = new Map<string, OutputSpace>();
  for (const run of measured)
    for (const s of outputSpaces(run.pipeline.tasks)) if (!spaces.has(s.id)) spaces.set(s.id, s);
  const keys = new Map<string, ComparedRun[]>();
  for (const run of measured) {
    const key = pipelineKey(run.pipeline);
    keys.set(key, [...(keys.get(key) ?? []), run]);
  }
  const baselineKey = pinned ? pipelineKey(pinned.pipeline) : null;
  const values = (key: string, space: string, metric: Metric) => bySeed(keys.get(key)!, space, metric, kind);
  const meanIn = (key: string, space: string, metric: Metric) => {
    const found = values(key, space, metric);
    return found.size === 0 ? null : meanOf([...plain(found).values()]).mean;
  };
  const cellOf = (key: string, space: string, metric: Metric): Cell | null => {
    const mine = values(key, space, metric);
    if (mine.size === 0) return null;
    const mean = meanOf([...plain(mine).values()]);
    const theirs =
      baselineKey === null || baselineKey === key || !keys.has(baselineKey)
        ? null
        : values(baselineKey, space, metric);
    const ahead = [...keys.keys()].filter((other) => {
      const value = meanIn(other, space, metric);
      return value !== null && (metric === 'auc' ? value > mean.mean : value < mean.mean);
    });
    return {
      mean,
      rowsSe: rowsSeOf(mine),
      difference: theirs && theirs.size > 0 ? difference(mine, theirs, space, metric, kind) : null,
      rank: ahead.length + 1,
    };
  };
  const groups = [...keys].map(([key, members]): Group => {
    const cells = new Map<string, Cell | null>();
    return {
      key,
      name: members[0]!.name,
      mark: members[0]!.mark,
      runs: members,
      seeds: [...new Set(members.map((r) => r.pipeline.training.seed))].sort((a, b) => a - b),
      baseline: key === baselineKey,
      step: Math.min(...members.map((r) => r.evaluation!.step)),
      steps: members[0]!.pipeline.training.steps,
      cell(space, metric) {
        const at = `${metric} ${space}`;
        if (!cells.has(at)) cells.set(at, cellOf(key, space, metric));
        return cells.get(at)!;
      },
    };
  });
  // The baseline first, as the papers print it.
  groups.sort((a, b) => Number(b.baseline) - Number(a.baseline));
  return {
    fingerprint: data,
    spaces: [...spaces.values()],
    groups,
    baseline: groups.find((g) => g.baseline) ?? null,
    elsewhere: runs.filter((r) => r.fingerprint !== data),
    unmeasured: here.filter((r) => r.evaluation === null),
  };
}
