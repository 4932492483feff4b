import type { BlockSpec, HyperParam } from '../../../pipeline/spec';
import { batchNorm, dropout, RESFLOW_PAPER, TABLE_7, widths } from '../../paper';
import { mostLayers } from './levels';

const link = (level: number): HyperParam => ({
  kind: 'flag',
  label: `Link behind block ${level}`,
  help: `Adds the parent’s vector behind block ${level}, where there are so many blocks.`,
  source: 'Fu et al. 2024, Table 5: links at all levels; one level alone (H1, H2) brings less',
  default: true,
});

export const spec: BlockSpec = {
  id: 'resflow',
  pillar: 'tower',
  title: 'ResFlow feature residuals',
  short: 'FR',
  year: 2024,
  paper: { ...RESFLOW_PAPER, title: `${RESFLOW_PAPER.title} (§3.2, Eqs 3–4)` },
  idea: 'Towers of equal widths, one a task; behind each block a task adds what its parent has there, and so learns only the difference.',
  equations: [
    'o_k^l = f_k^l(o_k^{l-1}) + o_{pa(k)}^l\\quad\\text{behind linked blocks}',
    'o_k^l = f_k^l(o_k^{l-1})\\quad\\text{elsewhere and for roots}',
    'o_k^0 = b_k,\\qquad t_k = o_k^L',
  ],
  symbols: [
    ['b_k', 'task k’s vector from the Bottom, B×D_b', 'in'],
    [
      'f_k^l',
      'block l of task k: linear map and activation, B×D_{l-1} → B×D_l',
      'boxes',
      'knob.layers',
      'knob.activation',
    ],
    [
      'o_k^l',
      'output of block l with its residual; the parent’s is not held constant, so gradients flow into its tower',
      'probe.residualShare',
    ],
    ['t_k', 'what the Top receives, B×D_L', 'out'],
  ],
  params: {
    layers: widths(
      [
        [128, 64],
        [64, 64, 64],
        [64, 64, 32],
        [64, 64],
        [64, 32],
        [32, 32],
      ],
      [32, 32],
      `128-64: the authors’ code; the others: those of MLP towers (${TABLE_7}), to compare at equal width`,
    ),
    ...Object.fromEntries(Array.from({ length: mostLayers }, (_, i) => [`link${i + 1}`, link(i + 1)])),
    activation: {
      kind: 'choice',
      label: 'Block',
      help: 'ReLU as in the lab’s other towers, after batch norm; or PReLU, before it. The residual is added last in both.',
      source:
        'ReLU: the study’s blocks; PReLU, then batch norm: the authors’ code (the paper leaves the block open)',
      options: [
        { value: 'relu', label: 'ReLU' },
        { value: 'prelu', label: 'PReLU' },
      ],
      default: 'relu',
    },
    dropout: dropout(),
    batchNorm,
  },
  probes: {
    residualShare:
      '[B, L, K], ‖parent’s vector‖ / (‖parent’s‖ + ‖own‖) behind each block; 0 where none is added',
  },
  wires: { residualShare: 'The parent’s vector is not added behind that block.' },
  rules: ({ tasks }) =>
    tasks.some((t) => t.parent !== null)
      ? []
      : [
          {
            level: 'warning',
            where: 'towers',
            reason:
              'No task has a parent here, so ResFlow adds nothing and is the same as MLP towers: give a task a parent, or take MLP towers.',
          },
        ],
};
