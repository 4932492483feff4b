/** A race: trainers that share one copy of the data and take turns of a few steps, so that their curves advance together. */
import type { Dataset } from '../data/dataset';
import type { Predictions } from '../metrics/evaluate';
import { pairedDifferences } from '../metrics/paired';
import type { WasmFiles } from '../nn';
import type { RunEvent } from '../pipeline/run';
import type { Pipeline } from '../pipeline/schema';
import { outputSpaces } from '../pipeline/spaces';
import type { Places } from '../pipeline/weightFile';
import type { RacePairs } from '../study/race';
import { Trainer } from './trainer';

/** Milliseconds that the slowest one's turn takes, about: short enough that curves advance together, long enough to cost nothing. */
const TURN = 100;
/** Most steps of a turn. */
const MOST_STEPS = 50;

export interface RaceOptions {
  readonly wasmFiles: WasmFiles;
  /** @param racer index in the line-up */
  readonly emit: (racer: number, event: RunEvent) => void;
  /** Lets messages in; awaited after every step. */
  readonly yieldNow: () => Promise<void>;
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
  /** Step up to which all go in this round. */
  private target = 1;
  private paused = true;
  private stopping = false;
  /** Told when nobody has the turn. */
  private resting: (() => void)[] = [];
  private ends: Promise<void>[] = [];

  /** @param pipelines of the racers, with the same tasks */
  constructor(
    private readonly options: RaceOptions,
    private readonly data: Dataset,
    private readonly pipelines: readonly Pipeline[],
  ) {
    this.racers = pipelines.map((_, i) => {
      const clock = () => performance.now() - this.racers[i]!.waited;
      const trainer = new Trainer({
        wasmFiles: options.wasmFiles,
        emit: (event) => this.tell(i, event),
        yieldNow: () => this.turn(i),
        // A race cannot be taken up again, so that its last snapshot, of the weights to keep, is the only one.
        snapshotEvery: Number.POSITIVE_INFINITY,
        clock,
      });
      trainer.load(data);
      return { trainer, waited: 0, wake: null, ended: false, finished: false };
    });
  }

  /** Brings all to the line; one that cannot start has failed, and the others go on without it. */
  async start(backend: 'wasm' | 'cpu'): Promise<void> {
    for (const [i, racer] of this.racers.entries()) {
      if (this.stopping) return;
      try {
        await racer.trainer.start({ pipeline: this.pipelines[i]!, backend });
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

  /** Everybody rests after the step that is under way. */
  async pause(): Promise<void> {
    this.paused = true;
    if (this.holder === null) return;
    await new Promise<void>((resolve) => this.resting.push(resolve));
  }

  resume(): void {
    this.paused = false;
    this.passOn();
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
    return pairedDifferences(outputSpaces(this.pipelines[0]!.tasks), models, this.data);
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
    if (!racer.ended && (this.paused || this.holder !== i || racer.trainer.trained() >= this.target)) {
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
    if (this.paused) {
      this.rested();
      return;
    }
    const waiting = this.racers.flatMap((r, i) => (r.wake && !r.ended ? [i] : []));
    if (waiting.length === 0) return;
    const behind = () => waiting.find((i) => this.racers[i]!.trainer.trained() < this.target);
    if (behind() === undefined) this.target += this.stride();
    this.holder = behind() ?? waiting[0]!;
    this.racers[this.holder]!.wake!();
  }

  /** Steps of the next round: as many as the slowest does in a turn's time. */
  private stride(): number {
    const now = performance.now();
    const slowest = Math.max(
      ...this.racers.filter((r) => !r.ended).map((r) => (now - this.began - r.waited) / r.trainer.trained()),
    );
    return slowest > 0 ? Math.max(1, Math.min(MOST_STEPS, Math.round(TURN / slowest))) : 1;
  }

  private readonly began = performance.now();

  private rested(): void {
    for (const tell of this.resting) tell();
    this.resting = [];
  }
}
