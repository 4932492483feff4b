import type { BlockSpec } from '../../../pipeline/spec';
import { alone, GRADIENTS } from '../common';

export const spec: BlockSpec = {
  id: 'pe-ltr',
  pillar: 'balancer',
  title: 'PE-LTR',
  short: 'PE-LTR',
  year: 2019,
  paper: {
    title: 'A Pareto-Efficient Algorithm for Multiple Objective Optimization in E-Commerce Recommendation',
    authors: 'Lin et al., RecSys 2019',
    url: 'https://doi.org/10.1145/3298689.3346998',
  },
  idea: 'MGDA in which each task keeps at least a part of the weight, divided as the loss weights are: how much the tasks matter is yours to say, the rest is found.',
  equations: [
    '\\min_{\\omega} \\Big\\lVert \\sum_k \\omega_k \\nabla L_k \\Big\\rVert^2 \\;\\text{ with }\\; \\omega_k \\ge c_k,\\; \\sum_k \\omega_k = 1',
    'c_k = c\\, \\lambda_k / \\textstyle\\sum_j \\lambda_j',
  ],
  symbols: [
    [
      '\\nabla L_k',
      'gradient of task k over the parameters that at least two losses reach; all others follow their own task’s plain gradient',
      'loss',
    ],
    ['\\omega_k', 'weight of task k in the update', 'weight'],
    ['c_k', 'least weight of task k', 'knob.floor'],
    ['\\lambda_k', 'weight of task k, set with the task: here it divides what is kept', 'knob.floor'],
  ],
  params: {
    floor: {
      kind: 'real',
      label: 'Kept c',
      help: 'Part of the weight that is divided by λ; the rest is free. 0 is MGDA.',
      source: 'lab: the paper sets c_k by hand',
      min: 0,
      max: 0.95,
      step: 0.05,
      default: 0.5,
    },
  },
  probes: GRADIENTS,
  rules: alone('PE-LTR'),
};
