import type { BlockSpec } from '../../../pipeline/spec';
import { batchNorm, dropout, widths } from '../../paper';

export const spec: BlockSpec = {
  id: 'shared-bottom',
  pillar: 'bottom',
  title: 'Shared-Bottom',
  short: 'SB',
  year: 1997,
  paper: {
    title: 'Multitask Learning',
    authors: 'Caruana, Machine Learning 28, 1997',
    url: 'https://doi.org/10.1023/A:1007379606734',
  },
  idea: 'One network for all tasks. Cheap, and a help where tasks agree; where they do not, they fight for the same units.',
  equations: ['b_k = \\mathrm{MLP}_s(x)\\quad\\text{for every task } k'],
  symbols: [
    ['x', 'input, B×F', 'in'],
    ['\\mathrm{MLP}_s', 'the one network', 'boxes', 'knob.layers'],
    ['b_k', 'what task k’s tower receives, B×D; the same for all k', 'out'],
  ],
  params: {
    layers: widths(
      [[128, 64, 32], [64, 64, 64], [64, 64, 32], [64, 32, 32], [64, 64], [64, 32], [64]],
      [64, 32],
    ),
    dropout: dropout(),
    batchNorm,
  },
  probes: {},
};
