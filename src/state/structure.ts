/** What of a pipeline is live, and what is structure: a change of structure starts a run again. */
import type { LiveEdit } from '../../workers/protocol';
import type { Pipeline } from '../pipeline/schema';

/** What may change without a restart. */
export function liveOf(p: Pipeline): LiveEdit {
  const { learningRate, labelNoise } = p.training;
  return { learningRate, labelNoise, lossWeights: p.tasks.map((t) => t.lossWeight) };
}

/** A pipeline without what is live or only a name: equal means that no restart is needed. */
export function structureOf(p: Pipeline): string {
  return JSON.stringify({
    ...p,
    tasks: p.tasks.map(({ lossWeight: _l, label: _n, metric: _m, ...rest }) => rest),
    training: { ...p.training, learningRate: 0, labelNoise: 0 },
  });
}
