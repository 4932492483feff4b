/** What the page and the trainer say to each other: types only. Commands travel by Comlink, events on one MessagePort. */
import type { Dataset } from '../src/data/dataset';
import type { Mapping, Preview } from '../src/data/mapping/mapping';
import type { Progress } from '../src/data/pace';
import type { Profile } from '../src/data/profile/profile';
import type { ShardOffer, StoredShard } from '../src/data/shards/manifest';
import type { SimulationRequest } from '../src/data/simulator/request';
import type { DatasetSummary } from '../src/data/summary';
import type {
  FusionReading,
  FusionRequest,
  PagePick,
  PageReading,
  PagesReading,
  RowPick,
  RowReading,
} from '../src/pipeline/rowReading';
import type {
  BackendChoice,
  BlockCost,
  Cut,
  Description,
  LiveEdit,
  ProbeReading,
  RunEvent,
  Snapshot,
  Speed,
} from '../src/pipeline/run';
import type { Pipeline } from '../src/pipeline/schema';
import type { Places } from '../src/pipeline/weightFile';
import type { RacePairs } from '../src/study/race';

export type {
  FusionReading,
  FusionRequest,
  PagePick,
  PageReading,
  PagesReading,
  RowPick,
  RowReading,
} from '../src/pipeline/rowReading';
export type {
  BackendChoice,
  BackendInfo,
  BlockCost,
  BlockInfo,
  CalibrationReading,
  Cut,
  CutReading,
  Description,
  Evaluation,
  GradientReading,
  Instrument,
  LiveEdit,
  Measured,
  NormReading,
  ParameterInfo,
  ProbeReading,
  Pull,
  RunEvent,
  RunState,
  Snapshot,
  Speed,
  StepReading,
  TimeReading,
} from '../src/pipeline/run';

export type {
  DatasetSummary,
  Mapping,
  Preview,
  Profile,
  Progress,
  ShardOffer,
  SimulationRequest,
  StoredShard,
};

interface Stamp {
  readonly runId: string;
  readonly seq: number;
}

/** What a run tells, stamped: events of an older run, or out of order, are dropped. */
export type TrainerEvent = Stamp & RunEvent;

export interface StartRequest {
  readonly runId: string;
  readonly pipeline: Pipeline;
  readonly backend: BackendChoice;
  /** Continue from here instead of from step 0. */
  readonly from?: Snapshot;
  /** Start paused, e.g. to step by hand. */
  readonly paused?: boolean;
}

export interface RaceEntrant {
  /** What its events are stamped with. */
  readonly runId: string;
  readonly pipeline: Pipeline;
  /** Continue from here instead of from step 0. */
  readonly from?: Snapshot | undefined;
  /** It failed before a reload: it keeps its place and runs no more. */
  readonly out?: true | undefined;
}

export interface RaceRequest {
  /** With the same tasks. */
  readonly entrants: readonly RaceEntrant[];
  readonly backend: 'wasm' | 'cpu';
}

/** The trainer worker's commands. All reject with one clear sentence. */
export interface TrainerApi {
  /** Hands over the port on which events arrive. */
  connect(port: MessagePort): void;
  /** Takes a data set (its buffers are transferred). */
  load(dataset: Dataset): Promise<{ fingerprint: string }>;
  /** The assembled graph of a pipeline on the loaded data, without training it. */
  describe(pipeline: Pipeline): Description;
  /** What a row costs in each block's forward pass. */
  cost(pipeline: Pipeline): Promise<readonly BlockCost[]>;
  start(request: StartRequest): Promise<void>;
  pause(): Promise<{ step: number }>;
  /** Trains `count` steps by hand, then pauses. */
  step(count: number): Promise<{ step: number }>;
  resume(): Promise<void>;
  stop(): Promise<void>;
  edit(change: LiveEdit): void;
  /** Slow motion, or null for full speed; holds for a race, and for later runs of this worker too. */
  setSpeed(speed: Speed): void;
  /** Names of the probes and instruments (run.ts) that somebody looks at; others are not computed. Instruments are read at once. */
  watch(names: readonly string[]): void;
  /** Wires that are cut for a look at what they are worth: read at once, and with each evaluation, while `cuts` is watched. */
  cut(wires: readonly Cut[]): Promise<void>;
  /** Probes at the current step, now. */
  inspect(): Promise<readonly ProbeReading[]>;
  snapshot(): Promise<Snapshot>;
  /** Where each tensor of the run's model lies in its snapshots' flat vectors. */
  places(): Places;
  /** Ends the run there is and lets pipelines take turns on the same data; resolves when all stand at the line. */
  raceStart(request: RaceRequest): Promise<void>;
  /** Resolves when all rest at one step. */
  racePause(): Promise<void>;
  /** One step by hand for each, then a rest. */
  raceStep(): Promise<void>;
  raceResume(): void;
  /** Ends the race and frees what it held. */
  raceStop(): Promise<void>;
  /** Where each tensor of an entrant's model lies in its snapshots. @param racer index in the request */
  racePlaces(racer: number): Places;
  /** Those that finished against one another on the same rows. */
  racePairs(): Promise<RacePairs>;
  /** One row at the weights of now; a run that goes on is not held up. */
  readRow(pick: RowPick): Promise<RowReading>;
  /** The rows of a whole page at the weights of now. */
  readPage(pick: PagePick): Promise<PageReading>;
  /** Fusions judged on all whole pages, of a run that rests. */
  judgeFusions(request: FusionRequest): Promise<FusionReading>;
  /** Page metrics of every output now, of a run that rests. */
  judgePages(): Promise<PagesReading>;
  /** Stops a reading of many rows, whose promise then rejects. */
  cancelReading(): void;
  /** Answers at once while the worker lives. */
  ping(): number;
}

/** Browser storage in bytes; null where the browser does not say. */
export interface StorageRoom {
  readonly used: number | null;
  readonly quota: number | null;
}

type Report = (progress: Progress) => void;

/** The data worker's commands: make, read, keep and look into a data set. All reject with one clear sentence; the last good one stays. */
export interface DataApi {
  simulate(request: SimulationRequest, progress: Report): Promise<DatasetSummary>;
  /** A first look at one or two files, within a second however large. */
  preview(files: readonly File[]): Promise<Preview>;
  /** Reads files; with null by what `preview` guesses. */
  open(files: readonly File[], mapping: Mapping | null, progress: Report): Promise<DatasetSummary>;
  /** Stops what is under way, whose promise then rejects. */
  cancel(): void;
  /** Takes back a data set that a newer wish overtook before it was copied: the one in use is the current one again. */
  discard(fingerprint: string): void;
  /** What the Data view shows of the current data set. */
  profile(): Promise<Profile>;
  /** The current data set into browser storage. */
  saveShard(): Promise<StoredShard>;
  listShards(): Promise<{ readonly shards: readonly StoredShard[]; readonly room: StorageRoom }>;
  openShard(id: string, progress: Report): Promise<DatasetSummary>;
  deleteShard(id: string): Promise<void>;
  /** The current data set as one ZIP of manifest and Parquet parts. */
  downloadShard(): Promise<{ readonly name: string; readonly blob: Blob }>;
  /** Fetches the manifest at an address, and nothing else. */
  inspectUrl(url: string): Promise<ShardOffer>;
  openUrl(url: string, progress: Report): Promise<DatasetSummary>;
  /** A copy of the current data set, buffers transferred. */
  copy(): Promise<Dataset>;
  /** A page of the simulated world in use, drawn again whole, scaled as the rows in use are. */
  page(group: number): Promise<Dataset>;
  ping(): number;
}
