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

/** Columns that a workgroup sums, next to each other so that neighbours read neighbours; and rows that it goes down at once. */
const COLUMNS = 8;
const ROWS = 32;

/**
 * Sums over rows of matrices [rows, N], several at once.
 * @param sums for each, an expression in `at`, a place in the inputs, and the shape of its N sums
 */
export function columnSums(
  gpu: Gpu,
  inputs: Readonly<Record<string, tf.TensorInfo>>,
  rows: number,
  N: number,
  sums: readonly (readonly [value: string, shape: readonly number[]])[],
): tf.TensorInfo[] {
  const groups = Math.ceil(N / COLUMNS);
  return gpu.run({
    key: `columnSums:${sums.map(([value]) => value).join()}`,
    inputs,
    outputs: sums.map(([, shape]) => shape),
    numbers: { rows: i32(rows), columns: i32(N), groups: i32(groups) },
    workgroups: groups,
    lanes: COLUMNS * ROWS,
    code: () => `
var<workgroup> partial : array<vec${sums.length === 1 ? '2' : sums.length}<f32>, ${COLUMNS * ROWS}>;
fn main(index : i32) {
  let lane = i32(localIndex);
  let column = index / ${COLUMNS * ROWS} * ${COLUMNS} + lane % ${COLUMNS};
  var sum = vec${sums.length === 1 ? '2' : sums.length}<f32>(0.0);
  if (column < uniforms.columns) {
    for (var row = lane / ${COLUMNS}; row < uniforms.rows; row += ${ROWS}) {
      let at = row * uniforms.columns + column;
      ${sums.map(([value], i) => `sum[${i}] += ${value};`).join('\n      ')}
    }
  }
  partial[lane] = sum;
  workgroupBarrier();
  for (var half = ${(COLUMNS * ROWS) / 2}; half >= ${COLUMNS}; half /= 2) {
    if (lane < half) { partial[lane] += partial[lane + half]; }
    workgroupBarrier();
  }
  if (lane < ${COLUMNS} && column < uniforms.columns) {
    ${sums.map((_, i) => `result[${i === 0 ? '' : `uniforms.at${i} + `}column] = partial[lane][${i}];`).join('\n    ')}
  }
}`,
  });
}

/** [B, N] → [N]. */
export function columnSumProgram(gpu: Gpu, { x }: Infos): tf.TensorInfo[] {
  const [rows, N] = x!.shape as [number, number];
  return columnSums(gpu, { x: x! }, rows, N, [['x[at]', [N]]]);
}
