/** What somebody looks at while a run goes on: probes with each evaluation, and instruments, which cost more, when they are due. */
import type { CalibrationReading, Instrument } from '../pipeline/run';
import { INSTRUMENTS } from '../pipeline/run';
import type { Session } from './session';
import type { TrainerOptions } from './trainer';

/** A reading or an evaluation that gave way: somebody wants the run to rest, or looks elsewhere. */
export class BrokenOff extends Error {}

interface LooksOptions extends Pick<TrainerOptions, 'emit' | 'yieldNow'> {
  /** Throws where the device is lost: what was read from it is worth nothing. */
  readonly check: () => void;
}

export class Looks {
  private watched: ReadonlySet<string> = new Set();
  /** Instruments that are to be read at once. */
  private readonly due = new Set<Instrument>();
  /** Step at which each instrument was read last. */
  private readonly readAt = new Map<Instrument, number>();
  /** Counts requests to rest: a reading that outlasts one gives way. */
  private rests = 0;

  constructor(private readonly options: LooksOptions) {}

  /** Another run begins: nothing of it has been read. */
  begin(): void {
    this.readAt.clear();
  }

  /** Whether somebody looks at a probe or an instrument. */
  at(name: string): boolean {
    return this.watched.has(name);
  }

  /** Whether an instrument waits to be read. */
  get waiting(): boolean {
    return this.due.size > 0;
  }

  /** Says what somebody looks at from now on. @param step of the run, or null where there is none: then nothing is due */
  watch(names: readonly string[], step: number | null): void {
    this.watched = new Set(names);
    this.due.clear();
    if (step === null) return;
    for (const name of INSTRUMENTS) {
      if (this.watched.has(name) && this.readAt.get(name) !== step) this.due.add(name);
    }
  }

  /** Whoever pauses or stops does not wait for what is being read: it stays due. */
  giveWay(): void {
    this.rests++;
  }

  /** Reads what goes with an evaluation. @param calibration that came of the same predictions */
  async afterEvaluation(session: Session, calibration: CalibrationReading | null): Promise<void> {
    if (calibration) this.tellCalibration(calibration);
    await this.readProbes(session);
    if (this.at('gradients')) this.due.add('gradients');
    await this.readDue(session);
  }

  /** Tells the probes that somebody looks at. */
  async readProbes(session: Session): Promise<void> {
    if (this.watched.size === 0) return;
    for (const probe of await session.probe(this.watched)) this.options.emit({ kind: 'probe', probe });
  }

  /** Reads the instruments that are due, unless the run is to rest meanwhile. */
  async readDue(session: Session): Promise<void> {
    if (this.due.size === 0) return;
    const { rests } = this;
    const breathe = async () => {
      await this.options.yieldNow();
      if (this.rests !== rests || this.due.size === 0) throw new BrokenOff();
    };
    try {
      if (this.due.has('calibration')) {
        const { calibration } = await session.judge(breathe, true);
        this.options.check();
        if (calibration) this.tellCalibration(calibration);
      }
      if (this.due.has('gradients')) {
        const gradients = await session.gradientReading(breathe);
        this.options.check();
        this.done('gradients', gradients.step);
        this.options.emit({ kind: 'gradients', gradients });
      }
    } catch (cause) {
      if (!(cause instanceof BrokenOff)) throw cause;
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
