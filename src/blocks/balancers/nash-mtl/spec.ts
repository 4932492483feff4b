import type { BlockSpec } from '../../../pipeline/spec';
import { alone, GRADIENTS, SHARED_SYMBOL } from '../common';

export const spec: BlockSpec = {
  id: 'nash-mtl',
  pillar: 'balancer',
  title: 'Nash-MTL',
  short: 'Nash',
  year: 2022,
  paper: {
    title: 'Multi-Task Learning as a Bargaining Game',
    authors: 'Navon et al., ICML 2022',
    url: 'https://arxiv.org/abs/2202.01017',
  },
  idea: 'The tasks bargain over the direction; in the Nash solution each gains in proportion to what it could have. Scale does not matter to it, and so neither do loss weights, but that 0 leaves a task out. No task may lose in a step, so tasks that begin at odds may stay so (docs/SIMULATOR.md).',
  equations: [
    'G^\\top G\\, \\alpha = 1 / \\alpha,\\quad \\alpha > 0',
    '\\theta_{\\text{shared}} \\leftarrow \\theta_{\\text{shared}} - \\eta \\sum_k \\alpha_k g_k',
  ],
  symbols: [
    SHARED_SYMBOL,
    ['\\alpha_k', 'weight of task k in the update', 'weight'],
    ['G', 'all g_k side by side; the Gram matrix is divided by its Frobenius norm first'],
  ],
  params: {},
  probes: GRADIENTS,
  rules: alone('Nash-MTL'),
};
