import type { BlockSpec } from '../../../pipeline/spec';
import { batchNorm, dropout, widths } from '../../paper';

export const spec: BlockSpec = {
  id: 'cross-stitch',
  pillar: 'bottom',
  title: 'Cross-stitch',
  short: 'X-stitch',
  year: 2016,
  paper: {
    title: 'Cross-stitch Networks for Multi-task Learning',
    authors: 'Misra et al., CVPR 2016',
    url: 'https://arxiv.org/abs/1604.03539',
  },
  idea: 'A network a task; after each layer a small learned matrix mixes the tasks’ activations, the same for every row.',
  equations: [
    'a^l_k = \\mathrm{ReLU}(x^{l-1}_k W^l_k + c^l_k),\\quad x^0_k = x',
    'x^l_k = \\sum_j \\alpha^l_{k,j}\\, a^l_j',
    'b_k = x^L_k',
  ],
  symbols: [
    ['x', 'input, B×F', 'in'],
    ['W^l_k, c^l_k', 'layer l of task k’s network', 'boxes', 'knob.layers'],
    ['\\alpha^l_{k,j}', 'the stitch after layer l, K×K: row reads column', 'probe.stitch'],
    ['b_k', 'what task k’s tower receives, B×D', 'out'],
  ],
  params: {
    layers: widths(
      [[128, 64, 32], [64, 64, 64], [64, 64, 32], [64, 32, 32], [64, 64], [64, 32], [64]],
      [64, 32],
      'those of Shared-Bottom (Kutak 2025, Table 7), so that the two compare at equal width',
    ),
    same: {
      kind: 'real',
      label: 'α of the own task',
      help: 'Where the stitches start: this for a task’s own activations, the rest to 1 spread over the other tasks.',
      source: '0.9 for the own task and 0.1 for the other, as the paper starts them',
      min: 0,
      max: 1,
      step: 0.05,
      default: 0.9,
    },
    dropout: dropout(),
    batchNorm,
  },
  probes: { stitch: '[1, L, K, K], α after each layer: row reads column; the same for every row of data' },
  wires: { stitch: 'The vector that is read counts 0; the other weights stay as they are.' },
};
