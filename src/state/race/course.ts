/** A race under way: pause, step, resume, stop; what its entrants tell; and the runs that it leaves in the list. */
import { WorkerDied } from '../../../workers/client';
import type { TrainerEvent } from '../../../workers/protocol';
import type { Snapshot } from '../../pipeline/run';
import type { RaceOfRun, RunContent } from '../../pipeline/runFile';
import type { RacePairs } from '../../study/race';
import { tellError } from '../notices';
import { type Identity, keepRun } from '../runs/actions';
import type { RunRecord } from '../runs/record';
import { messageOf, PATIENCE_PREPARING, theClient } from '../session';
import { useData, useRun } from '../stores';
import {
  forgetRace,
  keepRace,
  noteRace,
  noteRacer,
  offerRace,
  type RaceHead,
  racerTold,
  raceWritten,
} from './checkpoint';
import { type Racer, raceUnderWay, useRace } from './store';

/** Milliseconds between two redraws of the curves. */
const REDRAW = 200;
/** As the session has it, while a run is under way. */
const PATIENCE = 4;

/** What is known of a racer beside what the page draws. */
interface Followed {
  readonly record: RunRecord;
  readonly identity: Identity;
  snapshot: Snapshot | null;
  /** Milliseconds a step, by frame. */
  readonly milliseconds: number[];
  kept: { readonly content: RunContent; readonly weights: Uint8Array | null } | null;
}

/** One at the line: at step 0, or where a break left it. */
export interface Prepared extends Pick<Racer, 'name' | 'pipeline' | 'history'> {
  readonly identity: Identity;
  readonly record: RunRecord;
  /** It goes on from here. */
  readonly from: Snapshot | null;
  /** It came to grief before the break. */
  readonly out: { readonly state: 'diverged' | 'failed'; readonly message: string | null } | null;
}

let followed: Followed[] = [];
/** What the race runs on, for its checkpoint. */
let ground: Pick<RaceHead, 'data' | 'checks'> | null = null;
let unfollow: (() => void)[] = [];
let timer: ReturnType<typeof setTimeout> | null = null;
let starts = 0;

/** Milliseconds a step of a racer, frame by frame. */
export const stepTimes = (racer: number): readonly number[] => followed[racer]?.milliseconds ?? [];

const change = (i: number, to: Partial<Racer>) =>
  useRace.setState({ racers: useRace.getState().racers.map((r, at) => (at === i ? { ...r, ...to } : r)) });

/** Curves have grown. */
function moved(): void {
  if (timer !== null) return;
  timer = setTimeout(() => {
    timer = null;
    useRace.setState({ tick: useRace.getState().tick + 1 });
  }, REDRAW);
}

/** Brings all to the line and lets them run; the page's own run has ended. */
export async function race(
  { id, fingerprint, ...on }: Pick<RaceHead, 'id' | 'fingerprint' | 'data' | 'checks'>,
  prepared: readonly Prepared[],
): Promise<void> {
  const client = theClient();
  ground = on;
  followed = prepared.map(({ record, identity, from }) => ({
    record,
    identity,
    snapshot: from,
    milliseconds: [],
    kept: null,
  }));
  useRace.setState({
    phase: 'preparing',
    id,
    fingerprint,
    failure: null,
    judged: false,
    read: null,
    racers: prepared.map(({ name, pipeline, history, record, identity: { mark }, out }) => ({
      id: record.id,
      name,
      mark,
      pipeline,
      history,
      state: out?.state ?? 'waiting',
      message: out?.message ?? null,
    })),
  });
  keepRace(headNow());
  const entrants = prepared.map(({ pipeline, from, out }, i) => ({
    runId: `race-${id}-${i}-${++starts}`,
    pipeline,
    ...(from && { from }),
    ...(out && { out: true as const }),
  }));
  unfollow = entrants.map(({ runId }, i) =>
    client.follow(runId, { onEvent: (event) => hear(i, event), onDeath: (reason) => died(i, reason) }),
  );
  unfollow.push(
    useData.subscribe(({ summary: now }) => {
      if (now?.fingerprint !== fingerprint) void stopRace('The data was replaced, which ended it.');
    }),
  );
  client.setPatience(PATIENCE_PREPARING);
  // Two runs of one pipeline are equal to the last bit there, so that what differs is the pipeline.
  const backend = useRun.getState().choice === 'cpu' ? 'cpu' : 'wasm';
  try {
    // A trainer that was brought back to life knows nothing of it.
    await client.trainer((api) => api.setSpeed(useRun.getState().speed));
    await client.trainer((api) => api.raceStart({ entrants, backend }));
    client.setPatience(PATIENCE);
    if (useRace.getState().id !== id || !raceUnderWay()) return;
    useRace.setState({ phase: 'running' });
    for (const [i, one] of followed.entries()) {
      // One that has failed has no places any more, and no weights to keep.
      one.record.places = await client.trainer((api) => api.racePlaces(i)).catch(() => null);
    }
    await endWhenAllHave();
  } catch (cause) {
    if (!(cause instanceof WorkerDied)) await stopRace(messageOf(cause));
  }
}

/** What the race is now, as its checkpoint says it. */
function headNow(): RaceHead {
  const { id, fingerprint, lineUp, change: changed, racers } = useRace.getState();
  return {
    version: 1,
    id,
    fingerprint,
    ...ground!,
    lineUp,
    change: changed,
    racers: racers.map(({ id: run, name, mark, pipeline, state, message }, i) => ({
      id: run,
      name,
      mark,
      pipeline,
      out:
        state === 'failed' || state === 'diverged'
          ? { state, message, evaluations: followed[i]!.record.head().evaluations }
          : null,
    })),
  };
}

