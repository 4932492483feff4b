import type { BuildBalancer } from '../../contract';
import { amongActive, descendOnSimplex, type Matrix, squared, times } from '../gram';

/** Halvings of a line in search of its minimum: to the last bit of a double. */
const HALVINGS = 60;

/**
 * Conflict-averse gradient descent (Liu et al. 2021, Eq. 3): of all directions within c‖g_0‖ of the mean gradient g_0 the one
 * that helps the worst-off task most. Its dual: w on the simplex minimises g_w·g_0 + c‖g_0‖‖g_w‖ with g_w = Σ w_k g_k, and the
 * update is g_0 + c‖g_0‖/‖g_w‖ g_w, divided by 1 + c² as in the authors' code.
 * @returns weights of g_1 … g_n
 */
export function conflictAverse(gram: Matrix, c: number): number[] {
  const n = gram.length;
  const mean = gram.map(() => 1 / n);
  const along = times(gram, mean); // g_k·g_0
  const radius = c * Math.sqrt(squared(gram, mean)); // c‖g_0‖
  const scale = Math.max(...gram.map((row, k) => row[k]!));
  // Rounds off the kink where g_w = 0; far below what float32 gradients can tell apart.
  const length = (w: readonly number[]) => Math.sqrt(squared(gram, w) + 1e-18 * scale);
  const gradient = (w: readonly number[]) => {
    const steep = radius / length(w);
    return times(gram, w).map((x, k) => along[k]! + steep * x);
  };
  const w = descendOnSimplex(
    mean,
    mean.map(() => 0),
    gradient,
    (at, to, from, room) => {
      const slope = (by: number) => {
        const moved = [...at];
        moved[to]! += by;
        moved[from]! -= by;
        const g = gradient(moved);
        return g[to]! - g[from]!;
      };
      if (slope(room) <= 0) return room;
      let [low, high] = [0, room];
      for (let i = 0; i < HALVINGS; i++) {
        const middle = (low + high) / 2;
        if (slope(middle) < 0) low = middle;
        else high = middle;
      }
      return (low + high) / 2;
    },
    1e-12 * scale,
  );
  const size = Math.sqrt(squared(gram, w));
  // Where g_w is 0 no direction helps all tasks, and the mean is kept.
  const push = size > 1e-9 * Math.sqrt(scale) ? radius / size : 0;
  return w.map((x) => (1 / n + push * x) / (1 + c * c));
}

export const build: BuildBalancer = ({ params }) => ({
  kind: 'direction',
  initial: [],
  direct: (input, seen) => ({
    state: [],
    weights: amongActive(input, seen, ({ gram }) => conflictAverse(gram, params.c as number)),
  }),
});
