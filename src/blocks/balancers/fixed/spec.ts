import type { BlockSpec } from '../../../pipeline/spec';
import { STUDY } from '../../paper';

export const spec: BlockSpec = {
  id: 'fixed',
  pillar: 'balancer',
  title: 'Fixed weights',
  short: 'Fixed',
  year: 2025,
  paper: { ...STUDY, title: `${STUDY.title} (§4.4, Eq. 12)` },
  idea: 'The losses are summed with the weights that you set for each task.',
  equations: ['L = \\sum_k \\lambda_k L_k'],
  symbols: [
    ['L_k', 'mean weighted cross-entropy of task k over the batch', 'loss'],
    ['\\lambda_k', 'weight of task k, set with the task', 'weight'],
  ],
  params: {},
  probes: {},
};
