/** Turns kept candidates into rows: the categorical and numerical columns and the lists that a model sees. */
import type { CategoricalColumn, Sequences } from '../dataset';
import { hash32, Rng } from '../random';
import { CATEGORIES, ITEM_CATEGORY } from './behaviour';
import { codeOf, cumulative, newPage, type Page, rankOf } from './draw';
import { Lists } from './lists';
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
import { normalScore, phi } from './normal';
import { type Kept, marketOf, openPage } from './sample';
import type { World } from './world';

const PAGE_LOOK_STREAM = 3;
const ITEM_LOOK_STREAM = 4;

/** Name of the column that tells the market, where there are several. */
export const COUNTRY = 'country';

const C = CATEGORICAL.length;
const M = NUMERICAL.length;

/** Knot at or below u, by twentieths: all knots lie on them. */
const KNOT_BELOW = Uint8Array.from({ length: 21 }, (_, twentieth) =>
  Math.min(
    KNOTS.length - 2,
    KNOTS.findLastIndex((k) => Math.round(k * 20) <= twentieth),
  ),
);

const KNOT_VALUES = Float64Array.from(KNOTS);

const BLOCKS: readonly MaskBlock[] = ['A', 'B', 'C', 'D', 'E'];

/** How the columns of one level come about, as typed arrays over its L columns: millions of values pass through. */
interface Level {
  /** Place in the row, 0…59. */
  readonly at: Uint8Array;
  readonly zero: Float64Array;
  /** Index in BLOCKS, or −1. */
  readonly block: Int8Array;
  /** Signal whose rank is shown as it is, or whose noisy copy the column is. */
  readonly signal: Uint8Array;
  readonly copy: Uint8Array;
  /** [L·7] quantiles at KNOTS, and the rise per unit of u above each. */
  readonly quantiles: Float64Array;
  readonly slopes: Float64Array;
}

/** The page's or the items' columns. Copies take the signals of their level in turn. */
function makeLevel(ofPage: boolean): Level {
  const signals: readonly number[] = ofPage ? PAGE_SIGNALS : ITEM_SIGNALS;
  const columns = NUMERICAL.map((column, at) => ({ ...column, at })).filter(
    ({ n }) => n <= LAST_PAGE_NUMERICAL === ofPage,
  );
  let copies = 0;
  return {
    at: Uint8Array.from(columns, (c) => c.at),
    zero: Float64Array.from(columns, (c) => c.zero),
    block: Int8Array.from(columns, (c) => (c.block === null ? -1 : BLOCKS.indexOf(c.block))),
    signal: Uint8Array.from(columns, (c) =>
      signals.includes(c.n) ? signals.indexOf(c.n) : copies++ % signals.length,
    ),
    copy: Uint8Array.from(columns, (c) => (signals.includes(c.n) ? 0 : 1)),
    quantiles: Float64Array.from(columns.flatMap((c) => c.quantiles)),
    slopes: Float64Array.from(
      columns.flatMap(({ quantiles: q }) =>
        KNOTS.map((k, i) => (i + 1 < KNOTS.length ? (q[i + 1]! - q[i]!) / (KNOTS[i + 1]! - k) : 0)),
      ),
    ),
  };
}

/** Q: the value of rank u in the level's column c, linear between the knots. */
function valueAt(level: Level, c: number, u: number): number {
  const knot = KNOT_BELOW[(u * 20) | 0]!;
  const i = c * KNOTS.length + knot;
  return level.quantiles[i]! + (u - KNOT_VALUES[knot]!) * level.slopes[i]!;
}

const PAGE_LEVEL = makeLevel(true);
const ITEM_LEVEL = makeLevel(false);

/** Blocks with a mask of their own among the item columns; those of A and D are the masks of their signals. */
const DRAWN_BLOCKS = (['B', 'C', 'E'] as const).map((name) => ({
  block: BLOCKS.indexOf(name),
  zero: NUMERICAL.find((column) => column.block === name)!.zero,
}));
const [BLOCK_A, BLOCK_D] = [BLOCKS.indexOf('A'), BLOCKS.indexOf('D')];
const FIRST_OF_BLOCK_D = ITEM_SIGNALS.indexOf(56);

/** How like its signal a copy is; with the noise its variance is 1 again. */
const COPY = 0.6;
const NOISE = 0.8;

/**
 * Fills the columns of one level in the row that starts at `base`. `ranks[first…]` are the level's signals (−1 = missing),
 * `masked` tells which blocks are missing (1).
 */
