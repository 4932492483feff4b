import type { BlockSpec } from '../../../pipeline/spec';
import { batchNorm, CUT_OF_SHARES, count, dropout, expertWidths, gateBias } from '../../paper';

export const spec: BlockSpec = {
  id: 'mmoe',
  pillar: 'bottom',
  title: 'MMoE',
  short: 'MMoE',
  year: 2018,
  paper: {
    title: 'Modeling Task Relationships in Multi-task Learning with Multi-gate Mixture-of-Experts',
    authors: 'Ma et al., KDD 2018',
    url: 'https://doi.org/10.1145/3219819.3220007',
  },
  idea: 'All tasks share the experts, and each has a gate of its own that mixes them anew for every impression.',
  equations: [
    'f_e(x) = \\mathrm{MLP}_e(x),\\quad e = 1 \\dots E',
    'g_k = \\mathrm{softmax}(W_k x)',
    'b_k = \\sum_{e} g_{k,e}\\, f_e(x)',
  ],
  symbols: [
    [
      'x',
      'input, B×F; where an input module gives each task its own x_k, expert e and gate k run on it',
      'in',
    ],
    ['f_e', 'expert e, B×D', 'boxes', 'knob.experts', 'knob.layers'],
    ['W_k', 'gate of task k, F×E', 'probe.gates'],
    ['g_k', 'shares of the experts, B×E, rows sum to 1', 'probe.gates'],
    ['b_k', 'what task k’s tower receives, B×D', 'out'],
  ],
  params: {
    experts: count(
      'Experts E',
      'Networks that the gates choose among, shared by all tasks.',
      'the study gives no range for MMoE; 2, 4 and 8 as for PLE’s shared experts, 8 in MTReclib',
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
  probes: { gates: '[B, 1, K, E], share of expert e in task k’s vector' },
  wires: { gates: CUT_OF_SHARES },
};
