/** Follows the run in progress: collects its record, keeps a checkpoint beside it, and hands the run to the list when it ends. */
import type { TrainerEvent } from '../../../workers/protocol';
import type { Snapshot } from '../../pipeline/run';
import type { RunContent } from '../../pipeline/runFile';
import type { Pipeline } from '../../pipeline/schema';
import type { Places } from '../../pipeline/weightFile';
import type { Rows } from '../rows';
import { useData } from '../stores';
import { keepRun } from './actions';
import { clearCheckpoint, noteSnapshot, writeWhenTold } from './checkpoint';
import { dataOf, RunRecord } from './record';

let current: RunRecord | null = null;

/** Id of the run in progress, or of the one that ended last; empty without one. */
export const recordId = (): string => current?.id ?? '';

/** A run begins at step 0. */
export function beginRecord(pipeline: Pipeline): void {
  const { summary } = useData.getState();
  const data = dataOf(useData.getState());
  void clearCheckpoint();
  current = data && summary ? RunRecord.begin(pipeline, data, summary.checks) : null;
}

/** A run of an earlier visit is taken up. */
export function takeUp(record: RunRecord): void {
  current = record;
}

/** The run goes on from a snapshot. */
export function recordGoesOn(step: number, pipeline: Pipeline): void {
  current?.goOn(step, pipeline);
}

export function recordEdit(step: number, pipeline: Pipeline): void {
  current?.edited(step, pipeline);
}

export function recordPlaces(places: Places): void {
  if (current) current.places = places;
}

/** Whether an evaluation repeats what is known, or is of a step that a run without a break would not evaluate. */
export const isRepeated = (step: number): boolean => current?.repeats(step) ?? false;

/** Hears an event of the run. */
export function hearEvent(event: TrainerEvent): void {
  if (!current) return;
  current.hear(event);
  if (event.kind === 'snapshot') noteSnapshot(current, event.snapshot);
  if (event.kind === 'frame') writeWhenTold(current);
}

/** A snapshot that was asked for, rather than told. */
export function recordSnapshot(snapshot: Snapshot): void {
  if (current) noteSnapshot(current, snapshot);
}

/**
 * Hands the run to the list, once for each end that it comes to.
 * @param name for a pipeline that is not in the list yet
 */
export function keepRecord(
  state: RunContent['state'],
  message: string | null,
  frames: Rows | null,
  snapshot: Snapshot | null,
  name: string,
): void {
  const record = current;
  if (!record || record.closed) return;
  const made = record.content(state, message, frames, snapshot);
  record.closed = true;
  // A run that failed may still go on from its checkpoint.
  if (state === 'finished' || state === 'stopped') void clearCheckpoint();
  if (made) void keepRun(record.id, made.content, made.weights, name);
}
