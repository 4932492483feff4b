/** A race as plain data: who runs, on which settings all of them run, what that changes, and what came of it. */
import type { SpaceDifferences } from '../metrics/paired';
import { type Change, changesOf } from '../pipeline/changes';
import { blockWith } from '../pipeline/defaults';
import type { Entrant } from '../pipeline/entrant';
import { type Pipeline, pipelineSchema } from '../pipeline/schema';
import { pipelineKey } from './compare';

/** What an entrant may keep of its own; steps, batch, seed and evaluations are the same for all. */
const OWN = ['optimizer', 'learningRate', 'decay', 'finalRate', 'weightDecay', 'clipNorm'] as const;

/** An entrant as it will run. */
export interface Starter {
  readonly name: string;
  /** On the settings of the race. */
  readonly pipeline: Pipeline;
  /** What of its training settings the race changes. */
  readonly changed: readonly Change[];
  /** What of its loss weights and kept settings is not as the first entrant's. */
  readonly apart: readonly Change[];
  /** Why it cannot run, in one sentence, or null. */
  readonly refusal: string | null;
}

const trainingOf = (training: Pipeline['training'], { own, pipeline }: Entrant): Pipeline['training'] =>
  own
    ? { ...training, ...Object.fromEntries(OWN.map((key) => [key, pipeline.training[key]])) }
    : { ...training };

const tasksOf = (p: Pipeline) => p.tasks.map(({ id, parent }) => `${id}<${parent ?? ''}`).join();

/** Changes of loss weights and training alone: the blocks are what a race is about. */
const settings = (a: Pipeline, b: Pipeline) =>
  changesOf(a, {
    ...b,
    input: a.input,
    bottom: a.bottom,
    towers: a.towers,
    top: a.top,
    balancer: a.balancer,
  });

/**
 * The entrants as they will run: all on one set of training settings.
 * @param training of the race; most often the first entrant's
 */
export function startersOf(entrants: readonly Entrant[], training: Pipeline['training']): Starter[] {
  const keys = new Map<string, string>();
  const pipelines = entrants.map((e) => ({ ...e.pipeline, training: trainingOf(training, e) }));
  const [first] = pipelines;
  return entrants.map((entrant, i) => {
    const pipeline = pipelines[i]!;
    const key = pipelineKey(pipeline);
    const twin = keys.get(key);
    if (twin === undefined) keys.set(key, entrant.name);
    return {
      name: entrant.name,
      pipeline,
      changed: settings(entrant.pipeline, pipeline),
      apart: i === 0 ? [] : settings(first!, pipeline),
      refusal:
        twin !== undefined
          ? `It is the same pipeline as ${twin}: take one of the two out.`
          : tasksOf(pipeline) === tasksOf(first!)
            ? null
            : `Its tasks are not those of ${entrants[0]!.name}, so their columns cannot be compared: take it out.`,
    };
  });
}

/**
 * The same with Single task, the baseline of every claim about transfer: nothing is shared below the towers, not even the
 * inputs, and nothing passes between the tasks above.
 */
export function withSingleTask(p: Pipeline): Pipeline {
  const towers = p.towers.block === 'mlp' ? p.towers : blockWith('tower', 'mlp');
  const bottom = blockWith('bottom', 'single-task');
  const alone = { ...p, bottom, towers, top: blockWith('top', 'identity') };
  const { layers } = p.bottom.params;
  const asWide = { ...alone, bottom: { ...bottom, params: { ...bottom.params, layers } } };
  // A Bottom without layers, or with layers that a single net may not have, leaves it at its default.
  const found = layers === undefined ? null : pipelineSchema.safeParse(asWide);
  return found?.success ? found.data : alone;
}

/** Differences of entrant a to entrant b, [a][b] by reported column; null where either did not finish. */
export type RacePairs = readonly (readonly (readonly SpaceDifferences[] | null)[])[];
