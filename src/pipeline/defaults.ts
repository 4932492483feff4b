/** The pipeline that the lab opens with: separate nets that pass on what they know by Task Attention. */
import type { BlockChoice, Pipeline, Task, Training } from './schema';
import { PIPELINE_VERSION } from './schema';
import { newBlock } from './slots';
import type { ParamValue, Pillar } from './spec';

/** A catalog block with some of its hyper-parameters set; the others keep their own defaults. */
export function blockWith(
  pillar: Pillar,
  id: string,
  params: Readonly<Record<string, ParamValue>> = {},
): BlockChoice {
  const choice = newBlock(pillar, id);
  if (!choice) throw new Error(`There is no ${pillar} block "${id}".`);
  return { block: id, params: { ...choice.params, ...params } };
}

/**
 * Click and purchase. λ = 10 on the purchase: its gradient is some ten times smaller than the click's, and Task
 * Attention, whose projections serve both tokens, starves the purchase token at λ = 1.
 */
export function defaultTasks(purchaseWeight = 10): Task[] {
  return [
    { id: 'click', label: 'click', metric: 'CTR', parent: null, lossWeight: 1, positiveWeight: 1 },
    {
      id: 'conversion',
      label: 'purchase',
      metric: 'CTCVR',
      parent: 'click',
      lossWeight: purchaseWeight,
      positiveWeight: 1,
    },
  ];
}

export function defaultTraining(): Training {
  return {
    steps: 500,
    batch: 512,
    optimizer: 'adam',
    learningRate: 0.01,
    decay: 'linear',
    finalRate: 0.1,
    weightDecay: 0,
    clipNorm: null,
    labelNoise: 0,
    evaluateEvery: 50,
    seed: 1,
  };
}

export function defaultPipeline(): Pipeline {
  return {
    version: PIPELINE_VERSION,
    input: [blockWith('input', 'embedding', { dim: 4 })],
    bottom: blockWith('bottom', 'nse', { layers: [64, 32] }),
    towers: blockWith('tower', 'task-attention', {
      width: 32,
      heads: 4,
      layers: 2,
      ratio: 1,
      mask: 'none',
      dropout: 0,
    }),
    top: blockWith('top', 'identity'),
    balancer: blockWith('balancer', 'fixed'),
    tasks: defaultTasks(),
    training: defaultTraining(),
  };
}
