/** Layer normalisation of a sum (residual), and its gradient. */
import { across, loadPart, storePart } from './lanes';

/** Writes x (+ y) − mean to `out` and returns 1/√(σ²+ε) of one row. @param y the residual, or 0 for none */
function centre(x: usize, y: usize, D: i32, epsilon: f32, out: usize): f32 {
  let sum = f32x4.splat(0);
  for (let j = 0; j < D; j += 4) {
    const at = (<usize>j) << 2;
    let v = loadPart(x + at, D - j);
    if (y !== 0) v = f32x4.add(v, loadPart(y + at, D - j));
    storePart(out + at, v, D - j);
    sum = f32x4.add(sum, v);
  }
  const mean = f32x4.splat(across(sum) / <f32>D);
  let squares = f32x4.splat(0);
  for (let j = 0; j < D; j += 4) {
    const at = (<usize>j) << 2;
    const v = f32x4.sub(loadPart(out + at, D - j), mean);
    storePart(out + at, v, D - j);
    // Lanes beyond the row hold −mean: read what was stored, where they are 0.
    const stored = loadPart(out + at, D - j);
    squares = f32x4.add(squares, f32x4.mul(stored, stored));
  }
  return 1 / sqrt(across(squares) / <f32>D + epsilon);
}

/** out = γ·(s−μ)/√(σ²+ε) + β with s = x + y, for [rows, D]. @param y the residual, or 0 for none */
export function layerNorm(
  x: usize,
  y: usize,
  gamma: usize,
  beta: usize,
  rows: i32,
  D: i32,
  epsilon: f32,
  out: usize,
): void {
  const stride = (<usize>D) << 2;
  for (let i = 0; i < rows; i++) {
    const rstd = f32x4.splat(centre(x, y, D, epsilon, out));
    for (let j = 0; j < D; j += 4) {
      const at = (<usize>j) << 2;
      const normal = f32x4.mul(loadPart(out + at, D - j), rstd);
      const scaled = f32x4.mul(normal, loadPart(gamma + at, D - j));
      storePart(out + at, f32x4.add(scaled, loadPart(beta + at, D - j)), D - j);
    }
    x += stride;
    if (y !== 0) y += stride;
    out += stride;
  }
}

/**
 * With n = (s−μ)/σ and dn = dy·γ: ds = (dn − mean(dn) − n·mean(dn·n))/σ, dγ = Σ dy·n, dβ = Σ dy.
 * n is worked out again from x and y, which costs less than keeping it.
 */
export function layerNormGradient(
  dy: usize,
  x: usize,
  y: usize,
  gamma: usize,
  rows: i32,
  D: i32,
  epsilon: f32,
  ds: usize,
  dGamma: usize,
  dBeta: usize,
): void {
  const stride = (<usize>D) << 2;
  memory.fill(dGamma, 0, stride);
  memory.fill(dBeta, 0, stride);
  for (let i = 0; i < rows; i++) {
    const scale = centre(x, y, D, epsilon, ds);
    const rstd = f32x4.splat(scale);
    let sum = f32x4.splat(0);
    let projection = f32x4.splat(0);
    for (let j = 0; j < D; j += 4) {
      const at = (<usize>j) << 2;
      const rest = D - j;
      const normal = f32x4.mul(loadPart(ds + at, rest), rstd);
      storePart(ds + at, normal, rest);
      const g = loadPart(dy + at, rest);
      const dn = f32x4.mul(g, loadPart(gamma + at, rest));
      const product = f32x4.mul(g, normal);
      sum = f32x4.add(sum, dn);
      projection = f32x4.add(projection, f32x4.mul(dn, normal));
      storePart(dGamma + at, f32x4.add(loadPart(dGamma + at, rest), product), rest);
      storePart(dBeta + at, f32x4.add(loadPart(dBeta + at, rest), g), rest);
    }
    const mean = f32x4.splat(across(sum) / <f32>D);
    const along = f32x4.splat(across(projection) / <f32>D);
    for (let j = 0; j < D; j += 4) {
      const at = (<usize>j) << 2;
      const rest = D - j;
      const dn = f32x4.mul(loadPart(dy + at, rest), loadPart(gamma + at, rest));
      const normal = loadPart(ds + at, rest);
      const inner = f32x4.sub(f32x4.sub(dn, mean), f32x4.mul(normal, along));
      storePart(ds + at, f32x4.mul(inner, rstd), rest);
    }
    dy += stride;
    x += stride;
    if (y !== 0) y += stride;
    ds += stride;
  }
}
