import type { BlockSpec, Finding } from '../../../pipeline/spec';
import { RESFLOW_PAPER } from '../../paper';
import { needsParents } from '../rules';

export const spec: BlockSpec = {
  id: 'logit-residual',
  pillar: 'top',
  title: 'ResFlow logit residual',
  short: 'LR',
  year: 2024,
  paper: { ...RESFLOW_PAPER, title: `${RESFLOW_PAPER.title} (§3.2, §3.3, A.2)` },
  idea: 'A task’s logit is its parent’s plus a correction of its own, so that the rarer event starts from what is known of the other.',
  equations: [
    'r_k = w_k^\\top t_k + c_k',
    '\\ell_k = \\ell_{pa(k)} + r_k,\\qquad \\ell_{root} = r_{root}',
    'p_k = \\sigma(\\ell_k)\\ \\text{on all impressions}',
    'M1:\\ \\gamma\\overline{\\textstyle\\sum_k\\max(p_k-p_{pa(k)},0)}\\quad M2:\\ \\gamma\\overline{\\textstyle\\sum_k\\max(r_k,0)}\\quad M3:\\ r_k \\leftarrow \\min(r_k,0)',
  ],
  symbols: [
    ['t_k', 'task k’s vector from its tower, B×D_t', 'in'],
    ['p_k', 'probability of the event on an impression, B', 'out'],
    ['\\ell_k', 'log-odds of the event: the parent’s and the task’s own part', 'links'],
    [
      'r_k',
      'residual logit; expected below 0, and lowest for rows that stop before the event',
      'probe.residualLogits',
    ],
    ['w_k, c_k', 'weights and bias; c_k starts at the difference of the two log-odds'],
    ['\\gamma', 'weight of M1 or M2', 'knob.weight', 'knob.nonIncrease'],
  ],
  params: {
    nonIncrease: {
      kind: 'choice',
      label: 'Non-increase',
      help: 'How a child is kept from being more probable than its parent: not at all, by a loss on probabilities (M1) or residuals (M2), or by cutting residuals at 0 (M3).',
      source: 'Fu et al. 2024, A.2 and Table 11: M3 is best and needs no weight; the main model has none',
      options: [
        { value: 'none', label: 'none' },
        { value: 'M1', label: 'M1' },
        { value: 'M2', label: 'M2' },
        { value: 'M3', label: 'M3' },
      ],
      default: 'none',
    },
    weight: {
      kind: 'real',
      label: 'Weight γ',
      help: 'Weight of the loss of M1 or M2; the others have none.',
      source: 'Fu et al. 2024, Table 11: 0.1, and 0.5 for M1 on AE-RU',
      min: 0,
      max: 1,
      step: 0.05,
      default: 0.1,
    },
    space: {
      kind: 'choice',
      label: 'What ℓ_k is of',
      help: 'The event on an impression, or the event given its parent, whose probabilities are then multiplied as in ESMM.',
      source: 'entire: Fu et al. 2024, §3.3; conditional: their ESMM+FR+LR, Tables 5 and 14',
      options: [
        { value: 'entire', label: 'event on an impression' },
        { value: 'conditional', label: 'event given its parent (ESMM)' },
      ],
      default: 'entire',
    },
  },
  probes: { residualLogits: '[B, K], r_k of each task; a root’s is its logit' },
  wires: { residualLogits: 'The parent’s logit is not added.' },
  rules: ({ params, tasks }) => {
    const found: Finding[] = needsParents(tasks, 'the logit residual', 'add to');
    if (params.space === 'conditional') {
      found.push({
        level: 'warning',
        where: 'top.params.space',
        reason:
          'A logit residual inside ESMM’s product did worse than ESMM without it wherever it was tried (0.896 against 0.899 on AE-RU, 0.6487 against 0.6503; Fu et al. 2024, Tables 5 and 14): take the event on an impression, or ESMM.',
      });
    }
    if (params.space === 'conditional' && params.nonIncrease === 'M3') {
      found.push({
        level: 'warning',
        where: 'top.params.nonIncrease',
        reason:
          'Under ESMM’s product no probability can rise along the funnel, and M3 would also forbid a conversion rate above the click rate: take none.',
      });
    }
    return found;
  },
};
