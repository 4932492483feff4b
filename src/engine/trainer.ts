/** Runs a session over time: start, pause, step, resume, stop, live edits, frames, and what happens when a GPU is lost. */
import type { Dataset } from '../data/dataset';
import type { Predictions } from '../metrics/evaluate';
import { type CutWires, close, type WasmFiles } from '../nn';
import type {
  BackendChoice,
  BlockCost,
  CalibrationReading,
  Description,
  Evaluation,
  LiveEdit,
  ProbeReading,
  RunEvent,
  RunState,
  Snapshot,
  Speed,
} from '../pipeline/run';
import type { Pipeline } from '../pipeline/schema';
import type { Places } from '../pipeline/weightFile';
import { forwardCost } from './cost';
import { describe, placesOf } from './describe';
import { BrokenOff, Looks } from './looks';
import { Pace } from './pace';
import { withPages } from './pageEvaluation';
import { RowReader } from './rowReader';
import { RunBackend } from './runBackend';
import { Session } from './session';

export interface TrainerOptions {
  readonly wasmFiles: WasmFiles;
  readonly emit: (message: RunEvent) => void;
  /** Lets messages in; awaited after every step. */
  readonly yieldNow: () => Promise<void>;
  /** Milliseconds between frames. */
  readonly frameEvery?: number;
  /** Milliseconds between snapshots. */
  readonly snapshotEvery?: number;
  /** Milliseconds of the run's own time; a race leaves out what others' turns take. */
  readonly clock?: () => number;
}

export interface TrainerStart {
  readonly pipeline: Pipeline;
  readonly backend: BackendChoice;
  readonly from?: Snapshot;
  readonly paused?: boolean;
}

/** A snapshot copies the whole model: with large tables it comes no more often than after this many times what the last one took. */
const SNAPSHOT_REST = 20;

export class Trainer {
  private data: Dataset | null = null;
  private session: Session | null = null;
  private readonly backend: RunBackend;
  /** What somebody looks at, and its readings. */
  private readonly looks: Looks;
  private lastSnapshot: Snapshot | null = null;
  /** Steps that may still be done: 0 while paused, ∞ while training. */
  private allowance = 0;
  private readonly pace = new Pace();
  /** Somebody wants the loop to rest: a long evaluation then breaks off. */
  private resting = false;
  /** An evaluation that has not been told yet: at the start, or broken off by a pause. */
  private evaluationDue = false;
  /** The loop that is under way, or the last one. */
  private loop: Promise<void> = Promise.resolve();
  private looping = false;
  /** A new start or stop outdates whatever an older loop still does. */
  private generation = 0;

  private readonly clock: () => number;

  /** Answers what is asked of single rows and pages. */
  readonly rows: RowReader;

  constructor(private readonly options: TrainerOptions) {
    const { wasmFiles, emit, yieldNow, clock = () => performance.now() } = options;
    this.clock = clock;
    this.backend = new RunBackend(wasmFiles, emit);
    this.looks = new Looks({ emit, yieldNow, clock, check: () => this.backend.check() });
    this.rows = new RowReader(() => this.needSession(), yieldNow);
  }

  load(data: Dataset): void {
    this.data = data;
  }

  private needData(): Dataset {
    if (!this.data) throw new Error('No data is loaded: open a file or simulate a world first.');
    return this.data;
  }

  describe(pipeline: Pipeline): Description {
    return describe(pipeline, this.needData());
  }

  /** Floating-point operations a row of each block's forward pass. */
  cost(pipeline: Pipeline): Promise<BlockCost[]> {
    return forwardCost(pipeline, this.needData());
  }

  /** Ends the run before, brings up the backend and starts; resolves when training (or the pause before it) has begun. */
  async start({ pipeline, backend, from, paused = false }: TrainerStart): Promise<void> {
    const generation = ++this.generation;
    await this.halt();
    if (generation !== this.generation) return;
    const data = this.needData();
    this.emitState('preparing', from?.step ?? 0);
    const chosen = await this.backend.open(backend, pipeline, data);
    if (generation !== this.generation) {
      close(chosen.backend);
      return;
    }
    this.backend.adopt(chosen);
    const session = new Session(pipeline, data, from);
    const first = from ?? (await session.snapshot());
    if (generation !== this.generation) {
      session.dispose();
      return;
    }
    this.session = session;
    this.looks.begin();
    this.lastSnapshot = first;
    this.evaluationDue = true;
    this.resting = false;
    this.allowance = paused ? 0 : Number.POSITIVE_INFINITY;
    if (!paused) this.emitState('training', session.step);
    this.run();
    if (paused) await this.loop;
  }

  private needSession(): Session {
    if (!this.session) throw new Error('Nothing is running: press Train first.');
    return this.session;
  }

