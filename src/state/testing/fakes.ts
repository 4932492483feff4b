/** Stand-ins for the workers, for tests of state and views: they answer at once and say what the test tells them to say. */
import type { Client, Follower, Listener } from '../../../workers/client';
import type {
  Cut,
  DatasetSummary,
  Description,
  Mapping,
  Preview,
  Profile,
  Progress,
  RaceRequest,
  RunEvent,
  ShardOffer,
  SimulationRequest,
  Snapshot,
  StartRequest,
  StoredShard,
  TrainerEvent,
} from '../../../workers/protocol';
import { mappingSchema } from '../../data/mapping/mapping';
import { defaultPipeline } from '../../pipeline/defaults';
import type { Pipeline } from '../../pipeline/schema';
import { blocksOf } from '../../pipeline/schema';
import { outputSpaces } from '../../pipeline/spaces';
import type { Places } from '../../pipeline/weightFile';
import type { RacePairs } from '../../study/race';

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

/** A user's file with a click, a like that needs it, and a column for each other role that tests ask for. */
export const PREVIEW: Preview = {
  files: [{ name: 'mine.csv', bytes: 2_400_000, part: 'rows' }],
  format: 'CSV, comma',
  preset: null,
  columns: [
    { name: 'user', kind: 'whole', distinct: 120, missing: 0, examples: ['1', '2'] },
    { name: 'age', kind: 'real', distinct: 60, missing: 4, examples: ['31', '44.5'] },
    { name: 'colour', kind: 'text', distinct: 5, missing: 0, examples: ['red', 'blue'] },
    {
      name: 'play_time',
      kind: 'real',
      distinct: 300,
      missing: 0,
      examples: ['0', '12.5'],
      why: 'It tells the answer: play time is known only after the click.',
    },
    { name: 'click', kind: 'whole', distinct: 2, missing: 0, examples: ['0', '1'] },
    { name: 'like', kind: 'whole', distinct: 2, missing: 0, examples: ['0', '1'] },
  ],
  rows: [
    ['1', '31', 'red', '0', '0', '0'],
    ['2', '44.5', 'blue', '12.5', '1', '1'],
  ],
  seen: 400,
  estimatedRows: 60_000,
  certain: false,
  guess: mappingSchema.parse({
    columns: [
      { name: 'user', role: 'group' },
      { name: 'age', role: 'numerical' },
      { name: 'colour', role: 'categorical' },
      { name: 'play_time', role: 'ignore' },
      { name: 'click', role: 'label', parent: null },
      { name: 'like', role: 'label', parent: 'click' },
    ],
  }),
};

export const SHARD: StoredShard = {
  id: 's1',
  title: 'ES',
  detail: 'simulated · r 0.5 · seed 1',
  created: '2026-11-22T04:00:00.000Z',
  rows: 100_000,
  bytes: 21_000_000,
};

