import type { BlockSpec } from '../../../pipeline/spec';
import { alone, GRADIENTS, SHARED_SYMBOL } from '../common';

export const spec: BlockSpec = {
  id: 'gradvac',
  pillar: 'balancer',
  title: 'GradVac',
  short: 'GradVac',
  year: 2021,
  paper: {
    title:
      'Gradient Vaccine: Investigating and Improving Multi-task Optimization in Massively Multilingual Models',
    authors: 'Wang et al., ICLR 2021',
    url: 'https://arxiv.org/abs/2010.05874',
  },
  idea: 'Like PCGrad, but towards the angle that two tasks usually have: a gradient that lies further from another than usual is turned back to it.',
  equations: [
    "g_i' \\leftarrow g_i' + \\frac{\\lVert g_i' \\rVert \\left( \\hat\\rho_{ij} \\sqrt{1 - \\rho^2} - \\rho \\sqrt{1 - \\hat\\rho_{ij}^2} \\right)}{\\lVert g_j \\rVert \\sqrt{1 - \\hat\\rho_{ij}^2}}\\, g_j \\;\\text{ if }\\; \\rho < \\hat\\rho_{ij}",
    "\\hat\\rho_{ij} \\leftarrow (1 - \\beta)\\, \\hat\\rho_{ij} + \\beta \\rho,\\quad \\rho = \\cos(g_i', g_j)",
  ],
  symbols: [
    SHARED_SYMBOL,
    ["g_i'", 'what becomes of g_i; their sum is Σ c_k g_k with the weights c_k shown', 'weight'],
    ['\\hat\\rho_{ij}', 'running mean of the cosine, from 0; part of the run’s state', 'knob.beta'],
  ],
  params: {
    beta: {
      kind: 'real',
      label: 'Pace β',
      help: 'How much one step moves the usual angle.',
      source:
        '0.01: a public port (GradVacAMP); 0.5: LibMTL and TorchJD. The authors published no code, and their own value was not at hand',
      min: 0.01,
      max: 1,
      step: 0.01,
      default: 0.01,
    },
  },
  probes: GRADIENTS,
  rules: alone('GradVac'),
};
