/** What somebody looks at while a run goes on: probes with each evaluation, and instruments, which cost more, when they are due. */
import type { CutWires } from '../nn';
import type { CalibrationReading, Instrument, RunEvent } from '../pipeline/run';
import { HAND_STEP, INSTRUMENTS } from '../pipeline/run';
import type { Session } from './session';

/** A reading or an evaluation that gave way: somebody wants the run to rest, or looks elsewhere. */
export class BrokenOff extends Error {}

/** Other wires are cut than those that were being read. */
class OtherWires extends Error {}

/**
 * What is read with evaluations rests for so many times what reading it took: looking then costs a run less than a
 * twenty-fifth of its time, whatever the model and however often it is evaluated.
 */
const REST = 25;

interface LooksOptions {
  readonly emit: (event: RunEvent) => void;
  /** Lets messages in. */
  readonly yieldNow: () => Promise<void>;
  /** Milliseconds of the run's own time. */
  readonly clock: () => number;
  /** Throws where the device is lost: what was read from it is worth nothing. */
  readonly check: () => void;
}

/** Instruments that every evaluation brings along, since they have been measured already; and those that have to rest between. */
const FREE: readonly Instrument[] = ['times'];
const COSTLY: readonly Instrument[] = ['norms', 'gradients', 'cuts'];

export class Looks {
  private watched: ReadonlySet<string> = new Set();
  /** Instruments that are to be read at once. */
  private readonly due = new Set<Instrument>();
  /** Step at which each instrument was read last. */
  private readonly readAt = new Map<Instrument, number>();
  /** Wires whose worth is to be read. */
  private wires: readonly CutWires[] = [];
  /** Until when instruments rest, on the run's clock. */
  private restUntil = 0;
  /** Counts requests to rest: a reading that outlasts one gives way. */
  private rests = 0;

  constructor(private readonly options: LooksOptions) {}

  /** Another run begins: nothing of it has been read, and none of its wires is cut. */
  begin(): void {
    this.readAt.clear();
    this.restUntil = 0;
    this.wires = [];
  }

  /** Whether somebody looks at a probe or an instrument. */
  at(name: string): boolean {
    return this.watched.has(name);
  }

  /** Trains a step; one by hand is read as well, while somebody looks at what flows in it. */
  async takeStep(session: Session, byHand: boolean): Promise<void> {
    if (!byHand || !this.at(HAND_STEP)) return session.trainStep();
    const reading = await session.readStep(this.watched);
    const { losses, lossesAfter, sharedNorms, ownNorms } = reading;
    // A step that diverges has no figures to show: the failure that follows names its place.
    if (![losses, lossesAfter, sharedNorms, ownNorms].flat().every(Number.isFinite)) return;
    this.options.emit({ kind: 'step', reading });
  }

  /** Whether an instrument waits to be read. */
  get waiting(): boolean {
    return this.due.size > 0;
  }

  /**
   * Says what somebody looks at from now on. What nobody looked at before is read at once; what is looked at already waits for its
   * turn, unless the run rests.
   * @param step of the run, or null where there is none: then nothing is due
   */
  watch(names: readonly string[], step: number | null, atRest: boolean): void {
    const before = this.watched;
    this.watched = new Set(names);
    for (const name of INSTRUMENTS) {
      if (step === null || !this.watched.has(name)) this.due.delete(name);
      else if ((atRest || !before.has(name)) && this.readAt.get(name) !== step) this.due.add(name);
    }
  }

  /** Which wires are cut from now on: what they are worth is read at once, if somebody looks. */
  cut(wires: readonly CutWires[]): void {
    this.wires = wires;
    this.readAt.delete('cuts');
    this.due.delete('cuts');
    if (this.at('cuts')) this.due.add('cuts');
  }

  /** Whoever pauses or stops does not wait for what is being read: it stays due. */
  giveWay(): void {
    this.rests++;
  }

