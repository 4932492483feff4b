/** What the run in progress has told, as it will be kept: collected from its events, and written as a run file's content. */
import { dependencies, version } from '../../../package.json';
import type { Check } from '../../data/checks/check';
import type { BackendInfo, Evaluation, RunEvent, Snapshot } from '../../pipeline/run';
import type { Curves, RunContent, RunData } from '../../pipeline/runFile';
import type { Pipeline } from '../../pipeline/schema';
import { type Places, weightsFile } from '../../pipeline/weightFile';
import { FRAME_HEAD } from '../history';
import type { Rows } from '../rows';
import type { useData } from '../stores';

/** Steps of a curve that are kept: all of most runs, every n-th of long ones. */
export const KEPT_STEPS = 600;

type DataInUse = Pick<ReturnType<typeof useData.getState>, 'summary' | 'made' | 'opened'>;

/** Where the rows in use come from, as a run file says it; null where there are none. */
export function dataOf({ summary, made, opened }: DataInUse): RunData | null {
  if (!summary) return null;
  const { fingerprint, rows, trainRows, source } = summary;
  const common = { title: source.title, detail: source.detail, fingerprint, rows, trainRows };
  if (made) return { kind: 'simulated', ...common, request: made };
  if (opened) {
    const path = opened.files.map((f) => f.name).join(',');
    return { kind: 'file', ...common, path, mapping: opened.mapping };
  }
  return { kind: 'shard', ...common, path: source.title };
}

/** Every n-th step, so that no more than `most` remain, and the last. */
export function curvesOf(frames: Rows | null, taskIds: readonly string[], most = KEPT_STEPS): Curves {
  const n = frames?.length ?? 0;
  const every = Math.max(1, Math.ceil(n / most));
  const rows: number[] = [];
  for (let r = 0; r < n; r += every) rows.push(r);
  if (n > 0 && rows.at(-1) !== n - 1) rows.push(n - 1);
  const column = (c: number) => rows.map((r) => frames!.at(r, c));
  return {
    step: column(0),
    learningRate: column(1),
    gradientNorm: column(2),
    total: column(3),
    losses: Object.fromEntries(taskIds.map((id, k) => [id, column(FRAME_HEAD + k)])),
  };
}

/** All of a record but what arrives with its steps: this is what survives a reload. */
export interface RecordHead {
  readonly id: string;
  readonly pipeline: Pipeline;
  readonly data: RunData;
  readonly checks: readonly Check[];
  readonly started: string;
  readonly resumedAt: readonly number[];
  readonly editedAt: readonly number[];
  readonly backend: BackendInfo | null;
  readonly evaluations: readonly Evaluation[];
}

/** One run's record, from its first step to its last. */
export class RunRecord {
  readonly id: string;
  private pipeline: Pipeline;
  private readonly data: RunData;
  private readonly checks: readonly Check[];
  private readonly started: string;
  private resumedAt: readonly number[];
  private editedAt: readonly number[];
  private backend: BackendInfo | null;
  private evaluations: Evaluation[];
  places: Places | null = null;
  /** Frames that are in no checkpoint yet. */
  private unsaved: Float64Array[] = [];
  /** Columns of a frame; 0 before the first one. */
  columns = 0;
  /** Last step that was told. */
  toldStep = 0;
  /** It has ended and is in the list; going on opens it again. */
  closed = false;

  constructor(head: RecordHead) {
    this.id = head.id;
    this.pipeline = head.pipeline;
    this.data = head.data;
    this.checks = head.checks;
    this.started = head.started;
    this.resumedAt = head.resumedAt;
    this.editedAt = head.editedAt;
    this.backend = head.backend;
    this.evaluations = [...head.evaluations];
  }

  static begin(
    pipeline: Pipeline,
    data: RunData,
    checks: readonly Check[],
    id: string = crypto.randomUUID(),
  ): RunRecord {
    return new RunRecord({
      id,
      pipeline,
      data,
      checks,
      started: new Date().toISOString(),
      resumedAt: [],
      editedAt: [],
      backend: null,
      evaluations: [],
    });
  }

