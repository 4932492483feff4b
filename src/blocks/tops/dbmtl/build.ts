import {
  Bernoulli,
  concatColumns,
  lineages,
  linear,
  Mlp,
  openPart,
  perTask,
  splitGroups,
  stackProbes,
  type Tensor,
  tf,
} from '../../../nn';
import type { BuildTop, TaskContext } from '../../contract';
import { mlpOf } from '../../paper';
import { entireRates, linearHeads, parentsOf } from '../heads';

/** Deep Bayesian Multi-Target Learning (Wang et al. 2019): relation nets along the edges of a network over the tasks. */
export const build: BuildTop = ({ path, scope, params, tasks }, input) => {
  const K = tasks.length;
  const reads = edges(params.edges as string, tasks);
  const rates = entireRates(tasks);
  const widths: number[] = [];
  const nets = reads.map((before, k) => {
    const own = scope.within(`task${k + 1}`);
    const bare = before.length === 0 && params.rootNet === false;
    const width = input.width + before.reduce((sum, j) => sum + widths[j]!, 0);
    const net = bare ? null : new Mlp(own, { input: { groups: 1, width }, groups: 1, ...mlpOf(params) });
    widths.push(net?.output.width ?? input.width);
    return { net, head: linearHeads(own, widths[k]!, [rates[k]!], 'log-odds of the task’s base rate') };
  });
  return {
    forward(t, pass) {
      const relations: Tensor[] = []; // r_k, [B, D_rel]
      const shares: (() => Tensor)[] = [];
      const shape = [K, K];
      const wires = pass.wires(path, 'relations', shape);
      const logits = splitGroups(perTask(t, K).t, K).map((t_k, k) => {
        const open = openPart(wires.open, shape, k);
        const from = [k, ...reads[k]!]; // whose vectors the net reads, its own first
        const parts = from.map((j, i) => {
          const part = i === 0 ? t_k : relations[j]!;
          return open?.[j] === 0 ? tf.zerosLike(part) : part;
        });
        const seen = concatColumns(parts); // [t_k; r_j, j ∈ pa(k)], [B, D_t + Σ D_rel]
        const one = { t: seen, groups: 1, width: seen.shape[1]! };
        const { net, head } = nets[k]!;
        const r = net?.forward(one, pass) ?? one;
        relations.push(r.t);
        shares.push(() => sharesOf(parts, net && pass.weight(net.first), from, K));
        return head(r, pass); // ℓ_k, [B, 1]
      });
      wires.publish(() => stackProbes(shares.map((s) => s())));
      return { entire: Bernoulli.fromLogits(concatColumns(logits)) };
    },
  };
};

/**
 * How much of what a net reads is whose: ‖W_j·v_j‖ / Σ_i ‖W_i·v_i‖ over the vectors v that stand in its input, W_j being the rows of
 * its first layer that v_j meets. Vectors differ in length and width; only what the net makes of them can be compared.
 * @param parts [B, D_j] each, side by side in the net's input
 * @param W [Σ D_j, d], or null where a vector is handed on as it is
 * @param from whose each part is
 * @returns [B, K], 0 for tasks that are not read
 */
function sharesOf(parts: readonly Tensor[], W: Tensor | null, from: readonly number[], K: number): Tensor {
  let row = 0;
  const lengths = parts.map((part) => {
    const width = part.shape[1]!;
    const made = W ? linear(part, tf.slice(W, [row, 0], [width, W.shape[1]!])) : part; // [B, d]
    row += width;
    return tf.sqrt(tf.sum(tf.square(made), 1, true)); // [B, 1]
  });
  const none = tf.zerosLike(lengths[0]!);
  const each = concatColumns(Array.from({ length: K }, (_, j) => lengths[from.indexOf(j)] ?? none)); // [B, K]
  return tf.divNoNan(each, tf.sum(each, 1, true));
}

/** For each task the tasks that it reads, in rising order; all of them come before it. */
function edges(kind: string, tasks: readonly TaskContext[]): number[][] {
  if (kind === 'earlier') return tasks.map((_, k) => Array.from({ length: k }, (_, j) => j));
  if (kind === 'parents') return tasks.map(({ parent }) => (parent === null ? [] : [parent]));
  return lineages(parentsOf(tasks)).map((line) => line.slice(1).reverse());
}
