/** Multi-head self-attention over a handful of tokens. */
import { linear } from './dense';
import { fastAttention } from './kernels/attention';
import { fastKernels } from './kernels/module';
import { type Tensor, tf } from './tensor';
import { aliveRows, type Open } from './wires';

export interface AttentionResult {
  /** Concatenated heads before the output projection, [B, S·D]. */
  readonly context: Tensor;
  /** Row reads column; rows sum to 1. [B, h, S, S], computed when asked for. */
  readonly map: () => Tensor;
}

/**
 * head_i = softmax(Q_i·K_iᵀ / √d_k)·V_i (Kutak 2025, Eqs 5–7).
 *
 * With two to eight tokens the matrices of one row are tiny: a batched product of them is what every backend does worst (it took
 * most of a step on wasm, and minutes an evaluation on a software GPU). So tokens are gone through one by one, each
 * time for all rows, heads and readers at once.
 * @param h [B, S·D], token s in columns s·D … (s+1)·D
 * @param Wqkv [D, 3D]: columns of Q for all heads, then K, then V; head i in columns i·d_k … within each
 * @param tokens S
 * @param heads number of heads; D must divide by it
 * @param allowed [S·S] row-major 1/0, which token may read which, or null for all; every row needs a 1
 * @param open [h·S·S] where a pass cuts wires: those left over share the whole, a reader with none reads nothing. Such a pass is
 *   one look at trained weights, and takes the plain operations: a mask a head inside the kernels would be paid for in every step.
 */
export function selfAttention(
  h: Tensor,
  Wqkv: Tensor,
  tokens: number,
  heads: number,
  allowed: readonly number[] | null,
  open: Open = null,
): AttentionResult {
  const [B, columns] = h.shape as [number, number];
  const D = columns / tokens;
  const closed = allowed && closedScores(allowed);
  if (fastKernels() && !open) {
    const qkv = linear(h, Wqkv); // [B·S, 3D]: the product reads h as [B·S, D]
    const { context, A } = fastAttention(qkv, tokens, heads, closed)!;
    return { context, map: () => A };
  }
  const flat = tf.reshape(h, [B * tokens, D]);
  // Three products: cutting the result of one wide product into three costs more than it saves.
  const [q, k, v] = [0, 1, 2].map((part) =>
    tf.reshape(linear(flat, tf.slice(Wqkv, [0, part * D], [D, D])), [B, tokens, heads, D / heads]),
  ) as [Tensor, Tensor, Tensor]; // [B, S, h, d_k]
  const weights = open
    ? openWeights(q, k, byReader(open, tokens, heads, allowed)) // [B, S, h, S]
    : attentionWeights(q, k, closed && repeated(closed, tokens, heads));
  const context = mixValues(weights, v); // [B, S, h, d_k]
  return {
    context: tf.reshape(context, [B, columns]),
    map: () => tf.transpose(weights, [0, 2, 1, 3]),
  };
}

/** Flags of heads [h, S, S], or of all heads alike [S, S], in the order of the scores, [S, h, S]; both must be 1. */
function byReader(
  open: readonly number[],
  S: number,
  heads: number,
  allowed: readonly number[] | null,
): number[] {
  return Array.from({ length: S * heads * S }, (_, at) => {
    const [i, h, j] = [Math.floor(at / (heads * S)), Math.floor(at / S) % heads, at % S];
    return allowed && !allowed[i * S + j] ? 0 : open[(h * S + i) * S + j]!;
  });
}

/** The weights where some wires are cut. @param open [S·h·S] */
function openWeights(q: Tensor, k: Tensor, open: readonly number[]): Tensor {
  const [, S, heads] = q.shape as [number, number, number];
  const alive = tf.tensor(aliveRows(open, S), [1, S, heads, 1]);
  return tf.mul(attentionWeights(q, k, closedScores(open)), alive);
}

/** [S·S] for all heads → [S·h·S]. */
const repeated = (closed: readonly number[], S: number, heads: number): number[] =>
  Array.from({ length: S * heads * S }, (_, at) => closed[Math.floor(at / (heads * S)) * S + (at % S)]!);

/** What is added to the scores. −10⁹ rather than −∞: no backend turns it into NaN, and its exponential is exactly 0 in float32. */
const closedScores = (allowed: readonly number[]) => allowed.map((a) => (a ? 0 : -1e9));

