/** Score fusions: how the probabilities of a click and of an order become the one score that orders a page (papers/004 §5.3). */
import { z } from 'zod';

/**
 * `first`: CTR alone. `last`: CTCVR alone. `product`: CTR^α × CVR^β, Eq. 6 of papers/004. `sum`: α·CTR + β·CTCVR, its Eq. 7.
 * Their names are those of the events: `first` is the root of the funnel, `last` its end.
 */
export const FUSION_KINDS = ['first', 'last', 'product', 'sum'] as const;
export type FusionKind = (typeof FUSION_KINDS)[number];

export interface Fusion {
  readonly kind: FusionKind;
  readonly alpha: number;
  readonly beta: number;
}

/** Where α and β of a fusion may lie. The paper searches them and prints no range; these hold all that its Table 9 has. */
export const FUSION_RANGES = {
  product: { alpha: { min: 0, max: 3, step: 0.05 }, beta: { min: 0, max: 3, step: 0.05 } },
  sum: { alpha: { min: 0, max: 5, step: 0.1 }, beta: { min: 0, max: 100, step: 1 } },
} as const;

/**
 * The best settings of Table 9, with the model they were searched for. "CTR^0.2 × CTCVR" is α = 1.2, β = 1 by the identity
 * CTR^(α−β) × CTCVR^β below Eq. 6; its footnote 4 says α = 0.8, which that identity does not give.
 */
export const PAPER_FUSIONS: readonly (Fusion & { readonly name: string })[] = [
  { name: 'ResFlow, CTR^0.2 × CTCVR', kind: 'product', alpha: 1.2, beta: 1 },
  { name: 'ESMM, CTR^0.9 × CVR^1.1', kind: 'product', alpha: 0.9, beta: 1.1 },
  { name: 'ResFlow, CTR + 20 CTCVR', kind: 'sum', alpha: 1, beta: 20 },
  { name: 'ESMM, 2 CTR + 19 CTCVR', kind: 'sum', alpha: 2, beta: 19 },
];

/** Each fusion as it is first shown. */
export const DEFAULT_FUSIONS: Readonly<Record<FusionKind, Fusion>> = {
  first: { kind: 'first', alpha: 1, beta: 0 },
  last: { kind: 'last', alpha: 1, beta: 1 },
  product: { kind: 'product', alpha: 1.2, beta: 1 },
  sum: { kind: 'sum', alpha: 1, beta: 20 },
};

export const fusionSchema = z.strictObject({
  kind: z.enum(FUSION_KINDS),
  alpha: z.number().min(0).max(100),
  beta: z.number().min(0).max(100),
});

/** The two events that a score is made of, as indices of tasks. */
export interface FusionPair {
  readonly first: number;
  /** Null where the model has one event only: then there is nothing to fuse. */
  readonly last: number | null;
  /** Whether the last is an event that only follows the first, so that p_last/p_first is a probability (Eq. 6 needs it). */
  readonly chained: boolean;
}

/** The end of the funnel is the last task that follows another; where none does, the last task. `first` is its root. */
export function fusionPair(tasks: readonly { id: string; parent: string | null }[]): FusionPair {
  if (tasks.length < 2) return { first: 0, last: null, chained: false };
  const end = tasks.findLastIndex((t) => t.parent !== null);
  if (end < 0) return { first: 0, last: tasks.length - 1, chained: false };
  let first = end;
  for (let parent = tasks[end]!.parent; parent !== null; parent = tasks[first]!.parent) {
    const at = tasks.findIndex((t) => t.id === parent);
    if (at < 0) break;
    first = at;
  }
  return { first, last: end, chained: first !== end };
}

/** The fusions that a pair of events allows, in the order in which they are shown. */
export function fusionsOf({ last, chained }: FusionPair): FusionKind[] {
  if (last === null) return ['first'];
  return chained ? [...FUSION_KINDS] : ['first', 'last', 'sum'];
}

const LOWEST = Number.NEGATIVE_INFINITY;

/** ln(e^a + e^b). */
const logSum = (a: number, b: number) => {
  const top = Math.max(a, b);
  return top === LOWEST ? LOWEST : top + Math.log1p(Math.exp(-Math.abs(a - b)));
};

/**
 * The logarithm of a row's score: the order is that of the score as printed, and no power of a small probability is lost to 0.
 * @param first ln p of the first event on an impression (CTR)
 * @param last ln p of the last event on an impression (CTCVR)
 */
export function logScore({ kind, alpha, beta }: Fusion, first: number, last: number): number {
  switch (kind) {
    case 'first':
      return first;
    case 'last':
      return last;
    case 'product': {
      // ln CVR = ln CTCVR − ln CTR. A factor to the power 0 is 1, whatever its base.
      const click = alpha === 0 ? 0 : alpha * first;
      if (beta === 0) return click;
      return last === LOWEST || first === LOWEST ? LOWEST : click + beta * (last - first);
    }
    case 'sum':
      return logSum(
        alpha === 0 ? LOWEST : Math.log(alpha) + first,
        beta === 0 ? LOWEST : Math.log(beta) + last,
      );
  }
}

/**
 * Logarithms of the scores of n rows.
 * @param logP [n·K] row-major ln p of each task's event on an impression
 * @returns [n]
 */
export function logScores(fusion: Fusion, { first, last }: FusionPair, logP: Float32Array, tasks: number) {
  const n = logP.length / tasks;
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    out[i] = logScore(fusion, logP[i * tasks + first]!, last === null ? LOWEST : logP[i * tasks + last]!);
  }
  return out;
}

/** Places of rows by falling score, from 1. Equal scores keep the order of the rows. @returns [n] row → place */
export function placesOf(scores: ArrayLike<number>): number[] {
  const order = Array.from({ length: scores.length }, (_, i) => i).sort(
    (a, b) => (scores[a] === scores[b] ? 0 : scores[b]! - scores[a]!) || a - b,
  );
  const places = new Array<number>(scores.length);
  order.forEach((row, place) => {
    places[row] = place + 1;
  });
  return places;
}
