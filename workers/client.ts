/** The page's end of the workers: spawns them, checks what they say, notices when one dies, and lets no call hang for ever. */
import * as Comlink from 'comlink';
import { z } from 'zod';
import { columnBuffers } from '../src/data/dataset';
import type { DataApi, Snapshot, TrainerApi, TrainerEvent } from './protocol';

/** What of a Worker the guard needs; tests hand in a fake. */
export interface WorkerLike {
  onerror: ((event: ErrorEvent) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
  terminate(): void;
}

/** A call to a worker that has died, or dies before it answers. */
export class WorkerDied extends Error {
  override readonly name = 'WorkerDied';
}

interface Pingable {
  ping(): number | Promise<number>;
}

/** Milliseconds between two pings: with four missed ones, a dead worker is noticed within five seconds. */
const BEAT = 900;

/**
 * One worker under watch. Comlink calls never reject when a worker dies, so every call races a promise that does.
 * A worker counts as dead after `patience` beats without an answer: beats, not seconds, because a background tab's
 * timers are slowed down together with the beats.
 */
export class Guarded<Api extends Pingable> {
  patience = 4;
  private worker: WorkerLike | null = null;
  private api: Api | null = null;
  private death: { readonly promise: Promise<never>; readonly reject: (cause: Error) => void } | null = null;
  private timer: ReturnType<typeof setInterval> | null = null;
  private missed = 0;

  constructor(
    private readonly name: string,
    private readonly spawn: () => { worker: WorkerLike; api: Api },
    private readonly onDeath: (reason: string) => void,
  ) {}

  /** Calls the worker, which is spawned where there is none. Rejects with WorkerDied if it dies before it answers. */
  async call<R>(use: (api: Api) => R | Promise<R>): Promise<R> {
    const { api, death } = this.ensure();
    return Promise.race([Promise.resolve(use(api)), death.promise]);
  }

  private ensure() {
    if (this.api && this.death) return { api: this.api, death: this.death };
    const { worker, api } = this.spawn();
    let reject: (cause: Error) => void = () => {};
    const promise = new Promise<never>((_, no) => {
      reject = no;
    });
    // Without a call under way nobody listens to the promise, and that is no fault.
    promise.catch(() => undefined);
    const death = { promise, reject };
    Object.assign(this, { worker, api, death, missed: 0 });
    worker.onerror = (event) => this.die(event.message || 'it could not be started');
    worker.onmessageerror = () => this.die('a message could not be read');
    this.timer = setInterval(() => this.beat(api), BEAT);
    return { api, death };
  }

  private beat(api: Api): void {
    if (this.missed >= this.patience) {
      this.die('it stopped answering');
      return;
    }
    // A ping that is still on its way is not sent again: it would only queue up behind the work it waits for.
    if (this.missed++ > 0) return;
    void Promise.resolve(api.ping()).then(
      () => {
        if (this.api === api) this.missed = 0;
      },
      () => undefined,
    );
  }

  private die(reason: string): void {
    if (!this.worker) return;
    const { death } = this;
    this.dispose();
    death?.reject(new WorkerDied(`The ${this.name} died: ${reason}.`));
    this.onDeath(reason);
  }

  /** Ends the worker; the next call spawns another. */
  dispose(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.worker?.terminate();
    this.worker = null;
    this.api = null;
    this.death = null;
    this.timer = null;
  }
}

const finite = z.number();
const auc = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: finite, se: finite, positives: finite, rows: finite }),
  z.object({ ok: z.literal(false), reason: z.string(), positives: finite, rows: finite }),
]);
const pageMetric = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: finite, se: finite, pages: finite, excluded: finite }),
  z.object({ ok: z.literal(false), reason: z.string(), pages: finite, excluded: finite }),
]);
const pageReadings = z.object({
  ndcg: pageMetric,
  recall: pageMetric,
  gauc: pageMetric,
  listAuc: pageMetric,
});
const measured = z.object({ value: finite, se: finite }).nullable();
const pull = {
  shared: finite,
  cosine: z.array(z.array(measured)),
  logRatio: z.array(z.array(measured)),
  norms: z.array(finite),
  progress: z.array(measured),
};
const bin = z.object({
  rows: finite,
  predicted: finite,
  observed: finite,
  low: finite,
  high: finite,
  truth: finite.nullable(),
});
const calibrated = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    rows: finite,
    positives: finite,
    bins: z.array(bin),
    ratio: finite,
    low: finite,
    high: finite,
    truthRatio: finite.nullable(),
  }),
  z.object({ ok: z.literal(false), reason: z.string(), rows: finite }),
]);
const lost = z.object({ whole: auc, cut: auc, lost: measured });
const stamp = { runId: z.string(), seq: z.number().int() };
const vector = z.instanceof(Float32Array);

