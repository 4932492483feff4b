/** Four float32 at a time: loads and stores of what is left of a row, sums across lanes, exponential and logarithm. */

/** Loads `count` (1 … 4, or more) numbers; lanes beyond them are 0. */
export function loadPart(at: usize, count: i32): v128 {
  if (count >= 4) return v128.load(at);
  if (count === 1) return v128.load32_zero(at);
  const two = v128.load64_zero(at);
  return count === 2 ? two : f32x4.replace_lane(two, 2, load<f32>(at, 8));
}

/** Stores the first `count` (1 … 4, or more) lanes. */
export function storePart(at: usize, x: v128, count: i32): void {
  if (count >= 4) {
    v128.store(at, x);
    return;
  }
  store<f32>(at, f32x4.extract_lane(x, 0));
  if (count > 1) store<f32>(at, f32x4.extract_lane(x, 1), 4);
  if (count > 2) store<f32>(at, f32x4.extract_lane(x, 2), 8);
}

/** Sum of the four lanes. */
export function across(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) +
    f32x4.extract_lane(x, 1) +
    (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}

/** ⟨a, b⟩ of n numbers. */
export function dot(a: usize, b: usize, n: i32): f32 {
  let sum = f32x4.splat(0);
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    sum = f32x4.add(sum, f32x4.mul(loadPart(a + at, n - i), loadPart(b + at, n - i)));
  }
  return across(sum);
}

/**
 * eˣ for x ≤ 0, relative error below 2e-7. Exactly 0 below −87.3, where float32 would turn denormal; NaN stays NaN.
 * x = n·ln 2 + r with |r| ≤ ln 2 / 2, and Cephes' polynomial of degree 6 for eʳ.
 */
export function expNegative(x: v128): v128 {
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(Mathf.LOG2E)));
  // ln 2 in two parts, of which the first has so few bits that its product with n is exact.
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.1219444e-4)));
  let y = f32x4.splat(1.98756915e-4);
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.3981999507e-3));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(8.3334519073e-3));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(4.1665795894e-2));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.6666665459e-1));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(5.0000001201e-1));
  y = f32x4.add(f32x4.add(f32x4.mul(y, f32x4.mul(r, r)), r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return v128.andnot(f32x4.mul(y, power), f32x4.lt(x, f32x4.splat(-87.3)));
}

/**
 * log(1+u) for 0 ≤ u ≤ 1, relative error below 3e-7, also where u is tiny.
 * With s = u/(2+u), log(1+u) = 2·atanh(s) = 2s·(1 + s²/3 + s⁴/5 + …), and s² ≤ 1/9.
 */
export function log1pUnit(u: v128): v128 {
  const s = f32x4.div(u, f32x4.add(u, f32x4.splat(2)));
  const q = f32x4.mul(s, s);
  let y = f32x4.splat(1.0 / 15.0);
  y = f32x4.add(f32x4.mul(y, q), f32x4.splat(1.0 / 13.0));
  y = f32x4.add(f32x4.mul(y, q), f32x4.splat(1.0 / 11.0));
  y = f32x4.add(f32x4.mul(y, q), f32x4.splat(1.0 / 9.0));
  y = f32x4.add(f32x4.mul(y, q), f32x4.splat(1.0 / 7.0));
  y = f32x4.add(f32x4.mul(y, q), f32x4.splat(1.0 / 5.0));
  y = f32x4.add(f32x4.mul(y, q), f32x4.splat(1.0 / 3.0));
  y = f32x4.add(f32x4.mul(y, q), f32x4.splat(1));
  return f32x4.mul(f32x4.add(s, s), y);
}
