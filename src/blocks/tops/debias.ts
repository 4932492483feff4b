/** What ESCM² and DCMT share: conditional rates learned where the parent happened, each row weighted by how unlikely that was. */
import { type Bernoulli, pickColumns, softplusOf, stopGradient, type Tensor, tf } from '../../nn';
import type { ParamValues } from '../../pipeline/spec';
import type { LossBatch, TaskContext } from '../contract';
import { edgesOf } from './heads';

/** One column for each of the N tasks that have a parent, in order. */
export interface Edges {
  readonly children: readonly number[];
  readonly parents: readonly number[];
}

export function columnsOfEdges(tasks: readonly TaskContext[]): Edges {
  const edges = edgesOf(tasks);
  return { children: edges.map((e) => e.child), parents: edges.map((e) => e.parent) };
}

/** y·(−log σ(ℓ)) + (1−y)·(−log(1−σ(ℓ))), elementwise. */
export function crossEntropy(logits: Tensor, labels: Tensor): Tensor {
  const ofPositive = tf.mul(labels, softplusOf(tf.neg(logits)));
  return tf.add(ofPositive, tf.mul(tf.sub(1, labels), softplusOf(logits)));
}

/**
 * happened / max(ô, ε), at most `cap`: the inverse propensity of each row. Taken from log ô, so that nothing overflows;
 * no gradient goes through it.
 * @param happened 0 or 1, [B, N]
 * @param logO log of the propensity, [B, N]
 * @param floor ε
 * @param cap largest weight, or 0 for none
 */
export function inversePropensity(happened: Tensor, logO: Tensor, floor: number, cap: number): Tensor {
  const weight = tf.exp(tf.minimum(tf.neg(stopGradient(logO)), -Math.log(floor)));
  return tf.mul(happened, cap > 0 ? tf.minimum(weight, cap) : weight);
}

/** What the losses of an edge look at: columns of the batch and of the predictions, [B, N] each. */
export function edgeColumns(
  edges: Edges,
  conditional: Tensor,
  entire: Bernoulli,
  batch: LossBatch,
): { logits: Tensor; happened: Tensor; labels: Tensor; logO: Tensor; log1mO: Tensor } {
  return {
    logits: pickColumns(conditional, edges.children),
    labels: pickColumns(batch.labels, edges.children),
    happened: pickColumns(batch.labels, edges.parents),
    logO: pickColumns(stopGradient(entire.logP()), edges.parents),
    log1mO: pickColumns(stopGradient(entire.log1mP()), edges.parents),
  };
}

export const floorAndCap = (params: ParamValues): { floor: number; cap: number } => ({
  floor: Number(params.floor),
  cap: params.cap as number,
});
