import type { BlockSpec, Finding } from '../../../pipeline/spec';
import { batchNorm, CUT_OF_SHARES, count, dropout, expertWidths, gateBias, TABLE_7 } from '../../paper';

export const spec: BlockSpec = {
  id: 'ple',
  pillar: 'bottom',
  title: 'PLE',
  short: 'PLE',
  year: 2020,
  paper: {
    title:
      'Progressive Layered Extraction (PLE): A Novel Multi-Task Learning (MTL) Model for Personalized Recommendations',
    authors: 'Tang et al., RecSys 2020',
    url: 'https://doi.org/10.1145/3383313.3412236',
  },
  idea: 'Each task keeps experts of its own beside shared ones, level by level, so that what would harm it need not pass through its units. One level alone is CGC.',
  equations: [
    'x^0_k = x^0_s = x',
    'S^l_k = [\\,E^l_{k,1 \\dots m_k}(x^{l-1}_k);\\; E^l_{s,1 \\dots m_s}(x^{l-1}_s)\\,]',
    'x^l_k = \\mathrm{softmax}(W^l_k x^{l-1}_k)\\, S^l_k',
    'x^l_s = \\mathrm{softmax}(W^l_s x^{l-1}_s)\\, [\\,E^l_1;\\dots;E^l_K;\\,E^l_s\\,]\\quad (l < L)',
    'b_k = x^L_k',
  ],
  symbols: [
    [
      'x',
      'input, B×F; where an input module gives each task its own x_k, x^0_k = x_k and x^0_s is their mean',
      'in',
    ],
    ['E^l_{k,i}', 'expert i of task k at level l, an MLP', 'boxes', 'knob.experts', 'knob.layers'],
    ['E^l_{s,i}', 'shared expert i at level l; it reads the shared stream', 'boxes', 'knob.shared'],
    ['W^l_k', 'gate of task k over its own and the shared experts, D×(m_k+m_s)', 'probe.gates'],
    [
      'W^l_s',
      'gate of the shared stream over all experts, D×(K·m_k+m_s); the last level has none',
      'inside',
      'knob.levels',
    ],
    ['b_k', 'what task k’s tower receives, B×D', 'out'],
  ],
  params: {
    experts: count(
      'Experts per task',
      'Experts that serve one task alone, at each level.',
      TABLE_7,
      [4, 8, 10],
      4,
    ),
    shared: count(
      'Shared experts',
      'Experts that all tasks read, at each level; with 0 the tasks share nothing here.',
      TABLE_7,
      [2, 4, 8],
      2,
      [0, 16],
    ),
    levels: count(
      'Levels',
      'Extraction networks one above the other; 1 is CGC.',
      `${TABLE_7}; 1 is the CGC of the paper`,
      [2, 3, 4],
      2,
      [1, 4],
    ),
    layers: expertWidths(`${TABLE_7}: the output is 32, 64 or 128 wide`, [32]),
    gateBias,
    dropout: dropout(),
    batchNorm,
  },
  probes: {
    gates:
      '[B, L, K, E], level by level: share of expert e in task k’s vector; the tasks’ experts in turn, then the shared ones; 0 where a gate may not read',
    sharedGate: '[B, L−1, 1, E], the same for the shared stream, which the last level does not have',
  },
  wires: { gates: CUT_OF_SHARES, sharedGate: CUT_OF_SHARES },
  rules: ({ params }): Finding[] =>
    params.shared === 0
      ? [
          {
            level: 'warning',
            where: 'bottom.params.shared',
            reason:
              'Without shared experts the tasks have nothing in common but the embeddings: add one, or take Separate nets, which are cheaper.',
          },
        ]
      : [],
};
