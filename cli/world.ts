/** Prints the simulated world's truth as docs/SIMULATOR.md shows it: oracle AUCs, intercepts, correlations of columns. */
import { DEFAULT_REQUEST, type SimulationRequest } from '../src/data';
import { MARKETS, NUMERICAL } from '../src/data/simulator/marginals';
import { correlation, drawTastes, oraclesOf, type TasteDraws, truthOf } from '../src/data/simulator/measure';
import { simulatePages } from '../src/data/simulator/simulate';
import { makeWorld } from '../src/data/simulator/world';
import { EXIT, type Io } from './io';
import { table } from './table';

const SEED = 11;
/** Correlations are read off this many complete pages. */
const PAGES = 3000;
const PAIRS = [
  [35, 56],
  [34, 35],
  [52, 53],
  [30, 35],
] as const;

const asked = (change: Partial<SimulationRequest>): SimulationRequest => ({ ...DEFAULT_REQUEST, ...change });
const figures = (values: readonly number[]) => values.map((v) => v.toFixed(4));

export interface WorldOptions {
  readonly draws: string;
}

/** @param options.draws impressions that each oracle is measured on */
export async function worldTables(options: WorldOptions, io: Io): Promise<number> {
  const draws = Number(options.draws);
  const oracle = (change: Partial<SimulationRequest>, tastes?: TasteDraws) => {
    const world = makeWorld(asked(change));
    return Object.values(oraclesOf(world, truthOf(world, tastes ?? drawTastes(world, draws, SEED))));
  };
  const show = (title: string, rows: readonly (readonly string[])[]) =>
    io.out(`${title}\n\n${table(rows, [1, 2, 3, 4, 5])}\n`);

  // Tastes depend on neither r nor the tasks: one set of draws serves all of these.
  const shared = drawTastes(makeWorld(DEFAULT_REQUEST), draws, SEED);
  show(`Oracle AUC, ES, ${draws.toLocaleString('en-US')} draws`, [
    ['r', 'CTR', 'CTCVR', 'CVR'],
    ...[1, 0.75, 0.5, 0.25, 0, -0.25, -0.5, -0.75, -1].map((relatedness) => [
      String(relatedness),
      ...figures(oracle({ relatedness }, shared)),
    ]),
  ]);
  show('With a cart: click, cart, purchase on all rows; cart | click, purchase | cart', [
    ['r', 'CTR', 'CTATC', 'CTCVR', 'cart | click', 'purchase | cart'],
    ...[1, 0.5, -1].map((relatedness) => {
      const world = makeWorld(asked({ relatedness, addToCart: true }));
      const o = oraclesOf(world, truthOf(world, shared));
      const spaces = ['click', 'cart', 'conversion', 'cart|click', 'conversion|cart'];
      return [String(relatedness), ...figures(spaces.map((s) => o[s]!))];
    }),
  ]);
  show('Markets at r 0.5: intercepts, oracle AUC', [
    ['market', 'b click', 'b purchase', 'CTR', 'CTCVR', 'CVR'],
    ...MARKETS.map((country) => {
      const [click, buy] = makeWorld(asked({ country })).views[0]!.intercepts;
      return [country, click!.toFixed(3), buy!.toFixed(3), ...figures(oracle({ country }, shared))];
    }),
  ]);
  show('All markets', [
    ['κ', 'CTR', 'CTCVR', 'CVR'],
    ...[0, 0.7].map((countryShift) => [
      String(countryShift),
      ...figures(oracle({ country: 'ALL', countryShift })),
    ]),
  ]);
  const { numerical, rows } = await simulatePages(DEFAULT_REQUEST, 0, PAGES);
  const column = (n: number) => {
    const at = NUMERICAL.findIndex((c) => c.n === n);
    return Float64Array.from({ length: rows }, (_, i) => numerical[i * NUMERICAL.length + at]!);
  };
  show(`Correlations of columns, ${rows.toLocaleString('en-US')} impressions`, [
    ['pair', 'r'],
    ...PAIRS.map(([a, b]) => [`${a}, ${b}`, correlation(column(a), column(b)).toFixed(3)]),
  ]);
  return EXIT.ok;
}
