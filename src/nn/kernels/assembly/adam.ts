/** Optimisers on flat vectors, all in one pass: Adam, AdamW and plain gradient descent. */
import { loadPart, storePart } from './lanes';

/** Σ x_i², in float64: blocks of float32 would lose a small gradient beside a large table. */
export function sumOfSquares(x: usize, size: i32): f64 {
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  for (let i = 0; i < size; i += 4) {
    const v = loadPart(x + ((<usize>i) << 2), size - i);
    const low = f64x2.promote_low_f32x4(v);
    const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(v, v, 2, 3, 0, 1));
    a = f64x2.add(a, f64x2.mul(low, low));
    b = f64x2.add(b, f64x2.mul(high, high));
  }
  const s = f64x2.add(a, b);
  return f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
}

/**
 * g' = scale·g + decay·p;  m' = β₁m + (1−β₁)g';  v' = β₂v + (1−β₂)g'²;  p' = shrink·p − size·m'/(√v'·correction + ε).
 * @param scale of the gradient, for clipping
 * @param decay L2 added to the gradient (Adam)
 * @param shrink factor on the weights (AdamW), 1 for none
 * @param size η/(1−β₁ᵗ)
 * @param correction 1/√(1−β₂ᵗ)
 */
export function adam(
  size: i32,
  p: usize,
  m: usize,
  v: usize,
  g: usize,
  newP: usize,
  newM: usize,
  newV: usize,
  scale: f32,
  decay: f32,
  shrink: f32,
  rate: f32,
  correction: f32,
  beta1: f32,
  beta2: f32,
  rest1: f32,
  rest2: f32,
  epsilon: f32,
): void {
  for (let i = 0; i < size; i += 4) {
    const at = (<usize>i) << 2;
    const rest = size - i;
    const old = loadPart(p + at, rest);
    let grad = f32x4.mul(loadPart(g + at, rest), f32x4.splat(scale));
    grad = f32x4.add(grad, f32x4.mul(old, f32x4.splat(decay)));
    const first = f32x4.add(
      f32x4.mul(loadPart(m + at, rest), f32x4.splat(beta1)),
      f32x4.mul(grad, f32x4.splat(rest1)),
    );
    const second = f32x4.add(
      f32x4.mul(loadPart(v + at, rest), f32x4.splat(beta2)),
      f32x4.mul(f32x4.mul(grad, grad), f32x4.splat(rest2)),
    );
    const root = f32x4.add(f32x4.mul(f32x4.sqrt(second), f32x4.splat(correction)), f32x4.splat(epsilon));
    const step = f32x4.mul(f32x4.div(first, root), f32x4.splat(rate));
    storePart(newP + at, f32x4.sub(f32x4.mul(old, f32x4.splat(shrink)), step), rest);
    storePart(newM + at, first, rest);
    storePart(newV + at, second, rest);
  }
}

/** p' = shrink·p − rate·(scale·g + decay·p). */
export function descend(
  size: i32,
  p: usize,
  g: usize,
  newP: usize,
  scale: f32,
  decay: f32,
  shrink: f32,
  rate: f32,
): void {
  for (let i = 0; i < size; i += 4) {
    const at = (<usize>i) << 2;
    const rest = size - i;
    const old = loadPart(p + at, rest);
    let grad = f32x4.mul(loadPart(g + at, rest), f32x4.splat(scale));
    grad = f32x4.add(grad, f32x4.mul(old, f32x4.splat(decay)));
    const step = f32x4.mul(grad, f32x4.splat(rate));
    storePart(newP + at, f32x4.sub(f32x4.mul(old, f32x4.splat(shrink)), step), rest);
  }
}
