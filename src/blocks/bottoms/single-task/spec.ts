import type { BlockSpec, Finding } from '../../../pipeline/spec';
import { batchNorm, dropout, widths } from '../../paper';

export const spec: BlockSpec = {
  id: 'single-task',
  pillar: 'bottom',
  title: 'Single task',
  short: 'Single',
  year: 1997,
  paper: {
    title: 'Multitask Learning (its baseline, single-task learning)',
    authors: 'Caruana, Machine Learning 28, 1997',
    url: 'https://doi.org/10.1023/A:1007379606734',
  },
  idea: 'Nothing is shared, not even the embeddings: each task learns as if it were alone. Negative transfer is measured against this.',
  equations: ['x_k = [\\,E_k[c];\\; z\\,]', 'b_k = \\mathrm{MLP}_k(x_k)'],
  symbols: [
    ['E_k', 'embedding tables of task k alone'],
    ['x_k', 'input of task k, B×F', 'in'],
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
  ownInputs: true,
  rules: ({ blocks }): Finding[] =>
    blocks.tower === 'mlp' && blocks.top === 'identity'
      ? []
      : [
          {
            level: 'warning',
            where: 'bottom',
            reason:
              'Single task is the baseline in which nothing passes between tasks, but these Towers or this Top pass something on: take MLP towers and Identity to measure against it.',
          },
        ],
};
