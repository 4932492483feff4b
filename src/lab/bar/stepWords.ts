/** A step by hand in words: what its batch held, how the tasks' gradients stood, and what changed most. */
import { count, fraction, loss, percent } from '../../components/format';
import type { StepReading } from '../../pipeline/run';

/** "512 rows: 14 with a click, 1 with a purchase". */
export const batchInWords = ({ rows, positives }: StepReading, labels: readonly string[]): string =>
  `${count(rows)} rows: ${positives.map((n, k) => `${count(n)} with a ${labels[k]}`).join(', ')}`;

/** Nearly square: a cosine nearer to 0 than this says neither. */
const SQUARE = 0.1;

/** One sentence for each pair of tasks. */
export function pullsInWords({ cosine, shared }: StepReading, labels: readonly string[]): string[] {
  if (labels.length < 2) return ['One task alone: nothing can pull it another way.'];
  if (shared === 0) return ['No two tasks reach a weight in common: none can pull at another’s.'];
  return labels.flatMap((a, j) =>
    labels.slice(j + 1).map((b, i) => {
      const value = cosine[j]![j + 1 + i];
      if (value == null) return `${a} and ${b} reach no weight in common.`;
      const how =
        value > SQUARE ? 'they pull the same way' : value < -SQUARE ? 'they pull apart' : 'nearly square';
      return `${a} and ${b}: cosine ${fraction(value, 2)}, ${how}.`;
    }),
  );
}

/** "Embedding .52 %": how far a block's weights moved, as a share of their length. */
export const movedInWords = ({ size, change }: StepReading['blocks'][number]): string =>
  size > 0 ? percent(change / size) : change > 0 ? 'from 0' : '0';

/** A value that a block publishes, where it changed most. */
export interface Shift {
  readonly what: string;
  readonly before: number;
  readonly after: number;
}

/** Where a number stands in a probe, in words where its shape tells. */
function placeOf(name: string, shape: readonly number[], at: number, labels: readonly string[]): string {
  const K = labels.length;
  const index: number[] = [];
  let rest = at;
  for (const n of shape.toReversed()) {
    index.unshift(rest % n);
    rest = Math.floor(rest / n);
  }
  if (name === 'attention' && shape.length === 4 && shape[2] === K && shape[3] === K) {
    const [layer, head, reader, read] = index as [number, number, number, number];
    return `layer ${layer + 1}, head ${head + 1}: ${labels[reader]} reads ${labels[read]}`;
  }
  if (shape.length === 1 && shape[0] === K) return labels[at]!;
  return `place ${index.map((i) => i + 1).join(', ')} of ${shape.join(' × ')}`;
}

/** The number that changed most of each probe, the largest change first. */
export function shiftsOf({ probes }: StepReading, labels: readonly string[], most = 6): Shift[] {
  return probes
    .flatMap(({ name, shape, before, after }) => {
      let at = -1;
      let largest = 0;
      for (let i = 0; i < after.length; i++) {
        const change = Math.abs(after[i]! - before[i]!);
        if (change > largest) [at, largest] = [i, change];
      }
      if (at < 0) return [];
      const what = `${name.replace(/([A-Z])/g, ' $1').toLowerCase()}, ${placeOf(name, shape, at, labels)}`;
      return [{ what, before: before[at]!, after: after[at]! }];
    })
    .sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before))
    .slice(0, most);
}

/** The step in one sentence, for who hears it. */
export const stepInWords = (reading: StepReading, labels: readonly string[]): string =>
  `Step ${count(reading.step)}: ${labels
    .map((label, k) => `${label} loss ${loss(reading.losses[k]!)} to ${loss(reading.lossesAfter[k]!)}`)
    .join(', ')}.`;
