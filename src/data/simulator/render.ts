/** Turns kept candidates into rows: the 16 categorical and 60 numerical columns that a model sees. */
import { exactExp } from '../exact-math';
import { hash32, Rng } from '../random';
import { codeOf, cumulative, drawPage, newPage, normalScore, type Page, rankOf } from './draw';
import {
  CATEGORICAL,
  ITEM_CATEGORICALS,
  ITEM_SIGNALS,
  ITEMS_PER_PAGE,
  KNOTS,
  LAST_PAGE_NUMERICAL,
  type MaskBlock,
  NUMERICAL,
  PAGE_SIGNALS,
  SEGMENT,
} from './marginals';
import { type Kept, pageStream } from './sample';

const PAGE_LOOK_STREAM = 3;
const ITEM_LOOK_STREAM = 4;

const C = CATEGORICAL.length;
const M = NUMERICAL.length;

/** Φ on [−6, 6] at equal steps, by Simpson's rule over the density. */
const PHI_CELLS = 2048;
const PHI_END = 6;
const PHI = (() => {
  const table = new Float64Array(PHI_CELLS + 1);
  const step = (2 * PHI_END) / PHI_CELLS;
  const density = (z: number) => 0.3989422804014327 * exactExp(-0.5 * z * z);
  for (let i = 1; i <= PHI_CELLS; i++) {
    const left = -PHI_END + (i - 1) * step;
    table[i] =
      table[i - 1]! + (step / 6) * (density(left) + 4 * density(left + step / 2) + density(left + step));
  }
  return table;
})();

function phi(z: number): number {
  const t = ((z + PHI_END) / (2 * PHI_END)) * PHI_CELLS;
  if (t <= 0) return 0;
  if (t >= PHI_CELLS) return 1;
  const cell = t | 0;
  return PHI[cell]! + (t - cell) * (PHI[cell + 1]! - PHI[cell]!);
}

/** Q: the value of rank u, linear between the knots. */
function valueAt(quantiles: readonly number[], u: number): number {
  let knot = 0;
  while (knot < KNOTS.length - 2 && u >= KNOTS[knot + 1]!) knot++;
  const share = (u - KNOTS[knot]!) / (KNOTS[knot + 1]! - KNOTS[knot]!);
  return quantiles[knot]! + share * (quantiles[knot + 1]! - quantiles[knot]!);
}

/** How a column comes about. */
interface Recipe {
  /** Place in the row, 0…59. */
  readonly at: number;
  readonly zero: number;
  readonly block: MaskBlock | null;
  readonly quantiles: readonly number[];
  /** Signal whose rank is shown as it is, or whose noisy copy the column is. */
  readonly signal: number;
  readonly copy: boolean;
}

/** Recipes of the page's or the items' columns. Copies take the signals of their level in turn. */
function recipes(ofPage: boolean): Recipe[] {
  const signals: readonly number[] = ofPage ? PAGE_SIGNALS : ITEM_SIGNALS;
  let copies = 0;
  return NUMERICAL.flatMap(({ n, zero, block, quantiles }, at) => {
    if (n <= LAST_PAGE_NUMERICAL !== ofPage) return [];
    const own = signals.indexOf(n);
    const signal = own >= 0 ? own : copies++ % signals.length;
    return [{ at, zero, block, quantiles, signal, copy: own < 0 }];
  });
}

const PAGE_RECIPES = recipes(true);
const ITEM_RECIPES = recipes(false);

/** Blocks with a mask of their own among the item columns; those of A and D are the masks of their signals. */
const DRAWN_BLOCKS: readonly MaskBlock[] = ['B', 'C', 'E'];
const FIRST_OF_BLOCK_D = ITEM_SIGNALS.indexOf(56);

/** How like its signal a copy is; with the noise its variance is 1 again. */
const COPY = 0.6;
const NOISE = 0.8;

