import type { BlockSpec } from '../../../pipeline/spec';
import { alone, LAMBDA_SYMBOL, WEIGHTS } from '../common';

export const spec: BlockSpec = {
  id: 'dwa',
  pillar: 'balancer',
  title: 'Dynamic weight averaging',
  short: 'DWA',
  year: 2019,
  paper: {
    title: 'End-to-End Multi-Task Learning with Attention',
    authors: 'Liu, Johns & Davison, CVPR 2019',
    url: 'https://arxiv.org/abs/1803.10704',
  },
  idea: 'Tasks whose loss falls more slowly than before count more. Losses are averaged over windows of steps; the paper takes epochs, and a run of one epoch would never leave equal weights.',
  equations: [
    'r_k = \\bar L_k^{(t-1)} / \\bar L_k^{(t-2)}',
    'w_k = K \\operatorname{softmax}(r / T)_k',
    'L = \\sum_k \\lambda_k w_k L_k',
  ],
  symbols: [
    ['\\bar L_k^{(t)}', 'mean loss of task k over window t', 'loss', 'knob.window'],
    ['T', 'temperature: high makes weights alike', 'knob.temperature'],
    ['w_k', 'weight that is found; 1 on average', 'weight'],
    LAMBDA_SYMBOL,
  ],
  params: {
    window: {
      kind: 'int',
      label: 'Window',
      help: 'Steps over which a loss is averaged; weights are 1 until two windows are over.',
      source: 'lab; an epoch in the paper',
      min: 1,
      max: 10000,
      suggested: [25, 50, 100],
      default: 50,
    },
    temperature: {
      kind: 'real',
      label: 'Temperature T',
      help: 'Softness of the weights.',
      source: '2: Liu et al., LibMTL',
      min: 0.1,
      max: 10,
      step: 0.1,
      default: 2,
    },
  },
  probes: WEIGHTS,
  rules: alone('Dynamic weight averaging'),
};
