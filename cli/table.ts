/** Text tables for the terminal, and numbers as people read them. */
import type { Auc } from '../src/metrics/auc';
import type { PageMetric } from '../src/metrics/pages';
import type { Evaluation } from '../src/pipeline/run';
import type { OutputSpace } from '../src/pipeline/spaces';

/** Columns side by side; those in `right` hold numbers. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, c) => (right.includes(c) ? cell.padStart(widths[c]!) : cell.padEnd(widths[c]!)))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

export const count = (n: number) => n.toLocaleString('en-US');

const auc = (a: Auc | null) => (a === null ? '–' : a.ok ? a.value.toFixed(4) : '–');
/** Half of a 95 % interval. */
const interval = (a: Auc) => (a.ok ? `±${(1.96 * a.se).toFixed(4)}` : '');

/** The metrics of an evaluation, a line a space; the reason stands below where there is no AUC. */
export function metricsTable(evaluation: Evaluation, spaces: readonly OutputSpace[]): string {
  const truth = evaluation.metrics.some((m) => m.expectedAuc !== null);
  const head = ['', 'AUC', '', 'log-loss', ...(truth ? ['expected AUC'] : []), 'positives', 'rows', ''];
  const body = evaluation.metrics.map((m) => {
    const space = spaces.find((s) => s.id === m.space)!;
    return [
      space.name,
      auc(m.auc),
      interval(m.auc),
      m.logLoss === null ? '–' : m.logLoss.toFixed(5),
      ...(truth ? [auc(m.expectedAuc)] : []),
      count(m.auc.positives),
      count(m.auc.rows),
      space.meaning,
    ];
  });
  const numbers = truth ? [1, 3, 4, 5, 6] : [1, 3, 4, 5];
  const reasons = evaluation.metrics.flatMap((m) => (m.auc.ok ? [] : [`${m.space}: ${m.auc.reason}\n`]));
  return table([head, ...body], numbers) + reasons.join('') + pagesTable(evaluation, spaces);
}

const pageCell = (m: PageMetric) => (m.ok ? `${m.value.toFixed(4)} ±${(1.96 * m.se).toFixed(4)}` : '–');

/** Metrics of complete pages, against the truth where it is known and by labels; nothing where there are none. */
function pagesTable({ pages }: Evaluation, spaces: readonly OutputSpace[]): string {
  if (!pages) return '';
  const { k } = pages;
  const head = ['', `NDCG@${k}`, `Recall@${k}`, 'GAUC', 'List AUC', ''];
  const body = pages.spaces.flatMap(({ space, labels, truth }) => {
    const name = spaces.find((s) => s.id === space)!.name;
    const line = (r: NonNullable<typeof truth>, by: string) => [
      name,
      ...[r.ndcg, r.recall, r.gauc, r.listAuc].map(pageCell),
      by,
    ];
    return [...(truth ? [line(truth, 'by true probabilities')] : []), line(labels, 'by labels')];
  });
  return `\n${count(pages.pages)} complete pages\n${table([head, ...body], [1, 2, 3, 4])}`;
}
