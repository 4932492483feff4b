/** What to know of a data set before training on it; shown on the page and stored with a run. */
import { columnViews } from '../profile/columns';
import { pickRows } from '../profile/pick';
import type { Table } from '../table';
import type { Check } from './check';
import { Drift } from './drift';
import { Leaks } from './leak';
import { positiveChecks } from './positives';
import { constantColumns, duplicateColumns } from './redundant';
import { percent, say, some } from './words';

const GRAVITY = ['error', 'warning', 'info'] as const;

/**
 * All checks of a table, the gravest first; columns with the same fault share one. Leaks and near-duplicates are looked
 * for on at most 20,000 rows that keep all rare events, everything else on all rows.
 */
export function checkTable(table: Table): Check[] {
  const picked = pickRows(table);
  const constant = constantColumns(table);
  const leaks = new Leaks(table, picked);
  const drift = new Drift(table);
  for (const view of columnViews(table, picked)) {
    leaks.look(view);
    drift.look(view);
  }
  const checks = [
    ...codeChecks(table),
    ...numberChecks(table),
    ...funnelChecks(table),
    ...leaks.checks(),
    ...positiveChecks(table),
    ...groupChecks(table),
    ...drift.checks(),
    ...duplicateColumns(table, picked, constant),
    ...constantCheck(constant),
  ];
  // Stable: within a level they stay in the order above.
  return checks.sort((a, b) => GRAVITY.indexOf(a.level) - GRAVITY.indexOf(b.level));
}

function constantCheck(constant: ReadonlySet<string>): Check[] {
  if (constant.size === 0) return [];
  const about = [...constant];
  const one = about.length === 1;
  return [
    {
      kind: 'constant column',
      level: 'info',
      about,
      message: `${some(about)} ${one ? 'has one value' : 'have one value each'} on all training rows and ${one ? 'tells' : 'tell'} a model nothing: ignore ${one ? 'it' : 'them'} to save time.`,
    },
  ];
}

/** Codes that no embedding has a row for. */
function codeChecks(table: Table): Check[] {
  const { categorical, sequences = [] } = table.schema;
  const C = categorical.length;
  const bad = new Float64Array(C + sequences.length);
  for (let i = 0; i < table.rows; i++) {
    for (let c = 0; c < C; c++) {
      const code = table.categorical[i * C + c]!;
      if (!(code >= 0 && code < categorical[c]!.vocabulary)) bad[c]!++;
    }
  }
  for (const [s, { vocabulary }] of sequences.entries()) {
    for (const code of table.sequences![s]!.codes) if (!(code >= 0 && code < vocabulary)) bad[C + s]!++;
  }
  const names = [...categorical, ...sequences].map((c) => c.name).filter((_, c) => bad[c]! > 0);
  if (names.length === 0) return [];
  const count = bad.reduce((n, b) => n + b, 0);
  return [
    {
      kind: 'code out of range',
      level: 'error',
      about: names,
      message: `${some(names)} ${names.length === 1 ? 'holds' : 'hold'} ${say(count)} ${count === 1 ? 'code' : 'codes'} outside of the vocabulary: correct the codes or the size of the vocabulary.`,
    },
  ];
}

/** Weights and numbers with which sums come to nothing. */
function numberChecks(table: Table): Check[] {
  const checks: Check[] = [];
  const weights = table.weights.reduce((n, w) => n + (Number.isFinite(w) && w >= 0 ? 0 : 1), 0);
  if (weights > 0) {
    checks.push({
      kind: 'bad number',
      level: 'error',
      about: ['weight'],
      message: `${say(weights)} ${weights === 1 ? 'row has a weight' : 'rows have weights'} that are no finite numbers of at least 0: correct them or leave the weight out.`,
    });
  }
  const M = table.schema.numerical.length;
  const infinite = new Float64Array(M);
  for (let i = 0, c = 0; i < table.numerical.length; i++) {
    if (Math.abs(table.numerical[i]!) === Number.POSITIVE_INFINITY) infinite[c]!++;
    if (++c === M) c = 0;
  }
  const names = table.schema.numerical.filter((_, c) => infinite[c]! > 0);
  if (names.length > 0) {
    checks.push({
      kind: 'bad number',
      level: 'error',
      about: names,
      message: `${some(names)} ${names.length === 1 ? 'holds' : 'hold'} infinite numbers (${say(infinite.reduce((a, b) => a + b, 0))} in all), so that no mean can be taken: leave them empty.`,
    });
  }
  return checks;
}

/** Events without the event that must come before. */
function funnelChecks(table: Table): Check[] {
  const { tasks } = table.schema;
  const K = tasks.length;
  return tasks.flatMap(({ name, parent }, k): Check[] => {
    if (parent === null) return [];
    let exceptions = 0;
    let events = 0;
    for (let i = 0; i < table.rows; i++) {
      if (table.labels[i * K + k] === 0) continue;
      events++;
      if (table.labels[i * K + parent] === 0) exceptions++;
    }
    if (exceptions === 0) return [];
    const before = tasks[parent]!.name;
    return [
      {
        kind: 'funnel exception',
        level: 'error',
        about: [name, before],
        message: `${say(exceptions)} of ${say(events)} rows with ${name} have no ${before} (${percent(exceptions / events)}), though it must come before: correct the labels, or make ${name} a task without a parent.`,
      },
    ];
  });
}

/** Pages or users that train and validate. */
function groupChecks(table: Table): Check[] {
  const { group } = table.schema;
  if (group === null) return [];
  const training = new Set<number>();
  for (let i = 0; i < table.rows; i++) if (table.validation[i] === 0) training.add(table.groups[i]!);
  const both = new Set<number>();
  let rows = 0;
  let validation = 0;
  for (let i = 0; i < table.rows; i++) {
    if (table.validation[i] === 0) continue;
    validation++;
    if (!training.has(table.groups[i]!)) continue;
    rows++;
    both.add(table.groups[i]!);
  }
  if (rows === 0) return [];
  return [
    {
      kind: 'group in both parts',
      level: 'warning',
      about: [group],
      message: `${say(both.size)} values of ${group} have rows in both parts (${percent(rows / validation)} of the validation rows), so that a model may know them by heart: split by ${group}, unless it is meant so.`,
    },
  ];
}
