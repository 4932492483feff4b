/** What the seesaw plane shows: each pipeline's gain on the baseline in two columns, its verdict in words, and scales. */
import type { Comparison, Difference, Group } from '../../study/compare';

export interface PlanePoint {
  readonly group: Group;
  readonly x: number;
  readonly y: number;
  /** Standard errors; 0 where nobody knows. */
  readonly xSe: number;
  readonly ySe: number;
  /** For those who do not see the plane, and for a hover. */
  readonly words: string;
}

const gain = (d: Difference) =>
  d.verdict === 'better' ? 'gains' : d.verdict === 'worse' ? 'loses' : 'within noise';

/** `both gain`, `CTR pays`…; what is within noise belongs to no quadrant. */
export function quadrantOf(x: Difference, y: Difference, names: readonly [string, string]): string {
  if (gain(x) === 'within noise' && gain(y) === 'within noise') return 'no difference beyond noise';
  if (gain(x) === 'within noise' || gain(y) === 'within noise') {
    const [name, d] = gain(x) === 'within noise' ? [names[1], y] : [names[0], x];
    return `${name} ${gain(d)}, the other is within noise`;
  }
  if (gain(x) === gain(y)) return gain(x) === 'gains' ? 'both gain' : 'both lose';
  return gain(x) === 'loses' ? `a seesaw: ${names[0]} pays` : `a seesaw: ${names[1]} pays`;
}

/** Points of all pipelines that have both columns; the baseline is the origin. */
export function planePoints(
  comparison: Comparison,
  spaces: readonly [string, string],
  names: readonly [string, string],
  digits: (value: number) => string,
): PlanePoint[] {
  return comparison.groups.flatMap((group) => {
    if (group.baseline) return [{ group, x: 0, y: 0, xSe: 0, ySe: 0, words: `${group.name}: the baseline` }];
    const x = group.cell(spaces[0], 'auc')?.difference;
    const y = group.cell(spaces[1], 'auc')?.difference;
    if (!x || !y) return [];
    const with_ = (d: Difference) =>
      `${digits(d.absolute)}${d.se === null ? '' : ` ± ${digits(d.se).replace('+', '')}`}`;
    return [
      {
        group,
        x: x.absolute,
        y: y.absolute,
        xSe: x.se ?? 0,
        ySe: y.se ?? 0,
        words: `${group.name}: ${names[0]} ${with_(x)}, ${names[1]} ${with_(y)}, ${quadrantOf(x, y, names)}`,
      },
    ];
  });
}

/** 1, 2 or 5 times a power of ten. */
function niceStep(span: number): number {
  const power = 10 ** Math.floor(Math.log10(span / 4));
  return [1, 2, 5, 10].map((m) => m * power).find((m) => span / m <= 5) ?? power * 10;
}

/** An axis that holds all values with their bars and 0, on true scale. */
export function axisOf(values: readonly { readonly at: number; readonly se: number }[]) {
  const low = Math.min(0, ...values.map((v) => v.at - v.se));
  const high = Math.max(0, ...values.map((v) => v.at + v.se));
  const span = Math.max(high - low, 0.004);
  const pad = span * 0.14;
  // Every quadrant keeps room for its name.
  const from = Math.min(low - pad, -span * 0.42);
  const to = Math.max(high + pad, span * 0.42);
  const step = niceStep(to - from);
  const ticks: number[] = [];
  for (let t = Math.ceil(from / step); t * step <= to; t++) ticks.push(t * step);
  return { from, to, ticks, digits: Math.max(2, Math.ceil(-Math.log10(step) - 1e-9)) };
}
