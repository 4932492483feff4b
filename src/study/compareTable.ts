/** A comparison as text to take away: CSV with every digit, Markdown and LaTeX as papers print it. */
import type { Cell, Comparison, Group, Metric } from './compare';

const METRICS: readonly { readonly metric: Metric; readonly name: string }[] = [
  { metric: 'auc', name: 'AUC' },
  { metric: 'logLoss', name: 'log-loss' },
];

const quote = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const number = (value: number | null | undefined) =>
  value === null || value === undefined || !Number.isFinite(value) ? '' : String(value);

/** One line a pipeline, output space and metric; empty where there is no number. */
export function comparisonCsv({ groups, spaces }: Comparison): string {
  const head = [
    'run',
    'baseline',
    'seeds',
    'step',
    'space',
    'metric',
    'mean',
    'sd_over_seeds',
    'n_seeds',
    'se_rows',
    'difference',
    'difference_percent',
    'se_difference',
    'se_from',
    'verdict',
  ];
  const lines = [head.join(',')];
  for (const group of groups) {
    for (const space of spaces) {
      for (const { metric, name } of METRICS) {
        const cell = group.cell(space.id, metric);
        if (!cell) continue;
        const d = cell.difference;
        lines.push(
          [
            quote(group.name),
            group.baseline ? 'yes' : 'no',
            group.seeds.join(' '),
            group.step,
            quote(space.name),
            name,
            number(cell.mean.mean),
            number(cell.mean.sd),
            cell.mean.n,
            number(cell.rowsSe),
            number(d?.absolute),
            number(d ? d.relative * 100 : null),
            number(d?.se),
            d?.from ?? '',
            d?.verdict ?? '',
          ].join(','),
        );
      }
    }
  }
  return `${lines.join('\n')}\n`;
}

/** `.7434`, `.0012`; of a log-loss too. */
const figure = (value: number) => value.toFixed(4).replace(/^(-?)0\./, '$1.');

interface Marks {
  bold(text: string): string;
  second(text: string): string;
  readonly pm: string;
  readonly minus: string;
  readonly percent: string;
  escape(text: string): string;
}

const MARKDOWN: Marks = {
  bold: (t) => `**${t}**`,
  second: (t) => `<u>${t}</u>`,
  pm: '±',
  minus: '−',
  percent: ' %',
  escape: (t) => t.replace(/[|\\]/g, '\\$&').replace(/[\r\n]+/g, ' '),
};

const SPECIAL: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  $: '\\$',
  '&': '\\&',
  '#': '\\#',
  '^': '\\^{}',
  _: '\\_',
  '~': '\\~{}',
  '%': '\\%',
  λ: '$\\lambda$',
  '·': '$\\cdot$',
  '×': '$\\times$',
  '→': '$\\to$',
};
const LATEX: Marks = {
  bold: (t) => `\\textbf{${t}}`,
  second: (t) => `\\underline{${t}}`,
  pm: '$\\pm$',
  minus: '$-$',
  percent: '\\,\\%',
  escape: (t) => t.replace(/[\\{}$&#^_~%λ·×→]/g, (c) => SPECIAL[c]!).replace(/[\r\n]+/g, ' '),
};

/** A value, with s.d. over seeds; best bold, second underlined. */
function valueText(cell: Cell | null, marks: Marks): string {
  if (!cell) return '';
  const text = figure(cell.mean.mean);
  const ranked = cell.rank === 1 ? marks.bold(text) : cell.rank === 2 ? marks.second(text) : text;
  return cell.mean.n > 1 ? `${ranked} ${marks.pm} ${figure(cell.mean.sd)}` : ranked;
}

/** A difference in %, and what it is worth: nothing that is within noise reads like a win. */
function differenceText(group: Group, cell: Cell | null, marks: Marks): string {
  if (group.baseline) return 'baseline';
  const d = cell?.difference;
  if (!d) return '';
  const sign = d.relative < 0 ? marks.minus : '+';
  const text = `${sign}${Math.abs(d.relative * 100).toFixed(2)}${marks.percent}`;
  if (d.verdict === 'noise') return `${text} (within noise)`;
  return d.verdict === 'unknown' ? `${text} (one seed)` : text;
}

function rowsOf({ groups, spaces }: Comparison, metric: Metric, marks: Marks): string[][] {
  return groups.map((group) => [
    marks.escape(group.name),
    ...spaces.flatMap((space) => {
      const cell = group.cell(space.id, metric);
      return [valueText(cell, marks), differenceText(group, cell, marks)];
    }),
  ]);
}

const headOf = ({ spaces }: Comparison, metric: string, marks: Marks) => [
  'Run',
  ...spaces.flatMap((s) => [`${marks.escape(s.name)} ${metric}`, 'vs baseline']),
];

/** Two tables, AUC and log-loss, one column pair a named output space. */
export function comparisonMarkdown(comparison: Comparison): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  return METRICS.map(({ metric, name }) => {
    const head = headOf(comparison, name, MARKDOWN);
    const rule = head.map((_, i) => (i === 0 ? ':--' : '--:'));
    return line(head) + line(rule) + rowsOf(comparison, metric, MARKDOWN).map(line).join('');
  }).join('\n');
}

/** The same as booktabs tables. */
export function comparisonLatex(comparison: Comparison): string {
  const line = (cells: readonly string[]) => `${cells.join(' & ')} \\\\\n`;
  return METRICS.map(({ metric, name }) => {
    const head = headOf(comparison, name, LATEX);
    return (
      `% \\usepackage{booktabs}\n\\begin{tabular}{l${'r'.repeat(head.length - 1)}}\n\\toprule\n${line(head)}\\midrule\n` +
      `${rowsOf(comparison, metric, LATEX).map(line).join('')}\\bottomrule\n\\end{tabular}\n`
    );
  }).join('\n');
}
