/** Everything a user can do to a race as a whole: start it, go on with one that a reload cut off, let that go, race again. */
import { History } from '../history';
import { endRecording } from '../recorded';
import { openRace } from '../route';
import { identify, keepRun } from '../runs/actions';
import type { Interrupted } from '../runs/checkpoint';
import { dataOf, RunRecord } from '../runs/record';
import { haveData, rowsOf } from '../runs/resume';
import { reset } from '../session';
import { useData } from '../stores';
import { forgetRace, interruptedRace, type RaceHead } from './checkpoint';
import { type Prepared, pauseRace, race, resumeRace, stopRace } from './course';
import { changeRace, starters, whyNotRace } from './lineUp';
import { raceUnderWay, useRace } from './store';

/** Starts the race of the line-up. The run on the page ends and is kept. @returns why not, or null */
export async function startRace(): Promise<string | null> {
  const { confirmed } = useRace.getState();
  const who = starters();
  const { summary, made, opened } = useData.getState();
  const data = dataOf({ summary, made, opened });
  const why = raceUnderWay() ? 'A race is under way.' : whyNotRace(who, confirmed);
  if (why || !data || !summary) return why ?? 'There is no data yet.';
  await discardRace();
  const { checks, fingerprint } = summary;
  const racers: Prepared[] = [];
  for (const { pipeline, name } of who) {
    const identity = identify(
      pipeline,
      name,
      racers.map((r) => r.identity),
    );
    const record = RunRecord.begin(pipeline, data, checks);
    racers.push({ name, pipeline, identity, record, history: new History(), from: null, out: null });
  }
  await reset();
  await race({ id: crypto.randomUUID(), fingerprint, data, checks }, racers);
  return null;
}

/** Goes on with the race that is offered, each from its snapshot. @returns false where it cannot */
export async function takeUpRace(): Promise<boolean> {
  const found = interruptedRace();
  if (!found || raceUnderWay()) return false;
  const { head, racers } = found;
  if (!(await haveData(head.data, head.fingerprint, 'race')) || interruptedRace() !== found) return false;
  endRecording();
  await reset();
  openRace();
  const { lineUp, change } = head;
  useRace.setState({ lineUp, change: present(change), confirmed: true });
  await race(
    head,
    head.racers.map((racer, i) => prepared(racer, racers[i]!, head)),
  );
  return true;
}

/** What a schema calls optional is absent, and never undefined. */
const present = <T extends object>(value: T) =>
  Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

/** A racer as the break left it; without a snapshot, at the start. */
function prepared(
  { id, name, mark, pipeline, out }: RaceHead['racers'][number],
  found: Interrupted | null,
  { data, checks }: RaceHead,
): Prepared {
  const history = new History();
  const fresh = RunRecord.begin(pipeline, data, checks, id);
  const common = { name, pipeline, identity: { name, mark }, history };
  if (out) {
    const record = new RunRecord({ ...fresh.head(), evaluations: out.evaluations });
    for (const evaluation of out.evaluations) history.addEvaluation(evaluation);
    return { ...common, record, from: null, out };
  }
  if (!found) return { ...common, record: fresh, from: null, out: null };
  const { head, frames, columns, snapshot } = found;
  const record = new RunRecord(head);
  record.restore(frames, columns);
  // One that had finished only stands there again, to be compared.
  if (snapshot.step < pipeline.training.steps) record.goOn(snapshot.step, pipeline);
  history.restore(frames, columns, head.evaluations);
  return { ...common, record, from: snapshot, out: null };
}

/** Lets the race that is offered go: what its racers learned is lost, what they told goes into the list. */
export async function discardRace(): Promise<void> {
  const found = interruptedRace();
  if (!found) return;
  const { head, racers } = found;
  await forgetRace();
  for (const [entrant, racer] of head.racers.entries()) {
    const told = racers[entrant];
    // One that failed is in the list since it did.
    if (!told || racer.out) continue;
    const made = new RunRecord(told.head).content('stopped', null, rowsOf(told), null);
    const of = { id: head.id, entrant, of: racers.length, against: [] };
    const { name, mark } = racer;
    if (made) await keepRun(racer.id, { ...made.content, race: of }, null, { name, mark });
  }
}

/** Back to the line-up, as it was or with another seed. */
export function newRace(seed?: number): void {
  if (raceUnderWay()) return;
  useRace.setState({ phase: 'setup', racers: [], failure: null, read: null });
  if (seed !== undefined) changeRace({ seed });
}

/** Space: whatever the filled button does now. */
export async function raceOrPause(): Promise<void> {
  const { phase } = useRace.getState();
  if (phase === 'running') await pauseRace();
  else if (phase === 'paused') await resumeRace();
  else if (phase === 'setup') await startRace();
}

/** R: back to the line-up; what was reached stays in the list of runs. */
export async function resetRace(): Promise<void> {
  await stopRace();
  newRace();
}
