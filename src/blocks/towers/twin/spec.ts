import type { BlockSpec, Finding } from '../../../pipeline/spec';
import { batchNorm, dropout, RESFLOW_PAPER, widths } from '../../paper';

/** Tops that mix or compare the tasks' vectors: one number a task leaves them next to nothing. */
const READ_VECTORS: readonly string[] = ['aitm', 'dbmtl'];

export const spec: BlockSpec = {
  id: 'twin',
  pillar: 'tower',
  title: 'Twin towers',
  short: 'Twin',
  year: 2024,
  paper: { ...RESFLOW_PAPER, title: `${RESFLOW_PAPER.title} (its pre-rank model, §5.1 and A.1)` },
  idea: 'User and item each become a vector, and their product scores: item vectors can be worked out beforehand. A task may add what its parent has.',
  equations: [
    'u_k^l = f_k^l(u_k^{l-1}) + u_{pa(k)}^l',
    'v_k^l = g_k^l(v_k^{l-1}) + v_{pa(k)}^l',
    'u_k^0 = b_k^{user},\\quad v_k^0 = b_k^{item}',
    's_k = \\langle u_k^L, v_k^L\\rangle,\\quad t_k = s_k + t_{pa(k)}',
  ],
  symbols: [
    [
      'b_k^{user},\\; b_k^{item}',
      'task k’s vectors from the Bottom, which runs once on the user’s features and once on the item’s, B×D_b each',
      'in',
    ],
    [
      'f_k^l,\\; g_k^l',
      'block l of task k’s user and item tower: Lin → [BN] → ReLU; the last, l = L, is Lin alone, so that products have either sign',
      'boxes',
      'knob.layers',
    ],
    [
      '+\\,u_{pa(k)}^l,\\; +\\,v_{pa(k)}^l',
      'behind hidden blocks where they are linked, behind the last where links stand before the product',
      'knob.hiddenLinks',
      'knob.placement',
    ],
    ['+\\,t_{pa(k)}', 'where links stand after the product', 'knob.placement'],
    ['s_k', 'score: product of the task’s two vectors, B', 'probe.score'],
    [
      't_k',
      'what the Top receives: s_k, B×1, or the products of u_k and v_k one by one, B×D',
      'out',
      'knob.hands',
    ],
  ],
  sides: true,
  needs: ['sides'],
  params: {
    layers: widths(
      [
        [128, 64],
        [64, 32],
        [32, 16],
      ],
      [64, 32],
      'two blocks of 128 and 64 as in the ResFlow authors’ code; those of the twin towers are not given by the paper',
    ),
    hiddenLinks: {
      kind: 'flag',
      label: 'Hidden links',
      help: 'Adds the parent’s vectors behind every block but the last, in each of the two towers.',
      source: 'Fu et al. 2024, §3.2 and Figure 7a',
      default: true,
    },
    placement: {
      kind: 'choice',
      label: 'Last link',
      help: 'Where the parent is added at the top: to both vectors before the product (pre), to the score after it (post), to both, or not at all.',
      source: 'Fu et al. 2024, Table 13 (CTCVR AUC .9019 before, .9024 after, .8801 both)',
      options: [
        { value: 'after', label: 'post' },
        { value: 'before', label: 'pre' },
        { value: 'both', label: 'both' },
        { value: 'none', label: 'off' },
      ],
      default: 'after',
    },
    hands: {
      kind: 'choice',
      label: 'Hands on',
      help: 'The inner product, one number a task; or the products one by one, which the Top weighs and whose sum it is at equal weights.',
      source: 'score: Fu et al. 2024, Figure 7a; products: Seesaw, for Tops that read vectors',
      options: [
        { value: 'score', label: 'score' },
        { value: 'products', label: 'products' },
      ],
      default: 'score',
    },
    dropout: dropout('as in MLP towers (Kutak 2025, Table 7)'),
    batchNorm: { ...batchNorm, source: 'the ResFlow authors’ code normalises behind each block' },
  },
  probes: { score: '[K] inner product of user and item vector, before a link' },
  rules: ({ params, blocks, tasks, place }) => {
    const found: Finding[] = [];
    const warn = (where: string, reason: string) =>
      found.push({ level: 'warning', where: `${place}${where}`, reason });
    const linked = tasks.some((t) => t.parent !== null);
    if (params.placement === 'both' && linked) {
      warn(
        '.params.placement',
        'Links before and after the product make the product itself a residual learner, which has nothing to learn with (CTCVR AUC .8801 instead of .9024, Fu et al. 2024, Table 13): choose one of the two.',
      );
    }
    if (params.hands === 'score' && READ_VECTORS.includes(blocks.top)) {
      warn(
        '.params.hands',
        'This Top passes vectors from task to task, and a score is one number: set Hands on to products.',
      );
    }
    if (
      blocks.top === 'logit-residual' &&
      (params.placement === 'after' || params.placement === 'both') &&
      linked
    ) {
      warn(
        '.params.placement',
        'The logit-residual Top adds the parent’s logit already, so that a link after the product adds it twice: set Last link to none.',
      );
    }
    return found;
  },
};
