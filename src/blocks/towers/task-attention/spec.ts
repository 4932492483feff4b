import type { BlockSpec, Finding } from '../../../pipeline/spec';
import { CUT_OF_SHARES, dropout, STUDY, TABLE_7 } from '../../paper';

export const spec: BlockSpec = {
  id: 'task-attention',
  pillar: 'tower',
  title: 'Task Attention',
  short: 'TA',
  year: 2025,
  paper: { ...STUDY, title: `${STUDY.title} (§3.2, Eqs 4–11)` },
  idea: 'Each task is a token. Layer by layer it reads the others, as far as they match.',
  equations: [
    'H = b + T',
    'A_i = \\mathrm{softmax}\\big(HW^Q_i (HW^K_i)^\\top / \\sqrt{d_k}\\big)',
    'Z = \\mathrm{LN}\\big(H + \\mathrm{Drop}([A_iHW^V_i]_{i\\le h}W^O)\\big)',
    't = \\mathrm{LN}\\big(Z + \\mathrm{Drop}(\\mathrm{ReLU}(ZW_1+b_1)W_2+b_2)\\big)',
  ],
  symbols: [
    ['b', 'the tasks’ vectors from the Bottom as tokens, B×K×D', 'in'],
    ['T', 'learned task embeddings, K×D, added once before the first layer', 'knob.width'],
    ['A_i', 'attention of head i: row reads column, B×K×K, rows sum to 1', 'probe.attention', 'knob.heads'],
    [
      'W^Q_i, W^K_i, W^V_i',
      'projections of head i, D×d_k with d_k = D/h, no bias',
      'knob.heads',
      'knob.width',
    ],
    ['W^O', 'output projection, D×D, no bias', 'knob.width'],
    ['W_1, W_2', 'position-wise MLP, D×rD and rD×D', 'knob.ratio'],
    ['t', 'what the Top receives, B×K×D', 'out'],
  ],
  params: {
    width: {
      kind: 'int',
      label: 'Width D',
      help: 'Length of each task’s token. Where the Bottom delivers another width, one shared linear layer adapts it.',
      source: TABLE_7,
      min: 4,
      max: 256,
      suggested: [32, 64, 96],
      default: 32,
    },
    heads: {
      kind: 'int',
      label: 'Heads h',
      help: 'Each head has its own view of who matters to whom; D must divide by it.',
      source: TABLE_7,
      min: 1,
      max: 16,
      suggested: [2, 4, 8],
      default: 4,
    },
    layers: {
      kind: 'int',
      label: 'Layers',
      help: 'How often the tasks read each other.',
      source: TABLE_7,
      min: 1,
      max: 6,
      suggested: [2, 3, 4],
      default: 2,
    },
    ratio: {
      kind: 'int',
      label: 'MLP ratio r',
      help: 'Hidden width of the position-wise MLP, as a multiple of D.',
      source: TABLE_7,
      min: 1,
      max: 4,
      suggested: [1, 2],
      default: 2,
    },
    mask: {
      kind: 'choice',
      label: 'Mask',
      help: 'None, as in the paper: CTR also reads CVR. Causal: a task reads itself and the tasks before it in the funnel.',
      source: 'none: Kutak 2025 §3.2; causal: an option of the lab',
      options: [
        { value: 'none', label: 'none' },
        { value: 'causal', label: 'causal' },
      ],
      default: 'none',
    },
    dropout: dropout(),
  },
  probes: { attention: '[B, L·h·K·K], layer by layer, head by head, row reads column' },
  wires: { attention: CUT_OF_SHARES },
  rules: ({ params }): Finding[] => {
    const width = Number(params.width);
    const heads = Number(params.heads);
    return width % heads === 0
      ? []
      : [
          {
            level: 'error',
            where: 'towers.params.heads',
            reason: `Width ${width} does not divide into ${heads} heads: choose a number of heads that divides ${width}.`,
          },
        ];
  },
};
