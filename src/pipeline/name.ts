/** What a pipeline is called. */
import { blocksOf, type Pipeline } from './schema';

/** A short name of a pipeline, e.g. "Separate nets · Task Attention · Identity". */
export function pipelineName(p: Pipeline): string {
  return blocksOf(p)
    .filter(
      ({ pillar, spec }) => spec.refines || pillar === 'bottom' || pillar === 'tower' || pillar === 'top',
    )
    .map(({ spec }) => spec.title)
    .join(' · ');
}
