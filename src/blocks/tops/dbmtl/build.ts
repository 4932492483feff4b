import { Bernoulli, concatColumns, lineages, Mlp, perTask, splitGroups, type Tensor } from '../../../nn';
import type { BuildTop, TaskContext } from '../../contract';
import { mlpOf } from '../../paper';
import { entireRates, linearHeads, parentsOf } from '../heads';

/** Deep Bayesian Multi-Target Learning (Wang et al. 2019): relation nets along the edges of a network over the tasks. */
export const build: BuildTop = ({ scope, params, tasks }, input) => {
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
      const logits = splitGroups(perTask(t, K).t, K).map((t_k, k) => {
        const seen = concatColumns([t_k, ...reads[k]!.map((j) => relations[j]!)]);
        const one = { t: seen, groups: 1, width: seen.shape[1]! };
        const r = nets[k]!.net?.forward(one, pass) ?? one;
        relations.push(r.t);
        return nets[k]!.head(r, pass); // ℓ_k, [B, 1]
      });
      return { entire: Bernoulli.fromLogits(concatColumns(logits)) };
    },
  };
};

/** For each task the tasks that it reads, in rising order; all of them come before it. */
function edges(kind: string, tasks: readonly TaskContext[]): number[][] {
  if (kind === 'earlier') return tasks.map((_, k) => Array.from({ length: k }, (_, j) => j));
  if (kind === 'parents') return tasks.map(({ parent }) => (parent === null ? [] : [parent]));
  return lineages(parentsOf(tasks)).map((line) => line.slice(1).reverse());
}
