/** The verdict of a race in words: who gained or lost what against the first, and what is no more than noise. */
import { signed } from '../../components/format';
import type { Comparison, Difference, Group } from '../../study/compare';
import { quadrantOf } from '../runs/plane';

const figures = (d: Difference) =>
  `${signed(d.absolute, 4)}${d.se === null ? '' : ` ± ${signed(d.se, 4).slice(1)}`}`;

const SAID: Readonly<Record<Difference['verdict'], string>> = {
  better: 'better',
  worse: 'worse',
  noise: 'within noise',
  unknown: 'nobody knows how sure',
};

/** One entrant's verdict. */
export interface Verdict {
  readonly group: Group;
  /** e.g. "a seesaw: CTCVR pays". */
  readonly summary: string;
  /** e.g. "CTR +.0041 ± .0010, better". */
  readonly columns: readonly string[];
}

/** One verdict for each entrant but the one that the others are measured against. */
export function verdictsOf(comparison: Comparison): Verdict[] {
  // A conditional column follows from two others; tasks are won and lost on all rows.
  const whole = comparison.spaces.filter((s) => s.given === null);
  return comparison.groups
    .filter((g) => !g.baseline)
    .map((group) => {
      const differenceIn = (space: string) => group.cell(space, 'auc')?.difference ?? null;
      const columns = comparison.spaces.map(({ id, name }) => {
        const d = differenceIn(id);
        return d ? `${name} ${figures(d)}, ${SAID[d.verdict]}` : `${name} has no value`;
      });
      const known = whole.flatMap(({ id, name }) => {
        const d = differenceIn(id);
        return d ? [{ name, d }] : [];
      });
      return { group, columns, summary: summaryOf(known) };
    });
}

function summaryOf(known: readonly { readonly name: string; readonly d: Difference }[]): string {
  const [a, b] = known;
  if (!a) return 'nothing to compare';
  if (b && known.length === 2) return quadrantOf(a.d, b.d, [a.name, b.name]);
  const names = (verdict: Difference['verdict']) =>
    known.filter(({ d }) => d.verdict === verdict).map(({ name }) => name);
  const parts = [
    ['gains', names('better')],
    ['loses', names('worse')],
  ] as const;
  const said = parts.flatMap(([verb, list]) => (list.length > 0 ? [`${verb} ${list.join(' and ')}`] : []));
  return said.join(', ') || 'no difference beyond noise';
}
