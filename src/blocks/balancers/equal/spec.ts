import type { BlockSpec } from '../../../pipeline/spec';
import { LOSS_SYMBOL } from '../common';

export const spec: BlockSpec = {
  id: 'equal',
  pillar: 'balancer',
  title: 'Equal weights',
  short: 'Equal',
  year: 2025,
  paper: {
    title:
      'Deconstructing Multi-Task Learning in Search & Recommender Systems: A Combinatorial Study (§4.4, Eq. 12)',
    authors: 'Kutak, 2025',
  },
  idea: 'Every loss counts 1, whatever the weights set with the tasks: the fixed point that other balancers are compared with.',
  equations: ['L = \\sum_k L_k'],
  symbols: [LOSS_SYMBOL, ['L', 'what is minimised; every weight is 1', 'weight']],
  params: {},
  probes: {},
};
