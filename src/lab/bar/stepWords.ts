/** A step by hand in words: what its batch held, how the tasks' gradients stood, and what changed most. */
import { count, fraction, loss, percent } from '../../components/format';
import type { StepReading } from '../../pipeline/run';
import { type Naming, readingAxes } from '../builder/insides/tables';
import { placesOf } from '../monitor/attention/wireNames';

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

/** Probes whose rows are gates. */
const GATES: readonly string[] = ['gates', 'sharedGate', 'levelGates'];

/** `shared gate` from `sharedGate`, `share of each expert` from a title. */
const small = (title: string) =>
  title.charAt(0).toLowerCase() +
  title.slice(1).replace(/([A-Z])/g, (_, letter) => ` ${letter.toLowerCase()}`);

/** A number of a probe by the names of its place: which level or head, who reads, what is read. */
function shiftInWords(name: string, shape: readonly number[], at: number, of: Naming): string {
  const { title, axes } = readingAxes(name, shape, of);
  const named = placesOf(shape, at).map((i, axis) => axes[axis]![i]!);
  const outer = named.slice(0, -2).filter((_, axis) => shape[axis]! > 1);
  const [row, column] = [named.at(-2), named.at(-1) ?? 'mean'];
  const cell =
    row === undefined
      ? column
      : row.endsWith(' reads')
        ? `${row} ${column}`
        : GATES.includes(name)
          ? `${row} uses ${column}`
          : `${row}, ${column}`;
  const place = outer.length > 0 ? `${outer.join(', ')}: ${cell}` : cell;
  return `${small(title)}, ${place}`;
}

/**
 * The number that changed most of each probe, the largest change first.
 * @param naming what the names in a block's probes rest on
 */
export function shiftsOf({ probes }: StepReading, naming: (block: string) => Naming, most = 6): Shift[] {
  return probes
    .flatMap(({ block, name, shape, before, after }) => {
      let at = -1;
      let largest = 0;
      for (let i = 0; i < after.length; i++) {
        const change = Math.abs(after[i]! - before[i]!);
        if (change > largest) [at, largest] = [i, change];
      }
      if (at < 0) return [];
      const side = block.split('.')[0] === 'bottom' ? block.split('.')[1] : undefined;
      const what = shiftInWords(name, shape, at, naming(block));
      return [{ what: side ? `${side}’s side: ${what}` : what, before: before[at]!, after: after[at]! }];
    })
    .sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before))
    .slice(0, most);
}

/** The step in one sentence, for who hears it. */
export const stepInWords = (reading: StepReading, labels: readonly string[]): string =>
  `Step ${count(reading.step)}: ${labels
    .map((label, k) => `${label} loss ${loss(reading.losses[k]!)} to ${loss(reading.lossesAfter[k]!)}`)
    .join(', ')}.`;
