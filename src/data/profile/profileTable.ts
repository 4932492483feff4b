/** Makes the profile of a table: every part of what the Data view shows. */
import type { Check } from '../checks/check';
import type { Table } from '../table';
import { meanDivergence, normalised } from './bins';
import { binWeights, type ColumnView, columnViews } from './columns';
import { correlations } from './correlations';
import { pickRows } from './pick';
import type { FeatureProfile, Profile } from './profile';
import { rankingOf, spacesOf } from './ranks';
import { marketsOf, rateRows } from './rates';

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
  const ranking = rankingOf(table, picked, tasks);
  const features: FeatureProfile[] = [];
  for (const view of columnViews(table, picked)) {
    features.push(featureOf(table, view, markets.of, markets.names.length, view.aucs(ranking)));
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
