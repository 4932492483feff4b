/** Weighted cross-entropy of yes/no tasks from logits, and its gradient. */
import type { Tensor } from '../tensor';
import { fastKernels } from './module';
import { define } from './register';
import { crossEntropyGradientProgram, crossEntropyProgram } from './webgpu/crossEntropy';

/** logits, labels [B, K], weights [B, 1], positive [K] → [K] */
const forward = define<object>({
  name: 'SeesawCrossEntropy',
  webgpu: crossEntropyProgram,
  run: ({ wasm, heap }, { logits, labels, weights, positive }) => {
    const [B, K] = logits!.shape as [number, number];
    const losses = heap.output([K]);
    const scratch = heap.scratch(8 * K);
    const inputs = [heap.at(logits!), heap.at(labels!), heap.at(weights!), heap.at(positive!)] as const;
    wasm.crossEntropy(...inputs, B, K, scratch, losses.at);
    return [losses.info];
  },
  gradient: {
    inputs: ['logits', 'labels', 'weights', 'positive'],
    of: ([dLosses], [logits, labels, weights, positive]) => ({
      logits: backward(
        { dLosses: dLosses!, logits: logits!, labels: labels!, weights: weights!, positive: positive! },
        {},
      )[0]!,
    }),
  },
});

const backward = define<object>({
  name: 'SeesawCrossEntropyGradient',
  webgpu: crossEntropyGradientProgram,
  run: ({ wasm, heap }, { dLosses, logits, labels, weights, positive }) => {
    const [B, K] = logits!.shape as [number, number];
    const dLogits = heap.output([B, K]);
    const inputs = [heap.at(logits!), heap.at(labels!), heap.at(weights!), heap.at(positive!)] as const;
    wasm.crossEntropyGradient(heap.at(dLosses!), ...inputs, B, K, dLogits.at);
    return [dLogits.info];
  },
});

/** Mean weighted cross-entropy of each task; only the logits are differentiated. Shapes as in `Bernoulli.losses`. */
export function fastCrossEntropy(
  logits: Tensor,
  labels: Tensor,
  weights: Tensor,
  positive: Tensor,
): Tensor | null {
  return fastKernels() ? forward({ logits, labels, weights, positive }, {})[0]! : null;
}
