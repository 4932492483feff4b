/** A run in progress, kept so that a reload does not end it: written beside the training, read at the start of a visit. */
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

/** Whether this tab may keep and take up what a reload cut off: of two tabs only one, for a run cannot go on in both. */
export function owned(): Promise<boolean> {
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

const sizeOf = ({ parameters, moment1, moment2, buffers }: Snapshot) =>
  parameters.byteLength + moment1.byteLength + moment2.byteLength + buffers.byteLength;

/** Where a checkpoint lies: a head that is replaced, and frames that are appended. */
export interface Shelf {
  /** @param anew drops what an earlier run told */
  write(head: unknown, frames: Float64Array, anew: boolean): Promise<void>;
  clear(): Promise<void>;
}

/** Keeps one run's snapshots and steps; a snapshot is written only when the steps before it have been told. */
export class Checkpoint {
  private queue: Promise<void> = Promise.resolve();
  /** The newest snapshot that is not written yet, with the run it belongs to. */
  private pending: { readonly record: RunRecord; readonly snapshot: Snapshot } | null = null;
  /** Run whose steps lie in storage. */
  private writtenOf: string | null = null;
  private writing = false;
  private refused = false;

  /**
   * @param refuse is told once why storage takes no more
   * @param largest bytes of a snapshot that is kept
   */
  constructor(
    private readonly shelf: Shelf,
    private readonly refuse: (why: string) => void,
    private readonly largest = LARGEST,
  ) {}

  /** Keeps a snapshot as soon as the steps before it have been told; of several that wait only the newest counts. */
  note(record: RunRecord, snapshot: Snapshot): void {
    if (this.refused || sizeOf(snapshot) > this.largest) return;
    this.pending = { record, snapshot };
    this.writeWhenTold(record);
  }

  /** Writes what waits, where the frames have caught up with it: a frame comes up to a tenth of a second after its steps. */
  writeWhenTold(record: RunRecord): void {
    const { pending } = this;
    if (!pending || pending.record !== record || this.writing || record.toldStep < pending.snapshot.step)
      return;
    this.pending = null;
    this.writing = true;
    this.queue = this.queue
      .then(() => this.write(record, pending.snapshot))
      .finally(() => {
        this.writing = false;
        if (this.pending) this.writeWhenTold(this.pending.record);
      });
  }

  private async write(record: RunRecord, snapshot: Snapshot): Promise<void> {
    if (!(await owned()) || record.closed) return;
    const frames = record.takeUnsaved();
    const { pipeline: _, ...rest } = snapshot;
    const anew = this.writtenOf !== record.id;
    const head = { version: 1, record: record.head(), columns: record.columns, snapshot: rest };
    try {
      await this.shelf.write(head, frames, anew);
      this.writtenOf = record.id;
    } catch (cause) {
      if (!(cause instanceof StorageError)) throw cause;
      record.giveBack(frames);
      this.refused = true;
      this.refuse(cause.message);
    }
  }

  /** Forgets the run in storage; what is being written comes first. */
  clear(): Promise<void> {
    this.pending = null;
    this.writtenOf = null;
    this.refused = false;
    this.queue = this.queue.then(async () => {
      if (await owned()) await this.shelf.clear().catch(() => undefined);
    });
    return this.queue;
  }

  /** Resolves when nothing is being written. */
  get written(): Promise<void> {
    return this.queue;
  }
}

const run = new Checkpoint({ write: writeCheckpoint, clear: deleteCheckpoint }, (why) =>
  say(`A reload will end this run: ${why}`),
);

export const noteSnapshot = (record: RunRecord, snapshot: Snapshot): void => run.note(record, snapshot);
export const writeWhenTold = (record: RunRecord): void => run.writeWhenTold(record);
export const clearCheckpoint = (): Promise<void> => run.clear();

/** For tests: resolves when nothing is being written. */
export const written = (): Promise<void> => run.written;

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
  const interrupted = readCheckpointed(found.head, found.frames);
  if (interrupted) return interrupted;
  say('The run of your last visit was kept only in part and cannot go on; all else is as it was.');
  await clearCheckpoint();
  return null;
}

/** What lies on a shelf, read without trust; null where it is no whole run. */
export function readCheckpointed(stored: unknown, told: readonly unknown[]): Interrupted | null {
  const head = headSchema.safeParse(stored);
  if (!head.success) return null;
  const { record, snapshot, columns } = head.data;
  const pipeline = parsePipeline(record.pipeline);
  const frames = joined(told, columns, snapshot.step);
  if (!pipeline.ok || !frames) return null;
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
