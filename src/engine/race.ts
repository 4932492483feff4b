/** A race: trainers that share one copy of the data and take turns of a few steps, so that their curves advance together. */
import type { Dataset } from '../data/dataset';
import type { Predictions } from '../metrics/evaluate';
import { pairedDifferences } from '../metrics/paired';
import type { WasmFiles } from '../nn';
import type { RunEvent, Snapshot, Speed } from '../pipeline/run';
import type { Pipeline } from '../pipeline/schema';
import { outputSpaces } from '../pipeline/spaces';
import type { Places } from '../pipeline/weightFile';
import type { RacePairs } from '../study/race';
import { Trainer } from './trainer';

/** Milliseconds that the slowest one's turn takes, about: short enough that curves advance together, long enough to cost nothing. */
const TURN = 100;
/** Most steps of a turn. */
const MOST_STEPS = 50;
/** Milliseconds from one snapshot of a racer to its next, with all of them in turn. */
const SNAPSHOT_EVERY = 2000;
/** In slow motion each step is told by itself, as it must be at a pause and by hand; this one hardly waits. */
const TELLING: Speed = 10;

/** One that is to run. */
export interface Starter {
  readonly pipeline: Pipeline;
  /** Goes on from here instead of from step 0. */
  readonly from?: Snapshot | undefined;
  /** It came to grief before a break of the race: it keeps its place and runs no more. */
  readonly out?: true | undefined;
}

export interface RaceOptions {
  readonly wasmFiles: WasmFiles;
  /** @param racer index in the line-up */
  readonly emit: (racer: number, event: RunEvent) => void;
  /** Lets messages in; awaited after every step. */
  readonly yieldNow: () => Promise<void>;
  /** Slow motion in steps a second of the whole field, or null for full speed. */
  readonly speed?: Speed;
}

/** One that runs. */
interface Racer {
  readonly trainer: Trainer;
  /** Milliseconds that it has waited while others had their turn. */
  waited: number;
  /** Lets it go on, while it waits for its turn. */
  wake: (() => void) | null;
  /** It came to its end, whichever; it waits for no turn any more. */
  ended: boolean;
  finished: boolean;
}

/**
 * Each racer is a Trainer like that of any run. What is its own is when it lets messages in: there it waits until it is its
 * turn. So a racer's numbers are those of the same run alone, to the last bit, and its clock leaves out the turns of others.
 */
export class Race {
  private readonly racers: Racer[];
  /** Who has the turn. */
  private holder: number | null = null;
  /** Step up to which all go in this round: at a pause too, so that they rest at one and the same. */
  private target = 0;
  private paused = true;
  private speed: Speed;
  private stopping = false;
  /** Told when nobody has the turn. */
  private resting: (() => void)[] = [];
  private ends: Promise<void>[] = [];

  /** @param starters with the same tasks */
  constructor(
    private readonly options: RaceOptions,
    private readonly data: Dataset,
    private readonly starters: readonly Starter[],
  ) {
    this.speed = options.speed ?? null;
    this.racers = starters.map(({ out = false }, i) => {
      const clock = () => performance.now() - this.racers[i]!.waited;
      const trainer = new Trainer({
        wasmFiles: options.wasmFiles,
        emit: (event) => this.tell(i, event),
        yieldNow: () => this.turn(i),
        snapshotEvery: SNAPSHOT_EVERY / starters.length,
        clock,
      });
      trainer.load(data);
      return { trainer, waited: 0, wake: null, ended: out, finished: false };
    });
  }

  /** Brings all to the line; one that cannot start has failed, and the others go on without it. */
  async start(backend: 'wasm' | 'cpu'): Promise<void> {
    for (const [i, racer] of this.racers.entries()) {
      if (this.stopping) return;
      if (racer.ended) continue;
      const { pipeline, from } = this.starters[i]!;
      try {
        await racer.trainer.start({ pipeline, backend, ...(from && { from }) });
      } catch (cause) {
        racer.ended = true;
        this.options.emit(i, { kind: 'failed', message: (cause as Error).message });
        this.options.emit(i, { kind: 'state', state: 'failed', step: 0 });
        continue;
      }
      this.ends.push(racer.trainer.settled().then(() => this.retire(i)));
    }
    this.resume();
  }

  /** Everybody comes to the step after the foremost one's, which each tells, and rests there. */
  async pause(): Promise<void> {
    if (!this.paused) await this.step();
  }

  /** One step by hand for each, and a rest. */
  async step(): Promise<void> {
    this.paused = true;
    this.pace(TELLING);
    this.target = Math.max(...this.steps()) + 1;
    const rest = new Promise<void>((resolve) => this.resting.push(resolve));
    this.passOn();
    await rest;
    await this.keep();
  }