  /** Stops after the step that is under way. */
  async pause(): Promise<{ step: number }> {
    const session = this.needSession();
    this.rest();
    await this.loop;
    return { step: this.session?.step ?? session.step };
  }

  /** Trains some steps by hand, then pauses. Calls that overlap add up. */
  async step(count: number): Promise<{ step: number }> {
    this.needSession();
    if (this.allowance === Number.POSITIVE_INFINITY) this.rest();
    if (this.allowance === 0) await this.loop;
    this.resting = false;
    this.allowance += count;
    this.run();
    await this.loop;
    return { step: this.needSession().step };
  }

  async resume(): Promise<void> {
    // A pause that is still under way comes first: its loop must not take this allowance and rest all the same.
    if (this.allowance === 0) await this.loop;
    const session = this.needSession();
    if (session.finished) throw new Error('The run is finished: add steps, or reset it.');
    this.allowance = Number.POSITIVE_INFINITY;
    this.resting = false;
    this.emitState('training', session.step);
    this.run();
  }

  /** Ends the run and frees what it held. */
  async stop(): Promise<void> {
    this.generation++;
    await this.halt();
  }

  /** Lets the loop come to rest and frees the session. */
  private async halt(): Promise<void> {
    this.rest();
    await this.loop;
    if (!this.session) return;
    const { step } = this.session;
    this.session.dispose();
    this.session = null;
    this.emitState('stopped', step);
  }

  edit(change: LiveEdit): void {
    this.needSession().edit(change);
  }

  /** Slow motion in steps a second, or null for full speed; at once, and for runs to come. */
  setSpeed(speed: Speed): void {
    this.pace.set(speed);
  }

  /** Whether steps are counted out instead of a run going on: those are few, and each is to be looked at. */
  private get byHand(): boolean {
    return this.allowance !== Number.POSITIVE_INFINITY;
  }

  /** Whether nobody waits for the next step: all that is looked at may be read anew. */
  private get atRest(): boolean {
    return this.byHand || !this.looping || this.needSession().finished;
  }

  /** Asks the loop to rest after the step that is under way. */
  private rest(): void {
    this.allowance = 0;
    this.resting = true;
    this.looks.giveWay();
    this.pace.wake();
  }

  /** What is to be read: probes, and instruments, which are read at once and then with each evaluation. */
  watch(names: readonly string[]): void {
    this.looks.watch(names, this.session?.step ?? null, this.atRest);
    // A run at rest reads them too; it trains no step for that.
    if (this.looks.waiting) this.run();
  }

  /**
   * Cuts wires for a look at what they are worth; training knows nothing of it.
   * @throws Error naming a wire that no block has
   */
  async cut(wires: readonly CutWires[]): Promise<void> {
    await this.needSession().checkCuts(wires);
    this.looks.cut(wires);
    if (this.looks.waiting) this.run();
  }

  /** Steps done by the run there is. */
  readonly trained = (): number => this.session?.step ?? 0;

  /** log p and log(1−p) of the validation part at the state of now, [n·K] each. @param onChunk as in Session.predict */
  async predictions(onChunk: () => Promise<void>): Promise<Predictions> {
    const session = this.needSession();
    const { rows, trainRows } = session.data;
    const validation = Uint32Array.from({ length: rows - trainRows }, (_, i) => trainRows + i);
    return { ...(await session.predict(validation, onChunk)), tasks: session.pipeline.tasks.length };
  }

  async inspect(): Promise<readonly ProbeReading[]> {
    return this.needSession().probe(null);
  }

  /** Where each tensor of the model lies in a snapshot's flat vectors. */
  places(): Places {
    return placesOf(this.needSession().model.layout);
  }

  async snapshot(): Promise<Snapshot> {
    return this.needSession().snapshot();
  }

  /** Resolves when the loop has come to rest: finished, paused, failed or stopped. */
  async settled(): Promise<void> {
    await this.loop;
  }

  /** Destroys the GPU device on purpose, to show or to test what follows. @returns false where there is none */
  loseDevice(): boolean {
    return this.backend.lose();
  }

  private emitState(state: RunState, step: number, detail?: string): void {
    this.options.emit({ kind: 'state', state, step, ...(detail === undefined ? {} : { detail }) });
  }

  private run(): void {
    if (this.looping) return;
    this.looping = true;
    this.loop = this.train().finally(() => {
      this.looping = false;
    });
  }

  private async train(): Promise<void> {
    for (;;) {
      try {
        await this.trainUntilRest();
        return;
      } catch (cause) {
        const { lost } = this.backend;
        if (lost === null || !(await this.recover(lost))) {
          this.allowance = 0;
          this.options.emit({ kind: 'failed', message: (cause as Error).message });
          this.emitState('failed', this.session?.step ?? 0);
          return;
        }
      }
    }
  }

