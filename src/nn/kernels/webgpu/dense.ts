/** Affine maps, one or one a group: one dispatch forwards, one backwards. */
import type { tf } from '../../tensor';
import { type Gpu, i32 } from './gpu';
import { TILE, TILE_LANES, TILE_MEMORY, tileProduct, tilesOf } from './tiles';
import { type Infos, KEEP_NAN, size } from './wgsl';

export interface DenseShape {
  readonly groups: number;
  /** Inputs of one group. */
  readonly inputs: number;
  readonly relu: boolean;
  /** Leading columns of x that anything depends on. */
  readonly live: number;
}

const sizes = (x: tf.TensorInfo, W: tf.TensorInfo, { groups: G, inputs: I }: DenseShape) => {
  const [rows, O] = [size(x.shape) / (G * I), size(W.shape) / (G * I)];
  return {
    rows,
    O,
    numbers: { rows: i32(rows), groups: i32(G), inputs: i32(I), outputs: i32(O) },
  };
};

/** y_g = x_g·W_g + b_g, ReLU as it is stored. x [rows, G·I], W [G, I, O], b [G·O] or none → [rows, G·O] */
export function denseProgram(gpu: Gpu, { x, W, b }: Infos, shape: DenseShape): tf.TensorInfo[] {
  const { groups: G, relu } = shape;
  const { rows, O, numbers } = sizes(x!, W!, shape);
  const [down, across] = [tilesOf(rows), tilesOf(O)];
  return gpu.run({
    key: `dense${b ? '+bias' : ''}${relu ? '+relu' : ''}`,
    inputs: { x: x!, W: W!, ...(b && { b }) },
    outputs: [[rows, G * O]],
    numbers: { ...numbers, down: i32(down), across: i32(across) },
    workgroups: G * down * across,
    lanes: TILE_LANES,
    code: () => `
${KEEP_NAN}
${TILE_MEMORY}
${tileProduct({
  name: 'product',
  a: 'x[(m * uniforms.groups + g) * uniforms.inputs + k]',
  b: 'W[(g * uniforms.inputs + k) * uniforms.outputs + n]',
  aRuns: 'k',
  bRuns: 'n',
  store: `
        let unit = g * uniforms.outputs + n;
        let y = value${b ? ' + b[unit]' : ''};
        result[m * uniforms.groups * uniforms.outputs + unit] = ${relu ? 'keepNaN(max(y, 0.0), y)' : 'y'};`,
})}
fn main(index : i32) {
  let place = index / ${TILE_LANES};
  let g = place / (uniforms.down * uniforms.across);
  let row = ${TILE} * (place / uniforms.across % uniforms.down);
  let column = ${TILE} * (place % uniforms.across);
  // A workgroup too many has a matrix without rows.
  product(g, row, column, select(0, uniforms.rows, g < uniforms.groups), uniforms.outputs, uniforms.inputs);
}`,
  });
}

/**
 * With dz = dy where y > 0 (all of dy without a ReLU): dx_g = dz_g·W_gᵀ, dW_g = x_gᵀ·dz_g, db = Σ dz, in one dispatch. The first
 * workgroups make tiles of dx, the others tiles of dW; those of its first rows sum the columns of dz as they pass.
 * @returns dx as x, dW as W, db [G·O]
 */
export function denseGradientProgram(gpu: Gpu, { dy, x, W, y }: Infos, shape: DenseShape): tf.TensorInfo[] {
  const { groups: G, inputs: I, live } = shape;
  const { rows, O, numbers } = sizes(x!, W!, shape);
  const inputTiles = tilesOf(rows) * tilesOf(I);
  const weightTiles = tilesOf(I) * tilesOf(O);
  const dz = (row: string, unit: string) => {
    const at = `(${row} * uniforms.groups + g) * uniforms.outputs + ${unit}`;
    return y ? `select(0.0, dy[${at}], y[${at}] > 0.0)` : `dy[${at}]`;
  };
  return gpu.run({
    key: `denseGradient${y ? '+relu' : ''}`,
    inputs: { dy: dy!, x: x!, W: W!, ...(y && { y }) },
    outputs: [x!.shape, W!.shape, [G * O]],
    numbers: {
      ...numbers,
      live: i32(live),
      inputTiles: i32(inputTiles),
      weightTiles: i32(weightTiles),
      acrossInputs: i32(tilesOf(I)),
      acrossOutputs: i32(tilesOf(O)),
    },
    workgroups: G * (inputTiles + weightTiles),
    lanes: TILE_LANES,
    code: () => `
${TILE_MEMORY}
${tileProduct({
  name: 'ofInputs', // M = rows, N = inputs, K = outputs
  a: dz('m', 'k'),
  b: 'W[(g * uniforms.inputs + n) * uniforms.outputs + k]',
  aRuns: 'k',
  bRuns: 'k',
  store: `
        // Nothing needs the gradient of what is data.
        result[(m * uniforms.groups + g) * uniforms.inputs + n] = select(0.0, value, n < uniforms.live);`,
})}
${tileProduct({
  name: 'ofWeights', // M = inputs, N = outputs, K = rows
  a: 'x[(k * uniforms.groups + g) * uniforms.inputs + m]',
  b: dz('k', 'n'),
  aRuns: 'm',
  bRuns: 'n',
  store: 'result[uniforms.at1 + (g * uniforms.inputs + m) * uniforms.outputs + n] = value;',
  storeColumn: 'result[uniforms.at2 + g * uniforms.outputs + n] = sum;',
})}
var<workgroup> job : vec2<i32>; // does it make a tile of dx; over how many outputs
fn main(index : i32) {
  let place = index / ${TILE_LANES};
  let all = uniforms.groups * uniforms.inputTiles;
  if (localIndex == 0u) {
    let data = ${TILE} * (place % uniforms.acrossInputs) >= uniforms.live;
    job = vec2<i32>(select(0, 1, place < all), select(uniforms.outputs, 0, data));
  }
  // All threads of a workgroup must take the same way through barriers, and the compiler must see that they do.
  let same = workgroupUniformLoad(&job);
  if (same.x == 1) {
    let g = place / uniforms.inputTiles;
    let row = ${TILE} * (place % uniforms.inputTiles / uniforms.acrossInputs);
    let column = ${TILE} * (place % uniforms.acrossInputs);
    ofInputs(g, row, column, uniforms.rows, uniforms.inputs, same.y);
  } else {
    let g = (place - all) / uniforms.weightTiles;
    let tile = (place - all) % uniforms.weightTiles;
    let row = ${TILE} * (tile / uniforms.acrossOutputs);
    let column = ${TILE} * (tile % uniforms.acrossOutputs);
    // A workgroup too many has a matrix without rows and columns.
    let real = g < uniforms.groups;
    ofWeights(g, row, column, select(0, uniforms.inputs, real), select(0, uniforms.outputs, real), uniforms.rows);
  }
}`,
  });
}