export const OFFER: ShardOffer = {
  url: 'https://data.example.org/es/manifest.json',
  host: 'data.example.org',
  title: 'ES, 50k rows',
  detail: 'simulated',
  rows: 50_000,
  bytes: 9_000_000,
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

const PLACES: Places = {
  parameters: [{ name: 'top.b', shape: [1], offset: 0, size: 1 }],
  buffers: [],
  size: 1,
  bufferSize: 0,
};

export const snapshotAt = (step: number): Snapshot => ({
  pipeline: defaultPipeline(),
  fingerprint: 'f00d',
  step,
  parameters: new Float32Array(1),
  moment1: new Float32Array(1),
  moment2: new Float32Array(1),
  buffers: new Float32Array(0),
  balancer: new Float32Array(0),
  edits: {},
});

/** A client whose trainer does nothing by itself. `calls` lists the commands that it was given. */
export class FakeClient {
  readonly calls: string[] = [];
  /** What the trainer was told last: what to read, and which wires are cut. */
  watched: readonly string[] = [];
  cut: readonly Cut[] = [];
  readonly edits: unknown[] = [];
  readonly speeds: unknown[] = [];
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
    if (which === 'trainer') for (const f of this.followers.values()) f.onDeath('it stopped answering');
    this.listener?.onDeath(which, 'it stopped answering');
  }

  private readonly followers = new Map<string, Follower>();
  raced: RaceRequest | null = null;
  pairs: RacePairs = [];

  /** An entrant of the race says something. */
  emitOf(racer: number, event: RunEvent): void {
    const runId = this.raced?.entrants[racer]?.runId ?? '';
    this.followers.get(runId)?.onEvent({ ...event, runId, seq: this.seq++ });
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
    setSpeed: async (speed: unknown) => void this.speeds.push(speed),
    watch: async (names: readonly string[]) => {
      this.watched = names;
    },
    cut: async (wires: readonly Cut[]) => {
      this.cut = wires;
    },
    describe: async (p: Pipeline) => description(p),
    cost: async () => [],
    snapshot: async () => snapshotAt(0),
    places: async () => PLACES,
    raceStart: async (request: RaceRequest) => {
      this.calls.push('race');
      this.raced = request;
    },
    racePause: async () => void this.calls.push('race pause'),
    raceStep: async () => void this.calls.push('race step'),
    raceResume: async () => void this.calls.push('race resume'),
    raceStop: async () => void this.calls.push('race stop'),
    racePlaces: async () => PLACES,
    racePairs: async () => this.pairs,
  };

  /** What the data worker answers; a test puts its own in their place. */
  summary: DatasetSummary = SUMMARY;
  preview: Preview = PREVIEW;
  profile: Profile | null = null;
  shards: StoredShard[] = [];
  /** While set, simulate and open wait for `cancel`, having told this much. */
  hang: Progress | null = null;
  mappings: (Mapping | null)[] = [];
  private stop: (() => void) | null = null;

  private readonly dataApi = {
    discard: async (fingerprint: string) => void this.calls.push(`discard ${fingerprint}`),
    simulate: async (_request: SimulationRequest, progress: (p: Progress) => void) => this.make(progress),
    preview: async () => {
      this.refuse();
      return this.preview;
    },
    open: async (_files: readonly File[], mapping: Mapping | null, progress: (p: Progress) => void) => {
      this.mappings.push(mapping);
      return this.make(progress);
    },
    cancel: async () => {
      this.calls.push('cancel');
      this.stop?.();
    },
    profile: async () => {
      this.refuse();
      return this.profile;
    },
    saveShard: async () => {
      this.refuse();
      this.shards = [...this.shards, SHARD];
      return SHARD;
    },
    listShards: async () => ({ shards: this.shards, room: { used: 21_000_000, quota: 1_000_000_000 } }),
    openShard: async (_id: string, progress: (p: Progress) => void) => this.make(progress),
    deleteShard: async (id: string) => {
      this.shards = this.shards.filter((s) => s.id !== id);
    },
    inspectUrl: async () => {
      this.refuse();
      return OFFER;
    },
    openUrl: async (url: string, progress: (p: Progress) => void) => {
      this.calls.push(`fetch ${url}`);
      return this.make(progress);
    },
  };

  private refuse(): void {
    if (this.refuseData !== null) throw new Error(this.refuseData);
  }

  private async make(progress: (p: Progress) => void): Promise<DatasetSummary> {
    this.refuse();
    if (this.hang) {
      progress(this.hang);
      await new Promise<void>((_, reject) => {
        this.stop = () => reject(new Error('Stopped. What was loaded before is still there.'));
      });
    }
    return this.summary;
  }

  readonly client: Client = {
    listen: (to) => {
      this.listener = to;
    },
    expectRun: () => undefined,
    follow: (runId, to) => {
      this.followers.set(runId, to);
      return () => void this.followers.delete(runId);
    },
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
