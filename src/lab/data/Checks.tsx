/** What should be known of the data before training on it, the gravest first. */
import type { DatasetSummary } from '../../../workers/protocol';
import { closePage } from '../../state/route';
import { useUi } from '../../state/stores';

type Check = DatasetSummary['checks'][number];

/** What a mark on a button says of the checks, or null where there is nothing to look at. */
export function markOf(
  checks: readonly Check[],
): { count: number; level: 'error' | 'warning'; words: string } | null {
  const errors = checks.filter((c) => c.level === 'error').length;
  const warnings = checks.filter((c) => c.level === 'warning').length;
  if (errors + warnings === 0) return null;
  const part = (n: number, name: string) => (n === 0 ? [] : [`${n} ${name}${n === 1 ? '' : 's'}`]);
  return {
    count: errors + warnings,
    level: errors > 0 ? 'error' : 'warning',
    words: [...part(errors, 'error'), ...part(warnings, 'warning')].join(', '),
  };
}

/** The count on a tab's button. */
export function CheckMark({ checks }: { checks: readonly Check[] }) {
  const mark = markOf(checks);
  if (!mark) return null;
  return (
    <span className={`check-mark ${mark.level}`} title={mark.words}>
      <span aria-hidden="true">{mark.count}</span>
      <span className="sr">{mark.words} in the data</span>
    </span>
  );
}

export function Checks({
  checks,
  most = Number.POSITIVE_INFINITY,
}: {
  checks: readonly Check[];
  most?: number;
}) {
  if (checks.length === 0)
    return <p className="dim">No leak, no constant column, no drift: nothing to report.</p>;
  return (
    <ul className="checks">
      {checks.slice(0, most).map((check) => (
        <li key={`${check.kind} ${check.about.join()} ${check.message}`} className={check.level}>
          <b>{check.level}</b>
          <span>{check.message}</span>
        </li>
      ))}
      {checks.length > most && <li className="dim">and {checks.length - most} more in the Data view</li>}
    </ul>
  );
}

/** The worst that the checks found, in a few words: `1 leak, 2 groups in both parts`. */
export function worstOf(checks: readonly Check[]): string {
  const kinds = new Map<string, Check[]>();
  for (const check of checks) {
    if (check.level === 'error') kinds.set(check.kind, [...(kinds.get(check.kind) ?? []), check]);
  }
  return [...kinds]
    .map(([kind, found]) => {
      const about = [...new Set(found.flatMap((c) => c.about))];
      const named =
        about.length > 0 ? ` (${about.slice(0, 3).join(', ')}${about.length > 3 ? ', …' : ''})` : '';
      return `${found.length} × ${kind}${named}`;
    })
    .join(', ');
}

/** Leads to the checks from wherever they are mentioned. */
export function showChecks(): void {
  closePage();
  useUi.setState({ tab: 'data', place: 'data' });
}
