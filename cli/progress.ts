/** Listens to a run: keeps its curves and evaluations, and tells how it goes on stderr. */
import type { Evaluation, RunEvent, Snapshot } from '../src/pipeline/run';
import type { Curves, RunFile } from '../src/pipeline/runFile';
import type { Pipeline } from '../src/pipeline/schema';
import { count } from './table';

/** Longest silence between two lines of progress, in milliseconds. */
const SILENCE = 5000;

export interface Failure {
  readonly state: 'diverged' | 'failed';
  readonly message: string;
}

export class Progress {
  readonly curves: Curves;
  readonly evaluations: Evaluation[];
  backend: RunFile['backend'] | null = null;
  failure: Failure | null = null;
  /** The last one that the trainer took by itself. */
  snapshot: Snapshot | null = null;
  private samplesPerSecond = 0;
  private saidAt = performance.now();

  /**
   * @param earlier what the run had told before it was taken up again
   * @param from step at which it is taken up, 0 for a new run
   */
  constructor(
    private readonly pipeline: Pipeline,
    private readonly say: (line: string) => void,
    earlier: Pick<RunFile, 'curves' | 'evaluations'> | null,
    private readonly from: number,
  ) {
    const ids = pipeline.tasks.map((t) => t.id);
    const old = earlier?.curves;
    this.curves = {
      step: [...(old?.step ?? [])],
      learningRate: [...(old?.learningRate ?? [])],
      gradientNorm: [...(old?.gradientNorm ?? [])],
      total: [...(old?.total ?? [])],
      losses: Object.fromEntries(ids.map((id) => [id, [...(old?.losses[id] ?? [])]])),
    };
    this.evaluations = (earlier?.evaluations ?? []).filter((e) => e.step <= from);
    this.forgetAfter(from);
  }

  readonly hear = (event: RunEvent): void => {
    switch (event.kind) {
      case 'backend':
        this.backend = { ...event.backend };
        this.say(`Training on ${event.backend.label}. ${event.backend.reason}`);
        break;
      case 'frame':
        this.append(event.steps, event.columns);
        this.samplesPerSecond = event.samplesPerSecond;
        if (performance.now() - this.saidAt > SILENCE) this.tell();
        break;
      case 'evaluation':
        // The trainer evaluates where it starts; at a resumed step the uninterrupted run had no such evaluation.
        if (this.from > 0 && event.evaluation.step === this.from) break;
        this.evaluations.push(event.evaluation);
        this.tell(event.evaluation);
        break;
      case 'snapshot':
        this.snapshot = event.snapshot;
        break;
      case 'notice':
        this.say(event.message);
        break;
      case 'failed':
        this.failure = {
          state: event.step === undefined ? 'failed' : 'diverged',
          message: event.message,
        };
        break;
    }
  };

  /** Takes back what was told of steps after this one: they are not part of the weights. */
  forgetAfter(step: number): void {
    const { curves } = this;
    let keep = curves.step.length;
    while (keep > 0 && curves.step[keep - 1]! > step) keep--;
    for (const list of this.lists()) list.length = keep;
    while (this.evaluations.length > 0 && this.evaluations.at(-1)!.step > step) this.evaluations.pop();
  }

  private lists(): number[][] {
    const { step, learningRate, gradientNorm, total, losses } = this.curves;
    return [step, learningRate, gradientNorm, total, ...Object.values(losses)];
  }

  private append(steps: Float64Array, columns: number): void {
    // After a lost GPU the steps since the last snapshot are done, and told, once more.
    if (steps.length > 0) this.forgetAfter(steps[0]! - 1);
    const { step, learningRate, gradientNorm, total, losses } = this.curves;
    for (let at = 0; at < steps.length; at += columns) {
      step.push(steps[at]!);
      learningRate.push(steps[at + 1]!);
      gradientNorm.push(steps[at + 2]!);
      total.push(steps[at + 3]!);
      this.pipeline.tasks.forEach((task, k) => {
        losses[task.id]!.push(steps[at + 4 + k]!);
      });
    }
  }

  private tell(evaluation?: Evaluation): void {
    this.saidAt = performance.now();
    const { curves, pipeline } = this;
    const step = evaluation?.step ?? curves.step.at(-1) ?? 0;
    const parts = [`step ${count(step)}/${count(pipeline.training.steps)}`];
    if (curves.total.length > 0) parts.push(`loss ${curves.total.at(-1)!.toFixed(4)}`);
    for (const { space, auc } of evaluation?.metrics ?? []) {
      parts.push(`AUC ${space} ${auc.ok ? auc.value.toFixed(4) : '–'}`);
    }
    if (this.samplesPerSecond > 0) parts.push(`${count(Math.round(this.samplesPerSecond))} rows/s`);
    this.say(parts.join('  '));
  }
}
