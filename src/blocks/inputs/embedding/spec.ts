import type { BlockSpec } from '../../../pipeline/spec';

export const spec: BlockSpec = {
  id: 'embedding',
  pillar: 'input',
  title: 'Embedding',
  short: 'Embed',
  year: 2016,
  paper: {
    title: 'Wide & Deep Learning for Recommender Systems',
    authors: 'Cheng et al., DLRS 2016',
    url: 'https://arxiv.org/abs/1606.07792',
  },
  idea: 'Each category becomes a short learned vector; numerical features join z-scored and clipped.',
  equations: ['e_i = E_i[c_i]', 'x = [\\,e_1;\\dots;e_C;\\;z\\,]'],
  symbols: [
    ['c_i', 'code of categorical column i', 'in'],
    ['E_i', 'embedding table of column i, V_i × d', 'knob.dim'],
    ['z', 'numerical features, z-scored on the training part and clipped to ±5, B×M', 'in'],
    ['x', 'input of the Bottom, B×F with F = C·d + M; a one-hot country comes last', 'out'],
  ],
  params: {
    dim: {
      kind: 'int',
      label: 'Width d',
      help: 'Length of each category’s vector.',
      source: 'ranges in use: 4 (simulated world), 5 (AITM), 8, 16, 32 (ResFlow)',
      min: 1,
      max: 64,
      suggested: [4, 8, 16, 32],
      default: 4,
    },
    country: {
      kind: 'choice',
      label: 'Country',
      help: 'How the country column joins, where the data have one: as a category like any other, as 0s and a 1, or not at all.',
      source:
        'plain alternatives to MD (Wang et al. 2025, §3.3); one-hot as in Seesaw’s country-shift tables',
      options: [
        { value: 'embedding', label: 'embed' },
        { value: 'one-hot', label: 'one-hot' },
        { value: 'none', label: 'out' },
      ],
      default: 'embedding',
    },
  },
  probes: {},
};
