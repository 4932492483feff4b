/** Everything that a user can do to the line-up of a race before it starts. */
import { WorkerDied } from '../../../workers/client';
import { findings } from '../../pipeline/compat';
import { LEAST_ENTRANTS, MOST_ENTRANTS } from '../../pipeline/entrant';
import { pipelineName } from '../../pipeline/name';
import type { Pipeline } from '../../pipeline/schema';
import { pipelineKey } from '../../study/compare';
import { type Starter, startersOf, withSingleTask } from '../../study/race';
import { announce } from '../edits';
import { theClient } from '../session';
import { useData } from '../stores';
import { type LineUpEntry, raceUnderWay, useRace } from './store';

let entries = 0;

const set = (lineUp: readonly LineUpEntry[]) => {
  useRace.setState({ lineUp, confirmed: false });
  void countCosts();
};

/** Takes a pipeline into the line-up. @returns why not, or null */
export function addEntrant(pipeline: Pipeline, name: string = pipelineName(pipeline)): string | null {
  const { lineUp } = useRace.getState();
  if (lineUp.length >= MOST_ENTRANTS)
    return `A race has at most ${MOST_ENTRANTS} entrants: take one out first.`;
  const twin = lineUp.find((e) => pipelineKey(e.pipeline) === pipelineKey(pipeline));
  if (twin) return `This pipeline is in the line-up already, as ${twin.name}.`;
  set([...lineUp, { id: `e${++entries}`, name, pipeline, own: false }]);
  announce(`${name} is entrant ${lineUp.length + 1}.`);
  return null;
}

/** Adds the first entrant once more, with nothing shared. @returns why not, or null */
export function addSingleTask(): string | null {
  const first = useRace.getState().lineUp[0];
  return first
    ? addEntrant(withSingleTask(first.pipeline), 'Single task')
    : 'Add an entrant first: Single task takes its settings and tasks from it.';
}

export function removeEntrant(id: string): void {
  set(useRace.getState().lineUp.filter((e) => e.id !== id));
}

/** The others are measured against the first, and run on its settings. */
export function makeFirst(id: string): void {
  const { lineUp } = useRace.getState();
  set([...lineUp.filter((e) => e.id === id), ...lineUp.filter((e) => e.id !== id)]);
  useRace.setState({ change: {} });
}

export function renameEntrant(id: string, name: string): void {
  const short = name.trim().slice(0, 60);
  const { lineUp } = useRace.getState();
  if (short !== '')
    useRace.setState({ lineUp: lineUp.map((e) => (e.id === id ? { ...e, name: short } : e)) });
}

/** Lets an entrant keep its own optimiser and learning rate, or not. */
export function setOwn(id: string, own: boolean): void {
  set(useRace.getState().lineUp.map((e) => (e.id === id ? { ...e, own } : e)));
}

/** Settings of the race: steps, batch and seed, for all. */
export function changeRace(change: ReturnType<typeof useRace.getState>['change']): void {
  useRace.setState({ change: { ...useRace.getState().change, ...change }, confirmed: false });
}

/** Takes over the line-up of a link. */
export function takeLineUp(
  entrants: readonly Omit<LineUpEntry, 'id'>[],
  change: ReturnType<typeof useRace.getState>['change'],
): void {
  if (raceUnderWay()) return;
  useRace.setState({ phase: 'setup', racers: [], change, failure: null });
  set(entrants.map((e) => ({ ...e, id: `e${++entries}` })));
}

/** The entrants as they will run. */
export function starters(
  { lineUp, change }: Pick<ReturnType<typeof useRace.getState>, 'lineUp' | 'change'> = useRace.getState(),
): Starter[] {
  const first = lineUp[0];
  if (!first) return [];
  const training = { ...first.pipeline.training, ...change };
  // A race that was made shorter still has a curve.
  const often = change.steps === undefined ? training.steps : Math.ceil(training.steps / 4);
  return startersOf(lineUp, { ...training, evaluateEvery: Math.min(training.evaluateEvery, often) });
}

/** Why the race cannot start, in one sentence, or null. @param who as in `starters` */
export function whyNotRace(
  who: readonly Starter[],
  confirmed: boolean,
  { summary, loading }: Pick<ReturnType<typeof useData.getState>, 'summary' | 'loading'> = useData.getState(),
): string | null {
  if (!summary || loading) return loading ? `Waiting for ${loading.what}.` : 'There is no data yet.';
  if (who.length < LEAST_ENTRANTS)
    return `A race takes ${LEAST_ENTRANTS} to ${MOST_ENTRANTS} pipelines: add ${who.length === 0 ? 'two' : 'one more'}.`;
  for (const { name, pipeline, refusal } of who) {
    const why = refusal ?? findings(pipeline, summary).find((f) => f.level === 'error')?.reason;
    if (why) return `${name}: ${why}`;
  }
  return differ(who) && !confirmed ? 'Their settings differ: read the differences and tick the box.' : null;
}

/** Whether the race changes settings, or leaves some apart. */
export const differ = (who: readonly Starter[]): boolean =>
  who.some(({ changed, apart }) => changed.length > 0 || apart.length > 0);

let counting = false;

/** Counts parameters and operations of what has none yet, one pipeline after the other. */
export async function countCosts(): Promise<void> {
  if (counting || raceUnderWay()) return;
  counting = true;
  try {
    for (;;) {
      const { costs, lineUp } = useRace.getState();
      const { summary } = useData.getState();
      const next = lineUp.find((e) => !costs.has(costKey(e.pipeline)));
      if (!next || !summary || raceUnderWay()) return;
      const put = (parameters: number, flops: number | null) =>
        useRace.setState({
          costs: new Map(useRace.getState().costs).set(costKey(next.pipeline), { parameters, flops }),
        });
      try {
        const { parameterCount } = await theClient().trainer((api) => api.describe(next.pipeline));
        put(parameterCount, null);
        const blocks = await theClient().trainer((api) => api.cost(next.pipeline));
        put(
          parameterCount,
          blocks.reduce((n, b) => n + b.flops, 0),
        );
      } catch (cause) {
        if (cause instanceof WorkerDied) return;
        // Why it does not fit these data is said beside the Start button.
        put(0, null);
      }
    }
  } finally {
    counting = false;
  }
}

/** Parameters and operations depend on blocks, tasks and columns alone. */
export const costKey = ({ input, bottom, towers, top, tasks }: Pipeline): string =>
  JSON.stringify([input, bottom, towers, top, tasks, useData.getState().summary?.fingerprint]);
