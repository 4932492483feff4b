/** Made-up tables for tests: what a small log looks like, without a simulator behind it. */
import { splitByPage } from '../prepare';
import { Rng } from '../random';
import type { Table } from '../table';

export interface MadeUp {
  readonly rows: number;
  readonly seed?: number;
  /** Numerical columns n1, n2, …: noise, but for n1, which tells clicks a little. */
  readonly numerical?: number;
  readonly categorical?: number;
  /** Rows that share a group. */
  readonly page?: number;
  /** Columns that do not change within a group, from the last one backwards. */
  readonly pageColumns?: number;
  readonly clickRate?: number;
  readonly buyRate?: number;
  /** Share of missing numbers. */
  readonly missing?: number;
  readonly truth?: boolean;
}

/** Click → purchase on pages; one seed, one table. */
export function madeUp({
  rows,
  seed = 1,
  numerical = 4,
  categorical = 2,
  page = 5,
  pageColumns = 1,
  clickRate = 0.2,
  buyRate = 0.3,
  missing = 0.05,
  truth = false,
}: MadeUp): Table {
  const rng = new Rng(seed);
  const chance = (p: number) => (rng.uniform() < p ? 1 : 0);
  const M = numerical;
  const numbers = new Float32Array(rows * M);
  const codes = new Int32Array(rows * categorical);
  const labels = new Uint8Array(rows * 2);
  const weights = new Float32Array(rows);
  const probabilities = new Float32Array(rows * 2);
  for (let i = 0; i < rows; i++) {
    const shared = i % page === 0 ? -1 : i - (i % page);
    for (let c = 0; c < M; c++) {
      const old = shared >= 0 && c >= M - pageColumns;
      numbers[i * M + c] = old ? numbers[shared * M + c]! : chance(missing) ? Number.NaN : rng.normal();
    }
    for (let c = 0; c < categorical; c++) codes[i * categorical + c] = rng.below(c + 3);
    const taste = Number.isNaN(numbers[i * M]!) || M === 0 ? 0 : numbers[i * M]!;
    const p = clickRate / (clickRate + (1 - clickRate) * Math.exp(-taste / 2));
    labels[i * 2] = chance(p);
    labels[i * 2 + 1] = labels[i * 2] === 1 ? chance(buyRate) : 0;
    probabilities.set([p, p * buyRate], i * 2);
    weights[i] = labels[i * 2] === 1 ? 1 : 4;
  }
  const groups = Uint32Array.from({ length: rows }, (_, i) => Math.floor(i / page) + 1000 * seed);
  return {
    schema: {
      categorical: Array.from({ length: categorical }, (_, c) => ({ name: `c${c + 1}`, vocabulary: c + 3 })),
      numerical: Array.from({ length: M }, (_, c) => `n${c + 1}`),
      tasks: [
        { name: 'click', parent: null },
        { name: 'conversion', parent: 0 },
      ],
      group: 'page',
    },
    source: { kind: truth ? 'simulated' : 'file', title: 'made up', detail: `${rows} rows` },
    rows,
    categorical: codes,
    numerical: numbers,
    labels,
    weights,
    groups,
    rowIds: Uint32Array.from({ length: rows }, (_, i) => i * 3),
    validation: splitByPage(groups),
    ...(truth && { truth: { probabilities, featureWeights: Float32Array.from(weights) } }),
    notes: [],
  };
}
