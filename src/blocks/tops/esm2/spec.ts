import type { BlockSpec, Finding, RuleContext } from '../../../pipeline/spec';

/** The three events that ESM² needs: a click, an action on it, and a purchase that may follow either. */
function structure({ tasks }: RuleContext): Finding[] {
  const [click, action, purchase] = tasks;
  const sound =
    tasks.length === 3 &&
    click?.parent === null &&
    action?.parent === click.id &&
    (purchase?.parent === click.id || purchase?.parent === action.id);
  if (sound) return [];
  return [
    {
      level: 'error',
      where: 'top',
      reason:
        'ESM² needs three tasks in this order: a click, an action after it (such as add to cart), and a purchase after the click or the action. Set the tasks so, or take ESMM, which fits any funnel or tree.',
    },
  ];
}

export const spec: BlockSpec = {
  id: 'esm2',
  pillar: 'top',
  title: 'ESM²',
  short: 'ESM²',
  year: 2020,
  paper: {
    title:
      'Entire Space Multi-Task Modeling via Post-Click Behavior Decomposition for Conversion Rate Prediction',
    authors: 'Wen et al., SIGIR 2020',
    url: 'https://arxiv.org/abs/1910.07099',
  },
  idea: 'Between click and purchase lies an action such as add to cart. A purchase comes by way of it or without it, each with a rate of its own.',
  equations: [
    'y_i = \\sigma(w_i^\\top t + c_i),\\quad i = 1 \\dots 4',
    'p_{click} = y_1,\\qquad p_{action} = y_1 y_2',
    'p_{purchase} = y_1\\,\\big[(1-y_2)\\,y_4 + y_2\\,y_3\\big]',
    'L_k = \\mathrm{BCE}(p_k)\\ \\text{on all impressions}',
  ],
  symbols: [
    ['t', 'the task’s vector from its tower, B×D_t', 'in'],
    ['y_1', 'click on an impression, from t_1', 'probe.probabilities'],
    ['y_2', 'action given a click, from t_2', 'inside'],
    ['y_3', 'purchase given the action, from t_3', 'inside'],
    [
      'y_4',
      'purchase given a click without the action, from t_3 by a second head: the paper has a fourth tower',
      'inside',
    ],
    [
      'p_{click}, p_{action}, p_{purchase}',
      'probability of each event on an impression, B',
      'out',
      'links',
      'probe.probabilities',
    ],
    ['c_i', 'biases; they start so that the base rates hold'],
  ],
  params: {},
  probes: { stepLogits: '[B, 4], log-odds of y_1 … y_4' },
  rules: structure,
};
