import type { BuildBalancer } from '../../contract';
import { amongActive, dot, type Matrix, times } from '../gram';

/** Two gradients that cancel have no bargain, and α would grow without end: this much of each length keeps it finite. */
const RIDGE = 1e-9;
const MAX_STEPS = 200;

/** Solves M x = y for a symmetric positive definite M by Cholesky. */
function solve(M: Matrix, y: readonly number[]): number[] {
  const n = y.length;
  const L = M.map((row) => [...row]);
  const x = [...y];
  for (let j = 0; j < n; j++) {
    for (let k = 0; k < j; k++) for (let i = j; i < n; i++) L[i]![j]! -= L[i]![k]! * L[j]![k]!;
    const root = Math.sqrt(L[j]![j]!);
    for (let i = j; i < n; i++) L[i]![j]! /= root;
  }
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= L[i]![k]! * x[k]!;
    x[i]! /= L[i]![i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= L[k]![i]! * x[k]!;
    x[i]! /= L[i]![i]!;
  }
  return x;
}

/**
 * The Nash bargain (Navon et al. 2022, Eq. 2): α > 0 with A α = 1/α, A the Gram matrix over its Frobenius norm. That is where
 * the convex ½ αᵀAα − Σ log α_k is least; damped Newton, whose decrement bounds the step, gets there.
 * @returns α, [n]
 */
export function bargain(gram: Matrix): number[] {
  const norm = Math.sqrt(gram.reduce((s, row) => s + dot(row, row), 0));
  const A = gram.map((row, i) => row.map((x, j) => x / norm + (i === j ? RIDGE : 0)));
  // Right where the tasks do not meet at all, and a safe start elsewhere.
  let alpha = A.map((row, i) => 1 / Math.sqrt(row[i]!));
  for (let step = 0; step < MAX_STEPS; step++) {
    const gradient = times(A, alpha).map((x, k) => x - 1 / alpha[k]!);
    const hessian = A.map((row, i) => row.map((x, j) => x + (i === j ? 1 / alpha[i]! ** 2 : 0)));
    const move = solve(hessian, gradient);
    // Newton's decrement: −log is self-concordant, so a step of 1/(1+δ) stays inside α > 0.
    const decrement = Math.sqrt(Math.max(0, dot(gradient, move)));
    const size = decrement < 0.25 ? 1 : 1 / (1 + decrement);
    alpha = alpha.map((x, k) => x - size * move[k]!);
    if (decrement < 1e-13) break;
  }
  return alpha;
}

export const build: BuildBalancer = () => ({
  kind: 'direction',
  initial: [],
  direct: (input, seen) => ({
    state: [],
    weights: amongActive(input, seen, ({ gram }) => bargain(gram)),
  }),
});
