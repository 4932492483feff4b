/** Runs through virtual impressions and keeps the few that become rows, thinned by label and with their probabilities. */
import { hash32, Rng } from '../random';
import { BEHAVIOURS, drawUser, itemCategory, matchOf, newUser, type User, userStream } from './behaviour';
import {
  drawItem,
  drawItemIntent,
  drawPage,
  type Item,
  newItem,
  newPage,
  type Page,
  settleRanks,
} from './draw';
import { interestOf } from './events';
import { ITEM_SIGNALS, ITEMS_PER_PAGE } from './marginals';
import type { KeepRates } from './request';
import { attraction, intent } from './tastes';
import { conditionals, logitOf, type MarketView, sigmoidAtMost, type World } from './world';

/** Names of the random streams: each page and each candidate has its own, so any page can be drawn again by itself. */
const PAGE_STREAM = 1;
const CANDIDATE_STREAM = 2;
const MARKET_STREAM = 6;

/** The generator that draws a page, then its items one after another. */
const pageStream = (seed: number, page: number) => new Rng(seed, hash32(PAGE_STREAM, page));

/** Place of a page's market in the world's views: all in equal shares. */
export const marketOf = (world: World, seed: number, page: number): number =>
  world.views.length === 1 ? 0 : hash32(seed, MARKET_STREAM, page) % world.views.length;

/** Draws what the items of page `p` share, and returns the generator, at the first item. */
export function openPage(world: World, seed: number, p: number, page: Page): Rng {
  const rng = pageStream(seed, p);
  drawPage(rng, page, world.views[marketOf(world, seed, p)]!.lens.page);
  return rng;
}

/** Which impressions to draw and how much of each kind to keep. */
export interface Range {
  readonly seed: number;
  readonly firstPage: number;
  readonly impressions: number;
  readonly rates: KeepRates;
}

/** Kept candidates in the order in which they were drawn; R rows of a world with K events. */
export interface Kept {
  rows: number;
  /** [R] page·20 + place on the page. */
  candidates: Uint32Array;
  /** [R] bit t = event t happened. */
  outcomes: Uint8Array;
  /** [R·K] true entire-space probability of each event. */
  probabilities: Float32Array;
  /** [R] inclusion weight, and h. */
  weights: Float32Array;
  featureWeights: Float32Array;
  /** [R·8] ranks of the item signals, −1 = missing. */
  ranks: Float64Array;
  /** [R·2] item flags. */
  flags: Uint8Array;
  /** [R] item category; 0 without sequences. */
  categories: Uint8Array;
  /** What the whole, unthinned draw held: impressions, those with interest, and each event. */
  readonly totals: { impressions: number; interested: number; events: number[] };
}

const SIGNALS = ITEM_SIGNALS.length;
const FLAG_COUNT = 2;

function newKept(events: number, capacity: number): Kept {
  return {
    rows: 0,
    candidates: new Uint32Array(capacity),
    outcomes: new Uint8Array(capacity),
    probabilities: new Float32Array(capacity * events),
    weights: new Float32Array(capacity),
    featureWeights: new Float32Array(capacity),
    ranks: new Float64Array(capacity * SIGNALS),
    flags: new Uint8Array(capacity * FLAG_COUNT),
    categories: new Uint8Array(capacity),
    totals: { impressions: 0, interested: 0, events: new Array<number>(events).fill(0) },
  };
}

/** Makes a third more room. The number of kept rows is random, so no fixed room is safe. */
function grow(kept: Kept): void {
  const rows = kept.candidates.length;
  const room = Math.ceil((rows * 4) / 3);
  const wider = <T extends Uint8Array | Uint32Array | Float32Array | Float64Array>(a: T): T => {
    const b = new (a.constructor as new (n: number) => T)((a.length / rows) * room);
    b.set(a as never);
    return b;
  };
  kept.candidates = wider(kept.candidates);
  kept.outcomes = wider(kept.outcomes);
  kept.probabilities = wider(kept.probabilities);
  kept.weights = wider(kept.weights);
  kept.featureWeights = wider(kept.featureWeights);
  kept.ranks = wider(kept.ranks);
  kept.flags = wider(kept.flags);
  kept.categories = wider(kept.categories);
}

/** What of an impression is at hand while it is decided on. Scratch space. */
class Candidate {
  readonly page = newPage();
  readonly item: Item = newItem();
  readonly user: User = newUser();
  /** [5] of the item's category with the user's lists, or null without sequences. */
  readonly match: Float64Array | null;
  /** [K] probabilities given the parents. */
  readonly given: Float64Array;
  readonly joint: Float64Array;
  category = 0;

  constructor(readonly world: World) {
    this.match = world.sequences ? new Float64Array(BEHAVIOURS.length) : null;
    this.given = new Float64Array(world.events.length);
    this.joint = new Float64Array(world.events.length);
  }
}

/** Pages between two breaths: about 10 ms. */
const PAGES_PER_BREATH = 2000;

/**
 * Draws a range of impressions. Yields the share done now and then, so that a worker can report and be stopped;
 * returns the kept rows.
 */
