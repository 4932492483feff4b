/** How rows, scores and differences are put into words and figures, the same on the screen and in files. */
import { fraction, percent } from '../../components/format';
import type { Fusion, FusionKind, FusionPair } from '../../metrics/fusion';
import type { PageMetric } from '../../metrics/pages';
import type { Task } from '../../pipeline/schema';
import { outputSpaces } from '../../pipeline/spaces';

/** A probability in per cent; three figures show, however small it is. */
export function chance(p: number): string {
  if (!Number.isFinite(p)) return '–';
  const value = p * 100;
  if (value >= 0.1 || value === 0) return percent(p);
  return `${fraction(value, Math.min(9, 2 - Math.floor(Math.log10(value))))}\u202f%`;
}

/** Names of the two rates and of the one given the other, e.g. CTR, CTCVR, CVR. */
export function rateNames(tasks: readonly Task[], { first, last }: FusionPair) {
  const one = tasks[first]!.metric;
  const two = last === null ? one : tasks[last]!.metric;
  const given = outputSpaces(tasks).find((s) => s.task === last && s.given === first)?.name;
  return { one, two, given: given ?? `${two}/${one}` };
}
export type RateNames = ReturnType<typeof rateNames>;

/** A fusion's short name; its equations are those of papers/004. */
export function fusionName(kind: FusionKind, { one, two }: RateNames): string {
  switch (kind) {
    case 'first':
      return one;
    case 'last':
      return two;
    case 'product':
      return 'product, Eq. 6';
    case 'sum':
      return 'sum, Eq. 7';
  }
}

/** A fusion with its settings, as a file names it. */
export function fusionText({ kind, alpha, beta }: Fusion, names: RateNames): string {
  if (kind === 'product') return `${names.one}^${alpha} × ${names.given}^${beta}`;
  return kind === 'sum' ? `${alpha} ${names.one} + ${beta} ${names.two}` : fusionName(kind, names);
}

/** What a difference says beside its error of 95 %: "above noise" words claim nothing that the interval does not. */
export function verdict(gain: PageMetric): string {
  if (!gain.ok) return gain.reason;
  if (gain.se === 0 && gain.value === 0) return 'no difference';
  return Math.abs(gain.value) <= 1.96 * gain.se ? 'within noise' : gain.value > 0 ? 'better' : 'worse';
}

/** Places gained (up) or lost against another order, for the eye and for the ear. */
export function moveOf(before: number, after: number): { readonly sign: string; readonly words: string } {
  const by = before - after;
  if (by === 0) return { sign: '=', words: 'same place' };
  const places = `${Math.abs(by)} ${Math.abs(by) === 1 ? 'place' : 'places'}`;
  return by > 0 ? { sign: `▲${by}`, words: `up ${places}` } : { sign: `▼${-by}`, words: `down ${places}` };
}

/** Lines of CSV. */
export function csv(lines: readonly (readonly (string | number | null)[])[]): string {
  const cell = (value: string | number | null) =>
    value === null || (typeof value === 'number' && !Number.isFinite(value))
      ? ''
      : typeof value === 'number'
        ? String(value)
        : /[",\n]/.test(value)
          ? `"${value.replaceAll('"', '""')}"`
          : value;
  return `${lines.map((line) => line.map(cell).join(',')).join('\n')}\n`;
}
