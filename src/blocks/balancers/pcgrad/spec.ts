import type { BlockSpec } from '../../../pipeline/spec';
import { alone, GRADIENTS, SHARED_SYMBOL } from '../common';

export const spec: BlockSpec = {
  id: 'pcgrad',
  pillar: 'balancer',
  title: 'PCGrad',
  short: 'PCGrad',
  year: 2020,
  paper: {
    title: 'Gradient Surgery for Multi-Task Learning',
    authors: 'Yu et al., NeurIPS 2020',
    url: 'https://arxiv.org/abs/2001.06782',
  },
  idea: 'Where two tasks’ gradients oppose, each loses the part that runs against the other; then all are added.',
  equations: [
    "g_i' \\leftarrow g_i' - \\frac{g_i' \\cdot g_j}{\\lVert g_j \\rVert^2}\\, g_j \\;\\text{ if }\\; g_i' \\cdot g_j < 0,\\; j \\ne i \\text{ in random order}",
    "\\theta_{\\text{shared}} \\leftarrow \\theta_{\\text{shared}} - \\eta \\sum_i g_i'",
  ],
  symbols: [
    SHARED_SYMBOL,
    ["g_i'", 'what is left of g_i; their sum is Σ c_k g_k with the weights c_k shown', 'weight'],
  ],
  params: {},
  probes: GRADIENTS,
  rules: alone('PCGrad'),
};
