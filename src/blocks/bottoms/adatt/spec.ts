import type { BlockSpec } from '../../../pipeline/spec';
import { batchNorm, CUT_OF_SHARES, count, dropout, expertWidths, gateBias } from '../../paper';

export const spec: BlockSpec = {
  id: 'adatt',
  pillar: 'bottom',
  title: 'AdaTT',
  short: 'AdaTT',
  year: 2023,
  paper: {
    title:
      'AdaTT: Adaptive Task-to-Task Fusion Network for Multitask Learning in Recommendations (AdaTT-sp; with shared experts, AdaTT)',
    authors: 'Li et al., KDD 2023',
    url: 'https://doi.org/10.1145/3580305.3599769',
  },
  idea: 'Each task has experts of its own; at each level a gate lets it read everybody’s, and its own experts go round the gate as a residual.',
  equations: [
    'A^l = [\\,E^l_{1,1 \\dots m}(x^{l-1}_1);\\dots;E^l_{K,1 \\dots m}(x^{l-1}_K);\\,E^l_{s}(x^{l-1}_s)\\,]',
    'x^l_k = \\mathrm{softmax}(W^l_k x^{l-1}_k)\\, A^l + \\sum_{i \\le m} w^l_{k,i}\\, E^l_{k,i}',
    'x^0_k = x,\\quad b_k = x^L_k',
  ],
  symbols: [
    [
      'x^0_k',
      'input of task k, B×F: x for all tasks, or x_k; the shared stream’s x^0_s is the mean of them',
      'in',
    ],
    ['E^l_{k,i}', 'expert i of task k at level l, an MLP', 'boxes', 'knob.experts', 'knob.layers'],
    ['E^l_s', 'shared experts; AdaTT-sp has none', 'boxes', 'knob.shared'],
    [
      'W^l_k',
      'gate of task k over all experts, D×E; the shared stream has one too, but not at the last level',
      'probe.gates',
    ],
    [
      'w^l_{k,i}',
      'learned weight of an own expert, the same for all rows; 1 where every task has one expert',
    ],
    ['b_k', 'what task k’s tower receives, B×D', 'out'],
  ],
  params: {
    experts: count(
      'Experts per task',
      'Experts that each task owns, at each level.',
      'the code of AdaTT takes any number; few are offered, since every gate reads all tasks’ experts',
      [1, 2, 3],
      2,
    ),
    shared: count(
      'Shared experts',
      'Experts of a stream that belongs to no task: 0 is AdaTT-sp, more is the general AdaTT.',
      '0: AdaTT-sp, the baseline of SEQ+MD',
      [0, 1, 2],
      0,
      [0, 16],
    ),
    levels: count(
      'Levels',
      'Fusion levels one above the other.',
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
    gates:
      '[B, L, K, E], level by level: share of expert e in what task k’s gate reads; the tasks’ experts in turn, then the shared ones',
    sharedGate:
      '[B, L−1, 1, E], with shared experts: share of each expert in what the shared stream’s gate reads at every level but the last',
  },
  wires: {
    gates: `${CUT_OF_SHARES} What a task adds of its own experts stays.`,
    sharedGate: `${CUT_OF_SHARES} What the shared stream adds of its own experts stays.`,
  },
};
