import type { BlockSpec } from '../../../pipeline/spec';
import { CUT_OF_SHARES, dropout, TABLE_7, widths } from '../../paper';
import { needsParents } from '../rules';

export const spec: BlockSpec = {
  id: 'aitm',
  pillar: 'top',
  title: 'AITM',
  short: 'AITM',
  year: 2021,
  paper: {
    title:
      'Modeling the Sequential Dependence among Audience Multi-step Conversions with Multi-task Learning in Targeted Display Advertising',
    authors: 'Xi et al., KDD 2021',
    url: 'https://arxiv.org/abs/2105.08489',
  },
  idea: 'Each task weighs its own vector against what the step before passes on, by a softmax over the two.',
  equations: [
    'z_1 = t_1,\\qquad p_{k-1} = \\mathrm{Drop}(\\mathrm{ReLU}(z_{k-1}W_g + b_g))',
    '\\omega_u = \\langle h_q(u), h_k(u)\\rangle / \\sqrt{d},\\quad u \\in \\{t_k, p_{k-1}\\}',
    'a = \\mathrm{softmax}(\\omega),\\qquad z_k = \\textstyle\\sum_u a_u\\, h_v(u)',
    '\\hat p_k = \\sigma(w_k^\\top z_k + c_k)',
    'L = \\textstyle\\sum_k \\lambda_k \\mathrm{BCE}(\\hat p_k, y_k) + \\alpha\\, \\overline{\\sum_{k\\ge 2} \\max(\\hat p_k - \\hat p_{k-1}, 0)}',
  ],
  symbols: [
    ['t_k', 'task k’s vector from its tower, B×D_t; one shared layer adapts it where D_t ≠ d', 'in'],
    ['p_{k-1}', 'what the parent passes on, B×d', 'links'],
    ['h_q, h_k, h_v', 'projections d×d; each entry is scored by itself', 'knob.width', 'knob.projections'],
    ['a', 'weights of own vector and passed information, B×2, sum to 1', 'probe.aitmWeights'],
    ['\\hat p_k', 'probability of the event on an impression, B', 'out'],
    ['\\alpha', 'weight of the behavioural expectation calibrator', 'knob.calibrator'],
  ],
  params: {
    width: {
      kind: 'int',
      label: 'Information width d',
      help: 'Length of the vectors that are weighed against each other.',
      source: TABLE_7,
      min: 1,
      max: 256,
      suggested: [24, 32, 64, 96],
      default: 32,
    },
    calibrator: {
      kind: 'real',
      label: 'Calibrator α',
      help: 'Weight of the loss on a child that is more probable than its parent; 0 leaves it out.',
      source: '0.6: the authors’ AITM.py; 0.3: their AITM_standard.py; left out in MTReclib and torch-rechub',
      min: 0,
      max: 1,
      step: 0.05,
      default: 0.6,
    },
    reduction: {
      kind: 'choice',
      label: 'Calibrator over rows',
      help: 'Mean, as the other losses; a sum grows with the batch size.',
      source: 'mean: the authors’ code; sum: PaddleRec',
      options: [
        { value: 'mean', label: 'mean' },
        { value: 'sum', label: 'sum' },
      ],
      default: 'mean',
    },
    projections: {
      kind: 'choice',
      label: 'Projections h',
      help: 'One set for all steps, one for each step, or one for each step and entry.',
      source: 'one: the authors’ code; each step: torch-rechub; each entry: EasyRec',
      options: [
        { value: 'one', label: 'one set' },
        { value: 'step', label: 'each step' },
        { value: 'entry', label: 'each step and entry' },
      ],
      default: 'one',
    },
    bias: {
      kind: 'flag',
      label: 'Bias in h',
      help: 'Adds a bias to the three projections.',
      source: 'off: the authors’ code; on: MTReclib',
      default: false,
    },
    attention: {
      kind: 'choice',
      label: 'Scores',
      help: 'Self: each entry’s query meets its own key. Full: the own vector’s query meets both keys.',
      source: 'self: Xi et al. 2021; full: EasyRec',
      options: [
        { value: 'self', label: 'self' },
        { value: 'full', label: 'full' },
      ],
      default: 'self',
    },
    information: {
      kind: 'choice',
      label: 'Transfer layer',
      help: 'What stands behind the layer that makes the passed information.',
      source: 'ReLU: the authors’ code; linear: MTReclib',
      options: [
        { value: 'relu', label: 'ReLU' },
        { value: 'linear', label: 'linear' },
      ],
      default: 'relu',
    },
    batchNorm: {
      kind: 'flag',
      label: 'Batch norm in transfer',
      help: 'Normalises the passed information over the batch, before its activation.',
      source: 'off: AITM.py; on: AITM_standard.py and torch-rechub',
      default: false,
    },
    dropout: dropout('the authors’ code drops 0.1 to 0.3'),
    stopGradient: {
      kind: 'flag',
      label: 'Stop gradient',
      help: 'A child’s loss no longer trains the tower of its parent through the passed information.',
      source: 'off: the authors’ code; on: EasyRec’s default',
      default: false,
    },
    head: {
      kind: 'choice',
      label: 'Head',
      help: 'From z_k straight to the logit, or through one more network for each task.',
      source: 'linear: the authors’ code; network: MTReclib',
      options: [
        { value: 'linear', label: 'linear' },
        { value: 'mlp', label: 'network' },
      ],
      default: 'linear',
    },
    headLayers: {
      ...widths([[128, 64]], [128, 64], 'MTReclib: 128-64'),
      label: 'Head widths',
      help: 'Units of each layer of that network, where the head is one.',
    },
  },
  probes: {
    aitmWeights:
      '[B, N, 2] for the N tasks with a parent, in order: weight of the own vector, of the passed one',
  },
  wires: { aitmWeights: CUT_OF_SHARES },
  rules: ({ tasks }) => needsParents(tasks, 'AITM', 'pass on'),
};