  resume(): void {
    this.paused = false;
    this.pace(this.speed);
    // Those that go on from a snapshot stand far from the start.
    this.target = Math.max(this.target, Math.min(...this.steps()));
    this.passOn();
  }

  /** Slow motion in steps a second of the whole field, or null for full speed. */
  setSpeed(speed: Speed): void {
    this.speed = speed;
    if (!this.paused) this.pace(speed);
  }

  /** Ends the race and frees what it held. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.paused = true;
    for (const racer of this.racers) {
      // Its loop waits for a turn that will not come: from now on it does not wait, and comes to rest by itself.
      racer.ended = true;
      racer.wake?.();
      await racer.trainer.stop();
    }
    this.rested();
  }

  /** Resolves when all have come to their end. */
  async settled(): Promise<void> {
    await Promise.all(this.ends);
  }

  /** Where each tensor of a racer's model lies in its snapshots. */
  places(racer: number): Places {
    const found = this.racers[racer];
    if (!found) throw new Error(`There is no racer ${racer + 1} in this race.`);
    return found.trainer.places();
  }

  /** Everybody who finished against everybody else who did, on the whole validation part. */
  async pairs(): Promise<RacePairs> {
    const models: (Predictions | null)[] = [];
    for (const { trainer, finished } of this.racers) {
      models.push(finished ? await trainer.predictions(this.options.yieldNow) : null);
    }
    return pairedDifferences(outputSpaces(this.starters[0]!.pipeline.tasks), models, this.data);
  }

  private tell(i: number, event: RunEvent): void {
    if (event.kind === 'state' && event.state === 'finished') this.racers[i]!.finished = true;
    this.options.emit(i, event);
  }

  /** Racer i lets messages in, and others have their turn. */
  private async turn(i: number): Promise<void> {
    const racer = this.racers[i]!;
    const came = performance.now();
    await this.options.yieldNow();
    if (!racer.ended && (this.holder !== i || racer.trainer.trained() >= this.target)) {
      await new Promise<void>((resolve) => {
        racer.wake = resolve;
        if (this.holder === i) this.holder = null;
        this.passOn();
      });
      racer.wake = null;
    }
    racer.waited += performance.now() - came;
  }

  /** It came to its end; one that failed frees its memory for the others. */
  private async retire(i: number): Promise<void> {
    const racer = this.racers[i]!;
    if (this.stopping) return;
    racer.ended = true;
    if (!racer.finished) await racer.trainer.stop();
    if (this.holder === i) this.holder = null;
    this.passOn();
  }

  /** Gives the turn to the next that waits for it, where nobody has it. */
  private passOn(): void {
    if (this.holder !== null) return;
    const waiting = this.racers.flatMap((r, i) => (r.wake && !r.ended ? [i] : []));
    const behind = () => waiting.find((i) => this.racers[i]!.trainer.trained() < this.target);
    let next = behind();
    if (next === undefined && this.paused) {
      this.rested();
      return;
    }
    if (waiting.length === 0) return;
    if (next === undefined) {
      this.target += this.stride();
      next = behind() ?? waiting[0]!;
    }
    this.holder = next;
    this.racers[next]!.wake!();
  }

  /** Steps done by those that still run, or of nobody. */
  private steps(): number[] {
    const running = this.racers.filter((r) => !r.ended);
    return running.length > 0 ? running.map((r) => r.trainer.trained()) : [0];
  }

  /** How each step is told and how long it waits; who waits now goes on. */
  private pace(speed: Speed): void {
    for (const { trainer, ended } of this.racers) if (!ended) trainer.setSpeed(speed);
  }

  /** Steps of the next round: as many as the slowest does in a turn's time. */
  private stride(): number {
    if (this.speed !== null) return 1;
    const now = performance.now();
    const slowest = Math.max(
      ...this.racers.flatMap((r, i) => {
        const done = r.trainer.trained() - (this.starters[i]!.from?.step ?? 0);
        return r.ended ? [] : [(now - this.began - r.waited) / done];
      }),
    );
    return slowest > 0 ? Math.max(1, Math.min(MOST_STEPS, Math.round(TURN / slowest))) : 1;
  }

  private readonly began = performance.now();

  /** Tells where everybody stands now, so that a race which is broken off goes on from there. */
  private async keep(): Promise<void> {
    for (const [i, { trainer, ended }] of this.racers.entries()) {
      if (!ended && !this.stopping)
        this.options.emit(i, { kind: 'snapshot', snapshot: await trainer.snapshot() });
    }
  }

  private rested(): void {
    for (const tell of this.resting) tell();
    this.resting = [];
  }
}
