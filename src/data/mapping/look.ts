/** What a column looks like in the rows that were looked at: kind, different values, missing ones. */
import { isMissing } from '../readers/block';
import type { ColumnPreview } from './mapping';

export interface Look {
  readonly name: string;
  readonly kind: ColumnPreview['kind'];
  readonly rows: number;
  readonly distinct: number;
  readonly missing: number;
  readonly examples: readonly string[];
  /** Only 0 and 1 (or false and true). */
  readonly binary: boolean;
  /** Separator of the entries, where the fields hold lists. */
  readonly separator: string;
  /** Smallest and largest number; NaN where there is none. */
  readonly low: number;
  readonly high: number;
  readonly meanLength: number;
  /** The values themselves, [rows]. */
  readonly values: readonly string[];
}

const BINARY = new Set(['0', '1', '0.0', '1.0', 'false', 'true', 'False', 'True', 'FALSE', 'TRUE']);
const SEPARATORS = [';', '|', ','] as const;

/** @param typed the format says that the column holds lists */
export function lookAt(name: string, values: readonly string[], typed: boolean): Look {
  const present = values.filter((v) => !isMissing(v));
  const different = new Set(present);
  const numbers = present.map(Number);
  const numeric = present.length > 0 && numbers.every((v) => Number.isFinite(v));
  const separator = typed ? ',' : separatorIn(present);
  const kind =
    present.length === 0
      ? typed
        ? 'list'
        : 'empty'
      : separator !== null
        ? 'list'
        : !numeric
          ? 'text'
          : present.every((v) => /^-?\d+(\.0+)?$/.test(v))
            ? 'whole'
            : 'real';
  return {
    name,
    kind,
    rows: values.length,
    distinct: different.size,
    missing: values.length - present.length,
    examples: [...different].slice(0, 5).map((v) => (v.length > 60 ? `${v.slice(0, 59)}…` : v)),
    binary: present.length > 0 && present.every((v) => BINARY.has(v)),
    separator: separator ?? ';',
    low: numeric ? numbers.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY) : Number.NaN,
    high: numeric ? numbers.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY) : Number.NaN,
    meanLength: present.reduce((n, v) => n + v.length, 0) / Math.max(1, present.length),
    values,
  };
}

/** The separator where at least one field in five holds a list of short entries without spaces inside, else null. */
function separatorIn(present: readonly string[]): string | null {
  for (const separator of SEPARATORS) {
    const joined = present.filter((v) => v.includes(separator));
    if (joined.length * 5 < present.length || joined.length === 0) continue;
    const short = joined.every((v) =>
      v
        .replace(/^\[(.*)\]$/s, '$1')
        .split(separator)
        .every((e) => /^\s*['"]?[^\s'"]{0,24}['"]?\s*$/.test(e)),
    );
    // "(250,500]" and "[30,60)" are ranges.
    const range = joined.every((v) => /^[[(].*,.*[\])]$/.test(v) && !/^\[.*\]$/.test(v));
    if (short && !range) return separator;
  }
  return null;
}
