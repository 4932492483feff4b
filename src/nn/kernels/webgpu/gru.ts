/** A step of a gated recurrent unit: one dispatch forwards, a workgroup a row; two backwards, of which the second sums over rows. */
import type { tf } from '../../tensor';
import { forThreads, type Gpu, i32, LANES } from './gpu';
import { TILE, TILE_LANES, TILE_MEMORY, tileProduct, tilesOf } from './tiles';
import { type Infos, KEEP_NAN, SOFTPLUS } from './wgsl';

/** tanh without overflow; near 0, where 1 − e^−2|x| would lose digits, its series. Needs KEEP_NAN. */
const TANH = `
fn tanhOf(x : f32) -> f32 {
  let q = x * x;
  let near = x + x * q * (-1.0 / 3.0 + q * (2.0 / 15.0 - q * 17.0 / 315.0));
  let e = exp(-2.0 * abs(x));
  let far = sign(x) * (1.0 - e) / (1.0 + e);
  return keepNaN(select(far, near, abs(x) < 0.25), x);
}`;

/** a [rows, 3H], h [rows, H] and U [H, 3H], or neither → h' [rows, H], [z, r, c] [rows, 3H]. */
export function gruProgram(gpu: Gpu, { a, h, U }: Infos): tf.TensorInfo[] {
  const [rows, H] = [a!.shape[0]!, a!.shape[1]! / 3];
  const outputs = [
    [rows, H],
    [rows, 3 * H],
  ];
  if (!h || !U) {
    return gpu.run({
      key: 'gruStart',
      inputs: { a: a! },
      outputs,
      numbers: { rows: i32(rows), units: i32(H) },
      workgroups: forThreads(rows * H),
      code: () => `
${KEEP_NAN}
${SOFTPLUS}
${TANH}
fn main(index : i32) {
  if (index >= uniforms.rows * uniforms.units) { return; }
  let at = index / uniforms.units * 3 * uniforms.units + index % uniforms.units;
  let z = sigmoid(a[at]);
  let c = tanhOf(a[at + 2 * uniforms.units]);
  result[index] = (1.0 - z) * c;
  result[uniforms.at1 + at] = z;
  result[uniforms.at1 + at + uniforms.units] = sigmoid(a[at + uniforms.units]);
  result[uniforms.at1 + at + 2 * uniforms.units] = c;
}`,
    });
  }
  return gpu.run({
    key: `gru ${H}`,
    inputs: { a: a!, h, U },
    outputs,
    numbers: { rows: i32(rows) },
    workgroups: rows,
    code: () => `
const H = ${H};
${KEEP_NAN}
${SOFTPLUS}
${TANH}
var<workgroup> before : array<f32, H>;
var<workgroup> reset : array<f32, H>;
var<workgroup> keep : array<f32, H>;
fn main(index : i32) {
  let lane = i32(localIndex);
  // A workgroup too many repeats the last row.
  let row = min(index / ${LANES}, uniforms.rows - 1);
  for (var j = lane; j < H; j += ${LANES}) { before[j] = h[row * H + j]; }
  workgroupBarrier();
  for (var j = lane; j < H; j += ${LANES}) {
    let at = row * 3 * H + j;
    var z = a[at];
    var r = a[at + H];
    for (var i = 0; i < H; i++) {
      z += before[i] * U[i * 3 * H + j];
      r += before[i] * U[i * 3 * H + H + j];
    }
    z = sigmoid(z);
    r = sigmoid(r);
    keep[j] = z;
    reset[j] = r * before[j];
    result[uniforms.at1 + at] = z;
    result[uniforms.at1 + at + H] = r;
  }
  workgroupBarrier();
  for (var j = lane; j < H; j += ${LANES}) {
    let at = row * 3 * H + 2 * H + j;
    var c = a[at];
    for (var i = 0; i < H; i++) { c += reset[i] * U[i * 3 * H + 2 * H + j]; }
    c = tanhOf(c);
    result[uniforms.at1 + at] = c;
    result[row * H + j] = keep[j] * before[j] + (1.0 - keep[j]) * c;
  }
}`,
  });
}

