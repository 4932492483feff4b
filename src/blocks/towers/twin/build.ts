import { groupedDense, Mlp, sumLineageGroups, sumMembers, type Tensor, tf, zeros } from '../../../nn';
import type { BuildStream } from '../../contract';

/**
 * Twin towers (Fu et al. 2024, §5.1, A.1 and Figure 7a): u_k from the user's side, v_k from the item's, s_k = ⟨u_k, v_k⟩.
 *
 * What arrives holds both sides: the user's vectors, one for all tasks or one a task, then the item's. All 2K towers run side by
 * side, the K of the user first, so that links between tasks are links within each half.
 */
export const build: BuildStream = ({ path, scope, params, tasks }, input) => {
  const K = tasks.length;
  const widths = params.layers as readonly number[];
  const D = widths.at(-1)!;
  const parents = tasks.map((t) => t.parent);
  const bothSides = [...parents, ...parents.map((p) => (p === null ? null : p + K))];
  const placement = params.placement as string;
  const before = placement === 'before' || placement === 'both';
  const after = placement === 'after' || placement === 'both';

  const hidden =
    widths.length === 1
      ? null
      : new Mlp(scope, {
          input,
          groups: 2 * K,
          widths: widths.slice(0, -1),
          dropout: params.dropout as number,
          batchNorm: params.batchNorm as boolean,
          each: '(side, task)',
          from: 'side',
        });
  const { groups: sources, width: inside } = hidden?.output ?? input;
  const beside = (2 * K) / sources;
  const W = scope.parameter(
    'out.W',
    [sources, inside, beside * D],
    // ⟨u, v⟩ is a sum of D products: this way it starts with a variance near 1 whatever D is.
    { kind: 'normal', sd: 1 / Math.sqrt(inside * Math.sqrt(D)) },
    beside > 1
      ? 'weights of f_k^L and g_k^L, side × input × (task·unit)'
      : 'weights of f_k^L, then of g_k^L, (side, task) × input × unit',
  );
  const b = scope.parameter('out.b', [2 * K * D], zeros, 'biases of f_k^L in k·D …, then those of g_k^L');

  const output = { groups: K, width: params.hands === 'score' ? 1 : D };
  const link = (x: Tensor) => sumLineageGroups(x, parents);
  const linkBoth = (x: Tensor) => sumLineageGroups(x, bothSides);
  return {
    output,
    forward(x, pass) {
      // u_k^l and v_k^l behind the hidden blocks, [B, 2K·D_l]
      const h = hidden ? hidden.forward(x, pass, params.hiddenLinks ? linkBoth : undefined).t : x.t;
      const own = groupedDense(h, pass.weight(W), pass.weight(b)); // [B, 2K·D]
      const [u, v] = tf.split(before ? linkBoth(own) : own, 2, 1) as [Tensor, Tensor]; // [B, K·D] each
      const products = tf.mul(u, v);
      const score = () => sumMembers(products, K, D, null); // s_k, [B, K]
      pass.probe(path, 'score', score, [K]);
      const t = params.hands === 'score' ? score() : products;
      return { t: after ? link(t) : t, ...output };
    },
  };
};