/** What an event must look like to be believed. Long arrays are checked by kind only: they come ten times a second. */
export const eventSchema = z.discriminatedUnion('kind', [
  z.object({
    ...stamp,
    kind: z.literal('state'),
    state: z.enum(['preparing', 'training', 'paused', 'finished', 'failed', 'stopped']),
    step: finite,
    detail: z.string().optional(),
  }),
  z.object({
    ...stamp,
    kind: z.literal('backend'),
    backend: z.object({ name: z.enum(['webgpu', 'wasm', 'cpu']), label: z.string(), reason: z.string() }),
  }),
  z.object({
    ...stamp,
    kind: z.literal('frame'),
    steps: z.instanceof(Float64Array),
    columns: z.number().int().min(4),
    balance: z.instanceof(Float64Array).optional(),
    samplesPerSecond: finite,
  }),
  z.object({
    ...stamp,
    kind: z.literal('evaluation'),
    evaluation: z.object({
      step: finite,
      metrics: z.array(
        z.object({
          space: z.string(),
          auc,
          logLoss: finite.nullable(),
          expectedAuc: auc.nullable(),
        }),
      ),
      sample: z.object({ rows: finite, of: finite }).optional(),
      pages: z
        .object({
          pages: finite,
          rows: finite,
          k: finite,
          spaces: z.array(
            z.object({ space: z.string(), labels: pageReadings, truth: pageReadings.nullable() }),
          ),
        })
        .optional(),
    }),
  }),
  z.object({
    ...stamp,
    kind: z.literal('probe'),
    probe: z.object({
      step: finite,
      block: z.string(),
      name: z.string(),
      shape: z.array(finite),
      cohorts: z.array(z.object({ name: z.string(), rows: finite, mean: vector })),
    }),
  }),
  z.object({
    ...stamp,
    kind: z.literal('gradients'),
    gradients: z.object({
      step: finite,
      rows: finite,
      positives: z.array(finite),
      weights: z.array(finite),
      overall: z.object(pull).nullable(),
      layers: z.array(z.object({ ...pull, block: z.string(), title: z.string(), name: z.string() })),
    }),
  }),
  z.object({
    ...stamp,
    kind: z.literal('calibration'),
    calibration: z.object({
      step: finite,
      spaces: z.array(z.object({ space: z.string(), calibration: calibrated })),
    }),
  }),
  z.object({
    ...stamp,
    kind: z.literal('cuts'),
    cuts: z.object({
      step: finite,
      cuts: z.array(z.object({ block: z.string(), name: z.string(), cells: z.array(finite) })),
      rows: finite,
      spaces: z.array(z.object({ space: z.string(), auc: lost, expectedAuc: lost.nullable() })),
    }),
  }),
  z.object({
    ...stamp,
    kind: z.literal('times'),
    times: z.object({
      step: finite,
      steps: finite,
      batch: finite,
      blocks: z.array(z.object({ path: z.string(), forward: finite, backward: finite, update: finite })),
    }),
  }),
  z.object({
    ...stamp,
    kind: z.literal('norms'),
    norms: z.object({
      step: finite,
      blocks: z.array(z.object({ path: z.string(), weights: finite, gradient: finite })),
    }),
  }),
  z.object({
    ...stamp,
    kind: z.literal('step'),
    reading: z.object({
      step: finite,
      rows: finite,
      positives: z.array(finite),
      rate: finite,
      weights: z.array(finite),
      losses: z.array(finite),
      lossesAfter: z.array(finite),
      shared: finite,
      sharedNorms: z.array(finite),
      ownNorms: z.array(finite),
      cosine: z.array(z.array(finite.nullable())),
      blocks: z.array(z.object({ path: z.string(), title: z.string(), size: finite, change: finite })),
      probes: z.array(
        z.object({
          block: z.string(),
          name: z.string(),
          shape: z.array(finite),
          before: vector,
          after: vector,
        }),
      ),
    }),
  }),
  z.object({
    ...stamp,
    kind: z.literal('snapshot'),
    snapshot: z.looseObject({
      step: finite,
      fingerprint: z.string(),
      parameters: vector,
      moment1: vector,
      moment2: vector,
      buffers: vector,
      balancer: vector,
    }),
  }),
  z.object({ ...stamp, kind: z.literal('notice'), message: z.string() }),
  z.object({
    ...stamp,
    kind: z.literal('failed'),
    message: z.string(),
    block: z.string().optional(),
    parameter: z.string().optional(),
    step: finite.optional(),
  }),
]);

/** Lets through what is well formed, of the run that is expected, and newer than what came before. */
export class EventGate {
  private runId = '';
  private last = -1;

  /** From now on only this run's events count. */
  expect(runId: string): void {
    this.runId = runId;
    this.last = -1;
  }

