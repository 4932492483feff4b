/** A race under way, kept so that a reload does not end it: a checkpoint a racer, as a run has one, and what the race is. */
import { z } from 'zod';
import type { Check } from '../../data/checks/check';
import { LEAST_ENTRANTS, MOST_ENTRANTS } from '../../pipeline/entrant';
import { parsePipeline } from '../../pipeline/parse';
import type { Evaluation, Snapshot } from '../../pipeline/run';
import { checkSchema, dataSchema, evaluationSchema } from '../../pipeline/runFile';
import type { Pipeline } from '../../pipeline/schema';
import { say } from '../notices';
import { Checkpoint, type Interrupted, owned, readCheckpointed } from '../runs/checkpoint';
import { deleteRace, readRace, StorageError, writeRaceHead, writeRacer } from '../runs/db';
import type { RunRecord } from '../runs/record';
import { type LineUpEntry, type Racer, raceUnderWay, useRace } from './store';

/** Bytes of snapshots that are kept every other second, of all racers together. */
const LARGEST = 64 * 1024 * 1024;

const pipelineSchema = z.unknown().transform((value, context): Pipeline => {
  const parsed = parsePipeline(value);
  if (parsed.ok) return parsed.pipeline;
  context.addIssue(parsed.message);
  return z.NEVER;
});
const natural = z.int().min(0);
const headSchema = z.strictObject({
  version: z.literal(1),
  id: z.string().min(1).max(100),
  fingerprint: z.string(),
  data: dataSchema,
  checks: z.array(checkSchema),
  lineUp: z
    .array(
      z.strictObject({
        id: z.string().max(100),
        name: z.string().max(100),
        pipeline: pipelineSchema,
        own: z.boolean(),
      }),
    )
    .max(MOST_ENTRANTS),
  change: z.strictObject({ steps: natural.optional(), batch: natural.optional(), seed: natural.optional() }),
  racers: z
    .array(
      z.strictObject({
        /** Of its entry in the list of runs. */
        id: z.string().min(1).max(100),
        name: z.string().min(1).max(100),
        mark: natural.max(10_000),
        pipeline: pipelineSchema,
        out: z
          .strictObject({
            state: z.enum(['diverged', 'failed']),
            message: z.string().nullable(),
            evaluations: z.array(evaluationSchema),
          })
          .nullable(),
      }),
    )
    .min(LEAST_ENTRANTS)
    .max(MOST_ENTRANTS),
});

/** What a race is, beside what its racers told. */
export type RaceHead = Omit<z.infer<typeof headSchema>, 'checks' | 'lineUp' | 'racers'> & {
  readonly checks: readonly Check[];
  readonly lineUp: readonly LineUpEntry[];
  readonly racers: readonly (Pick<Racer, 'id' | 'name' | 'mark' | 'pipeline'> & {
    /** How it came to grief, with what it had told. */
    readonly out: {
      readonly state: 'diverged' | 'failed';
      readonly message: string | null;
      readonly evaluations: readonly Evaluation[];
    } | null;
  })[];
};

/** A race that was cut off. */
export interface InterruptedRace {
  readonly head: RaceHead;
  /** By place; null for one that begins anew: it had no snapshot yet, or none that can be read. */
  readonly racers: readonly (Interrupted | null)[];
}

let checkpoints: readonly Checkpoint[] = [];
let queue: Promise<void> = Promise.resolve();
let interrupted: InterruptedRace | null = null;

/** Begins to keep a race; an earlier one is forgotten. */
export function keepRace(head: RaceHead): void {
  let refused = false;
  const refuse = (why: string) => {
    if (!refused) say(`A reload will end this race: ${why}`);
    refused = true;
  };
  withdrawOffer();
  const ready = noteRace(head, true, refuse);
  checkpoints = head.racers.map((_, place) => {
    const write = async (racer: unknown, frames: Float64Array, anew: boolean) => {
      await ready;
      await writeRacer(place, racer, frames, anew);
    };
    // The race is forgotten as a whole.
    const clear = async () => undefined;
    return new Checkpoint({ write, clear }, refuse, LARGEST / head.racers.length);
  });
}

/** What the race is has changed: one of its racers failed. */
export function noteRace(
  head: RaceHead,
  anew = false,
  refuse: (why: string) => void = () => undefined,
): Promise<void> {
  queue = queue.then(async () => {
    if (!(await owned())) return;
    await writeRaceHead(head, anew).catch((cause) => {
      if (!(cause instanceof StorageError)) throw cause;
      refuse(cause.message);
    });
  });
  return queue;
}

/** A racer has told where it stands. */
export function noteRacer(place: number, record: RunRecord, snapshot: Snapshot): void {
  checkpoints[place]?.note(record, snapshot);
}

/** A racer has told steps. */
export function racerTold(place: number, record: RunRecord): void {
  checkpoints[place]?.writeWhenTold(record);
}

/** Nothing is left to go on with; what is being written comes first. */
export function forgetRace(): Promise<void> {
  const before = checkpoints;
  checkpoints = [];
  withdrawOffer();
  queue = queue.then(async () => {
    await Promise.all(before.map((c) => c.clear()));
    if (await owned()) await deleteRace().catch(() => undefined);
  });
  return queue;
}

/** Resolves when nothing is being written. */
export async function raceWritten(): Promise<void> {
  await queue;
  await Promise.all(checkpoints.map((c) => c.written));
}

/** The race that is offered. */
export const interruptedRace = (): InterruptedRace | null => interrupted;

export function withdrawOffer(): void {
  interrupted = null;
  useRace.setState({ resumable: null });
}

/** Looks for a race that was cut off, and offers it. Nothing is offered where another one has begun meanwhile. */
export async function offerRace(): Promise<void> {
  const found = await readInterruptedRace();
  if (!found || raceUnderWay()) return;
  interrupted = found;
  const { racers } = found.head;
  const at = racers.flatMap(({ out }, i) => (out ? [] : [found.racers[i]?.snapshot.step ?? 0]));
  useRace.setState({
    resumable: {
      names: racers.map((r) => r.name),
      step: Math.min(...at),
      steps: racers[0]!.pipeline.training.steps,
    },
  });
}

/** The race that an earlier visit was cut off from. A broken one is dropped, with one sentence. */
async function readInterruptedRace(): Promise<InterruptedRace | null> {
  let found: Awaited<ReturnType<typeof readRace>>;
  try {
    found = await readRace();
  } catch {
    // Storage that cannot be read is told of by the list of runs.
    return null;
  }
  if (found.head === undefined || !(await owned())) return null;
  const head = headSchema.safeParse(found.head);
  if (!head.success || head.data.racers.every((r) => r.out)) {
    say('The race of your last visit was kept only in part and cannot go on; all else is as it was.');
    await forgetRace();
    return null;
  }
  const racers = head.data.racers.map((_, place) => {
    const stored = found.racers.get(place);
    const read = stored ? readCheckpointed(stored.head, stored.frames) : null;
    return read?.snapshot.fingerprint === head.data.fingerprint ? read : null;
  });
  return { head: head.data, racers };
}