  /**
   * Reads what goes with an evaluation: probes each time, which are what the pipeline shows of itself, and instruments when they
   * have rested.
   * @param calibration that came of the same predictions
   * @param atRest nobody waits for the next step: whatever is looked at is read
   */
  async afterEvaluation(
    session: Session,
    calibration: CalibrationReading | null,
    atRest: boolean,
  ): Promise<void> {
    if (calibration) this.tellCalibration(calibration);
    await this.readProbes(session);
    const rested = atRest || this.options.clock() >= this.restUntil;
    for (const name of rested ? [...FREE, ...COSTLY] : FREE) if (this.at(name)) this.due.add(name);
    await this.readDue(session);
  }

  /** Tells the probes that somebody looks at, of all cohorts where they are looked at too. */
  async readProbes(session: Session): Promise<void> {
    if (this.watched.size === 0) return;
    const every = this.at('cohorts');
    const cohorts = session.cohorts(every);
    if (every) this.readAt.set('cohorts', session.step);
    for (const probe of await session.probe(this.watched, cohorts)) {
      this.options.emit({ kind: 'probe', probe });
    }
  }

  /**
   * Reads the instruments that are due, unless the run is to rest meanwhile.
   * @param whole a run that rests has time to judge wires on the whole validation part
   */
  async readDue(session: Session, whole = session.finished): Promise<void> {
    if (this.due.size === 0) return;
    const { rests } = this;
    const { clock } = this.options;
    const begun = clock();
    const breathe = async () => {
      await this.options.yieldNow();
      if (this.rests !== rests || this.due.size === 0) throw new BrokenOff();
    };
    try {
      for (let name = this.next(); name; name = this.next()) {
        await this.read(name, session, whole, breathe);
        this.done(name, session.step);
      }
    } catch (cause) {
      if (!(cause instanceof BrokenOff)) throw cause;
    } finally {
      const now = clock();
      this.restUntil = Math.max(this.restUntil, now) + REST * (now - begun);
    }
  }

  /** The first instrument that is due: who looks meanwhile may have added to them. */
  private next(): Instrument | undefined {
    return INSTRUMENTS.find((name) => this.due.has(name));
  }

  private async read(
    name: Instrument,
    session: Session,
    whole: boolean,
    breathe: () => Promise<void>,
  ): Promise<void> {
    const { emit, check } = this.options;
    switch (name) {
      case 'times': {
        const times = session.timeReading();
        if (times) emit({ kind: 'times', times });
        return;
      }
      case 'norms': {
        const norms = await session.normReading();
        check();
        emit({ kind: 'norms', norms });
        return;
      }
      case 'calibration': {
        const { calibration } = await session.judge(breathe, true);
        check();
        if (calibration) this.tellCalibration(calibration);
        return;
      }
      case 'gradients': {
        const gradients = await session.gradientReading(breathe);
        check();
        emit({ kind: 'gradients', gradients });
        return;
      }
      case 'cohorts':
        return this.readProbes(session);
      case 'cuts':
        return this.readCuts(session, whole, breathe);
    }
  }

  /** Reads what the wires are worth; where others are cut meanwhile, begins again with those. */
  private async readCuts(session: Session, whole: boolean, breathe: () => Promise<void>): Promise<void> {
    while (this.wires.length > 0) {
      const { wires } = this;
      const onChunk = async () => {
        await breathe();
        if (this.wires !== wires) throw new OtherWires();
      };
      const cuts = await session.cutReading(wires, whole, onChunk).catch((cause: unknown) => {
        if (cause instanceof OtherWires) return null;
        throw cause;
      });
      if (!cuts) continue;
      this.options.check();
      this.options.emit({ kind: 'cuts', cuts });
      return;
    }
  }

  private tellCalibration(calibration: CalibrationReading): void {
    this.done('calibration', calibration.step);
    this.options.emit({ kind: 'calibration', calibration });
  }

  private done(name: Instrument, step: number): void {
    this.due.delete(name);
    this.readAt.set(name, step);
  }
}
