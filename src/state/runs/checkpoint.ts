/** The run in progress, kept so that a reload does not end it: written beside the training, read at the start of a visit. */
import { z } from 'zod';
import { parsePipeline } from '../../pipeline/parse';
import type { LiveEdit, Snapshot } from '../../pipeline/run';
import { checkSchema, dataSchema, evaluationSchema } from '../../pipeline/runFile';
import { say } from '../notices';
import { deleteCheckpoint, readCheckpoint, StorageError, writeCheckpoint } from './db';
import type { RecordHead, RunRecord } from './record';

/** A model whose snapshot is larger is not written every two seconds. */
const LARGEST = 64 * 1024 * 1024;
/** Milliseconds to wait for the page before a reload to let go. */
const PATIENCE = 3000;
const LOCK = 'seesaw-checkpoint';

const natural = z.number().int().min(0);
// By name: what storage hands out may be of another realm than this page's own.
const isA = (name: string, value: unknown) => Object.prototype.toString.call(value) === `[object ${name}]`;
const vector = z.custom<Float32Array>((value) => isA('Float32Array', value), 'no numbers');
const isFrames = (value: unknown): value is Float64Array => isA('Float64Array', value);
const headSchema = z.strictObject({
  version: z.literal(1),
  record: z.strictObject({
    id: z.string().min(1).max(100),
    pipeline: z.unknown(),
    data: dataSchema,
    checks: z.array(checkSchema),
    started: z.iso.datetime(),
    resumedAt: z.array(natural),
    editedAt: z.array(natural),
    backend: z
      .strictObject({ name: z.enum(['webgpu', 'wasm', 'cpu']), label: z.string(), reason: z.string() })
      .nullable(),
    evaluations: z.array(evaluationSchema),
  }),
  columns: z.int().min(4).max(100),
  snapshot: z.strictObject({
    fingerprint: z.string(),
    step: natural,
    parameters: vector,
    moment1: vector,
    moment2: vector,
    buffers: vector,
    balancer: vector,
    edits: z.strictObject({
      learningRate: z.number().optional(),
      lossWeights: z.array(z.number()).optional(),
      labelNoise: z.number().optional(),
    }),
  }),
});

/** A run that was cut off. */
export interface Interrupted {
  readonly head: RecordHead;
  readonly snapshot: Snapshot;
  readonly columns: number;
  /** Row-major, up to the snapshot's step and perhaps beyond. */
  readonly frames: Float64Array;
}

let mine: Promise<boolean> | null = null;

/** Whether this tab may keep and take up the run: of two tabs only one, for a run cannot go on in both. */
function owned(): Promise<boolean> {
  mine ??= new Promise<boolean>((resolve) => {
    const locks = (globalThis.navigator as Navigator | undefined)?.locks;
    if (!locks) {
      resolve(true);
      return;
    }
    locks
      // Held until the tab closes; the tab before a reload needs a moment to let go.
      .request(LOCK, { signal: AbortSignal.timeout(PATIENCE) }, () => {
        resolve(true);
        return new Promise(() => undefined);
      })
      .catch(() => {
        mine = null;
        resolve(false);
      });
  });
  return mine;
}

let queue: Promise<void> = Promise.resolve();
/** The newest snapshot that is not written yet, with the run it belongs to. */
let pending: { readonly record: RunRecord; readonly snapshot: Snapshot } | null = null;
/** Run whose steps lie in storage. */
let writtenOf: string | null = null;
let writing = false;
let refused = false;

const sizeOf = ({ parameters, moment1, moment2, buffers }: Snapshot) =>
  parameters.byteLength + moment1.byteLength + moment2.byteLength + buffers.byteLength;

/** Keeps a snapshot as soon as the steps before it have been told; of several that wait only the newest counts. */
export function noteSnapshot(record: RunRecord, snapshot: Snapshot): void {
  if (refused || sizeOf(snapshot) > LARGEST) return;
  pending = { record, snapshot };
  writeWhenTold(record);
}

/** Writes what waits, where the frames have caught up with it: a frame comes up to a tenth of a second after its steps. */
export function writeWhenTold(record: RunRecord): void {
  if (!pending || pending.record !== record || writing || record.toldStep < pending.snapshot.step) return;
  const { snapshot } = pending;
  pending = null;
  writing = true;
  queue = queue
    .then(() => write(record, snapshot))
    .finally(() => {
      writing = false;
      if (pending) writeWhenTold(pending.record);
    });
}

async function write(record: RunRecord, snapshot: Snapshot): Promise<void> {
  if (!(await owned()) || record.closed) return;
  const frames = record.takeUnsaved();
  const { pipeline: _, ...rest } = snapshot;
  const anew = writtenOf !== record.id;
  try {
    await writeCheckpoint(
      { version: 1, record: record.head(), columns: record.columns, snapshot: rest },
      frames,
      anew,
    );
    writtenOf = record.id;
  } catch (cause) {
    if (!(cause instanceof StorageError)) throw cause;
    record.giveBack(frames);
    refused = true;
    say(`A reload will end this run: ${cause.message}`);
  }
}

/** Forgets the run in storage; what is being written comes first. */
export function clearCheckpoint(): Promise<void> {
  pending = null;
  writtenOf = null;
  refused = false;
  queue = queue.then(async () => {
    if (await owned()) await deleteCheckpoint().catch(() => undefined);
  });
  return queue;
}

/** For tests: resolves when nothing is being written. */
export const written = (): Promise<void> => queue;

/** The run that an earlier visit was cut off from. A broken one is dropped, with one sentence. */
export async function readInterrupted(): Promise<Interrupted | null> {
  let found: Awaited<ReturnType<typeof readCheckpoint>>;
  try {
    found = await readCheckpoint();
  } catch {
    // Storage that cannot be read is told of by the list of runs.
    return null;
  }
  if (found.head === undefined || !(await owned())) return null;
  const head = headSchema.safeParse(found.head);
  const pipeline = head.success ? parsePipeline(head.data.record.pipeline) : null;
  const frames = head.success ? joined(found.frames, head.data.columns, head.data.snapshot.step) : null;
  if (!head.success || !pipeline?.ok || !frames) {
    say('The run of your last visit was kept only in part and cannot go on; all else is as it was.');
    await clearCheckpoint();
    return null;
  }
  const { record, snapshot, columns } = head.data;
  return {
    head: { ...record, pipeline: pipeline.pipeline },
    // The edits' absent fields are absent, which the schema's type does not say.
    snapshot: { ...snapshot, pipeline: pipeline.pipeline, edits: snapshot.edits as LiveEdit },
    columns,
    frames,
  };
}

/** All frames as one list; null where a step up to the snapshot's is missing. */
function joined(parts: readonly unknown[], columns: number, step: number): Float64Array | null {
  const rows = new Map<number, Float64Array>();
  for (const part of parts) {
    if (!isFrames(part) || part.length % columns !== 0) return null;
    // A step that was told twice, after a lost GPU, counts as told last.
    for (let at = 0; at < part.length; at += columns) rows.set(part[at]!, part.subarray(at, at + columns));
  }
  const all = new Float64Array(step * columns);
  for (let s = 1; s <= step; s++) {
    const row = rows.get(s);
    if (!row) return null;
    all.set(row, (s - 1) * columns);
  }
  return all;
}
