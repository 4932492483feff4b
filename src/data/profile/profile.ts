/** What the Data view shows of a table: rates, distributions by country, single-feature AUCs, correlations, rows. */
import type { Check } from '../checks/check';
import type { Origin } from '../dataset';

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
