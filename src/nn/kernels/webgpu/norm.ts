/** Layer normalisation, with or without a residual: one dispatch forwards; backwards one over rows and one over columns. */
import type { tf } from '../../tensor';
import { columnSums } from './columns';
import { f32, forThreads, type Gpu, i32 } from './gpu';
import { type Infos, size } from './wgsl';

/** `mean` and `rstd` of row s = x (+ y), whose first number is at `first`. */
const moments = (residual: boolean) => `
  var mean = 0.0;
  for (var j = 0; j < D; j++) { mean += ${row(residual, 'first + j')}; }
  mean /= f32(D);
  var squares = 0.0;
  for (var j = 0; j < D; j++) {
    let centred = ${row(residual, 'first + j')} - mean;
    squares += centred * centred;
  }
  let rstd = 1.0 / sqrt(squares / f32(D) + uniforms.epsilon);`;
const row = (residual: boolean, at: string) => (residual ? `(x[${at}] + y[${at}])` : `x[${at}]`);

/** γ·(s−μ)/√(σ²+ε) + β with s = x + y, or x alone. x, y [N, D], γ, β [D] → as x */
export function layerNormProgram(gpu: Gpu, { x, y, gamma, beta }: Infos, epsilon: number): tf.TensorInfo[] {
  const D = size(gamma!.shape);
  const rows = size(x!.shape) / D;
  return gpu.run({
    key: `layerNorm${y ? '+residual' : ''}`,
    inputs: { x: x!, ...(y && { y }), gamma: gamma!, beta: beta! },
    outputs: [x!.shape],
    numbers: { rows: i32(rows), width: i32(D), epsilon: f32(epsilon) },
    workgroups: forThreads(rows),
    code: () => `
// A thread for each row.
fn main(index : i32) {
  if (index >= uniforms.rows) { return; }
  let D = uniforms.width;
  let first = index * D;
  ${moments(Boolean(y))}
  for (var j = 0; j < D; j++) {
    result[first + j] = (${row(Boolean(y), 'first + j')} - mean) * rstd * gamma[j] + beta[j];
  }
}`,
  });
}

/**
 * With n = (s−μ)/σ and dn = dy·γ: ds = (dn − mean(dn) − n·mean(dn·n))/σ, dγ = Σ dy·n, dβ = Σ dy.
 * @returns ds as x, dγ and dβ [D]
 */
export function layerNormGradientProgram(
  gpu: Gpu,
  { dy, x, y, gamma }: Infos,
  epsilon: number,
): tf.TensorInfo[] {
  const D = size(gamma!.shape);
  const rows = size(x!.shape) / D;
  const [ds, normal] = gpu.run({
    key: `layerNormGradient${y ? '+residual' : ''}`,
    inputs: { dy: dy!, x: x!, ...(y && { y }), gamma: gamma! },
    outputs: [x!.shape, x!.shape],
    numbers: { rows: i32(rows), width: i32(D), epsilon: f32(epsilon) },
    workgroups: forThreads(rows),
    code: () => `
// A thread for each row: ds, and n for the sums over rows.
fn main(index : i32) {
  if (index >= uniforms.rows) { return; }
  let D = uniforms.width;
  let first = index * D;
  ${moments(Boolean(y))}
  var sum = 0.0;
  var projection = 0.0;
  for (var j = 0; j < D; j++) {
    let n = (${row(Boolean(y), 'first + j')} - mean) * rstd;
    let dn = dy[first + j] * gamma[j];
    result[uniforms.at1 + first + j] = n;
    sum += dn;
    projection += dn * n;
  }
  sum /= f32(D);
  projection /= f32(D);
  for (var j = 0; j < D; j++) {
    let n = result[uniforms.at1 + first + j];
    result[first + j] = rstd * (dy[first + j] * gamma[j] - sum - n * projection);
  }
}`,
  }) as [tf.TensorInfo, tf.TensorInfo];
  const sums = columnSums(gpu, { dy: dy!, n: normal }, rows, D, [
    ['dy[at] * n[at]', gamma!.shape],
    ['dy[at]', gamma!.shape],
  ]);
  gpu.forget(normal);
  return [ds, ...sums];
}
