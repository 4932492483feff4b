import type { BlockSpec } from '../../../pipeline/spec';
import { batchNorm, dropout, widths } from '../../paper';

export const spec: BlockSpec = {
  id: 'nse',
  pillar: 'bottom',
  title: 'Separate nets',
  short: 'NSE',
  year: 2024,
  paper: {
    title:
      'Residual Multi-Task Learner for Applied Ranking (its baseline NSE, naive shared embedding, §4.1.2)',
    authors: 'Fu et al., KDD 2024',
    url: 'https://doi.org/10.1145/3637528.3671523',
  },
  idea: 'Each task has its own network; only the embeddings are shared. What is left when nothing else is passed between tasks.',
  equations: ['b_k = \\mathrm{MLP}_k(x)'],
  symbols: [
    ['x', 'input, B×F, the same for all tasks', 'in'],
    ['\\mathrm{MLP}_k', 'network of task k', 'boxes', 'knob.layers'],
    ['b_k', 'what task k’s tower receives, B×D', 'out'],
  ],
  params: {
    layers: widths(
      [[128, 64, 32], [64, 64, 64], [64, 64, 32], [64, 32, 32], [64, 64], [64, 32], [64]],
      [64, 32],
      'those of Shared-Bottom (Kutak 2025, Table 7), so that the two compare at equal width',
    ),
    dropout: dropout(),
    batchNorm,
  },
  probes: {},
};
