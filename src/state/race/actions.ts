/** A race under way: start, pause, resume, stop; what its entrants tell; and the runs that it leaves in the list. */
import { WorkerDied } from '../../../workers/client';
import type { TrainerEvent } from '../../../workers/protocol';
import type { Snapshot } from '../../pipeline/run';
import type { RaceOfRun, RunContent } from '../../pipeline/runFile';
import type { RacePairs } from '../../study/race';
import { History } from '../history';
import { tellError } from '../notices';
import { type Identity, identify, keepRun } from '../runs/actions';
import { dataOf, RunRecord } from '../runs/record';
import { messageOf, PATIENCE_PREPARING, reset, theClient } from '../session';
import { useData, useRun } from '../stores';
import { changeRace, starters, whyNotRace } from './lineUp';
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

let followed: Followed[] = [];
let unfollow: (() => void)[] = [];
let timer: ReturnType<typeof setTimeout> | null = null;

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

/** Starts the race of the line-up. The run on the page ends and is kept. @returns why not, or null */
export async function startRace(): Promise<string | null> {
  const { confirmed } = useRace.getState();
  const who = starters();
  const { summary, made, opened } = useData.getState();
  const data = dataOf({ summary, made, opened });
  const why = raceUnderWay() ? 'A race is under way.' : whyNotRace(who, confirmed);
  if (why || !data || !summary) return why ?? 'There is no data yet.';
  const client = theClient();
  const id = crypto.randomUUID();
  const identities: Identity[] = [];
  for (const { pipeline, name } of who) identities.push(identify(pipeline, name, identities));
  await reset();
  followed = who.map(({ pipeline }, i) => ({
    record: RunRecord.begin(pipeline, data, summary.checks),
    identity: identities[i]!,
    snapshot: null,
    milliseconds: [],
    kept: null,
  }));
  useRace.setState({
    phase: 'preparing',
    id,
    fingerprint: summary.fingerprint,
    failure: null,
    judged: false,
    racers: who.map(({ pipeline, name }, i) => ({
      id: followed[i]!.record.id,
      name,
      mark: identities[i]!.mark,
      pipeline,
      state: 'waiting',
      message: null,
      history: new History(),
    })),
  });
  const runIds = who.map((_, i) => `race-${id}-${i}`);
  unfollow = runIds.map((runId, i) =>
    client.follow(runId, { onEvent: (event) => hear(i, event), onDeath: (reason) => died(i, reason) }),
  );
  unfollow.push(
    useData.subscribe(({ summary: now }) => {
      if (now?.fingerprint !== summary.fingerprint) void stopRace('The data was replaced, which ended it.');
    }),
  );
  client.setPatience(PATIENCE_PREPARING);
  // Two runs of one pipeline are equal to the last bit there, so that what differs is the pipeline.
  const backend = useRun.getState().choice === 'cpu' ? 'cpu' : 'wasm';
  try {
    const pipelines = who.map((s) => s.pipeline);
    await client.trainer((api) => api.raceStart({ runIds, pipelines, backend }));
    client.setPatience(PATIENCE);
    if (useRace.getState().id !== id || !raceUnderWay()) return null;
    useRace.setState({ phase: 'running' });
    for (const [i, one] of followed.entries()) {
      // One that has failed has no places any more, and no weights to keep.
      one.record.places = await client.trainer((api) => api.racePlaces(i)).catch(() => null);
    }
    await endWhenAllHave();
  } catch (cause) {
    if (!(cause instanceof WorkerDied)) await stopRace(messageOf(cause));
  }
  return null;
}

export async function pauseRace(): Promise<void> {
  if (useRace.getState().phase !== 'running') return;
  await guarded(() => theClient().trainer((api) => api.racePause()));
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
  await guarded(() => theClient().trainer((api) => api.raceStop()));
}

/** Back to the line-up, as it was or with another seed. */
export function newRace(seed?: number): void {
  if (raceUnderWay()) return;
  useRace.setState({ phase: 'setup', racers: [], failure: null });
  if (seed !== undefined) changeRace({ seed });
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
      moved();
      return;
    }
    case 'evaluation':
      racer.history.addEvaluation(event.evaluation);
      moved();
      return;
    case 'snapshot':
      one.snapshot = event.snapshot;
      return;
    case 'failed': {
      const state = event.step === undefined ? 'failed' : 'diverged';
      change(i, { state, message: event.message });
      keep(i, state, event.message);
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
  if (i === followed.length - 1) leave();
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
  } catch (cause) {
    if (!(cause instanceof WorkerDied)) tellError(messageOf(cause));
  }
  // The weights are in the list now, and the curves in their histories.
  for (const one of followed) Object.assign(one, { snapshot: null, kept: null });
  if (useRace.getState().id === id) await guarded(() => theClient().trainer((api) => api.raceStop()));
}
