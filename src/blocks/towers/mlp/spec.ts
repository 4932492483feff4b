import type { BlockSpec } from '../../../pipeline/spec';
import { batchNorm, dropout, STUDY, widths } from '../../paper';

export const spec: BlockSpec = {
  id: 'mlp',
  pillar: 'tower',
  title: 'MLP towers',
  short: 'MLP',
  year: 2025,
  paper: { ...STUDY, title: `${STUDY.title} (independent towers, Table 7)` },
  idea: 'One small network a task. Nothing passes from one task to the next.',
  equations: ['t_k = \\mathrm{MLP}_k(b_k)'],
  symbols: [
    ['b_k', 'task k’s vector from the Bottom, B×D_b', 'in'],
    ['\\mathrm{MLP}_k', 'network of task k', 'boxes', 'knob.layers'],
    ['t_k', 'what the Top receives, B×D_t', 'out'],
  ],
  params: {
    layers: widths(
      [
        [64, 64, 64],
        [64, 64, 32],
        [64, 64],
        [64, 32],
        [32, 32],
      ],
      [32, 32],
    ),
    dropout: dropout(),
    batchNorm,
  },
  probes: {},
};
