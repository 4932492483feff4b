import type { BlockSpec } from '../../../pipeline/spec';
import { SEQ_PAPER } from '../../paper';
import { head } from '../esmm/spec';
import { needsParents } from '../rules';

export const spec: BlockSpec = {
  id: 'dpr',
  pillar: 'top',
  title: 'Descending probabilities',
  short: 'DPR',
  year: 2025,
  paper: { ...SEQ_PAPER, title: `${SEQ_PAPER.title} (Descending Probability Regularizer, Eq. 4)` },
  idea: 'SEQ’s own Top: each score is its sigmoid times all before it, so that none rises along the funnel. The same product as ESMM, from one shared head.',
  equations: ['\\ell_k = W_{hy}^\\top t_k + c_k', '\\tilde y_k = \\prod_{i \\preceq k} \\sigma(\\ell_i)'],
  symbols: [
    ['t_k', 'task k’s vector from its tower; with SEQ towers its hidden state h_k, B×D_t', 'in'],
    ['\\ell_k', 'log-odds of the event given its parent, B', 'probe.probabilities'],
    ['W_{hy}', 'one head for all tasks, D_t×1', 'knob.head'],
    [
      'c_k',
      'bias of each task, which the paper does not have: it starts at the log-odds of the rate given the parent',
    ],
    ['\\tilde y_k', 'probability of the event on an impression, B', 'out', 'links'],
  ],
  params: { head: head('shared') },
  probes: { conditionalLogits: '[B, K], log-odds of each event given its parent' },
  rules: ({ tasks }) => needsParents(tasks, 'Descending probabilities', 'multiply'),
};
