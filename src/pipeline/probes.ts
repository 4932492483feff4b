/** What a pipeline's blocks publish while it trains, by name. */
import { blocksOf, type Pipeline } from './schema';

/** Published at every Top: p of each task's event on an impression, [K]. */
export const PROBABILITIES = 'probabilities';

/** Names of all probes of a pipeline. */
export const probesOf = (p: Pipeline): string[] => [
  ...new Set([...blocksOf(p).flatMap(({ spec }) => Object.keys(spec.probes)), PROBABILITIES]),
];
