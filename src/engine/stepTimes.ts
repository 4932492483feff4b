/** What a block costs of a step's time, from what a session's timer has measured. */
import type { Parameter, StepTimes } from '../nn';
import type { TimeReading } from '../pipeline/run';
import type { Model } from './assemble';

/**
 * Shares the update out by numbers: joining a gradient, balancing and the optimiser do the same for each of them. What the
 * messages between steps, frames and evaluations take is no part of a step.
 * @param times mean milliseconds of a step
 * @param updated the parameters that the last step updated, with as many numbers as it touched of each
 */
export function timeReading(
  { blocks }: Pick<Model, 'blocks'>,
  step: number,
  times: StepTimes,
  updated: readonly Pick<Parameter, 'name' | 'size'>[],
): TimeReading {
  const all = updated.reduce((n, p) => n + p.size, 0);
  const sizes = blocks.map(({ path }) =>
    updated.reduce((n, p) => n + (p.name.startsWith(`${path}.`) ? p.size : 0), 0),
  );
  return {
    step,
    steps: times.steps,
    batch: times.batch,
    blocks: blocks.map(({ path }, b) => ({
      path,
      forward: times.forward[b]!,
      backward: times.backward[b]!,
      update: all > 0 ? (times.update * sizes[b]!) / all : 0,
    })),
  };
}
