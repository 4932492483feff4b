import type { BlockSpec } from '../../../pipeline/spec';
import { cap, debiasWeight, floor } from '../debiasParams';
import { ESCM2_PAPER } from '../escm2-ipw/spec';
import { needsParents } from '../rules';

export const spec: BlockSpec = {
  id: 'escm2-dr',
  pillar: 'top',
  title: 'ESCM²-DR',
  short: 'ESCM²-DR',
  year: 2022,
  paper: ESCM2_PAPER,
  idea: 'As ESCM²-IPW, but a second head guesses the error on rows without a click, so that a wrong propensity does less harm.',
  equations: [
    'p_k = \\sigma(\\ell_k)\\,p_{pa(k)},\\quad \\ell_k = u_k^\\top t_k + c_k',
    'w = y_{pa(k)} \\,/\\, \\max(\\hat o, \\varepsilon),\\quad \\hat o = \\mathrm{sg}(p_{pa(k)})',
    '\\hat e_k = \\sigma(v_k^\\top t_k + d_k)',
    'L = \\textstyle\\sum_k \\lambda_k\\mathrm{BCE}(p_k, y_k) + \\omega\\,\\big(\\overline{\\hat e_k + w\\,(e_k-\\hat e_k)} + \\overline{w\\,(e_k-\\hat e_k)^2}\\big)',
  ],
  symbols: [
    ['t_k', 'task k’s vector from its tower, B×D_t', 'in'],
    ['p_k', 'probability of the event on an impression, B', 'out', 'links'],
    ['\\ell_k', 'log-odds of the event given its parent, B', 'probe.probabilities'],
    ['e_k', 'cross-entropy of the conditional rate'],
    ['\\hat e_k', 'its imputed value in (0, 1), from t_k by a head of its own: the paper has a third tower'],
    [
      'w',
      'inverse propensity of a row, at most the cap; no gradient goes through it',
      'knob.floor',
      'knob.cap',
    ],
    ['\\omega', 'weight of the debiased losses', 'knob.weight'],
  ],
  params: { weight: debiasWeight(0.5, '0.5: GNOLR’s code'), floor, cap },
  probes: { conditionalLogits: '[B, K], log-odds of each event given its parent' },
  rules: ({ tasks }) => needsParents(tasks, 'ESCM²', 'debias'),
};
