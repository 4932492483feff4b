/** Whether the validation part holds enough events for an AUC that tells models apart. */
import { type Space, spacesOf } from '../profile/ranks';
import type { Table } from '../table';
import type { Check } from './check';
import { say } from './words';

/** Half of the 95 % interval of an AUC that is wanted, and beyond which comparisons are hardly worth it. */
export const WANTED_HALF_WIDTH = 0.02;
export const POOR_HALF_WIDTH = 0.05;

/** What AUC to expect; the interval is widest near .7. */
const EXPECTED_AUC = 0.75;

/**
 * Half of the 95 % interval of an AUC (Hanley and McNeil 1982).
 * @param positives, negatives effective numbers of rows: (Σw)²/Σw² where they are weighted
 */
export function halfWidth(positives: number, negatives: number, auc = EXPECTED_AUC): number {
  const q1 = auc / (2 - auc) - auc * auc;
  const q2 = (2 * auc * auc) / (1 + auc) - auc * auc;
  const variance = (auc * (1 - auc) + (positives - 1) * q1 + (negatives - 1) * q2) / (positives * negatives);
  return 1.96 * Math.sqrt(variance);
}

/** Positives for an interval of ± `half`, other things equal; null where even ever so many would not do. */
export function positivesFor(half: number, negatives: number): number | null {
  let [low, high] = [1, 1e9];
  if (halfWidth(high, negatives) > half) return null;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (halfWidth(middle, negatives) > half) low = middle;
    else high = middle;
  }
  return high;
}

export function positiveChecks(table: Table): Check[] {
  return spacesOf(table).flatMap((space) => judge(table, space));
}

function judge(table: Table, { id, task, given }: Space): Check[] {
  const { name } = table.schema.tasks[task]!;
  const K = table.schema.tasks.length;
  // Of each part and label: rows, Σw and Σw².
  const sums = [0, 1].map(() => [0, 1].map(() => ({ rows: 0, w: 0, ww: 0 })));
  for (let i = 0; i < table.rows; i++) {
    if (given !== null && table.labels[i * K + given] === 0) continue;
    const w = table.weights[i]!;
    const sum = sums[table.validation[i]! === 0 ? 0 : 1]![table.labels[i * K + task]!]!;
    sum.rows++;
    sum.w += w;
    sum.ww += w * w;
  }
  const [train, validation] = sums as [(typeof sums)[0], (typeof sums)[0]];
  const check = (level: Check['level'], message: string): Check[] => [
    { kind: 'few positives', level, about: [name], message },
  ];
  if (given === null && train[1]!.rows === 0)
    return check('error', `No training row has ${name}, so that there is nothing to learn: bring more rows.`);
  // A conditional space says nothing new where its task has no events at all.
  if (validation[1]!.rows === 0)
    return given === null
      ? check('error', `No validation row has ${name}, so that its AUC cannot be measured: bring more rows.`)
      : [];
  if (validation[0]!.rows === 0)
    return check(
      'warning',
      `Every validation row has ${id}, so that there is no AUC: bring rows without it.`,
    );
  const effective = ({ w, ww }: { w: number; ww: number }) => (ww > 0 ? (w * w) / ww : 0);
  const positives = effective(validation[1]!);
  const negatives = effective(validation[0]!);
  if (!(positives > 0 && negatives > 0)) return [];
  const half = halfWidth(positives, negatives);
  if (!(half > WANTED_HALF_WIDTH)) return [];
  const needed = positivesFor(WANTED_HALF_WIDTH, negatives);
  const what =
    needed === null
      ? `too few rows without it (${say(validation[0]!.rows)})`
      : `${say(validation[1]!.rows)} positives, and ± ${WANTED_HALF_WIDTH} would take about ${say(Math.ceil((needed * validation[1]!.rows) / positives))}`;
  const level = half > POOR_HALF_WIDTH ? 'warning' : 'info';
  return check(
    level,
    `The validation AUC of ${id} will be known to about ± ${half.toFixed(3)} only: the part has ${what}; bring more rows or compare over several seeds.`,
  );
}
