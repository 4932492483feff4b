/** The models of the bench, as pipelines of the lab. */
import { blockWith, defaultPipeline } from '../src/pipeline/defaults';
import type { Pipeline } from '../src/pipeline/schema';
import { taskName } from './data';

export type ModelId = 'SB' | 'MMoE' | 'PLE' | 'TA';
export const MODEL_IDS = ['SB', 'MMoE', 'PLE', 'TA'] as const;

/**
 * So small that the weights stay as good as where they start: hundreds of steps on one batch would learn it by heart, its gradients would
 * become denormal numbers, on which processors are slow, and whoever does more steps in the same time would pay for it.
 */
const LEARNING_RATE = 1e-6;

export interface Shape {
  /** Of MMoE. */
  readonly experts?: number;
  readonly tasks?: number;
}

type Blocks = Pick<Pipeline, 'input' | 'bottom' | 'towers'>;

const wide = () => [blockWith('input', 'embedding', { dim: 8 })];
const towers = () => blockWith('tower', 'mlp', { layers: [64, 32] });

/** Blocks as a pipeline that trains for as long as the bench wants. */
function trained(blocks: Partial<Blocks>, batch: number, { tasks = 2 }: Shape = {}): Pipeline {
  const base = defaultPipeline();
  return {
    ...base,
    ...blocks,
    tasks: Array.from({ length: tasks }, (_, k) => ({
      ...base.tasks[Math.min(k, 1)]!,
      id: taskName(k),
      label: taskName(k),
    })),
    training: { ...base.training, batch, steps: 200_000, learningRate: LEARNING_RATE },
  };
}

/** What stands in the report about each. */
export const MODELS: Readonly<
  Record<ModelId, { readonly title: string; pipeline(batch: number, shape?: Shape): Pipeline }>
> = {
  SB: {
    title: 'Shared-Bottom: embeddings of 8, net 191-128-64, two towers 64-64-32-1',
    pipeline: (batch, shape) =>
      trained(
        {
          input: wide(),
          bottom: blockWith('bottom', 'shared-bottom', { layers: [128, 64] }),
          towers: towers(),
        },
        batch,
        shape,
      ),
  },
  MMoE: {
    title: 'MMoE: embeddings of 8, eight experts 191-128-64, two gates, the same towers',
    pipeline: (batch, shape) =>
      trained(
        {
          input: wide(),
          bottom: blockWith('bottom', 'mmoe', { experts: shape?.experts ?? 8, layers: [128, 64] }),
          towers: towers(),
        },
        batch,
        shape,
      ),
  },
  PLE: {
    title:
      'PLE + Task Attention: embeddings of 8, two levels of 4 shared experts and 4 a task (64 wide), two tokens through two layers of attention (D 64, 4 heads)',
    pipeline: (batch, shape) =>
      trained(
        {
          input: wide(),
          bottom: blockWith('bottom', 'ple', { experts: 4, shared: 4, levels: 2, layers: [64] }),
          towers: blockWith('tower', 'task-attention', {
            width: 64,
            heads: 4,
            layers: 2,
            ratio: 1,
            mask: 'none',
            dropout: 0,
          }),
        },
        batch,
        shape,
      ),
  },
  TA: {
    title:
      'The lab’s default pipeline: embeddings of 4, two nets 127-64-32, Task Attention (D 32, 4 heads, 2 layers)',
    pipeline: (batch, shape) => trained({}, batch, shape),
  },
};
