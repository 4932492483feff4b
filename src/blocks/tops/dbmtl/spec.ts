import type { BlockSpec } from '../../../pipeline/spec';
import { batchNorm, dropout, TABLE_7, widths } from '../../paper';
import { needsParents } from '../rules';

export const spec: BlockSpec = {
  id: 'dbmtl',
  pillar: 'top',
  title: 'DBMTL',
  short: 'DBMTL',
  year: 2019,
  paper: {
    title: 'Deep Bayesian Multi-Target Learning for Recommender Systems',
    authors: 'Wang et al., 2019',
    url: 'https://arxiv.org/abs/1902.09154',
  },
  idea: 'The events are a Bayesian network: each task’s small net reads its own vector and what the nets before it have made of theirs.',
  equations: [
    'r_k = \\mathrm{MLP}^{rel}_k\\big([\\,t_k\\,;\\, r_j,\\ j \\in pa(k)\\,]\\big)',
    '\\ell_k = w_k^\\top r_k + c_k',
    'p(y_k \\mid x, pa(k)) = \\sigma(\\ell_k)',
  ],
  symbols: [
    ['t_k', 'task k’s vector from its tower, B×D_t; first in the list', 'in'],
    [
      'r_k',
      'relation vector; of a parent it is read, not its label or probability, and gradients flow back',
      'boxes',
      'knob.layers',
    ],
    ['pa(k)', 'the tasks that task k reads', 'links', 'knob.edges'],
    ['\\ell_k', 'log-odds of the event on an impression, B', 'out'],
    ['w_k, c_k', 'weights and bias; c_k starts at the log-odds of the task’s base rate'],
  ],
  params: {
    layers: {
      ...widths([[24], [32], [64]], [32], `${TABLE_7}: one layer of 24, 32 or 64`),
      label: 'Relation widths',
    },
    edges: {
      kind: 'choice',
      label: 'Edges',
      help: 'Which tasks a task reads: its parent, all events before it in the funnel or tree, or all tasks before it in the list.',
      source:
        'parents: Kutak 2025; the paper allows any acyclic network, and the other two are the fuller ones',
      options: [
        { value: 'parents', label: 'parent' },
        { value: 'ancestors', label: 'all before in the tree' },
        { value: 'earlier', label: 'all before in the list' },
      ],
      default: 'parents',
    },
    rootNet: {
      kind: 'flag',
      label: 'Net for roots',
      help: 'Also a task that reads no other has a relation net; otherwise its vector is passed on as it is.',
      source: 'on: EasyRec; off: an option of TorchEasyRec',
      default: true,
    },
    dropout: dropout(),
    batchNorm,
  },
  probes: {
    relations:
      '[B, K, K], row k: how much of what task k’s net makes of its input in its first layer comes of its own vector (column k) and of each r_j that it reads; rows sum to 1',
  },
  wires: {
    relations:
      'The vector is 0 where the net reads it; its other vectors stay as they are, and so does what other nets read of it.',
  },
  rules: ({ params, tasks }) =>
    params.edges === 'earlier' && tasks.length > 1 ? [] : needsParents(tasks, 'DBMTL', 'read'),
};
