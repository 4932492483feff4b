/** What the `build.ts` of each pillar delivers. Assembled once for a pipeline, then run forward once a step. */
import type { DatasetSchema, Side } from '../data/dataset';
import type { Bernoulli, Pass, Scope, Stream, StreamShape, Tensor } from '../nn';
import type { ParamValues } from '../pipeline/spec';

export interface TaskContext {
  readonly id: string;
  /** Index of the parent task, or null for a root. Parents come first. */
  readonly parent: number | null;
  /** Share of impressions with the event (weighted, training part), strictly inside (0, 1). */
  readonly baseRate: number;
}

/** What every build is given. */
export interface BuildContext {
  /** The block's path in the pipeline, e.g. `towers`; the prefix of its weights and probes. */
  readonly path: string;
  readonly params: ParamValues;
  readonly tasks: readonly TaskContext[];
  readonly scope: Scope;
}

/** What the build of an input block is given. */
export interface InputContext extends BuildContext {
  /** The Bottom wants an input of its own for each task: the first input block learns a set of weights a task. */
  readonly ownInputs?: boolean;
  /** By feature, how far its distribution differs between markets (data/marketShift.ts); worked out when it is asked for. */
  readonly shifts?: () => ReadonlyMap<string, number>;
}

/** Columns of the data set that an input block may read. */
export type FeatureSchema = Pick<DatasetSchema, 'categorical' | 'numerical' | 'country' | 'sides'>;

/** Columns of x that stand for one feature, or for several that an input block has mixed. */
export interface Field {
  /** Name of the data set's column, or of what was mixed. */
  readonly name: string;
  readonly kind: 'categorical' | 'numerical' | 'mixed';
  /** Columns that it takes of each task's part of x. Fields follow one another without gaps. */
  readonly width: number;
  /** Null where the column belongs to neither side. */
  readonly side: Side | null;
}

/** What an input block hands on: its shape, and what the columns of each task's part are. */
export interface InputFlow {
  readonly output: StreamShape;
  readonly fields: readonly Field[];
}

/** The features of a batch. */
export interface Features {
  /** [B, C] int32, raw codes, each below its column's vocabulary; null where there are no categorical columns. */
  readonly categorical: Tensor | null;
  /** [B, M] z-scored; null where there are no numerical columns. */
  readonly numerical: Tensor | null;
}

/** Features → x [B, F] (or one x_k a task). The first input block gets no upstream; each later one refines the one before. */
export interface InputBlock extends InputFlow {
  forward(features: Features, upstream: Stream | null, pass: Pass): Stream;
}
export type BuildInput = (
  context: InputContext,
  features: FeatureSchema,
  upstream: InputFlow | null,
) => InputBlock;

/** x → b (Kutak 2025, Eq. 1), and b → t (Eq. 2). */
export interface StreamBlock {
  readonly output: StreamShape;
  forward(x: Stream, pass: Pass): Stream;
}
export type BuildStream = (context: BuildContext, input: StreamShape) => StreamBlock;

/** t → (log p, log(1−p)) of every task's event on an impression (Eq. 3), and losses of the Top's own. */
export interface TopBlock {
  forward(t: Stream, pass: Pass): TopOutput;
}
export interface TopOutput {
  /** Entire-space predictions, [B, K]. */
  readonly entire: Bernoulli;
  /** Named scalars that are added to the training loss, e.g. a calibrator. Computed in training only. */
  readonly auxiliary?: (batch: LossBatch) => readonly AuxiliaryLoss[];
}
export interface AuxiliaryLoss {
  readonly name: string;
  /** Scalar, already multiplied by its weight. */
  readonly value: Tensor;
}
/** What a Top's own losses may look at besides its predictions. */
export interface LossBatch {
  /** y, [B, K], 0 or 1, on the entire space. */
  readonly labels: Tensor;
  /** w, [B, 1], with mean 1 over the training part. */
  readonly weights: Tensor;
}
export type BuildTop = (context: BuildContext, input: StreamShape) => TopBlock;

/** What both kinds of balancer are told of a step. */
export interface BalanceInput {
  readonly step: number;
  readonly seed: number;
  /** λ_k of the tasks, live-edited. */
  readonly lossWeights: readonly number[];
  /** What the balancer carried over from the step before. */
  readonly state: ArrayLike<number>;
}

/**
 * Balances by weights that are known before the step: the update follows Σ c_k ∇L_k on all parameters, by one backward pass.
 * What it has seen of the step changes its state for the next one.
 */
export interface Weighting {
  readonly kind: 'weighting';
  /** State before the first step. */
  readonly initial: readonly number[];
  /** What `next` wants: nothing (then nothing is read back), losses, or losses and ‖∇_W L_k‖ on the last shared layer W. */
  readonly observes: 'nothing' | 'losses' | 'norms';
  /** c_k, λ_k included. */
  weights(input: BalanceInput): readonly number[];
  /** State for the next step. */
  next?(input: BalanceInput, seen: SeenLosses): readonly number[];
}
export interface SeenLosses {
  /** L_k of the step, without λ. */
  readonly losses: readonly number[];
  /** ‖∇_W L_k‖, without λ; all 0 where nothing is shared or they are not observed. */
  readonly norms: readonly number[];
}

/**
 * Balances by the tasks' gradients on the parameters that they share: there the update follows Σ c_k ∇L_k, elsewhere each
 * task's own λ_k ∇L_k. All that these methods ask of the gradients is their Gram matrix.
 */
export interface Direction {
  readonly kind: 'direction';
  readonly initial: readonly number[];
  /** c_k, λ_k included, and the state for the next step. */
  direct(
    input: BalanceInput,
    seen: SeenGradients,
  ): { readonly weights: readonly number[]; readonly state: readonly number[] };
}
export interface SeenGradients {
  /** L_k of the step, without λ. */
  readonly losses: readonly number[];
  /** [K][K], ∇L_j·∇L_k over the shared parameters, without λ. */
  readonly gram: readonly (readonly number[])[];
}

/**
 * Per-task losses → one update. A Top's own losses (`auxiliary`) belong to no single task: they are added to the update as
 * they are, each with the weight that the Top gives it.
 */
export type Balancer = Weighting | Direction;
export type BuildBalancer = (context: Omit<BuildContext, 'scope'>) => Balancer;
