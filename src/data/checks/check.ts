/** What one check of a data set says; shown on the page and stored with a run. */

export const CHECK_KINDS = [
  'leak',
  'constant column',
  'duplicate column',
  'group in both parts',
  'funnel exception',
  'few positives',
  'code out of range',
  'bad number',
  'drift',
] as const;
export type CheckKind = (typeof CHECK_KINDS)[number];

export interface Check {
  readonly kind: CheckKind;
  /** `error` spoils what training would show; `warning` wants a look; `info` is worth knowing. */
  readonly level: 'error' | 'warning' | 'info';
  /** Columns or tasks that it is about. */
  readonly about: readonly string[];
  /** One sentence: what, where, how much, what to do. */
  readonly message: string;
}
