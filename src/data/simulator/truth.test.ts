/** Every probability of a simulated row can be recomputed from the row as it is shown: nothing hidden tells rows apart. */
import { expect, it } from 'vitest';
import { LINKS, newItem, newPage } from './draw';
import { ITEM_SIGNALS, KNOTS, NUMERICAL, PAGE_SIGNALS } from './marginals';
import { normalScore, phi } from './normal';
import { DEFAULT_REQUEST, type SimulationRequest } from './request';
import { simulateTable } from './simulate';
import { attraction, intent } from './tastes';
import { conditionals, makeWorld } from './world';

/** Rank of a column's value, by its quantile function turned round; −1 where it is missing. */
function rankOfValue(n: number, value: number): number {
  if (value === 0) return -1;
  const { quantiles } = NUMERICAL.find((column) => column.n === n)!;
  const above = quantiles.findIndex((q, knot) => knot > 0 && value <= q);
  const at = above < 0 ? quantiles.length - 1 : above;
  const [low, high] = [quantiles[at - 1]!, quantiles[at]!];
  const rank = KNOTS[at - 1]! + ((value - low) / (high - low)) * (KNOTS[at]! - KNOTS[at - 1]!);
  // Single precision may round the last value up to the end itself.
  return Math.min(rank, 1 - 1e-7);
}

/** The z with phi(z) = rank. */
function scoreOfPhi(rank: number): number {
  let [low, high] = [-6, 6];
  for (let round = 0; round < 50; round++) {
    const middle = (low + high) / 2;
    if (phi(middle) < rank) low = middle;
    else high = middle;
  }
  return low;
}

it.each<[string, Partial<SimulationRequest>]>([
  ['in the plain world', {}],
  ['in the tug of war', { tension: 1 }],
  ['in a shifted market', { country: 'RU', countryShift: 0.7, relatedness: -1 }],
])(
  'the truth is a function of what a row shows %s',
  async (_, change) => {
    const request = { ...DEFAULT_REQUEST, ...change, impressions: 60_000, rows: 2000 };
    const world = makeWorld(request);
    const view = world.views[0]!;
    const table = await simulateTable(request);
    const names = table.schema.numerical;
    const page = newPage();
    const item = newItem();
    const given = new Float64Array(2);
    let worst = 0;
    for (let row = 0; row < table.rows; row++) {
      const code = (n: number) => table.categorical[row * table.schema.categorical.length + n - 1]!;
      const rank = (n: number) =>
        rankOfValue(n, table.numerical[row * names.length + names.indexOf(`numerical_${n}`)]!);
      // Not the last page signal: what it shows is cut off at 1, so it may not matter.
      PAGE_SIGNALS.slice(0, 5).forEach((n, j) => {
        const u = rank(n);
        page.scores[j] = u < 0 ? 0 : view.lens.page === null ? normalScore(u) : scoreOfPhi(u);
      });
      const ranks = ITEM_SIGNALS.map(rank);
      ranks.forEach((u, j) => {
        item.scores[j] = u < 0 ? 0 : normalScore(u);
      });
      // A child's column shows load·parent + rest·own; no parent is a child.
      for (const { child, parent, load } of LINKS) {
        if (ranks[child]! < 0 || ranks[parent]! < 0) continue;
        const shown = scoreOfPhi(ranks[child]!);
        item.scores[child] = (shown - load * item.scores[parent]!) / Math.sqrt(1 - load * load);
      }
      page.segment = code(4);
      page.code = code(9);
      item.flags.set([code(10), code(11)]);
      const k = attraction(page, item, view.lens);
      conditionals(world, view, k, intent(page, item, view.lens), null, given);
      const [click, purchase] = table.truth!.probabilities.subarray(2 * row, 2 * row + 2);
      worst = Math.max(
        worst,
        Math.abs(given[0]! / click! - 1),
        Math.abs((given[0]! * given[1]!) / purchase! - 1),
      );
    }
    // Values are shown in single precision.
    expect(worst).toBeLessThan(0.01);
  },
  60_000,
);
