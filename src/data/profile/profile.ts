/** What the Data view shows of a table: rates, distributions by country, single-feature AUCs, correlations, rows. */
import type { Check } from '../checks/checks';
import type { Origin } from '../dataset';
import type { Table } from '../table';
import { meanDivergence, normalised } from './bins';
import { binWeights, type ColumnView, columnViews } from './columns';
import { correlations } from './correlations';
import { pickRows } from './pick';
import { spacesOf } from './ranks';
import { marketsOf, rateRows } from './rates';

/** Rate of a task in one market: of the rows at hand (population-weighted) beside what was published, where it was. */
export interface RateRow {
  /** "all", or the market. */
  readonly country: string;
  readonly task: string;
  /** Positive rows in training and validation part. */
  readonly positives: readonly [train: number, validation: number];
  readonly rows: number;
  /** Weighted share of all rows of the market, and of those with the parent event (null for a root). */
  readonly rate: number;
  readonly givenParent: number | null;
  /** Standard error of `rate`. */
  readonly se: number;
  readonly published: { readonly rate: number; readonly givenParent: number | null } | null;
}

export interface FeatureProfile {
  readonly name: string;
  readonly kind: 'numerical' | 'categorical' | 'list';
  /** Share missing (numerical: NaN; exact zeros are counted apart), weighted. */
  readonly missing: number;
  readonly zeros: number;
  /** Numerical: smallest, 5 %, 25 %, 50 %, 75 %, 95 %, largest value; else null. */
  readonly quantiles: readonly number[] | null;
  /** Histogram: ranges of the bins (numerical: at most 20 of equal count, then *missing*) or the most frequent codes and all others. */
  readonly bins: readonly string[];
  /** [markets][bins] weighted share of each bin; one market where the table has one. */
  readonly shares: readonly (readonly number[])[];
  /** Mean over pairs of markets of the Jensen–Shannon divergence in bits, 0…1; null where there is one market. */
  readonly divergence: number | null;
  /** By task: AUC of this column alone (≥ .5, whichever direction), or null where it has none. Categories by target mean, cross-fitted. On all rows. */
  readonly auc: readonly (number | null)[];
}

export interface Profile {
  readonly countries: readonly string[];
  readonly rates: readonly RateRow[];
  readonly features: readonly FeatureProfile[];
  /** Names and [n·n] correlations of numerical columns, at most 100, those that vary most with the tasks first. */
  readonly correlation: { readonly names: readonly string[]; readonly values: readonly number[] };
  /** First rows as text, header apart. */
  readonly sample: { readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] };
  readonly origin: Origin | null;
  readonly checks: readonly Check[];
}

/** Divergence above which a feature counts as market-dependent unless the user says otherwise. */
export const DEPENDENT_ABOVE = 0.02;

/** Most rows shown as they are. */
const SAMPLE_ROWS = 20;

/**
 * Looks into a table: population-weighted, by market where it has several. Numbers that need a sort (quantiles, bins,
 * AUCs, correlations) come from at most 20,000 rows that keep all rare events; shares and rates from all rows.
 * @param checks what `checkTable` found, carried along
 */
export function profileTable(table: Table, checks: readonly Check[]): Profile {
  const picked = pickRows(table);
  const markets = marketsOf(table);
  const tasks = spacesOf(table).filter(({ given }) => given === null);
  const features: FeatureProfile[] = [];
  for (const view of columnViews(table, picked)) {
    features.push(featureOf(table, view, markets.of, markets.names.length, view.aucs(tasks)));
  }
  return {
    countries: markets.names,
    rates: rateRows(table, markets),
    features,
    correlation: correlations(table, picked, features),
    sample: sampleOf(table),
    origin: table.origin ?? null,
    checks,
  };
}

function featureOf(
  table: Table,
  view: ColumnView,
  marketOf: Uint16Array | null,
  markets: number,
  auc: readonly (number | null)[],
): FeatureProfile {
  const shares = binWeights(table, view, marketOf, markets).map(normalised);
  const { name, kind, quantiles, bins, missing, zeros } = view;
  return { name, kind, missing, zeros, quantiles, bins, shares, divergence: meanDivergence(shares), auc };
}

/** The first rows as text: codes by what they stand for, lists shortened. */
function sampleOf(table: Table): Profile['sample'] {
  const { categorical, numerical, tasks, group, sequences = [] } = table.schema;
  const header = [
    ...(group === null ? [] : [group]),
    ...tasks.map((t) => t.name),
    ...categorical.map((c) => c.name),
    ...numerical,
    ...sequences.map((s) => s.name),
    'weight',
    'part',
  ];
  const rows = Array.from({ length: Math.min(SAMPLE_ROWS, table.rows) }, (_, i) => [
    ...(group === null ? [] : [String(table.groups[i]!)]),
    ...tasks.map((_, k) => String(table.labels[i * tasks.length + k]!)),
    ...categorical.map(({ values }, c) => {
      const code = table.categorical[i * categorical.length + c]!;
      return values?.[code] ?? String(code);
    }),
    ...numerical.map((_, c) => {
      const x = table.numerical[i * numerical.length + c]!;
      return Number.isNaN(x) ? '' : String(Number(x.toPrecision(4)));
    }),
    ...sequences.map((_, s) => {
      const { offsets, codes } = table.sequences![s]!;
      const list = codes.subarray(offsets[i]!, offsets[i + 1]!);
      return `${list.slice(0, 5).join(' ')}${list.length > 5 ? ' …' : ''}`;
    }),
    String(Number(table.weights[i]!.toPrecision(4))),
    table.validation[i] === 0 ? 'train' : 'validation',
  ]);
  return { header, rows };
}
