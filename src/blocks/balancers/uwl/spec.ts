import type { BlockSpec } from '../../../pipeline/spec';
import { alone, LAMBDA_SYMBOL, LOSS_SYMBOL, WEIGHTS } from '../common';

export const spec: BlockSpec = {
  id: 'uwl',
  pillar: 'balancer',
  title: 'Uncertainty weighting',
  short: 'UWL',
  year: 2018,
  paper: {
    title: 'Multi-Task Learning Using Uncertainty to Weigh Losses for Scene Geometry and Semantics',
    authors: 'Kendall et al., CVPR 2018',
    url: 'https://doi.org/10.1109/CVPR.2018.00781',
  },
  idea: 'Each task learns how noisy it is, and noisy tasks count less. For click and purchase this comes to a weight of 1 / (2 L): the rarer task, whose loss is smaller, counts more.',
  equations: [
    'L = \\sum_k \\lambda_k \\left( e^{-s_k} L_k + \\tfrac{1}{2} s_k \\right),\\quad s_k = \\log \\sigma_k^2',
    '\\partial L / \\partial s_k = 0 \\;\\Rightarrow\\; e^{-s_k} = 1 / (2 L_k)',
  ],
  symbols: [
    LOSS_SYMBOL,
    [
      's_k',
      'learned log-variance of task k; it follows the losses alone and is part of the run’s state',
      'weight',
      'knob.rate',
      'knob.start',
    ],
    LAMBDA_SYMBOL,
  ],
  params: {
    form: {
      kind: 'choice',
      label: 'Form of the loss',
      help: 'Class: e^−s·L + s/2. Real number: half of the first term. The optimum is the same.',
      source: 'class: Kendall’s Eq. 10, as in EasyRec; real number: Eq. 7, as in LibMTL',
      options: [
        { value: 'classification', label: 'class' },
        { value: 'regression', label: 'real number' },
      ],
      default: 'classification',
    },
    rate: {
      kind: 'real',
      label: 'Rate of s',
      help: 'Learning rate of s, which Adam moves beside the model.',
      source:
        'lab: in a run of hundreds of steps the model’s own rate, which references use, leaves s on its way',
      min: 0.005,
      max: 0.5,
      step: 0.005,
      default: 0.05,
    },
    start: {
      kind: 'real',
      label: 'Start of s',
      help: 'Where every s begins.',
      source: '0: EasyRec; −0.5: LibMTL',
      min: -3,
      max: 3,
      step: 0.1,
      default: 0,
    },
  },
  probes: WEIGHTS,
  rules: alone('Uncertainty weighting'),
};
