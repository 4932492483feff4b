/** A run that a reload cut off: offered at the start of a visit, taken up from its last snapshot, or let go into the list. */
import { simulationRequestSchema } from '../../data/simulator/request';
import { pipelineName } from '../../pipeline/name';
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

/** The data in use is the run's own, or has been made so. */
async function haveData({ head, snapshot }: Interrupted): Promise<boolean> {
  const there = () => useData.getState().summary?.fingerprint === snapshot.fingerprint;
  await loaded();
  if (there()) return true;
  if (head.data.kind === 'simulated') {
    const request = simulationRequestSchema.safeParse(head.data.request);
    if (request.success && (await simulate(request.data)) && there()) return true;
    tellError('The world of this run comes out otherwise than it did, so the run cannot go on; discard it.');
    return false;
  }
  const from = head.data.kind === 'file' ? 'Open' : 'Open the shard';
  tellError(`This run was trained on other data. ${from} "${head.data.path}" again, then press Resume.`);
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
  if (!run || !(await haveData(run)) || interrupted !== run) return false;
  const { head, snapshot, columns, frames } = run;
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
  const rows = new Rows(run.columns, run.snapshot.step + 1, 0);
  for (let at = 0; at < run.frames.length; at += run.columns)
    rows.push(run.frames.subarray(at, at + run.columns));
  const made = new RunRecord(run.head).content('stopped', null, rows, null);
  if (made) await keepRun(run.head.id, made.content, null, pipelineName(run.head.pipeline));
}
