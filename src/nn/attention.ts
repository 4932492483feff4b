/** Multi-head self-attention over a handful of tokens. */
import { linear } from './dense';
import { type Tensor, tf } from './tensor';

export interface AttentionResult {
  /** Concatenated heads before the output projection, [B, S·D]. */
  readonly context: Tensor;
  /** Row reads column; rows sum to 1. [B, h, S, S] */
  readonly map: Tensor;
}

/**
 * head_i = softmax(Q_i·K_iᵀ / √d_k)·V_i (Kutak 2025, Eqs 5–7).
 * @param h [B, S·D], token s in columns s·D … (s+1)·D
 * @param Wqkv [D, 3D]: columns of Q for all heads, then K, then V; head i in columns i·d_k … within each
 * @param tokens S
 * @param heads number of heads; D must divide by it
 * @param allowed [S·S] row-major 1/0, which token may read which, or null for all; every row needs a 1
 */
export function selfAttention(
  h: Tensor,
  Wqkv: Tensor,
  tokens: number,
  heads: number,
  allowed: readonly number[] | null,
): AttentionResult {
  const [B, columns] = h.shape as [number, number];
  const D = columns / tokens;
  const dk = D / heads;
  const qkv = linear(tf.reshape(h, [B * tokens, D]), Wqkv); // [B·S, 3D]
  const [q, k, v] = (tf.split(qkv, 3, 1) as Tensor[]).map((part) =>
    tf.transpose(tf.reshape(part, [B, tokens, heads, dk]), [0, 2, 1, 3]),
  ) as [Tensor, Tensor, Tensor]; // [B, h, S, d_k]
  let scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(dk)); // [B, h, S, S]
  if (allowed) {
    // −10⁹ rather than −∞: no backend turns it into NaN, and its exponential is exactly 0 in float32.
    scores = tf.add(
      scores,
      tf.tensor(
        allowed.map((a) => (a ? 0 : -1e9)),
        [1, 1, tokens, tokens],
      ),
    );
  }
  const map = tf.softmax(scores);
  const context = tf.reshape(tf.transpose(tf.matMul(map, v), [0, 2, 1, 3]), [B, tokens * D]);
  return { context, map };
}
