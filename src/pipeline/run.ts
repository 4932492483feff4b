/** What a run is made of and tells of itself: plain data that engine, workers, command line and page share. */
import type { Auc } from '../metrics/auc';
import type { SpaceCalibration } from '../metrics/evaluate';
import type { PageEvaluation } from '../metrics/pages';
import type { Pipeline } from './schema';
import type { OutputSpace } from './spaces';

/** What the user may ask for. `webgpu-software` takes a software adapter too. */
export type BackendChoice = 'auto' | 'webgpu' | 'webgpu-software' | 'wasm' | 'cpu';

/** What runs. */
export interface BackendInfo {
  readonly name: 'webgpu' | 'wasm' | 'cpu';
  /** e.g. "WASM", "WebGPU · NVIDIA Ampere", "WebGPU · software". */
  readonly label: string;
  /** Why this one, in one sentence. */
  readonly reason: string;
}

/** Everything that is needed to go on from a step: equal snapshots continue equally (batch order, dropout and init follow from seed and step). */
export interface Snapshot {
  readonly pipeline: Pipeline;
  readonly fingerprint: string;
  readonly step: number;
  /** Flat parameters, first and second moments; [P] each. */
  readonly parameters: Float32Array;
  readonly moment1: Float32Array;
  readonly moment2: Float32Array;
  /** Running statistics (batch norm), flat. */
  readonly buffers: Float32Array;
  /** What the balancer carries from step to step, e.g. learned weights; empty: it carries nothing, or starts anew. */
  readonly balancer: Float32Array;
  /** Live-edited values in force. */
  readonly edits: LiveEdit;
}

/** Speeds of slow motion in steps a second; null is full speed. */
export const SPEEDS = [null, 10, 2, 1] as const;
export type Speed = (typeof SPEEDS)[number];

/** What may change while it trains. */
export interface LiveEdit {
  readonly learningRate?: number;
  /** λ_k by task. */
  readonly lossWeights?: readonly number[];
  /** Share of training rows that learn from another row's labels. */
  readonly labelNoise?: number;
}

export type RunState = 'preparing' | 'training' | 'paused' | 'finished' | 'failed' | 'stopped';

/** One parameter tensor of the assembled model. */
export interface ParameterInfo {
  readonly name: string;
  readonly shape: readonly number[];
  /** Which symbol of the block's equation it is, with orientation. */
  readonly symbol: string;
}

/** One block of the assembled graph. */
export interface BlockInfo {
  /** Path in the pipeline: `input.0`, `bottom`, `towers`, `top`. */
  readonly path: string;
  readonly title: string;
  /** Shape of what it hands on, e.g. "B×32" for each task, or "B×127". */
  readonly output: { readonly groups: number; readonly width: number };
  readonly parameters: readonly ParameterInfo[];
  readonly parameterCount: number;
}

/** What a row costs in a block. */
export interface BlockCost {
  readonly path: string;
  /** Floating-point operations of the forward pass, a multiplication and an addition being two. */
  readonly flops: number;
}

/** Where the time of a step went, by block: milliseconds, means over the last steps. Of backends that compute at once. */
export interface TimeReading {
  readonly step: number;
  /** Steps behind the means. */
  readonly steps: number;
  /** Gathering the batch, which is no block's. */
  readonly batch: number;
  readonly blocks: readonly {
    readonly path: string;
    /** The forward pass; the Top's with the losses. */
    readonly forward: number;
    /** All backward passes that the balancer asks for. */
    readonly backward: number;
    /** Its part, by numbers, of balancing and of the optimiser's step. */
    readonly update: number;
  }[];
}

/** How long each block's weights are, and the gradient that moves them on the batch that comes next. */
export interface NormReading {
  readonly step: number;
  /** Blocks that have parameters. */
  readonly blocks: readonly { readonly path: string; readonly weights: number; readonly gradient: number }[];
}

export interface Description {
  readonly blocks: readonly BlockInfo[];
  readonly parameterCount: number;
  readonly spaces: readonly OutputSpace[];
}

