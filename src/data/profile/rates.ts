/** Rates of every task in every market, beside those that were published for AliExpress. */
import { COUNTRIES } from '../simulator/marginals';
import type { Table } from '../table';
import type { RateRow } from './profile';

export interface Markets {
  /** One name where the table has one market. */
  readonly names: readonly string[];
  /** [N] which market a row is of; null where there is one. */
  readonly of: Uint16Array | null;
}

const MOST_MARKETS = 60;

/** The markets of a table by its country column; rows with a rare or unknown code are *others*. */
export function marketsOf(table: Table): Markets {
  const { categorical, country } = table.schema;
  const column = categorical.findIndex((c) => c.name === country);
  if (column < 0) return { names: [published(table.source.title) ? table.source.title : 'all'], of: null };
  const { vocabulary, values } = categorical[column]!;
  const C = categorical.length;
  const counts = new Float64Array(vocabulary);
  const codeAt = (i: number) => table.categorical[i * C + column]!;
  for (let i = 0; i < table.rows; i++) if (codeAt(i) >= 0 && codeAt(i) < vocabulary) counts[codeAt(i)]!++;
  const codes = Array.from(counts.keys())
    .filter((code) => counts[code]! > 0)
    .sort((a, b) => counts[b]! - counts[a]! || a - b)
    .slice(0, MOST_MARKETS)
    .sort((a, b) => a - b);
  const place = new Map(codes.map((code, m) => [code, m]));
  const of = Uint16Array.from({ length: table.rows }, (_, i) => place.get(codeAt(i)) ?? codes.length);
  const names = codes.map((code) => values?.[code] ?? String(code));
  if (of.some((m) => m === codes.length)) names.push('others');
  return names.length > 1 ? { names, of } : { names, of: null };
}

/** Click-through and conversion rate of a market in the published statistics, or null. */
function published(name: string): { ctr: number; cvr: number } | null {
  const rates = COUNTRIES as Readonly<Record<string, { ctr: number; cvr: number }>>;
  return Object.hasOwn(rates, name) ? rates[name]! : null;
}

/** What was published of a task: known for click and conversion in the countries of AliExpress. */
function publishedRate(country: string, task: string, parent: string | null): RateRow['published'] {
  const rates = published(country);
  if (!rates) return null;
  if (task === 'click' && parent === null) return { rate: rates.ctr, givenParent: null };
  if (task === 'conversion' && parent === 'click') {
    return { rate: rates.ctr * rates.cvr, givenParent: rates.cvr };
  }
  return null;
}

/** One row for each market and task; where there are several markets, those of all rows first. */
export function rateRows(table: Table, { names, of }: Markets): RateRow[] {
  const pooled = rowsOf(
    table,
    of ? (published(table.source.title) ? table.source.title : 'all') : names[0]!,
    null,
    0,
  );
  return of ? [...pooled, ...names.flatMap((name, m) => rowsOf(table, name, of, m))] : pooled;
}

function rowsOf(table: Table, country: string, of: Uint16Array | null, market: number): RateRow[] {
  const { tasks } = table.schema;
  const K = tasks.length;
  return tasks.map(({ name, parent }, k): RateRow => {
    const positives: [number, number] = [0, 0];
    let [rows, all, events, parents] = [0, 0, 0, 0];
    // Σw²(y − p)² = Σw²y(1 − 2p) + p²Σw², so that one walk does.
    let [squares, eventSquares] = [0, 0];
    for (let i = 0; i < table.rows; i++) {
      if (of && of[i] !== market) continue;
      const w = table.weights[i]!;
      rows++;
      all += w;
      squares += w * w;
      if (parent !== null && table.labels[i * K + parent] === 1) parents += w;
      if (table.labels[i * K + k] === 0) continue;
      positives[table.validation[i]! === 0 ? 0 : 1]++;
      events += w;
      eventSquares += w * w;
    }
    const rate = all > 0 ? events / all : 0;
    return {
      country,
      task: name,
      positives,
      rows,
      rate,
      givenParent: parent === null ? null : parents > 0 ? events / parents : 0,
      se: all > 0 ? Math.sqrt(Math.max(0, eventSquares * (1 - 2 * rate) + rate * rate * squares)) / all : 0,
      published: publishedRate(country, name, parent === null ? null : tasks[parent]!.name),
    };
  });
}
