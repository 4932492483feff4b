import type { BlockSpec } from '../../../pipeline/spec';
import { STUDY } from '../../paper';

export const spec: BlockSpec = {
  id: 'identity',
  pillar: 'top',
  title: 'Identity',
  short: 'Id',
  year: 2025,
  paper: { ...STUDY, title: `${STUDY.title} (§3.1.3)` },
  idea: 'One logit a task, straight from its tower. Each task is learned on all impressions; nothing ties purchase to click.',
  equations: ['\\ell_k = w_k^\\top t_k + c_k', 'p_k = \\sigma(\\ell_k)'],
  symbols: [
    ['t_k', 'task k’s vector from its tower, B×D_t', 'in'],
    ['w_k, c_k', 'weights and bias; c_k starts at the log-odds of the task’s base rate'],
    ['p_k', 'probability of the event on an impression (entire space), B', 'out', 'probe.probabilities'],
  ],
  params: {},
  probes: {},
};