/** One evaluation of the validation part. `metrics` runs over `spaces`. */
export interface Evaluation {
  readonly step: number;
  readonly metrics: readonly {
    readonly space: string;
    readonly auc: Auc;
    /** Weighted mean negative log-likelihood in nats, or null where no row counts. */
    readonly logLoss: number | null;
    /** Where the truth is known: label-free AUC against the true probabilities. */
    readonly expectedAuc: Auc | null;
  }[];
  /** While a run goes on: of how many of the validation part's rows this is, weighted so that they stand for all. Absent: of all. */
  readonly sample?: { readonly rows: number; readonly of: number } | undefined;
  /** Metrics of whole pages: at the end of a run, where the data has complete pages. */
  readonly pages?: PageEvaluation | undefined;
}

/** A named small tensor, averaged over a cohort of validation rows. */
export interface ProbeReading {
  readonly step: number;
  /** Path of the block that published it, e.g. `towers`. */
  readonly block: string;
  readonly name: string;
  /** Shape without the batch axis, e.g. [L, h, K, K]. */
  readonly shape: readonly number[];
  readonly cohorts: readonly { readonly name: string; readonly rows: number; readonly mean: Float32Array }[];
}

/** Wires of a block that are cut for a look, each by its place in the block's probe of that name, row-major. */
export interface Cut {
  readonly block: string;
  readonly name: string;
  readonly cells: readonly number[];
}

/** An AUC as the model is, with wires cut, and how much the cut loses; null where either has no value. */
export interface AucLost {
  readonly whole: Auc;
  readonly cut: Auc;
  readonly lost: Measured | null;
}

/** What wires are worth: a model judged on the same rows as it is and with them cut. */
export interface CutReading {
  readonly step: number;
  readonly cuts: readonly Cut[];
  /** Validation rows behind it. */
  readonly rows: number;
  readonly spaces: readonly {
    readonly space: string;
    readonly auc: AucLost;
    /** Against the true probabilities, where they are known. */
    readonly expectedAuc: AucLost | null;
  }[];
}

/**
 * What costs more than a probe, and is read only while somebody looks: named in `watch` beside the probes. `cohorts`: probes over
 * all cohorts instead of all rows and those with an event; `cuts`: what the wires that are cut are worth; `times`: where the time
 * of a step goes; `norms`: how long weights and gradients are.
 */
export const INSTRUMENTS = ['times', 'norms', 'gradients', 'calibration', 'cohorts', 'cuts'] as const;
export type Instrument = (typeof INSTRUMENTS)[number];

/** How well predictions are calibrated on the validation part, by output space. */
export interface CalibrationReading {
  readonly step: number;
  readonly spaces: readonly SpaceCalibration[];
}

/** A number with its standard error over parts of the rows; null where there is none. */
export interface Measured {
  readonly value: number;
  readonly se: number;
}

/** Gradients of K tasks on parameters that they share; pairs are [K][K]. */
export interface Pull {
  /** Numbers that at least two losses reach. */
  readonly shared: number;
  /** Cosine of ∇L_j and ∇L_k; null where the two reach none in common. */
  readonly cosine: readonly (readonly (Measured | null)[])[];
  /** ln(‖∇L_j‖ / ‖∇L_k‖), without the tasks' weights; null where either is 0. */
  readonly logRatio: readonly (readonly (Measured | null)[])[];
  /** [K] ‖∇L_k‖, without the task's weight. */
  readonly norms: readonly number[];
  /**
   * [K] Σ_j c_j⟨∇L_k, ∇L_j⟩ / (c_k‖∇L_k‖²): how fast L_k falls by a small step along all tasks' gradients together, as a
   * share of how fast it would fall by its own alone. Below 0 the others push it uphill. null where it has no gradient.
   */
  readonly progress: readonly (Measured | null)[];
}