/** Fills the columns of one level. `ranks` are the level's signals (−1 = missing), `masked` the shared masks of its blocks. */
function fill(
  out: Float32Array,
  base: number,
  list: readonly Recipe[],
  ranks: Float64Array,
  masked: Partial<Record<MaskBlock, boolean>>,
  rng: Rng,
): void {
  for (const { at, zero, block, quantiles, signal, copy } of list) {
    const rank = ranks[signal]!;
    if (!copy) {
      out[base + at] = rank < 0 ? 0 : valueAt(quantiles, rank);
      continue;
    }
    // Both words are drawn in any case: a column's noise must not depend on another column's mask.
    const own = rankOf(rng.uniform(), zero) < 0;
    const noise = normalScore(rng.uniform());
    const missing = block === null ? own : masked[block]!;
    const score = rank < 0 ? 0 : normalScore(rank);
    out[base + at] = missing ? 0 : valueAt(quantiles, phi(COPY * score + NOISE * noise));
  }
}

const CODE_SUMS = CATEGORICAL.map(({ n }) => cumulative(n));
const isItem = (n: number) => ITEM_CATEGORICALS.includes(n);
const FREE_PAGE_CODES = CATEGORICAL.filter(({ n }) => !isItem(n) && ![4, 5, 9].includes(n)).map(
  ({ n }) => n - 1,
);
const FREE_ITEM_CODES = CATEGORICAL.filter(({ n }) => isItem(n) && n > 11).map(({ n }) => n - 1);

/** Draws the page's own columns into `codes` [C] and `values` [M]. */
function renderPage(seed: number, p: number, page: Page, codes: Int32Array, values: Float32Array): void {
  drawPage(pageStream(seed, p), page);
  const rng = new Rng(seed, hash32(PAGE_LOOK_STREAM, p));
  for (const c of FREE_PAGE_CODES) codes[c] = codeOf(CODE_SUMS[c]!, rng.uniform());
  codes[3] = page.segment;
  codes[4] = SEGMENT.codes[page.segment as 0 | 1];
  codes[8] = page.code;
  fill(values, 0, PAGE_RECIPES, page.ranks, { A: page.ranks[0]! < 0 }, rng);
}

export interface Rendered {
  /** [N·16] codes and [N·60] raw values (0 = missing, as in the real data). */
  readonly categorical: Int32Array;
  readonly numerical: Float32Array;
}

const ROWS_PER_BREATH = 2000;

/** Renders the kept rows in the given order. Yields the share done now and then. */
export function* render(seed: number, kept: Kept, order: Uint32Array): Generator<number, Rendered> {
  const n = order.length;
  const categorical = new Int32Array(n * C);
  const numerical = new Float32Array(n * M);
  const page = newPage();
  const pageCodes = new Int32Array(C);
  const pageValues = new Float32Array(M);
  const blockZero = DRAWN_BLOCKS.map((b) => NUMERICAL.find((column) => column.block === b)!.zero);
  const masked: Partial<Record<MaskBlock, boolean>> = {};
  let current = -1;
  for (let i = 0; i < n; i++) {
    if (i % ROWS_PER_BREATH === 0) yield i / n;
    const row = order[i]!;
    const candidate = kept.candidates[row]!;
    const p = Math.floor(candidate / ITEMS_PER_PAGE);
    if (p !== current) {
      renderPage(seed, p, page, pageCodes, pageValues);
      current = p;
    }
    categorical.set(pageCodes, i * C);
    numerical.set(pageValues, i * M);

    const rng = new Rng(seed, hash32(ITEM_LOOK_STREAM, candidate));
    for (const c of FREE_ITEM_CODES) categorical[i * C + c] = codeOf(CODE_SUMS[c]!, rng.uniform());
    categorical[i * C + 9] = kept.flags[row * 2]!;
    categorical[i * C + 10] = kept.flags[row * 2 + 1]!;
    const ranks = kept.ranks.subarray(row * ITEM_SIGNALS.length, (row + 1) * ITEM_SIGNALS.length);
    for (const [b, name] of DRAWN_BLOCKS.entries()) masked[name] = rng.uniform() < blockZero[b]!;
    masked.D = ranks[FIRST_OF_BLOCK_D]! < 0;
    fill(numerical, i * M, ITEM_RECIPES, ranks, masked, rng);
  }
  return { categorical, numerical };
}
