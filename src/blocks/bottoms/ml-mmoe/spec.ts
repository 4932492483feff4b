import type { BlockSpec } from '../../../pipeline/spec';
import { batchNorm, CUT_OF_SHARES, count, dropout, expertWidths, gateBias } from '../../paper';

export const spec: BlockSpec = {
  id: 'ml-mmoe',
  pillar: 'bottom',
  title: 'ML-MMoE',
  short: 'ML-MMoE',
  year: 2020,
  paper: {
    title:
      'Progressive Layered Extraction (its baseline ML-MMOE; also that of SEQ+MD, and MLMMoE in the code of AdaTT)',
    authors: 'Tang et al., RecSys 2020',
    url: 'https://doi.org/10.1145/3383313.3412236',
  },
  idea: 'MMoE in several levels: below the top each expert has a gate that mixes the experts before it, shared by all tasks; at the top each task has one.',
  equations: [
    'x^1_e = x',
    'x^{l+1}_e = \\sum_j \\mathrm{softmax}(V^l_e x)_j\\, f^l_j(x^l_j)\\quad (l < L)',
    'b_k = \\sum_j \\mathrm{softmax}(W_k x)_j\\, f^L_j(x^L_j)',
  ],
  symbols: [
    ['x', 'input, B×F; all gates of all levels read it', 'in'],
    ['f^l_e', 'expert e of level l, an MLP', 'boxes', 'knob.experts', 'knob.layers'],
    ['V^l_e', 'gate of expert e of level l+1 over the experts of level l, F×E', 'inside', 'knob.levels'],
    ['W_k', 'gate of task k at the top, F×E', 'probe.gates'],
    ['b_k', 'what task k’s tower receives, B×D', 'out'],
  ],
  params: {
    experts: count('Experts E', 'Experts of each level, shared by all tasks.', 'as for MMoE', [2, 4, 8], 4),
    levels: count(
      'Levels',
      'Levels of experts; 1 is MMoE.',
      'as for PLE (Kutak 2025, Table 7)',
      [2, 3, 4],
      2,
      [1, 4],
    ),
    layers: expertWidths('as for PLE (Kutak 2025, Table 7): the output is 32, 64 or 128 wide', [32]),
    gateBias,
    dropout: dropout(),
    batchNorm,
  },
  probes: {
    gates: '[B, 1, K, E], share of the last level’s expert e in task k’s vector',
    levelGates:
      '[B, G, L−1, E, E], below the top: row reads column, the share of expert j in what expert e of the next level reads; G inputs, 1 or K',
  },
  wires: { gates: CUT_OF_SHARES, levelGates: CUT_OF_SHARES },
};