function fill(
  out: Float32Array,
  base: number,
  level: Level,
  ranks: Float64Array,
  first: number,
  masked: Uint8Array,
  rng: Rng,
): void {
  for (let c = 0; c < level.at.length; c++) {
    const to = base + level.at[c]!;
    const rank = ranks[first + level.signal[c]!]!;
    if (level.copy[c] === 0) {
      out[to] = rank < 0 ? 0 : valueAt(level, c, rank);
      continue;
    }
    // The word is drawn in any case: a column's noise must not depend on another column's mask.
    const uniform = rng.uniform();
    const block = level.block[c]!;
    const own = block < 0 ? rankOf(uniform, level.zero[c]!) : masked[block] === 1 ? -1 : uniform;
    if (own < 0) {
      out[to] = 0;
      continue;
    }
    const score = rank < 0 ? 0 : normalScore(rank);
    out[to] = valueAt(level, c, phi(COPY * score + NOISE * normalScore(own)));
  }
}

const CODE_SUMS = CATEGORICAL.map(({ n }) => cumulative(n));
const isItem = (n: number) => ITEM_CATEGORICALS.includes(n);
const FREE_PAGE_CODES = CATEGORICAL.filter(({ n }) => !isItem(n) && ![4, 5, 9].includes(n)).map(
  ({ n }) => n - 1,
);
const FREE_ITEM_CODES = CATEGORICAL.filter(({ n }) => isItem(n) && n > 11).map(({ n }) => n - 1);

/** Scratch: which blocks are missing on the row at hand; [5]. */
const MASKED = new Uint8Array(BLOCKS.length);

/** Draws the page's own columns into `codes` and `values` [M]. */
function renderPage(
  world: World,
  seed: number,
  p: number,
  page: Page,
  codes: Int32Array,
  values: Float32Array,
): void {
  openPage(world, seed, p, page);
  const rng = new Rng(seed, hash32(PAGE_LOOK_STREAM, p));
  for (const c of FREE_PAGE_CODES) codes[c] = codeOf(CODE_SUMS[c]!, rng.uniform());
  codes[3] = page.segment;
  codes[4] = SEGMENT.codes[page.segment as 0 | 1];
  codes[8] = page.code;
  if (world.views.length > 1) codes[C] = marketOf(world, seed, p);
  MASKED[BLOCK_A] = page.ranks[0]! < 0 ? 1 : 0;
  fill(values, 0, PAGE_LEVEL, page.ranks, 0, MASKED, rng);
}

/** Categorical columns of a world: the 16, then `country` where there are several, then `item_category` with sequences. */
export function categoricalColumns(world: World): CategoricalColumn[] {
  return [
    ...CATEGORICAL.map(({ n, vocabulary }) => ({ name: `categorical_${n}`, vocabulary })),
    ...(world.views.length > 1
      ? [{ name: COUNTRY, vocabulary: world.views.length, values: world.views.map((v) => v.market) }]
      : []),
    ...(world.sequences ? [{ name: ITEM_CATEGORY, vocabulary: CATEGORIES }] : []),
  ];
}

export interface Rendered {
  /** [N·C] codes and [N·60] raw values (0 = missing, as in the real data). */
  readonly categorical: Int32Array;
  readonly numerical: Float32Array;
  /** One for each behaviour, where the world has sequences. */
  readonly sequences: readonly Sequences[] | null;
}

const ROWS_PER_BREATH = 2000;

/** Renders the kept rows. Yields the share done now and then. */
export function* render(world: World, seed: number, kept: Kept): Generator<number, Rendered> {
  const n = kept.rows;
  const width = categoricalColumns(world).length;
  const categorical = new Int32Array(n * width);
  const numerical = new Float32Array(n * M);
  const lists = world.sequences ? new Lists(n) : null;
  const page = newPage();
  const pageCodes = new Int32Array(width);
  const pageValues = new Float32Array(M);
  let current = -1;
  for (let i = 0; i < n; i++) {
    if (i % ROWS_PER_BREATH === 0) yield i / n;
    const candidate = kept.candidates[i]!;
    const p = Math.floor(candidate / ITEMS_PER_PAGE);
    if (p !== current) {
      renderPage(world, seed, p, page, pageCodes, pageValues);
      lists?.open(seed, p);
      current = p;
    }
    categorical.set(pageCodes, i * width);
    numerical.set(pageValues, i * M);
    lists?.add(i);

    const rng = new Rng(seed, hash32(ITEM_LOOK_STREAM, candidate));
    for (const c of FREE_ITEM_CODES) categorical[i * width + c] = codeOf(CODE_SUMS[c]!, rng.uniform());
    categorical[i * width + 9] = kept.flags[i * 2]!;
    categorical[i * width + 10] = kept.flags[i * 2 + 1]!;
    if (lists) categorical[i * width + width - 1] = kept.categories[i]!;
    const first = i * ITEM_SIGNALS.length;
    for (const { block, zero } of DRAWN_BLOCKS) MASKED[block] = rng.uniform() < zero ? 1 : 0;
    MASKED[BLOCK_D] = kept.ranks[first + FIRST_OF_BLOCK_D]! < 0 ? 1 : 0;
    fill(numerical, i * M, ITEM_LEVEL, kept.ranks, first, MASKED, rng);
  }
  return { categorical, numerical, sequences: lists?.done() ?? null };
}