export function* sample(world: World, range: Range): Generator<number, Kept> {
  const { seed, firstPage, impressions, rates } = range;
  const kept = newKept(world.events.length, roomFor(world, range));
  const pages = Math.ceil(impressions / ITEMS_PER_PAGE);
  const candidate = new Candidate(world);
  for (let p = 0; p < pages; p++) {
    if (p % PAGES_PER_BREATH === 0) yield p / pages;
    const number = firstPage + p;
    const items = Math.min(ITEMS_PER_PAGE, impressions - p * ITEMS_PER_PAGE);
    const rng = openPage(world, seed, number, candidate.page);
    const view = world.views[marketOf(world, seed, number)]!;
    if (world.sequences) drawUser(userStream(seed, number), candidate.user);
    for (let i = 0; i < items; i++) {
      drawItem(rng, candidate.item);
      if (candidate.match !== null) {
        candidate.category = itemCategory(candidate.user, rng.uniform());
        matchOf(candidate.user, candidate.category, candidate.match);
      }
      const id = number * ITEMS_PER_PAGE + i;
      if (world.early) decideEarly(kept, candidate, view, rng, seed, id, rates);
      else decideFully(kept, candidate, view, rng, seed, id, rates);
    }
    kept.totals.impressions += items;
  }
  return kept;
}

/** Rows to expect, and two in a hundred more. */
function roomFor(world: World, { impressions, rates }: Range): number {
  const { interestShare: q, purchaseShare: b } = world;
  const share = b + rates.click * (q - b) + rates.nonClick * (1 - q);
  return Math.ceil(impressions * share * 1.02) + 64;
}

/** 98 of 100 candidates leave here after one comparison, before intent is looked at. */
function decideEarly(
  kept: Kept,
  c: Candidate,
  view: MarketView,
  rng: Rng,
  seed: number,
  id: number,
  rates: KeepRates,
): void {
  const { world } = c;
  const k = attraction(c.page, c.item, view.lens);
  const uniform = rng.uniform();
  const logit = logitOf(world.events[0]!, view.intercepts[0]!, k, 0, c.match);
  // Given that it is no click, (uniform − p)/(1 − p) is uniform again and settles the thinning.
  const most = sigmoidAtMost(logit);
  if (uniform >= most + rates.nonClick * (1 - most)) return;
  const own = new Rng(seed, hash32(CANDIDATE_STREAM, id));
  drawItemIntent(own, c.item);
  conditionals(world, view, k, intent(c.page, c.item, view.lens), c.match, c.given);
  const click = c.given[0]!;
  const clicked = uniform < click;
  if (!clicked && uniform >= click + rates.nonClick * (1 - click)) return;
  let outcome = 0;
  if (clicked) {
    outcome = 1;
    for (let t = 1; t < c.given.length && outcome === (1 << t) - 1; t++) {
      if (own.uniform() < c.given[t]!) outcome |= 1 << t;
    }
  }
  keepOrDrop(kept, c, own, id, outcome, clicked, rates);
}

/** The micro-video tree: whether it was watched is settled for every impression, so intent is too. */
function decideFully(
  kept: Kept,
  c: Candidate,
  view: MarketView,
  rng: Rng,
  seed: number,
  id: number,
  rates: KeepRates,
): void {
  drawItemIntent(rng, c.item);
  const k = attraction(c.page, c.item, view.lens);
  conditionals(c.world, view, k, intent(c.page, c.item, view.lens), c.match, c.given);
  const p = c.given;
  const q = interestOf(p);
  const uniform = rng.uniform();
  const second = rng.uniform();
  if (uniform < q) {
    // One of the two happened: first whether it was the click, then whether an entry came with it.
    const own = new Rng(seed, hash32(CANDIDATE_STREAM, id));
    const clicked = second < p[1]! / (1 - (1 - p[1]!) * (1 - p[2]!));
    const entered = !clicked || own.uniform() < p[2]!;
    const bought = entered && own.uniform() < p[3]!;
    keepOrDrop(kept, c, own, id, 1 | (clicked ? 2 : 0) | (entered ? 4 : 0) | (bought ? 8 : 0), true, rates);
    return;
  }
  const watched = second < (p[0]! * (1 - p[1]!) * (1 - p[2]!)) / (1 - q);
  const outcome = watched ? 1 : 0;
  if (uniform >= q + rates.nonClick * (1 - q)) {
    kept.totals.events[0]! += outcome;
    return;
  }
  keepOrDrop(kept, c, null, id, outcome, false, rates);
}

/** Counts an impression, thins it out where it shows interest without a purchase, and keeps the rest. */
function keepOrDrop(
  kept: Kept,
  c: Candidate,
  own: Rng | null,
  id: number,
  outcome: number,
  interested: boolean,
  rates: KeepRates,
): void {
  const { events } = c.world;
  const { given, joint } = c;
  const K = events.length;
  for (let t = 0; t < K; t++) if ((outcome >> t) & 1) kept.totals.events[t]!++;
  if (interested) kept.totals.interested++;
  const bought = (outcome >> (K - 1)) & 1;
  if (interested && !bought && own!.uniform() >= rates.click) return;
  for (let t = 0; t < K; t++) {
    const { parent } = events[t]!;
    joint[t] = parent === null ? given[t]! : joint[parent]! * given[t]!;
  }
  if (kept.rows === kept.candidates.length) grow(kept);
  const row = kept.rows++;
  const q = interestOf(given);
  const buy = joint[K - 1]!;
  kept.candidates[row] = id;
  kept.outcomes[row] = outcome;
  kept.weights[row] = bought ? 1 : interested ? 1 / rates.click : 1 / rates.nonClick;
  kept.featureWeights[row] = 1 / (rates.nonClick * (1 - q) + rates.click * (q - buy) + buy);
  for (let t = 0; t < K; t++) kept.probabilities[row * K + t] = joint[t]!;
  settleRanks(c.item);
  kept.ranks.set(c.item.ranks, row * SIGNALS);
  kept.flags.set(c.item.flags, row * FLAG_COUNT);
  kept.categories[row] = c.category;
}