/** Gradients compared at one step: on all shared parameters, and layer by layer in the order in which data flows. */
export interface GradientReading {
  readonly step: number;
  /** Training rows behind it. */
  readonly rows: number;
  /** [K] rows with the task's event among them: from a few of them a gradient is mostly chance, whatever its interval. */
  readonly positives: readonly number[];
  /** [K] the tasks' weights c_k in the loss at that step. */
  readonly weights: readonly number[];
  /** null where no two losses meet. */
  readonly overall: Pull | null;
  /** `name` is the layer's name within its block, e.g. `level1.gate`. */
  readonly layers: readonly (Pull & {
    readonly block: string;
    readonly title: string;
    readonly name: string;
  })[];
}

/** What flowed forward and back in one step that was taken by hand, on the step's own batch. */
export interface StepReading {
  /** Steps done, this one included. */
  readonly step: number;
  readonly rows: number;
  /** [K] rows of the batch with the task's event. */
  readonly positives: readonly number[];
  /** Learning rate of the step. */
  readonly rate: number;
  /** [K] the tasks' weights c_k in it. */
  readonly weights: readonly number[];
  /** [K] L_k of the batch before the step, and on the same rows after it. */
  readonly losses: readonly number[];
  readonly lossesAfter: readonly number[];
  /** Numbers that at least two losses reach. */
  readonly shared: number;
  /** [K] ‖∇L_k‖ on those, and on the numbers that it alone reaches; without its weight. */
  readonly sharedNorms: readonly number[];
  readonly ownNorms: readonly number[];
  /** [K][K] cosine of ∇L_j and ∇L_k on what both reach, or null where that is nothing. */
  readonly cosine: readonly (readonly (number | null)[])[];
  /** Length of each block's weights before the step, and of what the step changed. */
  readonly blocks: readonly {
    readonly path: string;
    readonly title: string;
    readonly size: number;
    readonly change: number;
  }[];
  /** What blocks publish, mean over validation rows, before and after. */
  readonly probes: readonly {
    readonly block: string;
    readonly name: string;
    readonly shape: readonly number[];
    readonly before: Float32Array;
    readonly after: Float32Array;
  }[];
}

/** Named in `watch` by who wants steps by hand read. */
export const HAND_STEP = 'step';

/** What a run tells whoever listens, as it happens. */
export type RunEvent =
  | { readonly kind: 'state'; readonly state: RunState; readonly step: number; readonly detail?: string }
  | { readonly kind: 'backend'; readonly backend: BackendInfo }
  | {
      readonly kind: 'frame';
      /** Row-major steps × columns; columns are step, learning rate, gradient norm, Σλ_kL_k, L_1…L_K. */
      readonly steps: Float64Array;
      readonly columns: number;
      /**
       * While somebody watches what a balancer does, a row a step: step, weights c_1…c_K, then where it looked at gradients
       * their norms [K] and the cosine of each pair (1,2), (1,3), … (K−1,K); NaN where there is none.
       */
      readonly balance?: Float64Array;
      readonly samplesPerSecond: number;
    }
  | { readonly kind: 'evaluation'; readonly evaluation: Evaluation }
  | { readonly kind: 'probe'; readonly probe: ProbeReading }
  | { readonly kind: 'gradients'; readonly gradients: GradientReading }
  | { readonly kind: 'calibration'; readonly calibration: CalibrationReading }
  | { readonly kind: 'cuts'; readonly cuts: CutReading }
  | { readonly kind: 'times'; readonly times: TimeReading }
  | { readonly kind: 'norms'; readonly norms: NormReading }
  /** A step by hand, while somebody looks at what flows in it. */
  | { readonly kind: 'step'; readonly reading: StepReading }
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot }
  /** Something the user should know that does not end the run, e.g. a lost GPU. */
  | { readonly kind: 'notice'; readonly message: string }
  | {
      readonly kind: 'failed';
      readonly message: string;
      /** For a divergence: where the first number that is not finite appeared. */
      readonly block?: string;
      readonly parameter?: string;
      readonly step?: number;
    };
