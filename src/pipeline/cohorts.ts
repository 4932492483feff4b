/** Cohorts: which validation rows a reading is averaged over, by names that engine and page share. */
import type { Task } from './schema';

/** Every row. */
export const ALL = 'all';

/** A single row that is looked at by itself. */
export const ONE_ROW = 'this row alone';

/** Rows by what happened on them. */
export interface EventCohort {
  readonly name: string;
  /** Index of a task whose event happened, or null for any row. */
  readonly withEvent: number | null;
  /** Index of a task whose event did not, or null. */
  readonly without: number | null;
}

/**
 * For each task the rows with its event and those without it that could have had it: of a root all others, of a child those with
 * its parent's event alone, e.g. "click", "no click", "purchase", "click, no purchase".
 */
export function eventCohorts(tasks: readonly Pick<Task, 'id' | 'label' | 'parent'>[]): EventCohort[] {
  return tasks.flatMap(({ label, parent }, k) => {
    const of = tasks.findIndex((t) => t.id === parent);
    const withEvent = of < 0 ? null : of;
    const before = withEvent === null ? '' : `${tasks[withEvent]!.label}, `;
    return [
      { name: label, withEvent: k, without: null },
      { name: `${before}no ${label}`, withEvent, without: k },
    ];
  });
}

const COUNTRY = 'country ';
export const countryCohort = (value: string): string => `${COUNTRY}${value}`;

/** Whether a cohort is read whenever probes are, and not only while somebody looks at the choice of cohorts. */
export const isPlain = (name: string, tasks: readonly Pick<Task, 'label'>[]): boolean =>
  name === ALL || tasks.some((t) => t.label === name);

/** A cohort in words: "rows with a click", "rows of country ES". */
export function cohortWords(name: string): string {
  if (name === ALL) return 'all rows';
  if (name === ONE_ROW) return name;
  if (name.startsWith(COUNTRY)) return `rows of ${name}`;
  return `rows with ${name.startsWith('no ') ? '' : 'a '}${name.replace(', no ', ' but no ')}`;
}
