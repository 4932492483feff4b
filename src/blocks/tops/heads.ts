/** What Tops have in common: one logit a task, and where its bias starts so that the base rates hold from the first step. */
import {
  differences,
  groupedDot,
  type Init,
  type Pass,
  perTask,
  relu,
  type Scope,
  type Stream,
  type Tensor,
  tf,
} from '../../nn';
import type { LossBatch, TaskContext } from '../contract';

/** Log-odds. */
export const logit = (p: number): number => Math.log(p / (1 - p));

/** Log-odds of each task's base rate on impressions. */
export const entireRates = (tasks: readonly TaskContext[]): number[] => tasks.map((t) => logit(t.baseRate));

/**
 * Log-odds of each task's rate given its parent; of its base rate for a root. Labels that break the funnel can make a child more frequent
 * than its parent; the rate then starts just below 1.
 */
export const conditionalRates = (tasks: readonly TaskContext[]): number[] =>
  tasks.map((t) => {
    const rate = t.parent === null ? t.baseRate : t.baseRate / tasks[t.parent]!.baseRate;
    return logit(Math.min(rate, 0.99));
  });

export const parentsOf = (tasks: readonly TaskContext[]): (number | null)[] => tasks.map((t) => t.parent);

/** Tasks that have a parent, with it: the edges child ← parent of the tree. */
export const edgesOf = (tasks: readonly TaskContext[]): { child: number; parent: number }[] =>
  tasks.flatMap((t, child) => (t.parent === null ? [] : [{ child, parent: t.parent }]));

/** How a linear head starts: U(±√(3/D)), so that a logit moves by about one unit. */
export const headInit = (width: number): Init => ({ kind: 'uniform', limit: Math.sqrt(3 / width) });

/**
 * ℓ_k = w_kᵀt_k + c_k: declares w [K, D_t] and c [K] and returns the map t → ℓ [B, K].
 *
 * A bias that starts at 0 has to travel to log-odds of about −7 for purchases, and the layers below are bent to carry it there
 * (measured: negative transfer where there is none). So it starts where the rates are.
 * @param rates where c starts, [K]
 * @param prefix of the two names, for a second head of the same kind
 */
export function linearHeads(
  scope: Scope,
  width: number,
  rates: readonly number[],
  what = 'log-odds of its rate',
  prefix = '',
): (t: Stream, pass: Pass) => Tensor {
  const K = rates.length;
  const w = scope.parameter(`${prefix}w`, [K, width], headInit(width), `${prefix}w_k, task × D_t`);
  const c = scope.parameter(
    `${prefix}c`,
    [K],
    { kind: 'values', values: rates },
    `${prefix}c_k, one a task, initially the ${what}`,
  );
  return (t, pass) => groupedDot(perTask(t, K).t, pass.weight(w), pass.weight(c));
}

/** (1/B) Σ_i w_i·v_i of one number a row. @param v [B, 1] or [B, n], summed over n */
export function weightedMean(v: Tensor, { weights }: LossBatch): Tensor {
  return tf.div(tf.sum(tf.mul(weights, v)), weights.shape[0]!);
}

/**
 * How far each event's probability exceeds its parent's, (1/B) Σ_i w_i Σ_{k ← pa(k)} max(p_k − p_pa(k), 0): AITM's behavioural
 * expectation calibrator, and M1 of ResFlow.
 * @param p [B, K]
 */
export function rise(p: Tensor, tasks: readonly TaskContext[], batch: LossBatch): Tensor {
  return weightedMean(relu(differences(p, edgesOf(tasks))), batch);
}
