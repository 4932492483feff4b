/** Which event, given what, over which rows: the columns in which a model's outputs are reported. */
import type { Task } from './schema';

/** One reported column. CVR (on clicked rows) and CTCVR (on all impressions) are two of them, always. */
export interface OutputSpace {
  /** Stable key, e.g. `conversion` (entire space) or `conversion|click`. */
  readonly id: string;
  /** Short name, e.g. "CTR", "CTCVR", "CVR". */
  readonly name: string;
  /** Index of the task whose event is predicted. */
  readonly task: number;
  /** Index of the task that must have happened for a row to count, or null for all impressions. */
  readonly given: number | null;
  /** In words, e.g. "purchase, on all rows" or "purchase, on rows with a click". */
  readonly meaning: string;
}

/** Entire-space columns of all tasks first (index = task), then one conditional column for each task with a parent. */
export function outputSpaces(tasks: readonly Task[]): OutputSpace[] {
  const entire = tasks.map(
    (t, k): OutputSpace => ({
      id: t.id,
      name: t.metric,
      task: k,
      given: null,
      meaning: `${t.label}, on all rows`,
    }),
  );
  const conditional = tasks.flatMap((t, k): OutputSpace[] => {
    if (t.parent === null) return [];
    const given = tasks.findIndex((o) => o.id === t.parent);
    const parent = tasks[given]!;
    // CTCVR given a click is what everybody calls CVR; other pairs are named by both events.
    const name =
      parent.parent === null && t.metric.startsWith('CT') && t.metric.length > 3
        ? t.metric.slice(2)
        : `${t.label} | ${parent.label}`;
    return [
      {
        id: `${t.id}|${parent.id}`,
        name,
        task: k,
        given,
        meaning: `${t.label}, on rows with a ${parent.label}`,
      },
    ];
  });
  return [...entire, ...conditional];
}
