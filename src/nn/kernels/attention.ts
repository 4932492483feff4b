/** The core of self-attention over a handful of tokens, on queries, keys and values side by side, and its gradient. */
import type { Tensor } from '../tensor';
import { fastKernels } from './module';
import { define } from './register';
import { attentionGradientProgram, attentionProgram } from './webgpu/attention';

interface Attrs {
  readonly tokens: number;
  readonly heads: number;
  /** [S·S], added to the scores: 0, or −10⁹ where a token may not read another. Null where each may read all. */
  readonly closed: readonly number[] | null;
}

/** Sizes that follow from qkv [B·S, 3D]. */
function sizes(qkv: { readonly shape: readonly number[] }, { tokens: S, heads }: Attrs) {
  const [rows, columns] = qkv.shape as [number, number];
  const D = columns / 3;
  const width = D / heads;
  return { B: rows / S, S, heads, D, width, scale: 1 / Math.sqrt(width) };
}

/** qkv [B·S, 3D] → context [B, S·D] and A [B, h, S, S] */
const forward = define<Attrs>({
  name: 'SeesawAttention',
  webgpu: (gpu, inputs, attrs) =>
    attentionProgram(gpu, inputs, { ...sizes(inputs.qkv!, attrs), closed: attrs.closed }),
  run: ({ wasm, heap }, { qkv }, attrs) => {
    const { B, S, heads, D, width, scale } = sizes(qkv!, attrs);
    const context = heap.output([B, S * D]);
    const A = heap.output([B, heads, S, S]);
    let closed = 0;
    if (attrs.closed) {
      closed = heap.scratch(4 * S * S);
      heap.writeFloats(closed, attrs.closed);
    }
    wasm.attention(heap.at(qkv!), B, S, heads, width, scale, closed, context.at, A.at);
    return [context.info, A.info];
  },
  gradient: {
    inputs: ['qkv'],
    outputs: [false, true],
    of: ([dContext, dA], [qkv, A], attrs) => ({
      qkv: backward({ qkv: qkv!, A: A!, dContext: dContext!, dA: dA! }, attrs)[0]!,
    }),
  },
});

const backward = define<Attrs>({
  name: 'SeesawAttentionGradient',
  webgpu: (gpu, inputs, attrs) =>
    attentionGradientProgram(gpu, inputs, { ...sizes(inputs.qkv!, attrs), closed: attrs.closed }),
  run: ({ wasm, heap }, { qkv, A, dContext, dA }, attrs) => {
    const { B, S, heads, width, scale } = sizes(qkv!, attrs);
    const dqkv = heap.output(qkv!.shape);
    const scratch = heap.scratch(4 * S * S);
    wasm.attentionGradient(
      ...([heap.at(qkv!), heap.at(A!), heap.at(dContext!), heap.at(dA!), B, S, heads, width] as const),
      ...([scale, scratch, dqkv.at] as const),
    );
    return [dqkv.info];
  },
});

/**
 * softmax(Q·Kᵀ/√d_k + closed)·V for each head.
 * @param qkv [B·S, 3D]: Q, K and V of a token side by side
 * @returns context [B, S·D] and A [B, h, S, S]
 */
export function fastAttention(
  qkv: Tensor,
  tokens: number,
  heads: number,
  closed: readonly number[] | null,
): { context: Tensor; A: Tensor } | null {
  if (!fastKernels()) return null;
  const [context, A] = forward({ qkv }, { tokens, heads, closed });
  return { context: context!, A: A! };
}
