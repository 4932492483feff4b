/** The curves as a CSV at full precision, to take away or to compare run with run to the last digit. */
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
