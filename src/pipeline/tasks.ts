/** What the tasks of a funnel or tree must satisfy; parents come before their children, so their order is topological. */
import type { Finding } from './spec';

/** The part of a task that the tree is made of. */
export interface TaskNode {
  readonly id: string;
  readonly parent: string | null;
}

/** Everything that is wrong with the tree of tasks; nothing where it is sound. */
export function taskFindings(tasks: readonly TaskNode[]): Finding[] {
  const found: Finding[] = [];
  const seen = new Set<string>();
  tasks.forEach((task, k) => {
    if (seen.has(task.id)) {
      found.push({
        level: 'error',
        where: `tasks.${k}.id`,
        reason: `Two tasks use the label column "${task.id}": give each task a column of its own.`,
      });
    }
    const parent = task.parent;
    if (parent !== null && !seen.has(parent)) {
      found.push({
        level: 'error',
        where: `tasks.${k}.parent`,
        reason: parentReason(task.id, parent, tasks),
      });
    }
    seen.add(task.id);
  });
  return found;
}

function parentReason(id: string, parent: string, tasks: readonly TaskNode[]): string {
  if (parent === id) return `Task "${id}" is its own parent: choose a task before it, or null.`;
  return tasks.some((t) => t.id === parent)
    ? `The parent "${parent}" of task "${id}" comes after it: put "${parent}" first.`
    : `The parent "${parent}" of task "${id}" is not among the tasks: add it, or choose another parent or null.`;
}
