/** Rules that several Tops share; plain data and free of tf, since specs are part of the page. */
import type { Finding } from '../../pipeline/spec';

/** Said where a Top that passes something from parent to child has no such pair. */
export function needsParents(
  tasks: readonly { readonly parent: string | null }[],
  title: string,
  does: string,
): Finding[] {
  if (tasks.some((t) => t.parent !== null)) return [];
  return [
    {
      level: 'warning',
      where: 'top',
      reason: `No task has a parent here, so ${title} has nothing to ${does} and is the same as Identity: give a task a parent, or take Identity.`,
    },
  ];
}
