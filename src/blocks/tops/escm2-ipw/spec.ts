import type { BlockSpec } from '../../../pipeline/spec';
import { cap, debiasWeight, floor } from '../debiasParams';
import { needsParents } from '../rules';

export const ESCM2_PAPER = {
  title: 'ESCM²: Entire Space Counterfactual Multi-Task Model for Post-Click Conversion Rate Estimation',
  authors: 'Wang et al., SIGIR 2022',
  url: 'https://arxiv.org/abs/2204.05125',
} as const;

export const spec: BlockSpec = {
  id: 'escm2-ipw',
  pillar: 'top',
  title: 'ESCM²-IPW',
  short: 'ESCM²-IPW',
  year: 2022,
  paper: ESCM2_PAPER,
  idea: 'ESMM, and the conversion rate is also learned on clicked rows, where rows that were unlikely to be clicked count more.',
  equations: [
    'p_k = \\sigma(\\ell_k)\\,p_{pa(k)},\\quad \\ell_k = u_k^\\top t_k + c_k',
    'w = y_{pa(k)} \\,/\\, \\max(\\hat o, \\varepsilon),\\quad \\hat o = \\mathrm{sg}(p_{pa(k)})',
    'L = \\textstyle\\sum_k \\lambda_k\\mathrm{BCE}(p_k, y_k) + \\omega\\,\\overline{w\\,e_k},\\quad e_k = \\mathrm{BCE}(\\sigma(\\ell_k), y_k)',
  ],
  symbols: [
    ['t_k', 'task k’s vector from its tower, B×D_t', 'in'],
    ['p_k', 'probability of the event on an impression, B', 'out', 'links'],
    ['\\ell_k', 'log-odds of the event given its parent, B', 'probe.probabilities'],
    ['\\hat o', 'propensity: probability of the parent, no gradient goes through it'],
    ['w', 'inverse propensity of a row, at most the cap', 'knob.floor', 'knob.cap'],
    ['\\omega', 'weight of the debiased loss', 'knob.weight'],
  ],
  params: {
    weight: debiasWeight(0.5, '0.5: GNOLR’s code; 0.01: PaddleRec, whose estimator is scaled otherwise'),
    floor,
    cap,
  },
  probes: { conditionalLogits: '[B, K], log-odds of each event given its parent' },
  rules: ({ tasks }) => needsParents(tasks, 'ESCM²', 'debias'),
};
