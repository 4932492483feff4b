/** Stand-ins for the workers, for tests of state and views: they answer at once and say what the test tells them to say. */
import type { Client, Listener } from '../../../workers/client';
import type {
  DatasetSummary,
  Description,
  RunEvent,
  Snapshot,
  StartRequest,
  TrainerEvent,
} from '../../../workers/protocol';
import { defaultPipeline } from '../../pipeline/defaults';
import type { Pipeline } from '../../pipeline/schema';
import { blocksOf } from '../../pipeline/schema';
import { outputSpaces } from '../../pipeline/spaces';

export const SUMMARY: DatasetSummary = {
  fingerprint: 'f00d',
  source: { kind: 'simulated', title: 'ES', detail: 'simulated · r 0.5 · seed 1' },
  schema: {
    categorical: [{ name: 'categorical_1', vocabulary: 10 }],
    numerical: ['numerical_1'],
    tasks: [
      { name: 'click', parent: null },
      { name: 'conversion', parent: 0 },
    ],
    group: null,
  },
  rows: 100_000,
  trainRows: 75_000,
  tasks: [
    { name: 'click', positives: 20_000, rate: 0.0266 },
    { name: 'conversion', positives: 900, rate: 0.0006 },
  ],
  oracle: { click: 0.789, conversion: 0.906, 'conversion|click': 0.783 },
  origin: null,
  checks: [],
  notes: [],
};

const description = (p: Pipeline): Description => ({
  blocks: blocksOf(p)
    .filter(({ pillar }) => pillar !== 'balancer')
    .map(({ path, spec }) => ({
      path,
      title: spec.title,
      output: { groups: p.tasks.length, width: 32 },
      parameters: [],
      parameterCount: 100,
    })),
  parameterCount: 400,
  spaces: outputSpaces(p.tasks),
});

export const snapshotAt = (step: number): Snapshot => ({
  pipeline: defaultPipeline(),
  fingerprint: 'f00d',
  step,
  parameters: new Float32Array(1),
  moment1: new Float32Array(1),
  moment2: new Float32Array(1),
  buffers: new Float32Array(0),
  edits: {},
});

/** A client whose trainer does nothing by itself. `calls` lists the commands that it was given. */
export class FakeClient {
  readonly calls: string[] = [];
  readonly edits: unknown[] = [];
  started: StartRequest | null = null;
  refuseData: string | null = null;
  kept: Snapshot | null = null;
  private listener: Listener | null = null;
  private seq = 0;

  /** The trainer says something about the run that was started last. */
  emit(event: RunEvent): void {
    if (event.kind === 'snapshot') this.kept = event.snapshot;
    const stamped: TrainerEvent = { ...event, runId: this.started?.runId ?? '', seq: this.seq++ };
    this.listener?.onEvent(stamped);
  }

  die(which: 'trainer' | 'data'): void {
    this.listener?.onDeath(which, 'it stopped answering');
  }

  private readonly trainerApi = {
    start: async (request: StartRequest) => {
      this.calls.push(request.paused ? 'start paused' : 'start');
      this.started = request;
    },
    pause: async () => {
      this.calls.push('pause');
      return { step: 0 };
    },
    step: async (count: number) => {
      this.calls.push(`step ${count}`);
      return { step: count };
    },
    resume: async () => void this.calls.push('resume'),
    stop: async () => void this.calls.push('stop'),
    edit: async (change: unknown) => {
      this.calls.push('edit');
      this.edits.push(change);
    },
    watch: async () => undefined,
    describe: async (p: Pipeline) => description(p),
    snapshot: async () => snapshotAt(0),
  };

  private readonly dataApi = {
    simulate: async () => this.summary(),
    open: async () => this.summary(),
  };

  private summary(): DatasetSummary {
    if (this.refuseData !== null) throw new Error(this.refuseData);
    return SUMMARY;
  }

  readonly client: Client = {
    listen: (to) => {
      this.listener = to;
    },
    expectRun: () => undefined,
    snapshot: () => this.kept,
    forgetSnapshot: () => {
      this.kept = null;
    },
    setPatience: () => undefined,
    trainer: (use) => use(this.trainerApi as never),
    data: (use) => use(this.dataApi as never),
    handOver: async () => void this.calls.push('hand over'),
    callback: (report) => report,
  };
}
