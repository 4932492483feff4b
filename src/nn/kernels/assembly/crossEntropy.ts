/** Weighted cross-entropy of yes/no tasks from logits, and its gradient. */
import { expNegative, loadPart, log1pUnit, storePart } from './lanes';

/** log(1+eˣ) = max(x, 0) + log(1+e^−|x|): no overflow, and small values are not lost. */
function softplus(x: v128): v128 {
  const tail = log1pUnit(expNegative(f32x4.neg(f32x4.abs(x))));
  return f32x4.add(f32x4.pmax(x, f32x4.splat(0)), tail);
}

/** σ(x). */
function sigmoid(x: v128): v128 {
  const e = expNegative(f32x4.neg(f32x4.abs(x)));
  const small = f32x4.div(e, f32x4.add(e, f32x4.splat(1)));
  const large = f32x4.div(f32x4.splat(1), f32x4.add(e, f32x4.splat(1)));
  return v128.bitselect(small, large, f32x4.lt(x, f32x4.splat(0)));
}

/**
 * L_k = (1/B) Σ_i w_i·( v_k·y·softplus(−l) + (1−y)·softplus(l) ), summed in float64.
 * @param logits [B, K]
 * @param labels [B, K]
 * @param weights w, [B]
 * @param positive v, [K]
 * @param sums scratch, 8·K bytes, aligned to 8
 * @param losses [K]
 */
export function crossEntropy(
  logits: usize,
  labels: usize,
  weights: usize,
  positive: usize,
  B: i32,
  K: i32,
  sums: usize,
  losses: usize,
): void {
  memory.fill(sums, 0, (<usize>K) << 3);
  for (let i = 0; i < B; i++) {
    const w = v128.load32_splat(weights + ((<usize>i) << 2));
    for (let k = 0; k < K; k += 4) {
      const at = (<usize>k) << 2;
      const rest = K - k;
      const l = loadPart(logits + at, rest);
      const y = loadPart(labels + at, rest);
      const a = f32x4.mul(w, f32x4.mul(y, loadPart(positive + at, rest)));
      const c = f32x4.mul(w, f32x4.sub(f32x4.splat(1), y));
      // The two terms are kept apart: (a+c)·softplus(l) − a·l cancels for large l.
      const each = f32x4.add(f32x4.mul(a, softplus(f32x4.neg(l))), f32x4.mul(c, softplus(l)));
      const to = sums + ((<usize>k) << 3);
      store<f64>(to, load<f64>(to) + <f64>f32x4.extract_lane(each, 0));
      if (rest > 1) store<f64>(to, load<f64>(to, 8) + <f64>f32x4.extract_lane(each, 1), 8);
      if (rest > 2) store<f64>(to, load<f64>(to, 16) + <f64>f32x4.extract_lane(each, 2), 16);
      if (rest > 3) store<f64>(to, load<f64>(to, 24) + <f64>f32x4.extract_lane(each, 3), 24);
    }
    logits += (<usize>K) << 2;
    labels += (<usize>K) << 2;
  }
  for (let k = 0; k < K; k++) {
    store<f32>(losses + ((<usize>k) << 2), <f32>(load<f64>(sums + ((<usize>k) << 3)) / <f64>B));
  }
}

/** dl = dL_k/B·( (a+c)·σ(l) − a ) with a = w·v_k·y and c = w·(1−y). @param dLosses [K] @param dLogits [B, K] */
export function crossEntropyGradient(
  dLosses: usize,
  logits: usize,
  labels: usize,
  weights: usize,
  positive: usize,
  B: i32,
  K: i32,
  dLogits: usize,
): void {
  const share = f32x4.splat(1 / <f32>B);
  for (let i = 0; i < B; i++) {
    const w = v128.load32_splat(weights + ((<usize>i) << 2));
    for (let k = 0; k < K; k += 4) {
      const at = (<usize>k) << 2;
      const rest = K - k;
      const y = loadPart(labels + at, rest);
      const a = f32x4.mul(w, f32x4.mul(y, loadPart(positive + at, rest)));
      const c = f32x4.mul(w, f32x4.sub(f32x4.splat(1), y));
      const both = f32x4.mul(f32x4.add(a, c), sigmoid(loadPart(logits + at, rest)));
      const d = f32x4.mul(f32x4.mul(loadPart(dLosses + at, rest), share), f32x4.sub(both, a));
      storePart(dLogits + at, d, rest);
    }
    logits += (<usize>K) << 2;
    labels += (<usize>K) << 2;
    dLogits += (<usize>K) << 2;
  }
}
