/** What a run has told so far, in typed arrays outside React: step records, evaluations, probes, and the run before as a ghost. */
import type {
  CalibrationReading,
  CutReading,
  Evaluation,
  GradientReading,
  ProbeReading,
} from '../../workers/protocol';
import { Readings } from './readings';
import { Rows } from './rows';
import { TimeLeft } from './timeLeft';

/** Columns of a frame before the tasks' losses. */
export const FRAME_HEAD = 4;
/** Weight of the past in the smoothed loss: about the last 30 steps. */
export const LOSS_SMOOTHING = 0.97;
/** Weight of the past in the smoothed AUC. None: an AUC is measured over the whole validation part, and an average of few points would only lag behind it. */
const AUC_SMOOTHING = 0;
/** As many steps as a run may have. */
const MAX_STEPS = 200_000;
/** Milliseconds between two redraws. */
const REDRAW = 200;

/** One output space's evaluations: step, AUC on labels, its standard error, expected AUC, its standard error. */
export const EVALUATION_COLUMNS = 5;

/** An output space's evaluation as a row of those columns; NaN where there is no AUC. */
export function evaluationRow(step: number, { auc, expectedAuc }: Evaluation['metrics'][number]): number[] {
  return [
    step,
    auc.ok ? auc.value : Number.NaN,
    auc.ok ? auc.se : Number.NaN,
    expectedAuc?.ok ? expectedAuc.value : Number.NaN,
    expectedAuc?.ok ? expectedAuc.se : Number.NaN,
  ];
}

/** A run that has ended, kept to compare with. */
export interface Ghost {
  /** Id of its entry in the list of runs; empty where it has none. */
  readonly id: string;
  readonly name: string;
  readonly steps: number;
  readonly losses: Rows | null;
  readonly evaluations: ReadonlyMap<string, Rows>;
}

/** Kinds of records: whoever draws one of them need not draw again when another comes. */
const PARTS = ['frames', 'evaluations', 'readings'] as const;
export type Part = (typeof PARTS)[number];

/** The records of the run in progress. */
export class History {
  /** Step, learning rate, gradient norm, ΣλL, L_1…L_K. */
  frames: Rows | null = null;
  /** Step, weights c_1…c_K, then norms and cosines where the balancer looks at gradients; null while it says nothing. */
  balance: Rows | null = null;
  evaluations = new Map<string, Rows>();
  last: Evaluation | null = null;
  /** What the instruments read, step by step. */
  readings = new Readings();
  ghost: Ghost | null = null;
  step = 0;
  samplesPerSecond = 0;
  readonly timeLeft = new TimeLeft();
  private version = 0;
  private readonly versions: Record<Part, number> = { frames: 0, evaluations: 0, readings: 0 };
  /** What has changed since the listeners were told. */
  private readonly news = new Set<Part>();
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private told = Number.NEGATIVE_INFINITY;

  /** Starts a new record. The old one becomes the ghost where it holds anything to compare with. */
  begin(name: string, id = ''): void {
    if (this.last && this.last.step > 0) {
      this.ghost = { id, name, steps: this.step, losses: this.frames, evaluations: this.evaluations };
    }
    this.clear();
  }

  /** Forgets the run in progress, not the ghost. */
  clear(): void {
    this.frames = null;
    this.balance = null;
    this.evaluations = new Map();
    this.last = null;
    this.readings = new Readings();
    this.step = 0;
    this.rest();
  }

  /** Takes up the record of an earlier visit. @param steps row-major, as frames are */
  restore(steps: Float64Array, columns: number, evaluations: readonly Evaluation[]): void {
    this.clear();
    this.addFrame(steps, columns, 0);
    for (const evaluation of evaluations) this.addEvaluation(evaluation);
  }

  /** Forgets what came after a step: the run goes on from there. */
  rewind(step: number): void {
    this.frames?.truncate(step);
    this.balance?.truncate(step);
    for (const rows of this.evaluations.values()) rows.truncate(step);
    this.readings.truncate(step);
    this.step = step;
    this.changedNow();
  }

  forgetGhost(): void {
    this.ghost = null;
    this.changedNow();
  }

  /** @param balance what the balancer did, a row a step of the frame */
  addFrame(steps: Float64Array, columns: number, samplesPerSecond: number, balance?: Float64Array): void {
    if (this.frames?.columns !== columns) this.frames = new Rows(columns, MAX_STEPS, LOSS_SMOOTHING);
    for (let at = 0; at + columns <= steps.length; at += columns) {
      this.frames.push(steps.subarray(at, at + columns));
    }
    if (balance) this.addBalance(balance, balance.length / (steps.length / columns));
    this.step = this.frames.last(0) ?? this.step;
    this.samplesPerSecond = samplesPerSecond;
    this.timeLeft.note(this.step);
    this.changed('frames');
  }

  private addBalance(rows: Float64Array, columns: number): void {
    if (this.balance?.columns !== columns) this.balance = new Rows(columns, MAX_STEPS, LOSS_SMOOTHING);
    for (let at = 0; at + columns <= rows.length; at += columns) {
      this.balance.push(rows.subarray(at, at + columns));
    }
  }

  addEvaluation(evaluation: Evaluation): void {
    for (const metric of evaluation.metrics) {
      const { space } = metric;
      let rows = this.evaluations.get(space);
      if (!rows) {
        rows = new Rows(EVALUATION_COLUMNS, MAX_STEPS, AUC_SMOOTHING);
        this.evaluations.set(space, rows);
      }
      // A run that goes on from a snapshot evaluates at its first step once more.
      if ((rows.last(0) ?? -1) >= evaluation.step) continue;
      rows.push(evaluationRow(evaluation.step, metric));
    }
    this.last = evaluation;
    this.step = Math.max(this.step, evaluation.step);
    this.changed('evaluations');
  }

  addProbe(probe: ProbeReading): void {
    this.readings.addProbe(probe);
    this.changed('readings');
  }

  addGradients(gradients: GradientReading): void {
    this.readings.addGradients(gradients);
    this.changed('readings');
  }

  addCalibration(calibration: CalibrationReading): void {
    this.readings.addCalibration(calibration);
    this.changed('readings');
  }

  addCuts(cuts: CutReading): void {
    this.readings.addCuts(cuts);
    this.changed('readings');
  }

  /** The probes of all frames, in order of step. */
  get probes(): readonly ProbeReading[] {
    return this.readings.frames.flatMap((f) => f.probes);
  }

  setStep(step: number): void {
    this.step = step;
    this.changed('frames');
  }

  /** Nothing is being trained: no samples a second. */
  rest(): void {
    this.samplesPerSecond = 0;
    this.timeLeft.forget();
    this.changedNow();
  }

  /** For useSyncExternalStore: told at most five times a second. */
  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Changes when there is news; of one part, or of any. */
  getVersion = (part?: Part): number => (part ? this.versions[part] : this.version);

  private changed(part: Part): void {
    this.news.add(part);
    if (this.timer !== null) return;
    const wait = Math.max(0, this.told + REDRAW - Date.now());
    if (wait === 0) this.tell();
    else this.timer = setTimeout(() => this.tell(), wait);
  }

  /** All of it may have changed, and nobody is to wait for that. */
  private changedNow(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    for (const part of PARTS) this.news.add(part);
    this.tell();
  }

  private tell(): void {
    this.timer = null;
    this.told = Date.now();
    this.version++;
    for (const part of this.news) this.versions[part]++;
    this.news.clear();
    for (const listener of this.listeners) listener();
  }
}

/** The page's one history. */
export const history = new History();
