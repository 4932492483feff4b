/** A run that a reload cut off: offered at the start of a visit, taken up from its last snapshot, or let go into the list. */
import { simulationRequestSchema } from '../../data/simulator/request';
import { pipelineName } from '../../pipeline/name';
import type { RunData } from '../../pipeline/runFile';
import { simulate } from '../data';
import { history } from '../history';
import { tellError } from '../notices';
import { raceUnderWay } from '../race/store';
import { endRecording } from '../recorded';
import { Rows } from '../rows';
import { keepSnapshot, startFrom } from '../session';
import { useData, usePipeline, useRun } from '../stores';
import { keepRun } from './actions';
import { clearCheckpoint, type Interrupted, readInterrupted } from './checkpoint';
import { RunRecord } from './record';
import { takeUp } from './recorder';
import { useRuns } from './store';

let interrupted: Interrupted | null = null;

/** Looks for a run that was cut off, and offers it. Nothing is offered where another run has begun meanwhile. */
export async function offerResume(): Promise<void> {
  const found = await readInterrupted();
  if (!found || useRun.getState().phase !== 'idle') return;
  interrupted = found;
  const { pipeline } = found.head;
  useRuns.setState({
    resumable: { step: found.snapshot.step, steps: pipeline.training.steps, name: pipelineName(pipeline) },
  });
}

/** Keeps a fresh snapshot whenever the page is hidden, for it may not come back. @returns the end of it */
export function keepWhenHidden(): () => void {
  const changed = () => {
    if (document.visibilityState === 'hidden') void keepSnapshot();
  };
  document.addEventListener('visibilitychange', changed);
  return () => document.removeEventListener('visibilitychange', changed);
}

/**
 * The data in use is that of what was cut off, or has been made so.
 * @param what was cut off: "run" or "race"
 * @returns false where somebody has to open it first, which has been said
 */
export async function haveData(data: RunData, fingerprint: string, what: 'run' | 'race'): Promise<boolean> {
  const there = () => useData.getState().summary?.fingerprint === fingerprint;
  await loaded();
  if (there()) return true;
  if (data.kind === 'simulated') {
    const request = simulationRequestSchema.safeParse(data.request);
    if (request.success && (await simulate(request.data)) && there()) return true;
    tellError(
      `The world of this ${what} comes out otherwise than it did, so the ${what} cannot go on; discard it.`,
    );
    return false;
  }
  const from = data.kind === 'file' ? 'Open' : 'Open the shard';
  tellError(`This ${what} was trained on other data. ${from} "${data.path}" again, then press Resume.`);
  return false;
}

/** Resolves when no data is being made or read. */
function loaded(): Promise<void> {
  return new Promise((resolve) => {
    if (!useData.getState().loading) {
      resolve();
      return;
    }
    const stop = useData.subscribe(({ loading }) => {
      if (loading) return;
      stop();
      resolve();
    });
  });
}

/** Goes on from the step of the snapshot, with curves and pipeline as they were. @returns false where it cannot */
export async function resumeInterrupted(): Promise<boolean> {
  const run = interrupted;
  if (raceUnderWay()) {
    tellError('A race is under way: it ends, or is stopped, before the run can go on.');
    return false;
  }
  if (!run) return false;
  const { head, snapshot, columns, frames } = run;
  if (!(await haveData(head.data, snapshot.fingerprint, 'run')) || interrupted !== run) return false;
  interrupted = null;
  useRuns.setState({ resumable: null });
  endRecording();
  usePipeline.setState({ pipeline: head.pipeline });
  history.restore(frames, columns, head.evaluations);
  const record = new RunRecord(head);
  record.restore(frames, columns);
  takeUp(record);
  return startFrom(snapshot);
}

/** Lets the run go: what it learned is lost, what it told goes into the list. */
export async function discardInterrupted(): Promise<void> {
  const run = interrupted;
  interrupted = null;
  useRuns.setState({ resumable: null });
  await clearCheckpoint();
  if (!run) return;
  const made = new RunRecord(run.head).content('stopped', null, rowsOf(run), null);
  if (made) await keepRun(run.head.id, made.content, null, pipelineName(run.head.pipeline));
}

/** What the steps up to the snapshot told, as a table. */
export function rowsOf({ columns, snapshot, frames }: Interrupted): Rows {
  const rows = new Rows(columns, snapshot.step + 1, 0);
  for (let at = 0; at < frames.length; at += columns) rows.push(frames.subarray(at, at + columns));
  return rows;
}
