/** Softmax gates over experts. */
import { fastGateMix } from './kernels/gates';
import { type Tensor, tf } from './tensor';
import { mixOpen, type Open } from './wires';

export interface MixResult {
  /** [B, G·D] */
  readonly mixed: Tensor;
  /** [B, G, E], each row sums to 1. */
  readonly gates: Tensor;
}

/**
 * Gates and mixture of experts: m_g = Σ_e softmax(logits_g)_e · expert_e.
 * @param logits [B, G·E], gate g in columns g·E … (g+1)·E
 * @param experts [B, E·D]
 * @param open [G·E] where a pass cuts wires, as in `mixOpen`
 */
export function gateMix(logits: Tensor, experts: Tensor, gates: number, open: Open = null): MixResult {
  if (open) return mixOpen(logits, open, gates, (closed) => gateMix(closed, experts, gates));
  const fast = fastGateMix(logits, experts, gates);
  if (fast) return fast;
  const B = logits.shape[0]!;
  const E = logits.shape[1]! / gates;
  const D = experts.shape[1]! / E;
  const weights = tf.softmax(tf.reshape(logits, [B, gates, E]));
  const stacked = tf.reshape(experts, [B, E, D]);
  const mixed = tf.matMul(weights, stacked);
  return { mixed: tf.reshape(mixed, [B, gates * D]), gates: weights };
}
