/** Hyper-parameters that several specs share, with the ranges of the study (Kutak, Table 7). */
import type { HyperParam, ParamValues } from '../pipeline/spec';

/** The study that the lab is built around; its Table 7 gives most ranges. */
export const STUDY = {
  title: 'Deconstructing Multi-Task Learning in Search & Recommender Systems: A Combinatorial Study',
  authors: 'Kutak, 2025',
} as const;

/** SEQ towers and their Descending Probability Regularizer. */
export const SEQ_PAPER = {
  title: 'SEQ+MD: Learning Multi-Task as a SEquence with Multi-Distribution Data',
  authors: 'Wang et al., SIGIR eCom 2025',
} as const;

/** ResFlow: its feature residuals are towers here, its logit residuals a Top. */
export const RESFLOW_PAPER = {
  title: 'Residual Multi-Task Learner for Applied Ranking',
  authors: 'Fu et al., KDD 2024',
  url: 'https://doi.org/10.1145/3637528.3671523',
} as const;

export const TABLE_7 = 'Kutak 2025, Table 7';

/** Dropout after each activation: papers range over [0, 0.5]. */
export const dropout = (source: string = TABLE_7): HyperParam => ({
  kind: 'real',
  label: 'Dropout',
  help: 'Share of activations set to 0 in each training step; the rest are scaled up to keep the mean.',
  source,
  min: 0,
  max: 0.5,
  step: 0.05,
  default: 0,
});

export const batchNorm: HyperParam = {
  kind: 'flag',
  label: 'Batch norm',
  help: 'Normalise each layer over the batch before its activation; running means are used for evaluation.',
  source: TABLE_7,
  default: false,
};

/** Layer widths of an MLP. */
export const widths = (
  suggested: readonly (readonly number[])[],
  fallback: readonly number[],
  source: string = TABLE_7,
): HyperParam => ({
  kind: 'widths',
  label: 'Layer widths',
  help: 'Units of each layer, first layer first; the last one is the width that is handed on.',
  source,
  min: 1,
  max: 512,
  maxLayers: 4,
  suggested,
  default: fallback,
});

/** What a block with the three parameters `layers` (widths), `dropout` and `batchNorm` hands to its MLP. */
export const mlpOf = (params: ParamValues) => ({
  widths: params.layers as readonly number[],
  dropout: params.dropout as number,
  batchNorm: params.batchNorm as boolean,
});

/** What a gated Bottom hands to each stack of experts. */
export const expertsOf = (params: ParamValues) => ({ ...mlpOf(params), each: 'expert' });

/** Widths of an expert's MLP: the study ranges over the output alone, 32 … 128. */
export const expertWidths = (source: string, fallback: readonly number[] = [64, 32]): HyperParam => ({
  kind: 'widths',
  label: 'Expert widths',
  help: 'Units of each layer of an expert; the last one is the width that is handed on.',
  source,
  min: 1,
  max: 512,
  maxLayers: 4,
  suggested: [[32], [64], [128], [64, 32], [16, 8]],
  default: fallback,
});

/** A number of experts, gates' levels and the like. */
export const count = (
  label: string,
  help: string,
  source: string,
  suggested: readonly number[],
  fallback: number,
  [min, max]: readonly [number, number] = [1, 16],
): HyperParam => ({ kind: 'int', label, help, source, min, max, suggested, default: fallback });

/** Whether gates have a bias: papers write softmax(Wx), most implementations add one. */
export const gateBias: HyperParam = {
  kind: 'flag',
  label: 'Gate bias',
  help: 'Adds a learned constant to each gate’s logits, so that a gate can prefer an expert whatever the input.',
  source: 'off: the papers’ softmax(Wx); on: MTReclib, EasyRec, AdaTT’s own code',
  default: false,
};

/** What a cut leaves where weights come of a softmax. */
export const CUT_OF_SHARES =
  'The weights that are left share the whole; whoever has none left reads nothing.';