export async function pauseRace(): Promise<void> {
  if (useRace.getState().phase !== 'running') return;
  await guarded(() => theClient().trainer((api) => api.racePause()));
  if (useRace.getState().phase === 'running') useRace.setState({ phase: 'paused' });
}

/** One step by hand for each of them, and a rest. */
export async function stepRace(): Promise<void> {
  const { phase } = useRace.getState();
  if (phase !== 'running' && phase !== 'paused') return;
  await guarded(() => theClient().trainer((api) => api.raceStep()));
  if (useRace.getState().phase === 'running') useRace.setState({ phase: 'paused' });
}

export async function resumeRace(): Promise<void> {
  if (useRace.getState().phase !== 'paused') return;
  useRace.setState({ phase: 'running' });
  await guarded(() => theClient().trainer((api) => api.raceResume()));
}

/** Ends the race early; what its entrants have reached is kept, but nothing is compared row by row. */
export async function stopRace(failure: string | null = 'It was stopped before the end.'): Promise<void> {
  if (!raceUnderWay()) return;
  useRace.setState({ phase: 'ended', failure });
  useRace.getState().racers.forEach(({ state }, i) => {
    if (state !== 'waiting' && state !== 'racing') return;
    change(i, { state: 'stopped' });
    keep(i, 'stopped', null);
  });
  leave();
  void forgetRace();
  await guarded(() => theClient().trainer((api) => api.raceStop()));
}

function leave(): void {
  for (const end of unfollow) end();
  unfollow = [];
}

async function guarded(command: () => Promise<unknown>): Promise<void> {
  try {
    await command();
  } catch (cause) {
    if (!(cause instanceof WorkerDied)) tellError(messageOf(cause));
  }
}

function hear(i: number, event: TrainerEvent): void {
  const one = followed[i];
  const racer = useRace.getState().racers[i];
  if (!one || !racer) return;
  // The trainer evaluates where it goes on: a race without a break has no such point.
  const repeated = event.kind === 'evaluation' && one.record.repeats(event.evaluation.step);
  one.record.hear(event);
  switch (event.kind) {
    case 'state':
      if (event.state === 'training') change(i, { state: 'racing' });
      if (event.state === 'finished') {
        change(i, { state: 'finished' });
        keep(i, 'finished', null);
        void endWhenAllHave();
      }
      return;
    case 'frame': {
      racer.history.addFrame(event.steps, event.columns, event.samplesPerSecond);
      const { batch } = racer.pipeline.training;
      if (event.samplesPerSecond > 0) one.milliseconds.push((1000 * batch) / event.samplesPerSecond);
      racerTold(i, one.record);
      moved();
      return;
    }
    case 'evaluation':
      if (!repeated) racer.history.addEvaluation(event.evaluation);
      moved();
      return;
    case 'snapshot':
      one.snapshot = event.snapshot;
      noteRacer(i, one.record, event.snapshot);
      return;
    case 'failed': {
      const state = event.step === undefined ? 'failed' : 'diverged';
      change(i, { state, message: event.message });
      keep(i, state, event.message);
      void noteRace(headNow());
      void endWhenAllHave();
    }
  }
}

function died(i: number, reason: string): void {
  const racer = useRace.getState().racers[i];
  if (racer && (racer.state === 'waiting' || racer.state === 'racing')) {
    const message = `The trainer stopped (${reason}), perhaps for want of memory: try fewer or smaller entrants.`;
    change(i, { state: 'failed', message });
    keep(i, 'failed', message);
  }
  useRace.setState({ phase: 'ended', failure: 'The trainer stopped, and the race with it.' });
  if (i < followed.length - 1) return;
  leave();
  // What was kept of it still stands, and so it can go on.
  void raceWritten().then(offerRace);
}

/** Puts a racer into the list, as one of this race. */
function keep(i: number, state: RunContent['state'], message: string | null): void {
  const one = followed[i]!;
  const { history } = useRace.getState().racers[i]!;
  const made = one.record.content(state, message, history.frames, one.snapshot);
  if (!made) return;
  one.kept = { ...made, content: { ...made.content, race: raceOf(i, []) } };
  void keepRun(one.record.id, one.kept.content, one.kept.weights, one.identity);
}

function raceOf(i: number, pairs: RacePairs): RaceOfRun {
  const against = (pairs[i] ?? []).flatMap((spaces, entrant) =>
    spaces && entrant !== i ? [{ entrant, spaces: [...spaces] }] : [],
  );
  return { id: useRace.getState().id, entrant: i, of: followed.length, against };
}

/** When the last one has come to its end: those that finished are compared row by row, and the memory is given back. */
async function endWhenAllHave(): Promise<void> {
  const { phase, racers, id } = useRace.getState();
  if (phase !== 'running' && phase !== 'paused') return;
  if (racers.some(({ state }) => state === 'waiting' || state === 'racing')) return;
  useRace.setState({ phase: 'ended' });
  leave();
  try {
    const pairs = await theClient().trainer((api) => api.racePairs());
    if (useRace.getState().id !== id) return;
    for (const [i, one] of followed.entries()) {
      if (!one.kept) continue;
      const content = { ...one.kept.content, race: raceOf(i, pairs) };
      await keepRun(one.record.id, content, one.kept.weights, one.identity);
    }
    if (useRace.getState().id === id) useRace.setState({ judged: true });
    void forgetRace();
  } catch (cause) {
    if (!(cause instanceof WorkerDied)) tellError(messageOf(cause));
  }
  // The weights are in the list now, and the curves in their histories.
  for (const one of followed) Object.assign(one, { snapshot: null, kept: null });
  if (useRace.getState().id === id) await guarded(() => theClient().trainer((api) => api.raceStop()));
}
