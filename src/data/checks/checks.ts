/** What to know of a data set before training on it; shown on the page and stored with a run. */
import type { Table } from '../table';

export type CheckKind =
  | 'leak'
  | 'constant column'
  | 'duplicate column'
  | 'group in both parts'
  | 'funnel exception'
  | 'few positives'
  | 'code out of range'
  | 'drift';

export interface Check {
  readonly kind: CheckKind;
  /** `error` spoils what training would show; `warning` wants a look; `info` is worth knowing. */
  readonly level: 'error' | 'warning' | 'info';
  /** Columns or tasks that it is about. */
  readonly about: readonly string[];
  /** One sentence: what, where, how much, what to do. */
  readonly message: string;
}

/** All checks of a table, the gravest first. */
export function checkTable(_table: Table): Check[] {
  return [];
}
