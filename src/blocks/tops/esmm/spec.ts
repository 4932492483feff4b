import type { BlockSpec, HyperParam } from '../../../pipeline/spec';
import { needsParents } from '../rules';

/** Whether the tasks' logits come from one head or from one each; ESMM and DPR differ by its default. */
export const head = (fallback: 'own' | 'shared'): HyperParam => ({
  kind: 'choice',
  label: 'Head',
  help: 'Own: a weight vector for each task. Shared: one for all, so that a task differs by its vector t_k and its bias alone.',
  source: 'own: Ma et al. 2018; shared: W_hy of SEQ, Eq. 3, which its recurrent towers make sense of',
  options: [
    { value: 'own', label: 'one a task' },
    { value: 'shared', label: 'shared' },
  ],
  default: fallback,
});

export const spec: BlockSpec = {
  id: 'esmm',
  pillar: 'top',
  title: 'ESMM',
  short: 'ESMM',
  year: 2018,
  paper: {
    title: 'Entire Space Multi-Task Model: An Effective Approach for Estimating Post-Click Conversion Rate',
    authors: 'Ma et al., SIGIR 2018',
    url: 'https://arxiv.org/abs/1804.07931',
  },
  idea: 'A purchase is a click and then a purchase: the towers give the two steps, and their product is learned on all impressions.',
  equations: [
    'p_{k\\mid pa(k)} = \\sigma(w_k^\\top t_k + c_k)',
    'p_k = p_{k\\mid pa(k)}\\,p_{pa(k)} = \\prod_{i \\preceq k} p_{i\\mid pa(i)}',
    'L_k = \\mathrm{BCE}(p_k, y_k)\\ \\text{on all impressions}',
  ],
  symbols: [
    ['t_k', 'task k’s vector from its tower, B×D_t', 'in'],
    ['w_k, c_k', 'weights and bias; c_k starts at the log-odds of the rate given the parent', 'knob.head'],
    [
      'p_{k\\mid pa(k)}',
      'probability of the event given its parent; of a root, on an impression',
      'probe.probabilities',
    ],
    [
      'p_k',
      'probability of the event on an impression (CTR, CTCVR): never above its parent’s, B',
      'out',
      'links',
    ],
  ],
  params: { head: head('own') },
  probes: { conditionalLogits: '[B, K], log-odds of each event given its parent' },
  rules: ({ tasks }) => needsParents(tasks, 'ESMM', 'multiply'),
};
