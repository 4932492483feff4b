/** What the methods on gradients share: which tasks take part, and quadratic programs over the simplex, on a Gram matrix. */
import type { BalanceInput, SeenGradients } from '../contract';

export type Matrix = readonly (readonly number[])[];

/** The tasks that take part in a step: those with λ_k > 0 and a gradient that is not 0. */
export interface Active {
  /** Their indices among all tasks. */
  readonly index: readonly number[];
  /** Dot products of λ_k ∇L_k over them, [n][n]. */
  readonly gram: Matrix;
}

/**
 * Balances the tasks that take part and leaves the others out: a task that pulls nowhere has no say in the direction.
 * Where a number is not finite the weights are λ, so that the update shows it and the search for its cause begins.
 * @param solve weights of λ_k ∇L_k for the tasks that take part
 * @returns c_k of ∇L_k for all tasks, 0 for those left out
 */
export function amongActive(
  { lossWeights }: Pick<BalanceInput, 'lossWeights'>,
  { gram }: Pick<SeenGradients, 'gram'>,
  solve: (active: Active) => readonly number[],
): number[] {
  if (gram.some((row) => row.some((x) => !Number.isFinite(x)))) return [...lossWeights];
  const index = gram.flatMap((row, k) => (lossWeights[k]! > 0 && row[k]! > 0 ? [k] : []));
  const weights = lossWeights.map(() => 0);
  if (index.length === 0) return weights;
  const scaled = index.map((j) => index.map((k) => lossWeights[j]! * lossWeights[k]! * gram[j]![k]!));
  solve({ index, gram: scaled }).forEach((w, i) => {
    weights[index[i]!] = w * lossWeights[index[i]!]!;
  });
  return weights;
}

/** a·b. */
export const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, x, i) => sum + x * b[i]!, 0);

/** M v. */
export const times = (M: Matrix, v: readonly number[]): number[] => M.map((row) => dot(row, v));

/** vᵀ M v, at least 0: rounding may take a length of 0 below it. */
export const squared = (M: Matrix, v: readonly number[]): number => Math.max(0, dot(v, times(M, v)));

/** Moves of weight between two tasks, at most; a handful is usual. */
const MAX_MOVES = 20_000;

/**
 * Moves weight between pairs of tasks until no pair gains: the minimum of a convex function over
 * {ω : Σω_k = 1, ω_k ≥ floor_k}.
 * @param gradient of the function at ω
 * @param line how far to go from ω along e_to − e_from, 0 … `room`, for the minimum on that line
 * @param tolerance difference of partial derivatives that counts as none
 */
export function descendOnSimplex(
  start: readonly number[],
  floor: readonly number[],
  gradient: (omega: readonly number[]) => readonly number[],
  line: (omega: readonly number[], to: number, from: number, room: number) => number,
  tolerance: number,
): number[] {
  const omega = [...start];
  for (let move = 0; move < MAX_MOVES; move++) {
    const g = gradient(omega);
    let to = 0;
    let from = -1;
    g.forEach((x, k) => {
      if (x < g[to]!) to = k;
      if (omega[k]! > floor[k]! && (from < 0 || x > g[from]!)) from = k;
    });
    if (from < 0 || g[from]! - g[to]! <= tolerance) break;
    const room = omega[from]! - floor[from]!;
    const by = Math.min(room, line(omega, to, from, room));
    if (!(by > 0)) break;
    // Exactly to the floor, so that a task that gave all is not asked again for the rest of a rounding error.
    omega[from] = by === room ? floor[from]! : omega[from]! - by;
    omega[to]! += by;
  }
  return omega;
}

/**
 * The shortest vector Σ ω_k g_k with Σω_k = 1 and ω_k ≥ floor_k (Sener & Koltun 2018, Eq. 4): a quadratic program in the
 * Gram matrix alone. For two tasks one move gives the closed form clip((g_2 − g_1)·g_2 / ‖g_1 − g_2‖²).
 * @param gram [n][n], positive semi-definite
 * @param floor [n], Σ floor < 1
 */
export function shortest(gram: Matrix, floor: readonly number[]): number[] {
  const n = gram.length;
  const rest = (1 - floor.reduce((a, b) => a + b, 0)) / n;
  const scale = Math.max(...gram.map((row, k) => row[k]!));
  return descendOnSimplex(
    floor.map((c) => c + rest),
    floor,
    (omega) => times(gram, omega),
    (omega, to, from, room) => {
      const g = times(gram, omega);
      const curvature = gram[to]![to]! + gram[from]![from]! - 2 * gram[to]![from]!;
      return curvature > 0 ? (g[from]! - g[to]!) / curvature : room;
    },
    1e-14 * scale,
  );
}
