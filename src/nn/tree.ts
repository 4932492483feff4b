/** Sums and differences along a tree of tasks: what a task inherits from those before it. */
import { fastSplit } from './kernels/join';
import { concatColumns } from './streams';
import { type Tensor, tf } from './tensor';
import type { Open } from './wires';

/** For each event of a tree (parents come first) itself and all events before it, nearest first. */
export function lineages(parents: readonly (number | null)[]): number[][] {
  return parents.map((_, k) => {
    const line: number[] = [];
    for (let a: number | null = k; a !== null; a = parents[a]!) line.push(a);
    return line;
  });
}

/** Parents of which some links are cut, so that nothing is inherited by them. @param open [K] */
export const openParents = (parents: readonly (number | null)[], open: Open): readonly (number | null)[] =>
  open ? parents.map((p, k) => (open[k] ? p : null)) : parents;

/** Σ over an event and those before it, column by column: y_k = Σ_{a ∈ lineage(k)} x_a. @param x [B, K] @returns [B, K] */
export function sumLineage(x: Tensor, parents: readonly (number | null)[]): Tensor {
  if (parents.every((p) => p === null)) return x;
  const up = picker(parents.length, parents.length, (a, k) => lineages(parents)[k]!.includes(a));
  const op = tf.customGrad((...args: unknown[]) => {
    const [x] = args as [Tensor];
    return {
      value: tf.matMul(x, up()),
      gradFunc: (dy: Tensor) => tf.matMul(dy, tf.transpose(up())),
    };
  });
  return op(x);
}

/** A 0/1 matrix as a tensor, made when it is needed: a picker of columns, which products do well on every backend. */
export function picker(
  rows: number,
  columns: number,
  one: (r: number, c: number) => boolean,
): () => tf.Tensor2D {
  const values = Array.from({ length: rows * columns }, (_, i) =>
    one(Math.floor(i / columns), i % columns) ? 1 : 0,
  );
  return () => tf.tensor2d(values, [rows, columns]);
}

/**
 * The same for vectors: y_k = Σ_{a ∈ lineage(k)} x_a, group by group.
 * @param x [B, K·D], task k in columns k·D …
 * @param parents index of each task's parent, or null; parents come first
 * @returns [B, K·D]
 */
export function sumLineageGroups(x: Tensor, parents: readonly (number | null)[]): Tensor {
  const K = parents.length;
  if (parents.every((p) => p === null)) return x;
  const op = tf.customGrad((...args: unknown[]) => {
    const [x] = args as [Tensor];
    const sums = splitGroups(x, K);
    parents.forEach((p, k) => {
      if (p !== null) sums[k] = tf.add(sums[k]!, sums[p]!);
    });
    return {
      value: concatColumns(sums),
      gradFunc: (dy: Tensor) => {
        const owed = splitGroups(dy, K);
        for (let k = K - 1; k >= 0; k--) {
          const p = parents[k];
          if (p !== null && p !== undefined) owed[p] = tf.add(owed[p]!, owed[k]!);
        }
        return concatColumns(owed);
      },
    };
  });
  return op(x);
}

/** [B, K·D] → K tensors [B, D], for what must go from task to task. */
export function splitGroups(x: Tensor, groups: number): Tensor[] {
  // A copy: the array that `split` returns is the tape's own, and whoever replaces an entry of it changes the gradient.
  if (groups === 1) return [x];
  const width = x.shape[1]! / groups;
  return [...(fastSplit(x, new Array<number>(groups).fill(width)) ?? tf.split(x, groups, 1))];
}

/** x_child − x_parent of each edge. @param x [B, K] @returns [B, number of edges] */
export function differences(
  x: Tensor,
  edges: readonly { readonly child: number; readonly parent: number }[],
): Tensor {
  const K = x.shape[1]!;
  const signed = Array.from({ length: K * edges.length }, (_, i) => {
    const edge = edges[i % edges.length]!;
    const k = Math.floor(i / edges.length);
    return (k === edge.child ? 1 : 0) - (k === edge.parent ? 1 : 0);
  });
  return tf.matMul(x, tf.tensor2d(signed, [K, edges.length]));
}
