/** Everything a user can do to a run, each as one named action: button, key, drag and link all come through here. */
import { type Client, client as realClient, WorkerDied } from '../../workers/client';
import type { BackendChoice, Instrument, Snapshot, Speed, TrainerEvent } from '../../workers/protocol';
import { isPlain } from '../pipeline/cohorts';
import { findings } from '../pipeline/compat';
import { pipelineName } from '../pipeline/name';
import { probesOf } from '../pipeline/probes';
import { type HAND_STEP, SPEEDS } from '../pipeline/run';
import type { Pipeline } from '../pipeline/schema';
import { mendAll, useCuts } from './cuts';
import { useHandStep } from './handStep';
import { history } from './history';
import { say, tellError } from './notices';
import { raceUnderWay } from './race/store';
import { endRecording, useRecorded } from './recorded';
import {
  beginRecord,
  hearEvent,
  isRepeated,
  keepRecord,
  recordEdit,
  recordGoesOn,
  recordId,
  recordPlaces,
  recordSnapshot,
} from './runs/recorder';
import { remember } from './storage';
import { type Phase, useData, usePipeline, useRun, useUi } from './stores';
import { liveOf, structureOf } from './structure';

/** Milliseconds that a change of structure waits for another before the run starts again. */
const SETTLE = 350;
/** Beats without an answer that are borne while a backend compiles, which may hold the worker for long. */
export const PATIENCE_PREPARING = 30;
const PATIENCE = 4;
/** A trainer that keeps dying is not brought back for ever. */
const MAX_DEATHS = 3;
const DEATH_WINDOW = 60_000;

let client: Client = realClient;
let runs = 0;
let restart: ReturnType<typeof setTimeout> | null = null;
/** The pipeline of the run whose curves are shown. */
let running: Pipeline | null = null;
let described = 0;
let deaths: number[] = [];
/** Open panels by instrument. */
const looking = new Map<Instrument | typeof HAND_STEP, number>();
let stepping: Promise<void> = Promise.resolve();
let unsubscribe: (() => void) | null = null;

const phaseIs = (...phases: Phase[]) => phases.includes(useRun.getState().phase);

/** Listens to workers and pipeline. A test hands in its own client. @returns the end of listening to the pipeline */
export function connect(to: Client = realClient): () => void {
  client = to;
  client.listen({ onEvent: receive, onDeath: died });
  unsubscribe?.();
  const ends = [
    usePipeline.subscribe(({ pipeline }, before) => pipelineChanged(pipeline, before.pipeline)),
    useCuts.subscribe(tellCuts),
  ];
  unsubscribe = () => {
    for (const end of ends) end();
  };
  return unsubscribe;
}

/** The client in use, for the actions on data. */
export const theClient = (): Client => client;

/** Why Train cannot be pressed, or null where it can. */
export function whyNotReady(
  pipeline: Pipeline,
  data: Pick<ReturnType<typeof useData.getState>, 'summary' | 'loading'> = useData.getState(),
): string | null {
  if (!data.summary) return data.loading ? `Waiting for ${data.loading.what}.` : 'There is no data yet.';
  return findings(pipeline, data.summary).find((f) => f.level === 'error')?.reason ?? null;
}

/** Why no run can start now: a race has the trainer, or as `whyNotReady`. */
export const whyNotStart = (pipeline: Pipeline): string | null =>
  raceUnderWay() ? 'A race is under way: it ends, or is stopped, first.' : whyNotReady(pipeline);

/** Starts, resumes after a pause, or starts again after an end. */
export async function train(): Promise<void> {
  if (phaseIs('training', 'preparing')) return;
  if (phaseIs('paused')) {
    await guarded(() => client.trainer((api) => api.resume()));
    return;
  }
  await start(null, false);
}

export async function pause(): Promise<void> {
  if (!phaseIs('training')) return;
  await guarded(() => client.trainer((api) => api.pause()));
}

/** Space: whatever the filled button does now. */
export const trainOrPause = (): Promise<void> => (phaseIs('training') ? pause() : train());

