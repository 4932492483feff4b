/** The first picture: a recorded run plays in the panels, marked as what it is, until the first number of a live run. */
import { create } from 'zustand';
import { eventSchema } from '../../workers/client';
import { parsePipeline } from '../pipeline/parse';
import { recordingSchema } from '../pipeline/recording';
import type { Evaluation, ProbeReading } from '../pipeline/run';
import type { Pipeline } from '../pipeline/schema';
import { history } from './history';
import { useData, usePipeline, useRun, useUi } from './stores';

/** Milliseconds that the whole run takes to play, and between two pieces of it. */
const LENGTH = 12_000;
const TICK = 200;

export interface Recording {
  /** Day, e.g. "2026-11-22". */
  readonly made: string;
  readonly backend: string;
  readonly pipeline: Pipeline;
  readonly request: unknown;
  readonly fingerprint: string;
  /** Expected AUC of the truth by output space. */
  readonly oracle: Readonly<Record<string, number>>;
  readonly columns: number;
  readonly steps: Float64Array;
  readonly evaluations: readonly Evaluation[];
  readonly probes: readonly ProbeReading[];
}

/** The recording that the panels show, or null. */
export const useRecorded = create<{ readonly shown: Recording | null }>(() => ({ shown: null }));

let timer: ReturnType<typeof setInterval> | null = null;
let unsubscribe: (() => void)[] = [];

/** Reads a recording. @returns null for what is none, or does not hold together: then there is no first picture, no more */
export function readRecording(value: unknown): Recording | null {
  const head = recordingSchema.safeParse(value);
  if (!head.success) return null;
  const { steps, columns, evaluations, probes, ...rest } = head.data;
  const pipeline = parsePipeline(rest.pipeline);
  if (!pipeline.ok || steps.length % columns !== 0) return null;
  const stamp = { runId: 'recorded', seq: 0 };
  const said = [
    ...evaluations.map((evaluation) => ({ ...stamp, kind: 'evaluation', evaluation })),
    ...probes.map((probe) => ({ ...stamp, kind: 'probe', probe: withVectors(probe) })),
  ].map((event) => eventSchema.safeParse(event));
  if (!said.every((s) => s.success)) return null;
  const events = said.map((s) => s.data);
  return {
    ...rest,
    columns,
    pipeline: pipeline.pipeline,
    steps: Float64Array.from(steps),
    evaluations: events.flatMap((e) => (e?.kind === 'evaluation' ? [e.evaluation as Evaluation] : [])),
    probes: events.flatMap((e) => (e?.kind === 'probe' ? [e.probe] : [])),
  };
}

/** JSON has no typed arrays. What is no list stays, and is refused by the schema. */
function withVectors(probe: unknown): unknown {
  const { cohorts, ...rest } = Object(probe) as { cohorts?: unknown };
  if (!Array.isArray(cohorts)) return probe;
  return {
    ...rest,
    cohorts: cohorts.map((c) => ({
      ...Object(c),
      mean: Array.isArray(c?.mean) ? Float32Array.from(c.mean) : c?.mean,
    })),
  };
}

/** Whether what is on the page is what was recorded: another pipeline's curves would mislead. */
function fits(recording: Recording): boolean {
  const { pipeline } = usePipeline.getState();
  const { request, made, summary, opened } = useData.getState();
  // Until data is there, the world that is asked for counts.
  const world = summary ? made : request;
  return (
    opened === null &&
    same(pipeline, recording.pipeline) &&
    same(world, recording.request) &&
    (summary === null || summary.fingerprint === recording.fingerprint)
  );
}

const same = (a: unknown, b: unknown) => canonical(a) === canonical(b);

/** JSON whose keys stand in order. */
const canonical = (value: unknown) =>
  JSON.stringify(value, (_, v) =>
    v && typeof v === 'object' && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  );

/**
 * Plays a recording where nothing has been trained yet and the page holds its pipeline and world.
 * @param atOnce shows its end instead, for who wants no motion
 */
export function playRecording(recording: Recording, atOnce = false): void {
  if (useRun.getState().phase !== 'idle' || history.step > 0 || !fits(recording)) return;
  useRecorded.setState({ shown: recording });
  const leave = () => {
    if (!fits(recording)) endRecording();
  };
  unsubscribe = [usePipeline.subscribe(leave), useData.subscribe(leave)];
  const { columns, steps } = recording;
  const rows = steps.length / columns;
  let at = 0;
  const play = (to: number) => {
    history.addFrame(steps.subarray(at * columns, to * columns), columns, 0);
    at = to;
    const now = steps[(to - 1) * columns] ?? 0;
    for (const e of recording.evaluations) {
      if (e.step <= now && e.step > (history.last?.step ?? -1)) history.addEvaluation(e);
    }
    const known = history.readings.frames.at(-1)?.step ?? -1;
    for (const p of recording.probes) if (p.step <= now && p.step > known) history.addProbe(p);
  };
  if (atOnce) {
    play(rows);
    return;
  }
  const piece = Math.max(1, Math.ceil((rows * TICK) / LENGTH));
  play(Math.min(rows, piece));
  timer = setInterval(() => {
    play(Math.min(rows, at + piece));
    if (at >= rows) stopTimer();
  }, TICK);
}

/** Fetches the lab's own recording and plays it. Without it the page starts with empty panels. */
export async function openWithRecording(): Promise<void> {
  try {
    const answer = await fetch('./recorded.json');
    const recording = answer.ok ? readRecording(await answer.json()) : null;
    if (recording) playRecording(recording, matchMedia('(prefers-reduced-motion: reduce)').matches);
  } catch {
    // No picture is no fault: the panels say how to get one.
  }
}

/** Takes the recording away: what follows is live. Nothing happens where none is shown. */
export function endRecording(): void {
  if (!useRecorded.getState().shown) return;
  stopTimer();
  for (const stop of unsubscribe) stop();
  unsubscribe = [];
  useRecorded.setState({ shown: null });
  history.clear();
  useUi.setState({ scrub: null });
}

function stopTimer(): void {
  if (timer !== null) clearInterval(timer);
  timer = null;
}
