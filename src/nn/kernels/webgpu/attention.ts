/** The core of self-attention over a handful of tokens, on queries, keys and values side by side: one dispatch each way. */
import type { tf } from '../../tensor';
import { f32, forThreads, type Gpu, i32 } from './gpu';
import { type Infos, KEEP_NAN } from './wgsl';

export interface AttentionShape {
  readonly B: number;
  /** Tokens; part of the code, since a row of scores is kept in registers. */
  readonly S: number;
  readonly heads: number;
  /** Columns of one head. */
  readonly width: number;
  readonly scale: number;
  /** [S·S], added to the scores, or null. */
  readonly closed: readonly number[] | null;
}

const numbersOf = ({ B, heads, width, scale }: AttentionShape) => ({
  rows: i32(B),
  heads: i32(heads),
  width: i32(width),
  scale: f32(scale),
});

/** softmax(Q·Kᵀ·scale + closed)·V of each head. qkv [B·S, 3D] → context [B, S·D], A [B, h, S, S] */
export function attentionProgram(gpu: Gpu, { qkv }: Infos, shape: AttentionShape): tf.TensorInfo[] {
  const { B, S, heads, width, closed } = shape;
  return gpu.run({
    key: `attention:${S}:${closed ?? 'open'}`,
    inputs: { qkv: qkv! },
    outputs: [
      [B, S * heads * width],
      [B, heads, S, S],
    ],
    numbers: numbersOf(shape),
    workgroups: forThreads(B * heads * S),
    code: () => `
${KEEP_NAN}
${closed ? `const closed = array<f32, ${S * S}>(${closed.map((c) => c.toExponential()).join()});` : ''}
// A thread for each reader s of each head h of each row b.
fn main(index : i32) {
  if (index >= uniforms.rows * uniforms.heads * ${S}) { return; }
  let w = uniforms.width;
  let D = w * uniforms.heads;
  let s = index % ${S};
  let h = index / ${S} % uniforms.heads;
  let b = index / ${S} / uniforms.heads;
  let first = b * ${S} * 3 * D + h * w; // head h of token 0's query
  var a : array<f32, ${S}>;
  var largest = 0.0;
  var poison = 0.0;
  for (var j = 0; j < ${S}; j++) {
    var score = 0.0;
    for (var c = 0; c < w; c++) { score += qkv[first + s * 3 * D + c] * qkv[first + j * 3 * D + D + c]; }
    score = score * uniforms.scale${closed ? ` + closed[s * ${S} + j]` : ''};
    a[j] = score;
    largest = select(max(largest, score), score, j == 0);
    poison = keepNaN(poison, score);
  }
  var all = 0.0;
  for (var j = 0; j < ${S}; j++) {
    a[j] = exp(a[j] - largest);
    all += a[j];
  }
  for (var j = 0; j < ${S}; j++) {
    a[j] = keepNaN(a[j] / all, poison);
    result[uniforms.at1 + index * ${S} + j] = a[j];
  }
  for (var c = 0; c < w; c++) {
    var sum = 0.0;
    for (var j = 0; j < ${S}; j++) { sum += a[j] * qkv[first + j * 3 * D + 2 * D + c]; }
    result[(b * ${S} + s) * D + h * w + c] = sum;
  }
}`,
  });
}

/**
 * Gradient of `attentionProgram`: with dA' = dContext·Vᵀ + dA and dScores = A·(dA' − Σ A·dA')·scale,
 * dQ = dScores·K, dK = dScoresᵀ·Q, dV = Aᵀ·dContext.
 * @param dA [B, h, S, S], or none where nothing else depends on A
 * @returns [B·S, 3D]
 */
export function attentionGradientProgram(
  gpu: Gpu,
  { qkv, A, dContext, dA: given }: Infos,
  shape: AttentionShape,
): tf.TensorInfo[] {
  const dA = gpu.unlessZero(given);
  const { B, S, heads } = shape;
  return gpu.run({
    key: `attentionGradient:${S}${dA ? '+A' : ''}`,
    inputs: { qkv: qkv!, A: A!, dContext: dContext!, ...(dA && { dA }) },
    outputs: [qkv!.shape],
    numbers: numbersOf(shape),
    workgroups: forThreads(B * heads),
    code: () => `
// A thread for each head h of each row b: all its tokens read each other.
fn main(index : i32) {
  if (index >= uniforms.rows * uniforms.heads) { return; }
  let w = uniforms.width;
  let D = w * uniforms.heads;
  let h = index % uniforms.heads;
  let b = index / uniforms.heads;
  let first = b * ${S} * 3 * D + h * w;
  let context = b * ${S} * D + h * w;
  let map = index * ${S * S};
  var dScores : array<f32, ${S * S}>; // [reader, read]
  for (var s = 0; s < ${S}; s++) {
    var along = 0.0;
    for (var j = 0; j < ${S}; j++) {
      var d = ${dA ? `dA[map + s * ${S} + j]` : '0.0'};
      for (var c = 0; c < w; c++) { d += dContext[context + s * D + c] * qkv[first + j * 3 * D + 2 * D + c]; }
      dScores[s * ${S} + j] = d;
      along += d * A[map + s * ${S} + j];
    }
    for (var j = 0; j < ${S}; j++) {
      let at = s * ${S} + j;
      dScores[at] = A[map + at] * (dScores[at] - along) * uniforms.scale;
    }
  }
  for (var s = 0; s < ${S}; s++) {
    for (var c = 0; c < w; c++) {
      var dq = 0.0;
      var dk = 0.0;
      var dv = 0.0;
      for (var j = 0; j < ${S}; j++) {
        // Token s as reader of j, then as read by j.
        let other = first + j * 3 * D + c;
        dq += dScores[s * ${S} + j] * qkv[other + D];
        dk += dScores[j * ${S} + s] * qkv[other];
        dv += A[map + j * ${S} + s] * dContext[context + j * D + c];
      }
      let to = first + s * 3 * D + c;
      result[to] = dq;
      result[to + D] = dk;
      result[to + 2 * D] = dv;
    }
  }
}`,
  });
}
