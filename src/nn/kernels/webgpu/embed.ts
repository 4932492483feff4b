/**
 * Embedding look-up with numerical features beside it, and the gradient of the table: one dispatch each.
 *
 * The gradient is neither sorted nor atomic: the first place in the batch where a row stands owns it and adds up all later ones. Floats
 * have no atomic addition in WebGPU, and a loop of compare-and-swap adds in another order every time, so runs would drift; a sort is a dozen
 * dispatches. This is one, in the order of the batch, at C·B² comparisons of codes that lie in the cache, whatever the vocabulary.
 */
import type { tf } from '../../tensor';
import { forThreads, type Gpu, i32 } from './gpu';
import { type Infos, size } from './wgsl';

export interface EmbedShape {
  /** Of the table, [V, d]. */
  readonly shape: readonly number[];
  /** Row of the table at which each column of ids starts. */
  readonly offsets: readonly number[];
}

/** Whether each column has rows of its own: then only codes of the same column can name the same row. */
const apart = (offsets: readonly number[]) => offsets.every((o, c) => c === 0 || o > offsets[c - 1]!);

/** `rowOf(i, c)`: the table's row that code c of example i names, or −1 where it names none (of its column, where each has its own). */
const rowOf = (offsets: readonly number[]) => `
const offsets = array<i32, ${offsets.length}>(${offsets.join()});
fn rowOf(i : i32, c : i32) -> i32 {
  let id = ids[i * ${offsets.length} + c];
  let row = id + offsets[c];
  var end = uniforms.vocabulary;
  ${apart(offsets) && offsets.length > 1 ? `if (c < ${offsets.length - 1}) { end = offsets[c + 1]; }` : ''}
  return select(-1, row, id >= 0 && row < end && row >= 0);
}`;

/** [e_1;…;e_C;z]. table [V, d], ids [B, C] int32, numbers z [B, M] or none → [B, C·d + M]; a code that names no row gives NaN. */
export function embedProgram(gpu: Gpu, { table, ids, numbers }: Infos, { shape, offsets }: EmbedShape) {
  const [V, d] = shape as [number, number];
  const B = ids!.shape[0]!;
  const width = offsets.length * d + (numbers ? numbers.shape[1]! : 0);
  return gpu.run({
    key: `embed${numbers ? '+numbers' : ''}:${offsets}`,
    inputs: { table: table!, ids: ids!, ...(numbers && { numbers }) },
    outputs: [[B, width]],
    numbers: { count: i32(B * width), width: i32(width), depth: i32(d), vocabulary: i32(V) },
    workgroups: forThreads(B * width),
    code: () => `
${rowOf(offsets)}
fn main(index : i32) {
  if (index >= uniforms.count) { return; }
  let i = index / uniforms.width;
  let column = index % uniforms.width;
  let c = column / uniforms.depth;
  ${
    numbers
      ? `if (c >= ${offsets.length}) {
    let embedded = ${offsets.length} * uniforms.depth;
    result[index] = numbers[i * (uniforms.width - embedded) + column - embedded];
    return;
  }`
      : ''
  }
  let row = rowOf(i, c);
  result[index] = uniforms.NAN;
  if (row >= 0) { result[index] = table[row * uniforms.depth + column % uniforms.depth]; }
}`,
  });
}

/** Numbers of a row that one thread adds up. */
const QUAD = 4;

/** dy [B, ≥ C·d] → [V, d], each row's gradients added in the order of the batch; a code that names no row is passed over. */
export function embedGradientProgram(
  gpu: Gpu,
  { dy, ids }: Infos,
  { shape, offsets }: EmbedShape,
): tf.TensorInfo[] {
  const [V, d] = shape as [number, number];
  const B = ids!.shape[0]!;
  const C = offsets.length;
  const quads = Math.ceil(d / QUAD);
  const own = apart(offsets);
  return gpu.run({
    key: `embedGradient:${offsets}`,
    inputs: { dy: dy!, ids: ids! },
    outputs: [shape],
    zeroed: true,
    numbers: {
      rows: i32(B),
      count: i32(B * C * quads),
      quads: i32(quads),
      width: i32(size(dy!.shape) / B),
      depth: i32(d),
      vocabulary: i32(V),
    },
    workgroups: forThreads(B * C * quads),
    code: () => `
${rowOf(offsets)}
fn main(index : i32) {
  if (index >= uniforms.count) { return; }
  // Neighbours look at neighbouring examples of one column, so that they read the same codes at the same time.
  let i = index % uniforms.rows;
  let c = index / uniforms.rows % ${C};
  let first = ${QUAD} * (index / uniforms.rows / ${C});
  let row = rowOf(i, c);
  if (row < 0) { return; }
  // Places in the order of the batch, those of the columns that may name the same row.
  for (var q = 0; q < ${own ? 'i' : `i * ${C} + c`}; q++) {
    if (${own ? 'rowOf(q, c)' : `rowOf(q / ${C}, q % ${C})`} == row) { return; }
  }
  var sum = vec4<f32>(0.0);
  for (var q = ${own ? 'i' : `i * ${C} + c`}; q < ${own ? 'uniforms.rows' : `uniforms.rows * ${C}`}; q++) {
    let other = ${own ? 'vec2<i32>(q, c)' : `vec2<i32>(q / ${C}, q % ${C})`};
    if (rowOf(other.x, other.y) == row) {
      let start = other.x * uniforms.width + other.y * uniforms.depth + first;
      for (var j = 0; j < ${QUAD}; j++) {
        if (first + j < uniforms.depth) { sum[j] += dy[start + j]; }
      }
    }
  }
  for (var j = 0; j < ${QUAD}; j++) {
    if (first + j < uniforms.depth) { result[row * uniforms.depth + first + j] = sum[j]; }
  }
}`,
  });
}
