/** Who may run in a race, as a link and a line-up say it. */
import type { Pipeline } from './schema';

export const LEAST_ENTRANTS = 2;
export const MOST_ENTRANTS = 4;

/** One that runs. */
export interface Entrant {
  readonly name: string;
  readonly pipeline: Pipeline;
  /** It keeps its own optimiser and learning rate. */
  readonly own: boolean;
}
