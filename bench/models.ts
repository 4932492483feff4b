/** The models of the bench, as pipelines of the lab. */
import { blockWith, defaultPipeline } from '../src/pipeline/defaults';
import type { Pipeline } from '../src/pipeline/schema';

export type ModelId = 'SB' | 'TA';

/**
 * So small that the weights stay as good as where they start: hundreds of steps on one batch would learn it by heart, its gradients would
 * become denormal numbers, on which processors are slow, and whoever does more steps in the same time would pay for it.
 */
const LEARNING_RATE = 1e-6;

/** What stands in the report about each. */
export const MODELS: Readonly<
  Record<ModelId, { readonly title: string; pipeline(batch: number): Pipeline }>
> = {
  SB: {
    title: 'Shared-Bottom: embeddings of 8, net 191-128-64, two towers 64-64-32-1',
    pipeline: (batch) => {
      const base = defaultPipeline();
      return {
        ...base,
        input: [blockWith('input', 'embedding', { dim: 8 })],
        bottom: blockWith('bottom', 'shared-bottom', { layers: [128, 64] }),
        towers: blockWith('tower', 'mlp', { layers: [64, 32] }),
        training: { ...base.training, batch, steps: 1_000_000, learningRate: LEARNING_RATE },
      };
    },
  },
  TA: {
    title:
      'The lab’s default pipeline: embeddings of 4, two nets 127-64-32, Task Attention (D 32, 4 heads, 2 layers)',
    pipeline: (batch) => {
      const base = defaultPipeline();
      return {
        ...base,
        training: { ...base.training, batch, steps: 1_000_000, learningRate: LEARNING_RATE },
      };
    },
  },
};
