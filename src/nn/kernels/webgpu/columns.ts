/** Programs on whole matrices: ReLU, adding a row, dropout, sums over rows. */
import type { tf } from '../../tensor';
import { f32, forThreads, type Gpu, i32, u32 } from './gpu';
import { type Infos, KEEP_NAN, size } from './wgsl';

/** A number for each number: `value` is an expression in `at`. */
function eachNumber(
  gpu: Gpu,
  key: string,
  inputs: Readonly<Record<string, tf.TensorInfo>>,
  shape: readonly number[],
  numbers: Parameters<Gpu['run']>[0]['numbers'],
  value: string,
  functions = '',
): tf.TensorInfo[] {
  const count = size(shape);
  return gpu.run({
    key,
    inputs,
    outputs: [shape],
    numbers: { count: i32(count), ...numbers },
    workgroups: forThreads(count),
    code: () => `
${functions}
fn main(at : i32) {
  if (at < uniforms.count) { result[at] = ${value}; }
}`,
  });
}

/** max(x, 0); NaN stays NaN. */
export const reluProgram = (gpu: Gpu, { x }: Infos) =>
  eachNumber(gpu, 'relu', { x: x! }, x!.shape, {}, 'keepNaN(max(x[at], 0.0), x[at])', KEEP_NAN);

/** dy where y > 0, else 0. */
export const reluGradientProgram = (gpu: Gpu, { dy, y }: Infos) => {
  const mask = 'select(0.0, dy[at], y[at] > 0.0)';
  return eachNumber(gpu, 'reluGradient', { dy: dy!, y: y! }, dy!.shape, {}, mask);
};

/** x [rows, N] + row [N]. */
export function addRowProgram(gpu: Gpu, { x, row }: Infos): tf.TensorInfo[] {
  const numbers = { columns: i32(size(row!.shape)) };
  const value = 'x[at] + row[at % uniforms.columns]';
  return eachNumber(gpu, 'addRow', { x: x!, row: row! }, x!.shape, numbers, value);
}

export interface DropoutShape {
  readonly key: number;
  readonly threshold: number;
  readonly keep: number;
}

/** x·mask, where the mask is that of `dropoutMask` in draws.ts, bit for bit. */
export function dropoutProgram(gpu: Gpu, { x }: Infos, { key, threshold, keep }: DropoutShape) {
  return eachNumber(
    gpu,
    'dropout',
    { x: x! },
    x!.shape,
    { key: u32(key >>> 0), threshold: u32(threshold), keep: f32(keep) },
    'x[at] * select(0.0, uniforms.keep, mixed(u32(at) ^ uniforms.key) >= uniforms.threshold)',
    `
// "lowbias32", Wellons 2018.
fn mixed(counter : u32) -> u32 {
  var x = counter;
  x = (x ^ (x >> 16u)) * 0x21f0aaadu;
  x = (x ^ (x >> 15u)) * 0xd35a2d97u;
  return x ^ (x >> 15u);
}`,
  );
}

/** Threads of a workgroup: 8 columns, next to each other so that neighbours read neighbours, × 32 rows at once. */
const LANES = 256;
const COLUMNS = 8;

/** Sums over rows: [B, N] → [N]. */
export function columnSumProgram(gpu: Gpu, { x }: Infos): tf.TensorInfo[] {
  const [rows, N] = x!.shape as [number, number];
  return gpu.run({
    key: 'columnSum',
    inputs: { x: x! },
    outputs: [[N]],
    numbers: { rows: i32(rows), columns: i32(N) },
    workgroups: Math.ceil(N / COLUMNS),
    lanes: LANES,
    code: () => `
var<workgroup> sums : array<f32, ${LANES}>;
fn main(index : i32) {
  let lane = i32(localIndex);
  let column = index / ${LANES} * ${COLUMNS} + lane % ${COLUMNS};
  var sum = 0.0;
  if (column < uniforms.columns) {
    for (var row = lane / ${COLUMNS}; row < uniforms.rows; row += ${LANES / COLUMNS}) {
      sum += x[row * uniforms.columns + column];
    }
  }
  sums[lane] = sum;
  workgroupBarrier();
  for (var half = ${LANES / 2}; half >= ${COLUMNS}; half /= 2) {
    if (lane < half) { sums[lane] += sums[lane + half]; }
    workgroupBarrier();
  }
  if (lane < ${COLUMNS} && column < uniforms.columns) { result[column] = sums[lane]; }
}`,
  });
}