  private async trainUntilRest(): Promise<void> {
    const { frameEvery = 100, snapshotEvery = 2000, yieldNow } = this.options;
    const { clock } = this;
    const session = this.needSession();
    const { evaluateEvery, batch } = session.pipeline.training;
    let frameAt = clock();
    let snapshotAt = frameAt;
    let snapshotTook = 0;
    let framedStep = session.step;
    const frame = async (): Promise<boolean> => {
      const { steps, columns, balance, divergence } = await session.readFrame();
      this.backend.check();
      const now = clock();
      const samplesPerSecond = ((session.step - framedStep) * batch * 1000) / Math.max(now - frameAt, 1e-3);
      frameAt = now;
      framedStep = session.step;
      if (steps.length > 0) {
        const looked = balance && this.looks.at('weights') ? { balance } : {};
        this.options.emit({ kind: 'frame', steps, columns, ...looked, samplesPerSecond });
      }
      if (!divergence) return true;
      this.allowance = 0;
      this.options.emit({
        kind: 'failed',
        message: divergence.message,
        step: divergence.step,
        ...(divergence.block === null ? {} : { block: divergence.block }),
        ...(divergence.parameter === null ? {} : { parameter: divergence.parameter }),
      });
      this.emitState('failed', session.step);
      return false;
    };

    const begun = session.step;
    const looksOnly = this.allowance === 0 && !this.evaluationDue;
    if (this.evaluationDue) await this.evaluate(session);
    await this.looks.readDue(session, this.allowance === 0);
    frameAt = clock();
    let inFlight: Promise<void> | null = null;
    this.pace.begin();
    while (this.allowance > 0 && !session.finished) {
      this.allowance--;
      await this.looks.takeStep(session, this.byHand);
      // One step of the GPU at most is waiting while the next is encoded: otherwise Pause would act seconds late.
      await inFlight;
      inFlight = this.backend.settled();
      this.backend.check();
      const now = clock();
      const evaluation = session.step % evaluateEvery === 0 || session.finished;
      // In slow motion each step is looked at by itself.
      if (evaluation || this.pace.slow || now - frameAt >= frameEvery) {
        if (!(await frame())) return;
      }
      if (evaluation) {
        await this.evaluate(session);
        frameAt = clock();
      } else {
        if (this.pace.shows || this.byHand) await this.looks.readProbes(session);
        await this.looks.readDue(session);
      }
      if (now - snapshotAt >= Math.max(snapshotEvery, SNAPSHOT_REST * snapshotTook)) {
        await this.takeSnapshot(session);
        snapshotAt = clock();
        snapshotTook = snapshotAt - now;
      }
      await yieldNow();
      // A step by hand is not held back: only a run paces itself.
      if (!this.byHand) await this.pace.wait();
    }
    // A look at a run that rests has changed nothing, and its state was told when it came to rest.
    if (looksOnly && session.step === begun) return;
    if (!(await frame())) return;
    await this.takeSnapshot(session);
    if (session.finished) this.emitState('finished', session.step);
    else this.emitState('paused', session.step);
  }

  private async takeSnapshot(session: Session): Promise<void> {
    const snapshot = await session.snapshot();
    this.backend.check();
    this.lastSnapshot = snapshot;
    this.options.emit({ kind: 'snapshot', snapshot });
  }

  /** Evaluates and tells. A pause breaks it off, unless it is the last one; it is then made up for before the next step. */
  private async evaluate(session: Session): Promise<void> {
    this.evaluationDue = true;
    let evaluation: Evaluation;
    let calibration: CalibrationReading | null;
    try {
      const breathe = async () => {
        await this.options.yieldNow();
        if (this.resting && !session.finished) throw new BrokenOff();
      };
      ({ evaluation, calibration } = await session.judge(
        breathe,
        this.looks.at('calibration'),
        session.finished,
      ));
      if (session.finished) evaluation = await withPages(session, evaluation, breathe);
    } catch (cause) {
      if (cause instanceof BrokenOff) return;
      throw cause;
    }
    this.backend.check();
    this.evaluationDue = false;
    this.options.emit({ kind: 'evaluation', evaluation });
    await this.looks.afterEvaluation(session, calibration, this.atRest);
  }

  /** After a lost GPU: a new device, or wasm, and on from the last snapshot. @returns false where there is nothing to go on from */
  private async recover(why: string): Promise<boolean> {
    const snapshot = this.lastSnapshot;
    const lost = this.session;
    if (!snapshot || !lost) return false;
    lost.dispose();
    this.session = null;
    const label = await this.backend.replace(lost.pipeline, lost.data);
    if (label === null) return false;
    this.session = new Session(lost.pipeline, lost.data, snapshot);
    this.options.emit({
      kind: 'notice',
      message: `The GPU was lost (${why}). Training goes on from step ${snapshot.step} on ${label}.`,
    });
    return true;
  }
}
