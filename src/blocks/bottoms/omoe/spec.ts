import type { BlockSpec } from '../../../pipeline/spec';
import { batchNorm, CUT_OF_SHARES, count, dropout, expertWidths, gateBias } from '../../paper';

export const spec: BlockSpec = {
  id: 'omoe',
  pillar: 'bottom',
  title: 'MoE, one gate',
  short: 'OMoE',
  year: 1991,
  paper: {
    title: 'Adaptive Mixtures of Local Experts (as the one-gate baseline OMoE of the MMoE paper)',
    authors: 'Jacobs et al., Neural Computation 3, 1991',
    url: 'https://doi.org/10.1162/neco.1991.3.1.79',
  },
  idea: 'Experts and one gate for all tasks. What MMoE is without gates of the tasks’ own: every task receives the same vector.',
  equations: ['g = \\mathrm{softmax}(W x)', 'b_k = \\sum_{e} g_e\\, f_e(x)\\quad\\text{for every task } k'],
  symbols: [
    ['x', 'input, B×F', 'in'],
    ['f_e', 'expert e, an MLP, B×D', 'boxes', 'knob.experts', 'knob.layers'],
    ['W', 'the gate, F×E', 'probe.gates'],
    ['g', 'shares of the experts, B×E, rows sum to 1', 'probe.gates'],
    ['b_k', 'what task k’s tower receives, B×D; the same for all k', 'out'],
  ],
  params: {
    experts: count(
      'Experts E',
      'Networks that the gate chooses among.',
      'as for MMoE, so that the two compare',
      [2, 4, 8],
      4,
    ),
    layers: expertWidths(
      'widths of Shared-Bottom (Kutak 2025, Table 7), so that one expert is Shared-Bottom',
    ),
    gateBias,
    dropout: dropout(),
    batchNorm,
  },
  probes: {
    gates: '[B, 1, 1, E], share of expert e; [B, 1, K, E] where each task has an input of its own',
  },
  wires: { gates: CUT_OF_SHARES },
};
