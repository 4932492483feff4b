/** Runs through M virtual impressions and keeps the few that become rows, thinned by label and with their probabilities. */
import { hash32, Rng } from '../random';
import { drawItem, drawItemIntent, drawPage, type Item, newItem, newPage } from './draw';
import { ITEM_SIGNALS, ITEMS_PER_PAGE } from './marginals';
import { type KeepRates, keepRates, type SimulationRequest } from './request';
import { attraction, intent, type World } from './world';

/** Names of the random streams: each page and each candidate has its own, so any page can be drawn again by itself. */
const PAGE_STREAM = 1;
const CANDIDATE_STREAM = 2;

/** The generator that draws a page, then its items one after another. */
export const pageStream = (seed: number, page: number) => new Rng(seed, hash32(PAGE_STREAM, page));

/** Kept candidates in the order in which they were drawn; R rows. */
export interface Kept {
  rows: number;
  /** [R] page·20 + place on the page. */
  candidates: Uint32Array;
  /** [R] 0 = no click, 1 = click, 2 = click and purchase. */
  outcomes: Uint8Array;
  /** [R] p(click) and p(purchase | click). */
  clickProbability: Float64Array;
  buyProbability: Float64Array;
  /** [R·8] ranks of the item signals, −1 = missing. */
  ranks: Float64Array;
  /** [R·2] item flags. */
  flags: Uint8Array;
  readonly rates: KeepRates;
  /** What the whole, unthinned draw held. */
  readonly totals: { impressions: number; clicks: number; purchases: number };
}

const SIGNALS = ITEM_SIGNALS.length;
const FLAG_COUNT = 2;

function newKept(rates: KeepRates, capacity: number): Kept {
  return {
    rows: 0,
    candidates: new Uint32Array(capacity),
    outcomes: new Uint8Array(capacity),
    clickProbability: new Float64Array(capacity),
    buyProbability: new Float64Array(capacity),
    ranks: new Float64Array(capacity * SIGNALS),
    flags: new Uint8Array(capacity * FLAG_COUNT),
    rates,
    totals: { impressions: 0, clicks: 0, purchases: 0 },
  };
}

/** Doubles the room. The number of kept rows is random, so no fixed room is safe. */
function grow(kept: Kept): void {
  const wider = <T extends Uint8Array | Uint32Array | Float64Array>(a: T): T => {
    const b = new (a.constructor as new (n: number) => T)(a.length * 2);
    b.set(a as never);
    return b;
  };
  kept.candidates = wider(kept.candidates);
  kept.outcomes = wider(kept.outcomes);
  kept.clickProbability = wider(kept.clickProbability);
  kept.buyProbability = wider(kept.buyProbability);
  kept.ranks = wider(kept.ranks);
  kept.flags = wider(kept.flags);
}

function keep(kept: Kept, candidate: number, outcome: number, click: number, buy: number, item: Item): void {
  if (kept.rows === kept.candidates.length) grow(kept);
  const row = kept.rows++;
  kept.candidates[row] = candidate;
  kept.outcomes[row] = outcome;
  kept.clickProbability[row] = click;
  kept.buyProbability[row] = buy;
  kept.ranks.set(item.ranks, row * SIGNALS);
  kept.flags.set(item.flags, row * FLAG_COUNT);
}

/** Pages between two breaths: about 10 ms. */
const PAGES_PER_BREATH = 2000;

/**
 * Draws all impressions of a request. Yields the share done now and then, so that a worker can report and be stopped;
 * returns the kept rows. 98 of 100 candidates leave after one comparison, before intent is looked at.
 */
export function* sample(request: SimulationRequest, world: World): Generator<number, Kept> {
  const rates = keepRates(request);
  const kept = newKept(rates, Math.ceil(request.rows * 1.02) + 64);
  const { seed } = request;
  const pages = Math.ceil(request.impressions / ITEMS_PER_PAGE);
  const page = newPage();
  const item = newItem();
  for (let p = 0; p < pages; p++) {
    if (p % PAGES_PER_BREATH === 0) yield p / pages;
    const rng = pageStream(seed, p);
    drawPage(rng, page);
    const items = Math.min(ITEMS_PER_PAGE, request.impressions - p * ITEMS_PER_PAGE);
    for (let i = 0; i < items; i++) {
      drawItem(rng, item);
      const k = attraction(page, item);
      const uniform = rng.uniform();
      // Given that it is no click, (uniform − p)/(1 − p) is uniform again and settles the thinning.
      const stays = (p: number) => uniform < p + rates.nonClick * (1 - p);
      if (!stays(world.clickAtMost(k))) continue;
      const click = world.click(k);
      const clicked = uniform < click;
      if (!clicked && !stays(click)) continue;
      const candidate = p * ITEMS_PER_PAGE + i;
      const own = new Rng(seed, hash32(CANDIDATE_STREAM, candidate));
      drawItemIntent(own, item);
      const buy = world.buy(k, intent(page, item));
      const bought = clicked && own.uniform() < buy;
      if (clicked) kept.totals.clicks++;
      if (bought) kept.totals.purchases++;
      if (clicked && !bought && own.uniform() >= rates.click) continue;
      keep(kept, candidate, bought ? 2 : clicked ? 1 : 0, click, buy, item);
    }
    kept.totals.impressions += items;
  }
  return kept;
}
