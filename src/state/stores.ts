/** The page's stores: the pipeline with its undo, the run, the data, and what is open on the screen. */
import { temporal } from 'zundo';
import { create } from 'zustand';
import type {
  BackendChoice,
  BackendInfo,
  DatasetSummary,
  Description,
  RunState,
  SimulationRequest,
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
  /** Step of the snapshot from which the run can go on, or null. */
  readonly snapshotStep: number | null;
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
  snapshotStep: null,
  note: null,
}));

interface DataStore {
  readonly summary: DatasetSummary | null;
  /** What is being made or read, with its share of progress. */
  readonly loading: { readonly what: string; readonly share: number } | null;
  /** The world as the controls show it. */
  readonly request: SimulationRequest;
  /** The world in use, or null where a file is. */
  readonly made: SimulationRequest | null;
}

export const useData = create<DataStore>(() => ({
  summary: null,
  loading: null,
  request: DEFAULT_REQUEST,
  made: null,
}));

/** What the inspector shows: a block's path, or one of the places that are no blocks. */
export type Selection = string;

export const TABS = ['overview', 'curves', 'attention', 'data'] as const;
export type Tab = (typeof TABS)[number];
export const PLACES = ['pipeline', 'curves', 'inside', 'data'] as const;
export type Place = (typeof PLACES)[number];

interface UiStore {
  readonly selected: Selection;
  readonly tab: Tab;
  /** Which place a phone shows. */
  readonly place: Place;
  readonly theme: Theme;
  readonly openPillar: Pillar;
  readonly dragging: { readonly pillar: Pillar; readonly id: string } | null;
  readonly cohort: string;
  /** Which AUC is shown where the truth is known. */
  readonly auc: 'expected' | 'label';
  /** Step of the probe that is shown, or null for the newest. */
  readonly scrub: number | null;
  readonly dialog: 'share' | 'help' | null;
  /** For screen readers alone. */
  readonly announcement: string;
}

export const useUi = create<UiStore>(() => ({
  selected: 'towers',
  tab: 'overview',
  place: 'pipeline',
  theme: 'system',
  openPillar: 'tower',
  dragging: null,
  cohort: 'all',
  auc: 'expected',
  scrub: null,
  dialog: null,
  announcement: '',
}));
