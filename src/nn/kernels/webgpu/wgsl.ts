/** What several programs use: pieces of WGSL, sizes. */
import type { tf } from '../../tensor';

/** A kernel's inputs by name; one that is missing is undefined. */
export type Infos = Readonly<Record<string, tf.TensorInfo | undefined>>;

/** Numbers in a shape. */
export const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/**
 * Shaders may assume that there is no NaN, and drivers' exp, log and max do turn it into numbers. A divergence must be seen, so
 * whatever goes through them is put back to NaN by the bits of what went in (`isnan` of the backend's prelude looks at those).
 */
export const KEEP_NAN = `
fn keepNaN(value : f32, source : f32) -> f32 {
  return select(value, uniforms.NAN, isnan(source));
}`;

/** softplus and σ without overflow and without losing small values. Needs KEEP_NAN. */
export const SOFTPLUS = `
// log(1+u) for u in 0…1 as 2·artanh(u/(2+u)): log itself would lose small u.
fn log1pUnit(u : f32) -> f32 {
  let s = u / (u + 2.0);
  let q = s * s;
  var y = 1.0 / 15.0;
  y = y * q + 1.0 / 13.0;
  y = y * q + 1.0 / 11.0;
  y = y * q + 1.0 / 9.0;
  y = y * q + 1.0 / 7.0;
  y = y * q + 1.0 / 5.0;
  y = y * q + 1.0 / 3.0;
  y = y * q + 1.0;
  return 2.0 * s * y;
}
// log(1+e^x) = max(x, 0) + log(1+e^-|x|)
fn softplus(x : f32) -> f32 {
  return keepNaN(max(x, 0.0) + log1pUnit(exp(-abs(x))), x);
}
fn sigmoid(x : f32) -> f32 {
  let e = exp(-abs(x));
  return keepNaN(select(1.0 / (1.0 + e), e / (1.0 + e), x < 0.0), x);
}`;

/** `total(lane, value)`: the sum over a workgroup's threads, the same in all of them. To be called by all at once. @param lanes a power of two */
export const workgroupSum = (lanes: number) => `
var<workgroup> partial : array<f32, ${lanes}>;
fn total(lane : i32, value : f32) -> f32 {
  partial[lane] = value;
  workgroupBarrier();
  for (var half = ${lanes / 2}; half > 0; half /= 2) {
    if (lane < half) { partial[lane] += partial[lane + half]; }
    workgroupBarrier();
  }
  let sum = partial[0];
  workgroupBarrier();
  return sum;
}`;
