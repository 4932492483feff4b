/** The curves as a CSV at full precision, to take away or to compare run with run to the last digit. */
import type { Measured } from '../pipeline/run';
import type { Task } from '../pipeline/schema';
import { FRAME_HEAD, type History } from './history';

/** One line a step: step, learning rate, gradient norm, weighted sum, then each task's loss. Numbers read back exactly. */
export function curvesCsv({ frames }: Pick<History, 'frames'>, tasks: readonly Pick<Task, 'id'>[]): string {
  const quote = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const header = [
    'step',
    ...tasks.map((t) => quote(`loss_${t.id}`)),
    'loss_total',
    'gradient_norm',
    'learning_rate',
  ];
  const lines = [header.join(',')];
  for (let r = 0; r < (frames?.length ?? 0); r++) {
    const at = (column: number) => String(frames!.at(r, column));
    lines.push([at(0), ...tasks.map((_, k) => at(FRAME_HEAD + k)), at(3), at(2), at(1)].join(','));
  }
  return `${lines.join('\n')}\n`;
}

interface Drawn {
  readonly x: readonly number[];
  readonly raw: readonly number[];
  /** Null where nothing is smoothed. */
  readonly smooth: readonly number[] | null;
}

/** The numbers of one chart as they are drawn, a line a point: the live curve, then each ghost. */
export function curveCsv(
  what: string,
  live: Drawn,
  ghosts: readonly {
    readonly name: string;
    readonly x: readonly number[];
    readonly y: readonly number[];
    readonly band?: { readonly low: readonly number[]; readonly high: readonly number[] };
  }[],
): string {
  const lines = [`run,step,${what},${what}_smoothed,standard_deviation`];
  const cell = (value: number | undefined) =>
    value !== undefined && Number.isFinite(value) ? String(value) : '';
  live.x.forEach((x, i) => {
    lines.push(`this run,${x},${cell(live.raw[i])},${cell(live.smooth?.[i])},`);
  });
  for (const { name, x, y, band } of ghosts) {
    const run = `"${name.replaceAll('"', '""')}"`;
    // Of a ghost only the curve that is drawn is at hand.
    x.forEach((step, i) => {
      const value = live.smooth ? `,${cell(y[i])}` : `${cell(y[i])},`;
      const deviation = band ? cell(band.high[i]! - y[i]!) : '';
      lines.push(`${run},${step},${value},${deviation}`);
    });
  }
  return `${lines.join('\n')}\n`;
}

/** A map of numbers as CSV, a line a row. */
export function matrixCsv(
  maps: readonly {
    readonly name: string;
    readonly labels: readonly string[];
    readonly value: (row: number, column: number) => number;
  }[],
): string {
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const lines = [`map,row,${(maps[0]?.labels ?? []).map(quote).join(',')}`];
  for (const { name, labels, value } of maps) {
    labels.forEach((label, r) => {
      lines.push(`${quote(name)},${quote(label)},${labels.map((_, c) => value(r, c)).join(',')}`);
    });
  }
  return `${lines.join('\n')}\n`;
}

/** Whose numbers a reading's are. */
interface Whose {
  readonly step: number;
  readonly cohort: string;
}

/** Readings as CSV, a line a number; of a difference both sides and what is left. */
export function tablesCsv(
  cells: readonly {
    readonly table: string;
    readonly row: string;
    readonly column: string;
    readonly own: number;
    readonly minus: number | null;
  }[],
  shown: Whose,
  taken: Whose | null,
): string {
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const of = ({ step, cohort }: Whose) => `${step},${quote(cohort)}`;
  const lines = [
    `table,row,column,step,cohort,value${taken ? ',minus_step,minus_cohort,minus_value,difference' : ''}`,
  ];
  for (const { table, row, column, own, minus } of cells) {
    const head = `${[table, row, column].map(quote).join(',')},${of(shown)},${own}`;
    lines.push(taken && minus !== null ? `${head},${of(taken)},${minus},${own - minus}` : head);
  }
  return `${lines.join('\n')}\n`;
}

/** A number by step, as CSV. */
export function stepsCsv(what: string, x: readonly number[], y: readonly number[]): string {
  const lines = x.map((step, i) => `${step},${Number.isFinite(y[i]) ? y[i] : ''}`);
  return `${[`step,"${what.replaceAll('"', '""')}"`, ...lines].join('\n')}\n`;
}

/** What a reading of gradients says of each layer, as CSV: cosine and ln of the norms' ratio, with standard errors. */
export function layersCsv(
  layers: readonly {
    readonly layer: string;
    readonly shared: number;
    readonly cosine: Measured | null;
    readonly logRatio: Measured | null;
  }[],
): string {
  const of = (m: Measured | null) => (m ? `${m.value},${m.se}` : ',');
  const lines = layers.map(
    ({ layer, shared, cosine, logRatio }) =>
      `"${layer.replaceAll('"', '""')}",${shared},${of(cosine)},${of(logRatio)}`,
  );
  return `${['layer,shared,cosine,cosine_se,log_ratio,log_ratio_se', ...lines].join('\n')}\n`;
}

/** Hands a file to the browser's downloads. */
export function saveBlob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has the blob by then; a minute is plenty for a slow disk.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export const downloadCurves = (history: Pick<History, 'frames'>, tasks: readonly Task[]): void =>
  saveBlob('seesaw-curves.csv', new Blob([curvesCsv(history, tasks)], { type: 'text/csv' }));
