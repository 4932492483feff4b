import type { BlockSpec } from '../../../pipeline/spec';
import { cap, debiasWeight, floor } from '../debiasParams';
import { needsParents } from '../rules';

export const spec: BlockSpec = {
  id: 'dcmt',
  pillar: 'top',
  title: 'DCMT',
  short: 'DCMT',
  year: 2023,
  paper: {
    title: 'DCMT: A Direct Entire-Space Causal Multi-Task Framework for Post-Click Conversion Estimation',
    authors: 'Zhu et al., ICDE 2023',
    url: 'https://arxiv.org/abs/2302.06141',
  },
  idea: 'Twin heads: one says who buys after a click, its twin, learned where there was no click, who would not; the two should add up to one.',
  equations: [
    'p_k = r_k\\,p_{pa(k)},\\quad r_k = \\sigma(w_k^\\top t_k + c_k),\\quad r^*_k = \\sigma(v_k^\\top t_k + d_k)',
    'L_f = \\overline{\\tfrac{o}{\\max(\\hat o,\\varepsilon)}\\,\\mathrm{BCE}(r_k, y_k)},\\qquad L_{cf} = \\overline{\\tfrac{1-o}{\\max(1-\\hat o,\\varepsilon)}\\,\\mathrm{BCE}(r^*_k, 1-y_k)}',
    'L = \\textstyle\\sum_k \\lambda_k\\mathrm{BCE}(p_k, y_k) + \\omega\\,\\big(L_f + L_{cf} + \\lambda_1\\overline{|1-(r_k+r^*_k)|}\\big)',
  ],
  symbols: [
    ['t_k', 'task k’s vector from its tower, B×D_t', 'in'],
    ['p_k', 'probability of the event on an impression, B', 'out', 'links'],
    [
      'o, \\hat o',
      'whether the parent happened, and its predicted probability; no gradient goes through the latter',
    ],
    [
      'r_k, r^*_k',
      'factual and counterfactual rate; the first is the prediction',
      'probe.probabilities',
      'inside',
    ],
    [
      '\\omega, \\lambda_1',
      'weights of the debiased losses and of the counterfactual prior',
      'knob.weight',
      'knob.prior',
    ],
  ],
  params: {
    weight: debiasWeight(0.5, '0.5: GNOLR’s code; 1: a public fork of torch-rechub'),
    prior: {
      kind: 'real',
      label: 'Counterfactual prior λ₁',
      help: 'Weight of how far the twins are from adding up to 1.',
      source: '0.001: both public implementations',
      min: 0,
      max: 1,
      step: 0.001,
      default: 0.001,
    },
    normalise: {
      kind: 'flag',
      label: 'Self-normalised weights',
      help: 'Divides the weighted losses by the sum of their weights instead of the number of rows.',
      source: 'off: both public implementations; on: reported of the paper, not checked',
      default: false,
    },
    floor,
    cap: { ...cap, source: '0, none: both public implementations; 15: as PaddleRec caps ESCM²', default: 0 },
  },
  probes: { twinRates: '[B, 2·N], r of the N tasks with a parent, then r*' },
  rules: ({ tasks }) => needsParents(tasks, 'DCMT', 'debias'),
};
