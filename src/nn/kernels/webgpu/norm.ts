/** Layer normalisation, with or without a residual: one dispatch each way. */
import type { tf } from '../../tensor';
import { f32, forThreads, type Gpu, i32 } from './gpu';
import { type Infos, size } from './wgsl';

/** Number `at` of s = x + y, or of x alone. */
const of = (residual: boolean, at: string) => (residual ? `(x[${at}] + y[${at}])` : `x[${at}]`);

/**
 * γ·(s−μ)/√(σ²+ε) + β with s = x + y, or x alone. x, y [N, D], γ, β [D]
 * @returns the same shape as x, and μ and 1/√(σ²+ε) of each row, [N, 2], which the gradient needs
 */
export function layerNormProgram(gpu: Gpu, { x, y, gamma, beta }: Infos, epsilon: number): tf.TensorInfo[] {
  const D = size(gamma!.shape);
  const rows = size(x!.shape) / D;
  const s = (at: string) => of(Boolean(y), at);
  return gpu.run({
    key: `layerNorm${y ? '+residual' : ''}`,
    inputs: { x: x!, ...(y && { y }), gamma: gamma!, beta: beta! },
    outputs: [x!.shape, [rows, 2]],
    numbers: { rows: i32(rows), width: i32(D), epsilon: f32(epsilon) },
    workgroups: forThreads(rows),
    code: () => `
// A thread for each row.
fn main(index : i32) {
  if (index >= uniforms.rows) { return; }
  let D = uniforms.width;
  let first = index * D;
  var mean = 0.0;
  for (var j = 0; j < D; j++) { mean += ${s('first + j')}; }
  mean /= f32(D);
  var squares = 0.0;
  for (var j = 0; j < D; j++) {
    let centred = ${s('first + j')} - mean;
    squares += centred * centred;
  }
  let rstd = 1.0 / sqrt(squares / f32(D) + uniforms.epsilon);
  for (var j = 0; j < D; j++) {
    result[first + j] = (${s('first + j')} - mean) * rstd * gamma[j] + beta[j];
  }
  result[uniforms.at1 + 2 * index] = mean;
  result[uniforms.at1 + 2 * index + 1] = rstd;
}`,
  });
}

/** Threads of a workgroup: 8 columns, next to each other so that neighbours read neighbours, × 32 rows at once. */
const LANES = 256;
const COLUMNS = 8;

/**
 * With n = (s−μ)/σ and dn = dy·γ: ds = (dn − mean(dn) − n·mean(dn·n))/σ, dγ = Σ dy·n, dβ = Σ dy. The first workgroups have a thread
 * for each row of ds, the others sum columns.
 * @param moments [N, 2], of the forward pass
 * @returns ds as x, dγ and dβ [D]
 */
export function layerNormGradientProgram(gpu: Gpu, { dy, x, y, gamma, moments }: Infos): tf.TensorInfo[] {
  const D = size(gamma!.shape);
  const rows = size(x!.shape) / D;
  const rowGroups = forThreads(rows, LANES);
  const s = (at: string) => of(Boolean(y), at);
  return gpu.run({
    key: `layerNormGradient${y ? '+residual' : ''}`,
    inputs: { dy: dy!, x: x!, ...(y && { y }), gamma: gamma!, moments: moments! },
    outputs: [x!.shape, gamma!.shape, gamma!.shape],
    numbers: { rows: i32(rows), width: i32(D), rowGroups: i32(rowGroups) },
    workgroups: rowGroups + Math.ceil(D / COLUMNS),
    lanes: LANES,
    code: () => `
var<workgroup> sums : array<vec2<f32>, ${LANES}>; // of dy·n and of dy
fn ofRow(row : i32) {
  let D = uniforms.width;
  let first = row * D;
  let mean = moments[2 * row];
  let rstd = moments[2 * row + 1];
  var sum = 0.0;
  var projection = 0.0;
  for (var j = 0; j < D; j++) {
    let dn = dy[first + j] * gamma[j];
    sum += dn;
    projection += dn * (${s('first + j')} - mean) * rstd;
  }
  sum /= f32(D);
  projection /= f32(D);
  for (var j = 0; j < D; j++) {
    let n = (${s('first + j')} - mean) * rstd;
    result[first + j] = rstd * (dy[first + j] * gamma[j] - sum - n * projection);
  }
}
fn main(index : i32) {
  if (index < uniforms.rows) { ofRow(index); }
  let lane = i32(localIndex);
  let group = index / ${LANES} - uniforms.rowGroups;
  let column = group * ${COLUMNS} + lane % ${COLUMNS};
  let mine = group >= 0 && column < uniforms.width;
  var sum = vec2<f32>(0.0);
  if (mine) {
    for (var row = lane / ${COLUMNS}; row < uniforms.rows; row += ${LANES / COLUMNS}) {
      let at = row * uniforms.width + column;
      let n = (${s('at')} - moments[2 * row]) * moments[2 * row + 1];
      sum += vec2<f32>(dy[at] * n, dy[at]);
    }
  }
  // Workgroups of rows go through it too, for nothing: a barrier must be met by all threads or by none.
  sums[lane] = sum;
  workgroupBarrier();
  for (var half = ${LANES / 2}; half >= ${COLUMNS}; half /= 2) {
    if (lane < half) { sums[lane] += sums[lane + half]; }
    workgroupBarrier();
  }
  if (mine && lane < ${COLUMNS}) {
    result[uniforms.at1 + column] = sums[lane].x;
    result[uniforms.at2 + column] = sums[lane].y;
  }
}`,
  });
}
