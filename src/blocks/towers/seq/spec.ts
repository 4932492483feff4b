import type { BlockSpec, Finding } from '../../../pipeline/spec';
import { batchNorm, dropout, SEQ_PAPER, TABLE_7, widths } from '../../paper';

export const spec: BlockSpec = {
  id: 'seq',
  pillar: 'tower',
  title: 'SEQ',
  short: 'SEQ',
  year: 2025,
  paper: { ...SEQ_PAPER, title: `${SEQ_PAPER.title} (§3.2, Eqs 1–3, Algorithm 1)` },
  idea: 'The tasks are a sequence of tokens; a recurrent net with one set of weights reads them in the order of the funnel.',
  equations: [
    'e_j = \\mathrm{MLP}^j(b_j),\\qquad h^0_j = e_j',
    'z = \\sigma(h^{n-1}_jW_z + h^n_{j-1}U_z + b_z),\\quad r = \\sigma(h^{n-1}_jW_r + h^n_{j-1}U_r + b_r)',
    'c = \\tanh\\big(h^{n-1}_jW_c + (r\\odot h^n_{j-1})U_c + b_c\\big)',
    'h^n_j = z\\odot h^n_{j-1} + (1-z)\\odot c,\\qquad t_j = h^N_j',
  ],
  symbols: [
    ['b_j', 'task j’s vector from the Bottom, B×D_b', 'in'],
    ['e_j', 'task j’s token, from a small net of its own, B×D_e', 'knob.tokenLayers'],
    ['h^n_j', 'state of layer n after token j, B×H; 0 before the first', 'boxes', 'knob.hidden'],
    ['z', 'share of the state before that is kept, B×H', 'probe.updateGates'],
    ['t_j', 'what the Top receives, B×H', 'out'],
    ['W, U, b', 'weights of a layer, the same for every token: D×3H, H×3H, 3H, columns z, r, c'],
  ],
  params: {
    layers: {
      kind: 'int',
      label: 'GRU layers N',
      help: 'Recurrent layers on top of each other.',
      source: TABLE_7,
      min: 1,
      max: 4,
      suggested: [2, 3, 4],
      default: 2,
    },
    hidden: {
      kind: 'int',
      label: 'Hidden size H',
      help: 'Length of the state that is passed from task to task, and of what the Top receives.',
      source: TABLE_7,
      min: 1,
      max: 256,
      suggested: [32, 64, 128],
      default: 32,
    },
    tokenLayers: {
      ...widths([[32], [64], [64, 32]], [32], 'an option of the lab: the paper gives no widths'),
      label: 'Token net widths',
      help: 'Units of each layer of the net that makes a task’s token.',
    },
    order: {
      kind: 'choice',
      label: 'State comes from',
      help: 'The parent in the funnel or tree, or the task before in the list. The same for a plain funnel.',
      source: 'the paper has one sequence; in a tree the parent is the step before',
      options: [
        { value: 'parent', label: 'parent' },
        { value: 'list', label: 'task before in the list' },
      ],
      default: 'parent',
    },
    zeroShot: {
      kind: 'int',
      label: 'Zero-shot task',
      help: 'Number of a task in the list that is never trained: its token net is the mean of its neighbours’, and it is appended at evaluation only. 0 for none. Set its loss weight to 0.',
      source: 'Wang et al. 2025, §5.2 and Figure 5: add to cart from the nets of click and purchase',
      min: 0,
      max: 8,
      suggested: [0],
      default: 0,
    },
    dropout: dropout('an option of the lab, in the token nets'),
    batchNorm: { ...batchNorm, source: 'an option of the lab, in the token nets' },
  },
  probes: {
    updateGates: '[B, N, K], mean over units of z: how much of the state before is kept; 0 for a first token',
  },
  wires: { updateGates: 'The task starts from a state of 0 and hears nothing of the task before it.' },
  rules: ({ tasks, params, blocks }) => {
    const found: Finding[] = [];
    const warn = (where: string, reason: string) => found.push({ level: 'warning', where, reason });
    const unseen = Number(params.zeroShot ?? 0);
    if (tasks.length < 2 || (params.order !== 'list' && tasks.every((t) => t.parent === null))) {
      warn(
        'towers',
        'SEQ has no task here that follows another, so that no state is passed on: give a task a parent, or take MLP towers.',
      );
    }
    if (unseen > tasks.length || (unseen > 0 && tasks.length < 2)) {
      warn(
        'towers.params.zeroShot',
        `There is no task ${unseen} that could borrow from others, so that all are trained: choose another number, or 0.`,
      );
    } else if (unseen > 0 && blocks.top !== 'dpr') {
      warn(
        'towers.params.zeroShot',
        'Only a head that the tasks share can score a task that it has not seen: take Descending probabilities as the Top.',
      );
    }
    return found;
  },
};
