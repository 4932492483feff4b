/** Columns that tell the answer: alone, they rank an event almost without a fault. */
import type { ColumnView } from '../profile/columns';
import type { Picked } from '../profile/pick';
import { type Ranking, rankingOf, spacesOf } from '../profile/ranks';
import type { Table } from '../table';
import type { Check } from './check';
import { some } from './words';

/** AUC of one column above which it must have been written after the event. */
export const LEAK_ABOVE = 0.99;

/** With fewer events an AUC this high may be luck among hundreds of columns. */
const FEWEST_EVENTS = 10;

/** Looks at one column after another; `checks` then says what was found. */
export class Leaks {
  private readonly ranking: Ranking;
  private readonly found: { name: string; auc: number }[][];

  constructor(table: Table, picked: Picked) {
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
    this.ranking = rankingOf(table, picked, spaces);
    this.found = spaces.map(() => []);
  }

  look(view: ColumnView): void {
    for (const [s, auc] of view.aucs(this.ranking).entries()) {
      if (auc !== null && auc > LEAK_ABOVE) this.found[s]!.push({ name: view.name, auc });
    }
  }

  checks(): Check[] {
    return this.ranking.spaces.flatMap(({ id }, s) => told(id, this.found[s]!));
  }
}

function told(id: string, found: { name: string; auc: number }[]): Check[] {
  if (found.length === 0) return [];
  const columns = found.sort((a, b) => b.auc - a.auc);
  const about = columns.map((c) => c.name);
  const best = columns[0]!.auc.toFixed(4);
  const one = about.length === 1;
  return [
    {
      kind: 'leak',
      level: 'error',
      about,
      message: `${some(about)} alone ${one ? `ranks ${id} with an AUC of ${best}` : `rank ${id} with AUCs up to ${best}`}, as if written after the event: give ${one ? 'it' : 'them'} the role *ignore*.`,
    },
  ];
}
