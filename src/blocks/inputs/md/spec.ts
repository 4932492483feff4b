import type { BlockSpec, Finding } from '../../../pipeline/spec';
import { SEQ_PAPER, widths } from '../../paper';

export const spec: BlockSpec = {
  id: 'md',
  pillar: 'input',
  title: 'MD adaptor',
  short: 'MD',
  year: 2025,
  paper: { ...SEQ_PAPER, title: `${SEQ_PAPER.title} (its multi-distribution adaptor, §3.3)` },
  idea: 'Each market has a mask that turns features up or down, so that one model can weigh them by the market’s taste.',
  equations: [
    'm = a(\\mathrm{MLP}_{mask}(c))',
    'u = m \\odot x_{dep}',
    'x^\\prime = [\\,\\mathrm{MLP}_{trans}(u);\\; x_{inv}\\,]',
  ],
  symbols: [
    ['c', 'country of the row, one-hot, B×V'],
    ['m', 'mask, B×d_dep; one a task, m_k, in per-task mode', 'inside', 'knob.mode', 'knob.maskLayers'],
    [
      'x_{dep},\\; x_{inv}',
      'dependent and invariant columns of what the input block before hands on, B×d_dep and B×d_inv',
      'in',
      'knob.dependent',
    ],
    ['a', 'activation of the mask', 'knob.activation'],
    [
      'x^\\prime',
      'input of the Bottom; in per-task mode x′_k = [MLP_trans,k(u_k); MLP_inv(x_inv)], one a task',
      'out',
      'knob.layers',
    ],
  ],
  refines: true,
  needs: ['country'],
  params: {
    mode: {
      kind: 'choice',
      label: 'Mask',
      help: 'One mask for all tasks before any model, or one for each task, which gives every task an input of its own.',
      source: 'Wang et al. 2025, §3.3: plug-in (Fig. 3a, 4) and integrated with a mask a task (Fig. 3b)',
      options: [
        { value: 'plug-in', label: 'plug-in' },
        { value: 'per-task', label: 'per task' },
      ],
      default: 'plug-in',
    },
    dependent: {
      kind: 'choice',
      label: 'Dependent',
      help: 'Which features the mask multiplies: all numerical ones, all but the country, or those whose distribution differs between markets by more than the threshold.',
      source:
        'shifted: Wang et al. 2025, §3.3, which names no distance; numerical: the country-shift tables of Seesaw’s simulator',
      options: [
        { value: 'numerical', label: 'num' },
        { value: 'all', label: 'all' },
        { value: 'shifted', label: 'shifted' },
      ],
      default: 'numerical',
    },
    threshold: {
      kind: 'real',
      label: 'Threshold',
      help: 'With “shifted”: a feature is dependent where its mean Jensen–Shannon divergence over pairs of markets (20 quantile bins, in bits) exceeds this.',
      source: 'a user-set threshold, Wang et al. 2025, §3.3; no value is given there',
      min: 0,
      max: 1,
      step: 0.005,
      default: 0.01,
    },
    maskLayers: widths(
      [[16], [32], [32, 16]],
      [16],
      'hidden widths of MLP_mask; not given by the paper, 16 in Seesaw’s country-shift tables',
    ),
    activation: {
      kind: 'choice',
      label: 'Mask values',
      help: 'Any number, 0 to 1, or 0 to 2: each starts at or near the value that leaves features in their proportions.',
      source: 'not given by the paper; 2σ starts near the identity',
      options: [
        { value: 'linear', label: 'linear' },
        { value: 'sigmoid', label: 'σ' },
        { value: 'sigmoid2', label: '2σ' },
      ],
      default: 'sigmoid2',
    },
    transform: {
      kind: 'choice',
      label: 'MLP_trans',
      help: 'Whether the masked features go through an MLP, or on as they are and in their places.',
      source: 'mlp: Wang et al. 2025, §3.3 and Fig. 4; none: their Algorithm 1, which leaves it out',
      options: [
        { value: 'mlp', label: 'MLP' },
        { value: 'none', label: 'none' },
      ],
      default: 'mlp',
    },
    layers: widths(
      [[64], [32], [64, 64]],
      [64],
      'widths of MLP_trans, and in per-task mode of MLP_inv; not given by the paper',
    ),
  },
  probes: {
    mask: '[masks, markets, dependent columns] by country code, of at most 64 codes: what each market turns up and down',
  },
  rules: ({ params, blocks, tasks, place }) => {
    const found: Finding[] = [];
    if (blocks.tower === 'twin') {
      found.push(
        params.transform === 'mlp'
          ? {
              level: 'error',
              where: `${place}.params.transform`,
              reason:
                'MLP_trans mixes features of the user with those of the item, which twin towers keep apart: set MLP_trans to none.',
            }
          : {
              level: 'warning',
              where: `${place}.params.dependent`,
              reason:
                'The mask makes item vectors depend on the market, so that twin towers need an index of items for each market.',
            },
      );
    }
    if (params.mode === 'per-task' && tasks.length === 1) {
      found.push({
        level: 'warning',
        where: `${place}.params.mode`,
        reason: 'There is one task, so a mask for each task is the same as one mask: take plug-in.',
      });
    }
    return found;
  },
};