  /** @returns the event, or null where it is to be dropped */
  admit(message: unknown): TrainerEvent | null {
    const parsed = eventSchema.safeParse(message);
    if (!parsed.success) return null;
    const { runId, seq } = parsed.data;
    if (runId !== this.runId || seq <= this.last) return null;
    this.last = seq;
    return message as TrainerEvent;
  }
}

/** What the page is told. */
export interface Listener {
  onEvent(event: TrainerEvent): void;
  /** A worker died. Calls under way have been rejected; the next one goes to a fresh worker. */
  onDeath(which: 'trainer' | 'data', reason: string): void;
}

/** Hears of one entrant of a race. */
export interface Follower {
  onEvent(event: TrainerEvent): void;
  /** The trainer died, and the race with it. */
  onDeath(reason: string): void;
}

const gate = new EventGate();
let listener: Listener | null = null;
/** By run id, those that run beside the page's own run. */
const followers = new Map<string, { readonly gate: EventGate; readonly to: Follower }>();
let port: MessagePort | null = null;
let lastSnapshot: Snapshot | null = null;

function receive(message: unknown): void {
  const follower = followers.get((message as Partial<TrainerEvent> | null)?.runId ?? '');
  if (follower) {
    const event = follower.gate.admit(message);
    if (event) follower.to.onEvent(event);
    return;
  }
  const event = gate.admit(message);
  if (!event) return;
  if (event.kind === 'snapshot') lastSnapshot = event.snapshot;
  listener?.onEvent(event);
}

// Module variables: a Comlink proxy that is garbage-collected leaves its calls hanging for ever.
const trainerGuard = new Guarded<TrainerCalls>(
  'trainer',
  () => {
    const worker = new Worker(new URL('./trainer.worker.ts', import.meta.url), { type: 'module' });
    const api = Comlink.wrap<TrainerApi>(worker) as unknown as TrainerCalls;
    const channel = new MessageChannel();
    port?.close();
    port = channel.port1;
    port.onmessage = ({ data }) => receive(data);
    void api.connect(Comlink.transfer(channel.port2, [channel.port2]));
    return { worker, api };
  },
  (reason) => {
    for (const { to } of [...followers.values()]) to.onDeath(reason);
    listener?.onDeath('trainer', reason);
  },
);

const dataGuard = new Guarded<DataCalls>(
  'data worker',
  () => {
    const worker = new Worker(new URL('./data.worker.ts', import.meta.url), { type: 'module' });
    return { worker, api: Comlink.wrap<DataApi>(worker) as unknown as DataCalls };
  },
  (reason) => listener?.onDeath('data', reason),
);
// Checks and profiles hold this worker for seconds on a slow machine: it is not dead for that, and Cancel is there.
dataGuard.patience = 30;

/** An API as seen from here: every command answers later. */
type Async<T> = {
  [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : never;
};
type TrainerCalls = Async<TrainerApi>;
type DataCalls = Async<DataApi>;

/** The workers' commands as the page calls them; tests replace this whole object by a fake. */
export interface Client {
  listen(listener: Listener): void;
  /** Events of other runs are dropped from now on. */
  expectRun(runId: string): void;
  /** Events of this run go there alone. @returns the end of it */
  follow(runId: string, to: Follower): () => void;
  /** The last snapshot of a run, kept here so that it outlives the worker. */
  snapshot(): Snapshot | null;
  forgetSnapshot(): void;
  /** Beats without an answer until the trainer counts as dead: more while it compiles than while it trains. */
  setPatience(beats: number): void;
  trainer<R>(use: (api: TrainerCalls) => Promise<R>): Promise<R>;
  data<R>(use: (api: DataCalls) => Promise<R>): Promise<R>;
  /** Hands the trainer its own copy of the data worker's data set. */
  handOver(): Promise<void>;
  /** A function that the data worker may call. */
  callback<T>(report: (value: T) => void): (value: T) => void;
}

export const client: Client = {
  listen(to) {
    listener = to;
  },
  expectRun: (runId) => gate.expect(runId),
  follow(runId, to) {
    const own = new EventGate();
    own.expect(runId);
    followers.set(runId, { gate: own, to });
    return () => void followers.delete(runId);
  },
  snapshot: () => lastSnapshot,
  forgetSnapshot() {
    lastSnapshot = null;
  },
  setPatience(beats) {
    trainerGuard.patience = beats;
  },
  trainer: (use) => trainerGuard.call(use),
  data: (use) => dataGuard.call(use),
  async handOver() {
    const dataset = await dataGuard.call((api) => api.copy());
    await trainerGuard.call((api) => api.load(Comlink.transfer(dataset, columnBuffers(dataset))));
  },
  callback: (report) => Comlink.proxy(report),
};
