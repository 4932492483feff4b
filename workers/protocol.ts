/** What the page and the trainer say to each other: types only. Commands travel by Comlink, events on one MessagePort. */
import type { Dataset } from '../src/data/dataset';
import type {
  BackendChoice,
  Description,
  LiveEdit,
  ProbeReading,
  RunEvent,
  Snapshot,
} from '../src/pipeline/run';
import type { Pipeline } from '../src/pipeline/schema';

export type {
  BackendChoice,
  BackendInfo,
  BlockInfo,
  Description,
  Evaluation,
  LiveEdit,
  ParameterInfo,
  ProbeReading,
  RunEvent,
  RunState,
  Snapshot,
} from '../src/pipeline/run';

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

/** The trainer worker's commands. All reject with one clear sentence. */
export interface TrainerApi {
  /** Hands over the port on which events arrive. */
  connect(port: MessagePort): void;
  /** Takes a data set (its buffers are transferred). */
  load(dataset: Dataset): { fingerprint: string };
  /** The assembled graph of a pipeline on the loaded data, without training it. */
  describe(pipeline: Pipeline): Description;
  start(request: StartRequest): Promise<void>;
  pause(): Promise<{ step: number }>;
  /** Trains `count` steps by hand, then pauses. */
  step(count: number): Promise<{ step: number }>;
  resume(): Promise<void>;
  stop(): Promise<void>;
  edit(change: LiveEdit): void;
  /** Names of the probes that somebody looks at; others are not computed. */
  watch(probes: readonly string[]): void;
  /** Probes at the current step, now. */
  inspect(): Promise<readonly ProbeReading[]>;
  snapshot(): Promise<Snapshot>;
  /** Answers at once while the worker lives. */
  ping(): number;
}

/** What the user may choose of the simulated world (first cut: Spain). */
export interface SimulationRequest {
  readonly country: 'ES';
  readonly relatedness: number;
  readonly impressions: number;
  readonly rows: number;
  readonly clickKeepRate: number;
  readonly seed: number;
}

export interface DatasetSummary {
  readonly fingerprint: string;
  readonly source: Dataset['source'];
  readonly schema: Dataset['schema'];
  readonly rows: number;
  readonly trainRows: number;
  /** By task: positive rows, and the population rate (weighted). */
  readonly tasks: readonly { readonly name: string; readonly positives: number; readonly rate: number }[];
  /** By output space id: AUC of the true probabilities, where known (validation part). */
  readonly oracle: Readonly<Record<string, number>> | null;
  /** Things worth knowing that do not stop the data from loading. */
  readonly notes: readonly string[];
}

/** The data worker's commands: make or read a data set; it keeps the last good one. */
export interface DataApi {
  simulate(request: SimulationRequest, progress: (share: number) => void): Promise<DatasetSummary>;
  /** Reads an AliExpress CSV in MTReclib's layout. Rejects with one sentence naming row and column. */
  open(file: File, progress: (share: number) => void): Promise<DatasetSummary>;
  /** A copy of the current data set, buffers transferred. */
  copy(): Dataset;
  ping(): number;
}
