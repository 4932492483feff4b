/** The page's stores: the pipeline with its undo, the run, the data, and what is open on the screen. */
import { temporal } from 'zundo';
import { create } from 'zustand';
import type {
  BackendChoice,
  BackendInfo,
  BlockCost,
  DatasetSummary,
  Description,
  Mapping,
  NormReading,
  Preview,
  Progress,
  RunState,
  SimulationRequest,
  Speed,
  TimeReading,
} from '../../workers/protocol';
import { DEFAULT_REQUEST } from '../data/simulator/request';
import { defaultPipeline } from '../pipeline/defaults';
import type { Pipeline } from '../pipeline/schema';
import type { Pillar } from '../pipeline/spec';
import type { Theme } from './storage';

interface PipelineStore {
  readonly pipeline: Pipeline;
}

/** The pipeline; every change of it, by whatever way, can be undone. */
export const usePipeline = create<PipelineStore>()(
  temporal((): PipelineStore => ({ pipeline: defaultPipeline() }), {
    limit: 100,
    equality: (a, b) => a.pipeline === b.pipeline,
  }),
);

/** `idle`: nothing runs and nothing has; `dead`: the trainer is gone and what it did can be taken up again. */
export type Phase = 'idle' | Exclude<RunState, 'stopped'> | 'dead';

export interface Failure {
  readonly message: string;
  readonly block?: string;
  readonly parameter?: string;
  readonly step?: number;
}

export interface Notice {
  readonly id: number;
  readonly level: 'info' | 'error';
  readonly message: string;
}

interface RunStore {
  readonly phase: Phase;
  readonly choice: BackendChoice;
  readonly backend: BackendInfo | null;
  readonly failure: Failure | null;
  readonly notices: readonly Notice[];
  readonly description: Description | null;
  /** What a row costs in each block; null while it is being counted. */
  readonly costs: readonly BlockCost[] | null;
  /** Where a step's time went, while somebody looks; null before it is measured, and on a GPU. */
  readonly times: TimeReading | null;
  readonly norms: NormReading | null;
  /** Step of the snapshot from which the run can go on, or null. */
  readonly snapshotStep: number | null;
  /** Slow motion in steps a second; null is full speed. */
  readonly speed: Speed;
  /** What the last change of structure did to the run. */
  readonly note: string | null;
}

export const useRun = create<RunStore>(() => ({
  phase: 'idle',
  choice: 'auto',
  backend: null,
  failure: null,
  notices: [],
  description: null,
  costs: null,
  times: null,
  norms: null,
  snapshotStep: null,
  speed: null,
  note: null,
}));

/** Work on data under way, with how far it is. */
export interface Loading extends Progress {
  /** What is being made or read. */
  readonly what: string;
  /** Cancel was pressed; the worker stops at its next breath. */
  readonly stopping: boolean;
}

/** A user's own files with what was recognised in them, and what is to be made of them. */
export interface OwnFiles {
  readonly files: readonly File[];
  readonly preview: Preview;
  readonly mapping: Mapping;
}

interface DataStore {
  readonly summary: DatasetSummary | null;
  readonly loading: Loading | null;
  /** The world as the controls show it. */
  readonly request: SimulationRequest;
  /** The world in use, or null where a file or shard is. */
  readonly made: SimulationRequest | null;
  /** The files in use, so that their roles can be changed; null where a world or shard is. */
  readonly opened: OwnFiles | null;
  /** The mapping step while it is open. */
  readonly asked: (OwnFiles & { readonly refusal: string | null }) | null;
  /** Files whose mapping step was left with edits, the latest first. */
  readonly left: readonly OwnFiles[];
}

export const useData = create<DataStore>(() => ({
  summary: null,
  loading: null,
  request: DEFAULT_REQUEST,
  made: null,
  opened: null,
  asked: null,
  left: [],
}));

/** What the inspector shows: a block's path, or one of the places that are no blocks. */
export type Selection = string;

export const TABS = [
  'overview',
  'curves',
  'attention',
  'gates',
  'gradients',
  'calibration',
  'rows',
  'runs',
  'data',
] as const;
export type Tab = (typeof TABS)[number];
export const PLACES = ['pipeline', 'curves', 'inside', 'runs', 'data'] as const;
export type Place = (typeof PLACES)[number];

/** What lecture mode can show. */
export const PARTS = ['auc', 'conditional', 'attention', 'gates', 'losses', 'pipeline'] as const;
export type Part = (typeof PARTS)[number];
/** A hall reads two curves and one map from the back row: the rest is shown on demand. */
export const HIDDEN_AT_FIRST: readonly Part[] = ['conditional', 'losses', 'pipeline'];

/** Panels that can stand alone in a slide. */
export const EMBEDS = ['auc', 'curves', 'losses', 'attention', 'gates', 'pipeline'] as const;
export type Embed = (typeof EMBEDS)[number];

export type View =
  | { readonly kind: 'lab' }
  | { readonly kind: 'lecture' }
  | { readonly kind: 'embed'; readonly panel: Embed };

/** What is taken off a reading, to see the difference: another cohort's at the same step, or the same cohort's at a step. */
export type Minus =
  | { readonly kind: 'cohort'; readonly name: string }
  | { readonly kind: 'step'; readonly step: number };

interface UiStore {
  readonly route: 'lab' | 'data' | 'runs' | 'race' | 'about';
  /** What the page is for now: work, a lecture hall, or one panel in somebody's slides. */
  readonly view: View;
  /** Parts that lecture mode leaves out. */
  readonly hidden: readonly Part[];
  /** Whether single keys act on the page. */
  readonly keys: boolean;
  /** Whether the tour has been taken or declined. */
  readonly toured: boolean;
  readonly selected: Selection;
  readonly tab: Tab;
  /** Which place a phone shows. */
  readonly place: Place;
  readonly theme: Theme;
  readonly openPillar: Pillar;
  readonly dragging: { readonly pillar: Pillar; readonly id: string } | null;
  readonly cohort: string;
  readonly minus: Minus | null;
  /** Which AUC is shown where the truth is known. */
  readonly auc: 'expected' | 'label';
  /** Step of the probe that is shown, or null for the newest. */
  readonly scrub: number | null;
  readonly dialog: 'share' | 'help' | 'tour' | null;
  /** For screen readers alone. */
  readonly announcement: string;
}

export const useUi = create<UiStore>(() => ({
  route: 'lab',
  view: { kind: 'lab' },
  hidden: HIDDEN_AT_FIRST,
  keys: true,
  toured: true,
  selected: 'towers',
  tab: 'overview',
  place: 'pipeline',
  theme: 'system',
  openPillar: 'tower',
  dragging: null,
  cohort: 'all',
  minus: null,
  auc: 'expected',
  scrub: null,
  dialog: null,
  announcement: '',
}));
