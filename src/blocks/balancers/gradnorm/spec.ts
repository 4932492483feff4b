import type { BlockSpec } from '../../../pipeline/spec';
import { alone, LAMBDA_SYMBOL, LOSS_SYMBOL, WEIGHTS } from '../common';

export const spec: BlockSpec = {
  id: 'gradnorm',
  pillar: 'balancer',
  title: 'GradNorm',
  short: 'GradNorm',
  year: 2018,
  paper: {
    title: 'GradNorm: Gradient Normalization for Adaptive Loss Balancing in Deep Multitask Networks',
    authors: 'Chen et al., ICML 2018',
    url: 'https://arxiv.org/abs/1711.02257',
  },
  idea: 'Weights are moved so that all tasks pull equally hard on the last shared layer, and those that learn slowly a little harder. That layer is found in the assembled graph.',
  equations: [
    'G_k = \\lVert \\nabla_W w_k L_k \\rVert,\\quad r_k = \\frac{L_k / L_k(0)}{\\operatorname{mean}_j L_j / L_j(0)}',
    'w \\leftarrow w - \\eta\\, \\nabla_w \\sum_k \\left| G_k - \\bar G r_k^{\\alpha} \\right| / \\bar G,\\quad \\sum_k w_k = K',
    'L = \\sum_k \\lambda_k w_k L_k',
  ],
  symbols: [
    LOSS_SYMBOL,
    ['W', 'last shared weight matrix: the last one that at least two losses reach'],
    ['r_k', 'how slowly task k learns beside the others'],
    ['\\bar G', 'mean of G, held constant'],
    LAMBDA_SYMBOL,
  ],
  params: {
    alpha: {
      kind: 'real',
      label: 'Asymmetry α',
      help: '0 makes all pull alike; more favours tasks that learn slowly.',
      source: '1.5: Chen et al., LibMTL',
      min: 0,
      max: 3,
      step: 0.1,
      default: 1.5,
    },
    rate: {
      kind: 'real',
      label: 'Rate of w',
      help: 'How far a step moves the weights, as a share of the mean pull.',
      source: '0.025: Chen et al.',
      min: 0.005,
      max: 0.5,
      step: 0.005,
      default: 0.025,
    },
    warmup: {
      kind: 'int',
      label: 'Steps for L(0)',
      help: 'First steps, whose mean loss is L(0) and in which all weights are 1.',
      source: 'lab: one batch says little of a rare event; LibMTL takes an epoch',
      min: 1,
      max: 1000,
      suggested: [1, 20, 100],
      default: 20,
    },
  },
  probes: { ...WEIGHTS, norms: '[K], ‖∇_W L_k‖ on the last shared layer' },
  rules: alone('GradNorm'),
};