/** Trains one step by hand, then rests. Presses that come while one is under way wait for it: each is one step. */
export function step(): Promise<void> {
  stepping = stepping.then(oneStep);
  return stepping;
}

async function oneStep(): Promise<void> {
  if (phaseIs('idle') && !(await start(null, true))) return;
  if (!phaseIs('paused', 'training')) return;
  const taken = await guarded(() => client.trainer((api) => api.step(1)));
  if (taken) useHandStep.setState({ pulse: taken.step });
}

/** Back to step 0. The curves stay as the ghost. */
export async function reset(): Promise<void> {
  cancelRestart();
  keepGhost();
  toIdle();
  await guarded(() => client.trainer((api) => api.stop()));
}

/** Goes on from the last snapshot: after a divergence paused, so that the cause can be changed first. */
export async function resumeFromSnapshot(): Promise<void> {
  const snapshot = client.snapshot();
  await start(snapshot, phaseIs('failed'));
}

/** Takes up a run of an earlier visit; its curves are in the history already. */
export const startFrom = (snapshot: Snapshot): Promise<boolean> => start(snapshot, false);

/** The page may be about to go: the run is kept as it is now, not as it was two seconds ago. */
export async function keepSnapshot(): Promise<void> {
  if (!phaseIs('training')) return;
  const snapshot = await client.trainer((api) => api.snapshot()).catch(() => null);
  if (snapshot) recordSnapshot(snapshot);
}

export async function chooseBackend(choice: BackendChoice): Promise<void> {
  if (useRun.getState().choice === choice) return;
  useRun.setState({ choice });
  const snapshot = client.snapshot();
  // The snapshot carries the run to the other backend; without one it begins anew.
  if (phaseIs('training', 'paused')) {
    const paused = phaseIs('paused');
    const now = await guarded(() => client.trainer((api) => api.snapshot()));
    await start(now ?? snapshot, paused);
  }
}

/** Slow motion, or full speed: for the run under way and those to come. */
export async function setSpeed(speed: Speed): Promise<void> {
  if (useRun.getState().speed === speed) return;
  useRun.setState({ speed });
  await guarded(() => client.trainer((api) => api.setSpeed(speed)));
}

/** One speed slower (+1) or faster (−1), where there is one. */
export function changeSpeed(by: 1 | -1): void {
  const at = SPEEDS.indexOf(useRun.getState().speed);
  const speed = SPEEDS[at + by];
  if (speed !== undefined) void setSpeed(speed);
}

async function start(from: Snapshot | null, paused: boolean): Promise<boolean> {
  cancelRestart();
  const { pipeline } = usePipeline.getState();
  const why = whyNotStart(pipeline);
  if (why) {
    tellError(why);
    return false;
  }
  if (from) {
    history.rewind(from.step);
    recordGoesOn(from.step, pipeline);
  } else {
    keepGhost();
    client.forgetSnapshot();
    // A step that was pinned was one of the run before.
    if (useUi.getState().minus?.kind === 'step') useUi.setState({ minus: null });
    beginRecord(pipeline);
  }
  running = pipeline;
  const runId = `run-${++runs}-${Date.now().toString(36)}`;
  client.expectRun(runId);
  client.setPatience(PATIENCE_PREPARING);
  useRun.setState({ phase: 'preparing', failure: null, snapshotStep: from?.step ?? null });
  const request = {
    runId,
    pipeline,
    backend: useRun.getState().choice,
    paused,
    ...(from && { from: { ...from, edits: liveOf(pipeline) } }),
  };
  try {
    await client.trainer((api) => api.watch(watchedOf(pipeline)));
    // A trainer that was brought back to life knows nothing of it.
    await client.trainer((api) => api.setSpeed(useRun.getState().speed));
    await client.trainer((api) => api.start(request));
    // The answer and the event travel on two channels: whichever comes first says that the run stands.
    if (phaseIs('preparing')) useRun.setState({ phase: paused ? 'paused' : 'training' });
    recordPlaces(await client.trainer((api) => api.places()));
    if (useCuts.getState().cuts.length > 0) tellCuts();
    return true;
  } catch (cause) {
    if (cause instanceof WorkerDied) return false;
    useRun.setState({ phase: 'failed', failure: { message: messageOf(cause) } });
    return false;
  }
}

