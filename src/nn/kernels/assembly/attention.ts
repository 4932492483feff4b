/** The core of self-attention over a handful of tokens, between the projections: scores, softmax, mixture of values. */
import { dot, loadPart, storePart } from './lanes';
import { softmaxRow } from './softmax';

/**
 * A = softmax(q·kᵀ·scale + closed), context = A·v, a row of the batch and a head at a time.
 * @param qkv [B·S, 3D]: for each token q, k, v of all heads; head i in columns i·w … within each, w = D/heads
 * @param closed [S·S] added to the scores, or 0 for none
 * @param context [B·S, D]
 * @param A [B, heads, S, S], reader first, read last
 */
export function attention(
  qkv: usize,
  B: i32,
  S: i32,
  heads: i32,
  w: i32,
  scale: f32,
  closed: usize,
  context: usize,
  A: usize,
): void {
  const D = <usize>heads * <usize>w * 4;
  for (let b = 0; b < B; b++) {
    for (let h = 0; h < heads; h++) {
      const q = qkv + <usize>h * <usize>w * 4;
      for (let s = 0; s < S; s++) {
        const reader = q + <usize>s * 3 * D;
        for (let j = 0; j < S; j++) {
          let score = dot(reader, q + <usize>j * 3 * D + D, w) * scale;
          if (closed !== 0) score += load<f32>(closed + ((<usize>(s * S + j)) << 2));
          store<f32>(A + ((<usize>j) << 2), score);
        }
        softmaxRow(A, S, A);
        const to = context + <usize>s * D + <usize>h * <usize>w * 4;
        for (let c = 0; c < w; c += 4) {
          const at = (<usize>c) << 2;
          let sum = f32x4.splat(0);
          for (let j = 0; j < S; j++) {
            const v = loadPart(q + <usize>j * 3 * D + 2 * D + at, w - c);
            sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(A + ((<usize>j) << 2)), v));
          }
          storePart(to + at, sum, w - c);
        }
        A += (<usize>S) << 2;
      }
    }
    qkv += <usize>S * 3 * D;
    context += <usize>S * D;
  }
}

/**
 * Gradient of `attention` with respect to qkv.
 * @param dContext [B·S, D]
 * @param dA [B, heads, S, S], what else depends on A
 * @param dScores scratch, S·S numbers
 * @param dqkv [B·S, 3D]
 */
export function attentionGradient(
  qkv: usize,
  A: usize,
  dContext: usize,
  dA: usize,
  B: i32,
  S: i32,
  heads: i32,
  w: i32,
  scale: f32,
  dScores: usize,
  dqkv: usize,
): void {
  const D = <usize>heads * <usize>w * 4;
  const row = (<usize>S) << 2;
  for (let b = 0; b < B; b++) {
    for (let h = 0; h < heads; h++) {
      const head = <usize>h * <usize>w * 4;
      for (let s = 0; s < S; s++) {
        const out = dScores + <usize>s * row;
        const a = A + <usize>s * row;
        const outer = dA + <usize>s * row;
        const dc = dContext + <usize>s * D + head;
        let along: f32 = 0;
        for (let j = 0; j < S; j++) {
          const at = (<usize>j) << 2;
          const d = dot(dc, qkv + <usize>j * 3 * D + 2 * D + head, w) + load<f32>(outer + at);
          store<f32>(out + at, d);
          along += d * load<f32>(a + at);
        }
        for (let j = 0; j < S; j++) {
          const at = (<usize>j) << 2;
          store<f32>(out + at, load<f32>(a + at) * (load<f32>(out + at) - along) * scale);
        }
      }
      for (let s = 0; s < S; s++) {
        const to = dqkv + <usize>s * 3 * D + head;
        for (let c = 0; c < w; c += 4) {
          const at = head + ((<usize>c) << 2);
          let dq = f32x4.splat(0);
          let dk = f32x4.splat(0);
          let dv = f32x4.splat(0);
          for (let j = 0; j < S; j++) {
            const other = qkv + <usize>j * 3 * D + at;
            // Token s as reader of j, then as read by j.
            const reads = v128.load32_splat(dScores + <usize>s * row + ((<usize>j) << 2));
            const read = v128.load32_splat(dScores + <usize>j * row + ((<usize>s) << 2));
            const share = v128.load32_splat(A + <usize>j * row + ((<usize>s) << 2));
            dq = f32x4.add(dq, f32x4.mul(reads, loadPart(other + D, w - c)));
            dk = f32x4.add(dk, f32x4.mul(read, loadPart(other, w - c)));
            dv = f32x4.add(dv, f32x4.mul(share, loadPart(dContext + <usize>j * D + at, w - c)));
          }
          const place = to + ((<usize>c) << 2);
          storePart(place, dq, w - c);
          storePart(place + D, dk, w - c);
          storePart(place + 2 * D, dv, w - c);
        }
      }
      A += <usize>S * row;
      dA += <usize>S * row;
    }
    qkv += <usize>S * 3 * D;
    dqkv += <usize>S * 3 * D;
    dContext += <usize>S * D;
  }
}