  head(): RecordHead {
    const { id, pipeline, data, checks, started, resumedAt, editedAt, backend, evaluations } = this;
    return { id, pipeline, data, checks, started, resumedAt, editedAt, backend, evaluations };
  }

  /** The run goes on from a step, with what may have been edited meanwhile. */
  goOn(step: number, pipeline: Pipeline): void {
    this.closed = false;
    this.toldStep = Math.min(this.toldStep, step);
    this.evaluations = this.evaluations.filter((e) => e.step <= step);
    if (this.resumedAt.at(-1) !== step) this.resumedAt = [...this.resumedAt, step];
    this.pipeline = pipeline;
  }

  /** A learning rate or loss weight was changed. */
  edited(step: number, pipeline: Pipeline): void {
    this.pipeline = pipeline;
    if (this.editedAt.at(-1) !== step) this.editedAt = [...this.editedAt, step];
  }

  /** Whether the trainer evaluates a step once more, or one that a run without a break would not evaluate. */
  repeats(step: number): boolean {
    const { evaluateEvery, steps } = this.pipeline.training;
    const regular = step % evaluateEvery === 0 || step === steps;
    return (this.evaluations.at(-1)?.step ?? -1) >= step || (this.resumedAt.at(-1) === step && !regular);
  }

  hear(event: RunEvent): void {
    switch (event.kind) {
      case 'backend':
        this.backend = event.backend;
        return;
      case 'frame':
        this.columns = event.columns;
        this.unsaved.push(event.steps);
        this.toldStep = event.steps[event.steps.length - event.columns] ?? this.toldStep;
        return;
      case 'evaluation':
        if (!this.repeats(event.evaluation.step)) this.evaluations.push(event.evaluation);
    }
  }

  /** Takes over what an earlier visit told. */
  restore(frames: Float64Array, columns: number): void {
    this.unsaved = [frames];
    this.columns = columns;
    this.toldStep = frames[frames.length - columns] ?? 0;
  }

  /** Frames since the last call, as one list, and no longer unsaved. */
  takeUnsaved(): Float64Array {
    const all = new Float64Array(this.unsaved.reduce((n, f) => n + f.length, 0));
    let at = 0;
    for (const frame of this.unsaved) {
      all.set(frame, at);
      at += frame.length;
    }
    this.unsaved = [];
    return all;
  }

  /** A write failed: what it held is to be written again. */
  giveBack(frames: Float64Array): void {
    this.unsaved.unshift(frames);
  }

  /**
   * The run as it will be kept, with its weights as a safetensors file where there is a snapshot.
   * @returns null where nothing was measured after the start: there is nothing to compare
   */
  content(
    state: RunContent['state'],
    message: string | null,
    frames: Rows | null,
    snapshot: Snapshot | null,
  ): { content: RunContent; weights: Uint8Array | null } | null {
    const last = this.evaluations.at(-1);
    if (!last || last.step === 0) return null;
    const { pipeline, data, checks, started, resumedAt, editedAt, evaluations, places } = this;
    const mine = snapshot && places && snapshot.parameters.length === places.size ? snapshot : null;
    const step = mine?.step ?? last.step;
    const failed = state === 'diverged' || state === 'failed';
    const content: RunContent = {
      state,
      message,
      pipeline,
      data,
      checks,
      seed: pipeline.training.seed,
      backend: this.backend ?? { name: 'wasm', label: 'unknown', reason: 'The trainer did not say.' },
      versions: {
        seesaw: version,
        tfjs: dependencies['@tensorflow/tfjs-core'],
        browser: navigator.userAgent.slice(0, 500),
      },
      started,
      finished: new Date().toISOString(),
      resumedAt: [...resumedAt],
      ...(editedAt.length > 0 && { editedAt: [...editedAt] }),
      step,
      parameterCount: places?.size ?? 0,
      curves: curvesOf(
        frames,
        pipeline.tasks.map((t) => t.id),
      ),
      evaluations,
      final: failed ? null : (evaluations.findLast((e) => e.step === step) ?? null),
    };
    return { content, weights: mine && places ? weightsFile(places, mine) : null };
  }
}
