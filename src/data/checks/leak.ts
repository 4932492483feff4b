/** Columns that tell the answer: alone, they rank an event almost without a fault. */
import { columnViews } from '../profile/columns';
import type { Picked } from '../profile/pick';
import { spacesOf } from '../profile/ranks';
import type { Table } from '../table';
import type { Check } from './checks';
import { some } from './words';

/** AUC of one column above which it must have been written after the event. */
export const LEAK_ABOVE = 0.99;

/** With fewer events an AUC this high may be luck among hundreds of columns. */
const FEWEST_EVENTS = 10;

export function leakChecks(table: Table, picked: Picked): Check[] {
  const K = table.schema.tasks.length;
  const spaces = spacesOf(table).filter(({ task, given }) => {
    let [plus, minus] = [0, 0];
    for (let i = 0; i < table.rows; i++) {
      if (given !== null && table.labels[i * K + given] === 0) continue;
      if (table.labels[i * K + task] === 1) plus++;
      else minus++;
    }
    return plus >= FEWEST_EVENTS && minus >= FEWEST_EVENTS;
  });
  const found = spaces.map(() => [] as { name: string; auc: number }[]);
  for (const view of columnViews(table, picked)) {
    for (const [s, auc] of view.aucs(spaces).entries()) {
      if (auc !== null && auc > LEAK_ABOVE) found[s]!.push({ name: view.name, auc });
    }
  }
  return spaces.flatMap(({ id }, s): Check[] => {
    const columns = found[s]!.sort((a, b) => b.auc - a.auc);
    if (columns.length === 0) return [];
    const names = columns.map((c) => c.name);
    const best = columns[0]!.auc.toFixed(4);
    return [
      {
        kind: 'leak',
        level: 'error',
        about: names,
        message: `${some(names)} alone ${names.length === 1 ? `ranks ${id} with an AUC of ${best}` : `rank ${id} with AUCs up to ${best}`}, as if written after the event: give ${names.length === 1 ? 'it' : 'them'} the role *ignore*.`,
      },
    ];
  });
}
