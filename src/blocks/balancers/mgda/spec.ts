import type { BlockSpec } from '../../../pipeline/spec';
import { alone, GRADIENTS, SHARED_SYMBOL } from '../common';

export const spec: BlockSpec = {
  id: 'mgda',
  pillar: 'balancer',
  title: 'MGDA',
  short: 'MGDA',
  year: 2018,
  paper: {
    title: 'Multi-Task Learning as Multi-Objective Optimization',
    authors: 'Sener & Koltun, NeurIPS 2018',
    url: 'https://arxiv.org/abs/1810.04650',
  },
  idea: 'Follows the shortest mixture of the tasks’ gradients: as long as it is not 0, a small step along it lowers every loss.',
  equations: [
    '\\min_{\\omega \\ge 0,\\, \\sum \\omega_k = 1} \\Big\\lVert \\sum_k \\omega_k\\, g_k / n_k \\Big\\rVert^2',
    '\\theta_{\\text{shared}} \\leftarrow \\theta_{\\text{shared}} - \\eta \\sum_k \\omega_k\\, g_k / n_k',
  ],
  symbols: [
    SHARED_SYMBOL,
    ['\\omega_k', 'weight of task k in the update, before n_k', 'weight'],
    ['n_k', 'what gradients are divided by first: 1, their length, their loss, or both', 'knob.normalise'],
  ],
  params: {
    normalise: {
      kind: 'choice',
      label: 'Normalise by',
      help: 'Without it the shortest gradient, that of the rarest event, gets most of the weight.',
      source: 'Sener & Koltun’s code: none, l2, loss, loss+; none is the paper’s',
      options: [
        { value: 'none', label: 'nothing' },
        { value: 'l2', label: 'length' },
        { value: 'loss', label: 'loss' },
        { value: 'loss+', label: 'both' },
      ],
      default: 'none',
    },
  },
  probes: GRADIENTS,
  rules: alone('MGDA'),
};
