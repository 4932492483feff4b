/** Columns whose training and validation parts are not alike: more than a split by chance would make them. */
import { jensenShannon, normalised } from '../profile/bins';
import { binWeights, type ColumnView } from '../profile/columns';
import { DEPENDENT_ABOVE } from '../profile/profile';
import type { Table } from '../table';
import type { Check } from './check';
import { some } from './words';

/**
 * Jensen–Shannon divergence between the parts, in bits, that matters; about a population stability index of 0.1. What
 * chance alone would give comes on top (`chance`).
 */
export const DRIFT_ABOVE = DEPENDENT_ABOVE;

/** Standard normal quantile of one false alarm in 300,000 columns. */
const RARE = 4.5;

/**
 * The divergence that chance stays below for a column of `bins` bins: eight times it is χ² with bins − 1 degrees of
 * freedom, times 1/n₁ + 1/n₂ (Wilson and Hilferty's quantile).
 */
export function chance(bins: number, n1: number, n2: number): number {
  const k = Math.max(1, bins - 1);
  const quantile = k * (1 - 2 / (9 * k) + RARE * Math.sqrt(2 / (9 * k))) ** 3;
  return ((quantile / 8) * (1 / n1 + 1 / n2)) / Math.LN2;
}

/** Independent rows that a part is worth: (ΣW)²/ΣW² over groups, for rows of one page are alike. */
function worth(table: Table, part: number): number {
  const byGroup = new Map<number, number>();
  for (let i = 0; i < table.rows; i++) {
    if ((table.validation[i]! === 0 ? 0 : 1) !== part) continue;
    const g = table.schema.group === null ? i : table.groups[i]!;
    byGroup.set(g, (byGroup.get(g) ?? 0) + table.weights[i]!);
  }
  let [sum, squares] = [0, 0];
  for (const w of byGroup.values()) {
    sum += w;
    squares += w * w;
  }
  return squares > 0 ? (sum * sum) / squares : 0;
}

/** Looks at one column after another; `checks` then says what was found. */
export class Drift {
  private readonly found: { name: string; bits: number }[] = [];
  private readonly part: Uint8Array;
  private readonly n1: number;
  private readonly n2: number;

  constructor(private readonly table: Table) {
    this.part = table.validation.map((v) => (v === 0 ? 0 : 1));
    this.n1 = worth(table, 0);
    this.n2 = worth(table, 1);
  }

  look(view: ColumnView): void {
    if (!(this.n1 > 0 && this.n2 > 0)) return;
    const [train, validation] = binWeights(this.table, view, this.part, 2).map(normalised);
    const bits = jensenShannon(train!, validation!);
    if (bits !== null && bits > DRIFT_ABOVE + chance(view.bins.length, this.n1, this.n2))
      this.found.push({ name: view.name, bits });
  }

  checks(): Check[] {
    return told(this.found);
  }
}

function told(found: { name: string; bits: number }[]): Check[] {
  if (found.length === 0) return [];
  const about = found.sort((a, b) => b.bits - a.bits).map((f) => f.name);
  const one = about.length === 1;
  return [
    {
      kind: 'drift',
      level: 'warning',
      about,
      message: `${some(about)} ${one ? 'is' : 'are'} distributed otherwise on validation rows than on training rows (Jensen–Shannon up to ${found[0]!.bits.toFixed(3)} bits): expected of a split by time, else look at how the parts were made.`,
    },
  ];
}