/** Token j of [B, S, h, n] → [B, 1, h, n], cut as one stretch a row: slices of many short stretches are slow on wasm. */
function token(x: Tensor, j: number): Tensor {
  const [B, S, h, n] = x.shape as [number, number, number, number];
  const flat = tf.reshape(x, [B, S * h * n]);
  return tf.reshape(tf.slice(flat, [0, j * h * n], [B, h * n]), [B, 1, h, n]);
}

/** The other way round: S tensors [B, 1, h, n] → [B, S, h, n]. */
function joinTokens(parts: readonly Tensor[]): Tensor {
  const [B, , h, n] = parts[0]!.shape as [number, number, number, number];
  const flat = parts.map((p) => tf.reshape(p, [B, h * n]));
  return tf.reshape(tf.concat(flat as tf.Tensor2D[], 1), [B, parts.length, h, n]);
}

/** e_j as a column, 1 at j and 0 elsewhere. Picking and placing single numbers by products with it is what all backends do well. */
function unit(S: number, j: number): Tensor {
  return tf.tensor2d(
    Array.from({ length: S }, (_, i) => (i === j ? 1 : 0)),
    [S, 1],
  );
}

/** Column j of [B, S, h, S] → [B, S, h, 1]. */
function column(x: Tensor, j: number): Tensor {
  const [B, S, h] = x.shape as [number, number, number, number];
  return tf.reshape(tf.matMul(tf.reshape(x, [B * S * h, S]), unit(S, j)), [B, S, h, 1]);
}

/** The other way round: S tensors [B, S, h, 1] → [B, S, h, S]. */
function joinColumns(parts: readonly Tensor[]): Tensor {
  const [B, S, h] = parts[0]!.shape as [number, number, number, number];
  const placed = parts.map((p, j) =>
    tf.matMul(tf.reshape(p, [B * S * h, 1]), tf.reshape(unit(S, j), [1, S])),
  );
  return tf.reshape(total(placed), [B, S, h, S]);
}

const eachToken = <T>(S: number, f: (j: number) => T): T[] => Array.from({ length: S }, (_, j) => f(j));
const total = (parts: readonly Tensor[]) => parts.reduce((a, b) => tf.add(a, b));

/** A = softmax_j(⟨q_i, k_j⟩/√d_k + closed). @param q [B, S, h, d_k] @param k likewise @param closed [S·h·S] @returns [B, S, h, S], reader first, read last */
function attentionWeights(q: Tensor, k: Tensor, closed: readonly number[] | null): Tensor {
  const S = q.shape[1]!;
  const scale = 1 / Math.sqrt(q.shape[3]!);
  const op = tf.customGrad((...args: unknown[]) => {
    const [q, k, save] = args as [Tensor, Tensor, tf.GradSaveFunc];
    let scores = joinColumns(eachToken(S, (j) => tf.sum(tf.mul(q, token(k, j)), -1, true)));
    scores = tf.mul(scores, scale);
    if (closed) scores = tf.add(scores, tf.tensor(closed as number[], [1, S, q.shape[2]!, S]));
    const A = tf.softmax(scores);
    save([q, k, A]);
    return {
      value: A,
      gradFunc: (dA: Tensor, saved: Tensor[]) => {
        const [q, k, A] = saved as [Tensor, Tensor, Tensor];
        const product = tf.mul(dA, A);
        const dScores = tf.mul(tf.sub(product, tf.mul(A, tf.sum(product, -1, true))), scale);
        const parts = eachToken(S, (j) => column(dScores, j)); // [B, S, h, 1]
        return [
          total(parts.map((d, j) => tf.mul(d, token(k, j)))),
          joinTokens(parts.map((d) => tf.sum(tf.mul(d, q), 1, true))),
        ];
      },
    };
  });
  return op(q, k);
}

/** Σ_j A_·j ⊙ v_j. @param A [B, S, h, S] @param v [B, S, h, d_k] @returns [B, S, h, d_k] */
function mixValues(A: Tensor, v: Tensor): Tensor {
  const S = v.shape[1]!;
  const op = tf.customGrad((...args: unknown[]) => {
    const [A, v, save] = args as [Tensor, Tensor, tf.GradSaveFunc];
    save([A, v]);
    return {
      value: total(eachToken(S, (j) => tf.mul(column(A, j), token(v, j)))),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [A, v] = saved as [Tensor, Tensor];
        return [
          joinColumns(eachToken(S, (j) => tf.sum(tf.mul(dy, token(v, j)), -1, true))),
          joinTokens(eachToken(S, (j) => tf.sum(tf.mul(column(A, j), dy), 1, true))),
        ];
      },
    };
  });
  return op(A, v);
}