/** Probes of a pipeline, and the instruments whose panels are open; a cohort that is chosen is read although its choice is closed. */
function watchedOf(p: Pipeline): string[] {
  const rare: Instrument[] = isPlain(useUi.getState().cohort, p.tasks) ? [] : ['cohorts'];
  return [...new Set([...probesOf(p), ...looking.keys(), ...rare])];
}

/** Tells the trainer which wires are cut; it begins each run with none. */
function tellCuts(): void {
  const { cuts } = useCuts.getState();
  if (running && phaseIs('training', 'paused', 'finished'))
    void guarded(() => client.trainer((api) => api.cut(cuts)));
}

/**
 * A panel of an instrument is open: it is read now, and with each evaluation until the panel closes.
 * Called again, e.g. at a pause, it reads what is shown anew where the run has gone on.
 * @returns the end of looking
 */
export function look(instrument: Instrument | typeof HAND_STEP): () => void {
  looking.set(instrument, (looking.get(instrument) ?? 0) + 1);
  tellWatched();
  return () => {
    const left = (looking.get(instrument) ?? 1) - 1;
    if (left > 0) looking.set(instrument, left);
    else looking.delete(instrument);
    tellWatched();
  };
}

function tellWatched(): void {
  if (running && phaseIs('training', 'paused', 'finished', 'failed')) {
    const watched = watchedOf(running);
    void guarded(() => client.trainer((api) => api.watch(watched)));
  }
}

/** Runs a command; a dead worker is told elsewhere, any other refusal is told here. */
async function guarded<T>(command: () => Promise<T>): Promise<T | undefined> {
  try {
    return await command();
  } catch (cause) {
    if (!(cause instanceof WorkerDied)) tellError(messageOf(cause));
    return undefined;
  }
}

export const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

function receive(event: TrainerEvent): void {
  const repeated = event.kind === 'evaluation' && isRepeated(event.evaluation.step);
  hearEvent(event);
  switch (event.kind) {
    case 'state':
      // Whoever stopped the run has already said what comes next.
      if (event.state === 'stopped') return;
      client.setPatience(event.state === 'preparing' ? PATIENCE_PREPARING : PATIENCE);
      if (event.state !== 'training') history.rest();
      if (!useRecorded.getState().shown) history.setStep(event.step);
      useRun.setState({ phase: event.state });
      if (event.state === 'finished') keepRun('finished');
      return;
    case 'backend':
      // Times are those of a backend.
      useRun.setState({ backend: event.backend, times: null, norms: null });
      return;
    case 'frame':
      endRecording();
      history.addFrame(event.steps, event.columns, event.samplesPerSecond, event.balance);
      return;
    case 'evaluation':
      endRecording();
      if (!repeated) history.addEvaluation(event.evaluation);
      return;
    case 'probe':
      history.addProbe(event.probe);
      return;
    case 'gradients':
      history.addGradients(event.gradients);
      return;
    case 'calibration':
      history.addCalibration(event.calibration);
      return;
    case 'cuts':
      history.addCuts(event.cuts);
      return;
    case 'times':
      useRun.setState({ times: event.times });
      return;
    case 'norms':
      useRun.setState({ norms: event.norms });
      return;
    case 'step':
      useHandStep.setState({ reading: event.reading });
      return;
    case 'snapshot':
      useRun.setState({ snapshotStep: event.snapshot.step });
      return;
    case 'notice':
      say(event.message);
      return;
    case 'failed': {
      const { message, block, parameter, step: at } = event;
      keepRun(at === undefined ? 'failed' : 'diverged', message);
      useRun.setState({
        phase: 'failed',
        failure: {
          message,
          ...(block === undefined ? {} : { block }),
          ...(parameter === undefined ? {} : { parameter }),
          ...(at === undefined ? {} : { step: at }),
        },
      });
    }
  }
}

