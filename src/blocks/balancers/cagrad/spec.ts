import type { BlockSpec } from '../../../pipeline/spec';
import { alone, GRADIENTS, SHARED_SYMBOL } from '../common';

export const spec: BlockSpec = {
  id: 'cagrad',
  pillar: 'balancer',
  title: 'CAGrad',
  short: 'CAGrad',
  year: 2021,
  paper: {
    title: 'Conflict-Averse Gradient Descent for Multi-task Learning',
    authors: 'Liu et al., NeurIPS 2021',
    url: 'https://arxiv.org/abs/2110.14048',
  },
  idea: 'Of all directions near the mean gradient it takes the one that helps the worst-off task most.',
  equations: [
    '\\max_d \\min_k\\, g_k \\cdot d \\;\\text{ with }\\; \\lVert d - g_0 \\rVert \\le c \\lVert g_0 \\rVert',
    'w = \\arg\\min_{w}\\, g_w \\cdot g_0 + c \\lVert g_0 \\rVert \\lVert g_w \\rVert',
    'd = \\frac{1}{1 + c^2} \\left( g_0 + c\\, \\frac{\\lVert g_0 \\rVert}{\\lVert g_w \\rVert}\\, g_w \\right)',
  ],
  symbols: [
    SHARED_SYMBOL,
    ['g_0', 'mean of all g_k'],
    ['g_w', 'Σ w_k g_k, w on the simplex'],
    ['c', 'how far d may lie from g_0, as a share of its length', 'knob.c'],
    ['d', 'direction of the update: Σ c_k g_k with the weights c_k shown', 'weight'],
  ],
  params: {
    c: {
      kind: 'real',
      label: 'Radius c',
      help: 'How far from the mean gradient it may go; 0 is the mean.',
      source: '0.5: Liu et al., LibMTL',
      min: 0,
      max: 0.95,
      step: 0.05,
      default: 0.5,
    },
  },
  probes: GRADIENTS,
  rules: alone('CAGrad'),
};