/** d [rows, H], gates [rows, 3H], h and U as forwards → dA [rows, 3H], and with h and U their gradients. */
export function gruGradientProgram(gpu: Gpu, { d, h, U, gates }: Infos): tf.TensorInfo[] {
  const [rows, H] = d!.shape as [number, number];
  if (!h || !U) {
    return gpu.run({
      key: 'gruStartGradient',
      inputs: { d: d!, gates: gates! },
      outputs: [[rows, 3 * H]],
      numbers: { rows: i32(rows), units: i32(H) },
      workgroups: forThreads(rows * H),
      code: () => `
fn main(index : i32) {
  if (index >= uniforms.rows * uniforms.units) { return; }
  let at = index / uniforms.units * 3 * uniforms.units + index % uniforms.units;
  let z = gates[at];
  let c = gates[at + 2 * uniforms.units];
  let left = d[index] * (1.0 - z);
  result[at] = -left * z * c;
  result[at + uniforms.units] = 0.0;
  result[at + 2 * uniforms.units] = left * (1.0 - c * c);
}`,
    });
  }
  const [dA, dh] = gpu.run({
    key: `gruGradient ${H}`,
    inputs: { d: d!, h, U, gates: gates! },
    outputs: [
      [rows, 3 * H],
      [rows, H],
    ],
    numbers: { rows: i32(rows) },
    workgroups: rows,
    code: () => `
const H = ${H};
var<workgroup> dz : array<f32, H>;
var<workgroup> dr : array<f32, H>;
var<workgroup> dc : array<f32, H>;
var<workgroup> back : array<f32, H>; // d⊙z + e⊙r
fn main(index : i32) {
  let lane = i32(localIndex);
  // A workgroup too many repeats the last row.
  let row = min(index / ${LANES}, uniforms.rows - 1);
  for (var j = lane; j < H; j += ${LANES}) {
    let at = row * 3 * H + j;
    let z = gates[at];
    let c = gates[at + 2 * H];
    let left = d[row * H + j] * (1.0 - z);
    dz[j] = left * z * (h[row * H + j] - c);
    dc[j] = left * (1.0 - c * c);
    back[j] = d[row * H + j] * z;
    result[at] = dz[j];
    result[at + 2 * H] = dc[j];
  }
  workgroupBarrier();
  for (var j = lane; j < H; j += ${LANES}) {
    var e = 0.0;
    for (var i = 0; i < H; i++) { e += dc[i] * U[j * 3 * H + 2 * H + i]; }
    let r = gates[row * 3 * H + H + j];
    dr[j] = e * h[row * H + j] * r * (1.0 - r);
    back[j] += e * r;
    result[row * 3 * H + H + j] = dr[j];
  }
  workgroupBarrier();
  for (var j = lane; j < H; j += ${LANES}) {
    var sum = back[j];
    for (var i = 0; i < H; i++) { sum += dz[i] * U[j * 3 * H + i] + dr[i] * U[j * 3 * H + H + i]; }
    result[uniforms.at1 + row * H + j] = sum;
  }
}`,
  }) as [tf.TensorInfo, tf.TensorInfo];
  const across = tilesOf(2 * H);
  const [dU] = gpu.run({
    key: 'gruWeights',
    inputs: { h, gates: gates!, dA },
    outputs: [U.shape],
    numbers: { rows: i32(rows), units: i32(H), down: i32(tilesOf(H)), across: i32(across) },
    workgroups: 2 * tilesOf(H) * across,
    lanes: TILE_LANES,
    code: () => `
${TILE_MEMORY}
${tileProduct({
  name: 'product', // the columns z and r of U from h, then the columns c from r⊙h; M = units, K = rows
  a: 'h[k * uniforms.units + m] * select(1.0, gates[(3 * k + 1) * uniforms.units + m], g == 1)',
  b: 'dA[(3 * k + 2 * g) * uniforms.units + n]',
  aRuns: 'm',
  bRuns: 'n',
  store: 'result[(3 * m + 2 * g) * uniforms.units + n] = value;',
})}
fn main(index : i32) {
  let place = index / ${TILE_LANES};
  let g = place / (uniforms.down * uniforms.across);
  let row = ${TILE} * (place / uniforms.across % uniforms.down);
  let column = ${TILE} * (place % uniforms.across);
  // A workgroup too many has a matrix without rows.
  let units = select(0, uniforms.units, g < 2);
  product(g, row, column, units, select(2, 1, g == 1) * uniforms.units, uniforms.rows);
}`,
  });
  return [dA, dh, dU!];
}