function died(which: 'trainer' | 'data', reason: string): void {
  const now = Date.now();
  deaths = [...deaths.filter((t) => now - t < DEATH_WINDOW), now];
  const hopeless = deaths.length > MAX_DEATHS;
  if (which === 'data') {
    tellError(
      `The worker that reads data stopped (${reason}). The data already loaded stays in use; open it again to change it.`,
    );
    return;
  }
  history.rest();
  if (phaseIs('training', 'preparing', 'paused') || hopeless) {
    useRun.setState({ phase: 'dead', snapshotStep: client.snapshot()?.step ?? null });
  }
  if (hopeless) {
    tellError(`The trainer stopped ${deaths.length} times within a minute (${reason}): reload the page.`);
    return;
  }
  // A fresh trainer gets the data at once, so that Resume has nothing to wait for.
  if (useData.getState().summary) void guarded(() => client.handOver());
}

function pipelineChanged(next: Pipeline, before: Pipeline): void {
  remember('pipeline', next);
  if (structureOf(next) === structureOf(before)) {
    if (
      running &&
      JSON.stringify(liveOf(next)) !== JSON.stringify(liveOf(before)) &&
      phaseIs('training', 'paused')
    ) {
      running = next;
      recordEdit(history.step, next);
      void guarded(() => client.trainer((api) => api.edit(liveOf(next))));
    }
    return;
  }
  void describe();
  // Wires belong to a structure: what lay between those blocks may not be there any more.
  mendAll();
  const again = phaseIs('training', 'preparing') || restart !== null;
  if (phaseIs('idle') && !again) return;
  void reset().then(() => {
    if (!again || restart !== null) return;
    restart = setTimeout(() => {
      restart = null;
      if (whyNotReady(usePipeline.getState().pipeline) === null) void start(null, false);
    }, SETTLE);
  });
  useRun.setState({
    note: again ? 'Structure changed: the run starts again.' : 'Structure changed: back to step 0.',
  });
}

/** Asks the trainer for shapes and parameter counts of the pipeline as it is now. */
export async function describe(): Promise<void> {
  const mine = ++described;
  const { pipeline } = usePipeline.getState();
  useRun.setState({ costs: null });
  if (!useData.getState().summary || whyNotReady(pipeline)) {
    useRun.setState({ description: null });
    return;
  }
  try {
    const description = await client.trainer((api) => api.describe(pipeline));
    if (mine !== described) return;
    useRun.setState({ description });
    const costs = await client.trainer((api) => api.cost(pipeline));
    if (mine === described) useRun.setState({ costs });
  } catch (cause) {
    if (mine !== described) return;
    useRun.setState({ description: null });
    if (!(cause instanceof WorkerDied)) tellError(messageOf(cause));
  }
}

/** Ends a run whose data is about to be replaced; its curves would not compare, so no ghost stays. */
export async function endForNewData(): Promise<void> {
  cancelRestart();
  keepRun('stopped');
  running = null;
  // A recording of this very data stays; another one leaves by itself when the data is there.
  if (!useRecorded.getState().shown) history.clear();
  history.forgetGhost();
  toIdle();
  await guarded(() => client.trainer((api) => api.stop()));
}

/** Hands the run that ended to the list. */
function keepRun(state: 'finished' | 'stopped' | 'diverged' | 'failed', message: string | null = null): void {
  if (running) keepRecord(state, message, history.frames, client.snapshot(), pipelineName(running));
}

function keepGhost(): void {
  // A recorded run stays until the first live number, and is nobody's run before.
  if (useRecorded.getState().shown) return;
  keepRun('stopped');
  if (running) history.begin(pipelineName(running), recordId());
  else history.clear();
  running = null;
  // Another run has steps of its own.
  useUi.setState({ scrub: null });
}

function toIdle(): void {
  useHandStep.setState({ reading: null, pulse: 0 });
  client.expectRun('');
  client.forgetSnapshot();
  useRun.setState({ phase: 'idle', failure: null, snapshotStep: null, note: null, times: null, norms: null });
}

function cancelRestart(): void {
  if (restart !== null) clearTimeout(restart);
  restart = null;
}
