/** Measures a world's truth on fresh draws: oracle AUCs, correlations, rates. What docs/SIMULATOR.md and its tests compare with tables. */
import { exactLog } from '../exact-math';
import { Rng } from '../random';
import { BEHAVIOURS, drawUser, itemCategory, matchOf, newUser } from './behaviour';
import { drawItem, drawItemIntent, drawPage, newItem, newPage } from './draw';
import { attraction, intent } from './tastes';
import { conditionals, type World } from './world';

/** Tastes of independent impressions; [n] each. They depend on η, κ, markets and sequences, not on r or the strengths. */
export interface TasteDraws {
  readonly k: Float64Array;
  readonly v: Float64Array;
  /** Place in the world's views. */
  readonly view: Uint8Array;
  /** [n·5], or null without sequences. */
  readonly match: Float64Array | null;
}

export function drawTastes(world: World, n: number, seed: number): TasteDraws {
  const draws: TasteDraws = {
    k: new Float64Array(n),
    v: new Float64Array(n),
    view: new Uint8Array(n),
    match: world.sequences ? new Float64Array(n * BEHAVIOURS.length) : null,
  };
  const rng = new Rng(seed, 0x6d656173);
  const page = newPage();
  const item = newItem();
  const user = newUser();
  const match = new Float64Array(BEHAVIOURS.length);
  for (let d = 0; d < n; d++) {
    const view = d % world.views.length;
    const { lens } = world.views[view]!;
    drawPage(rng, page, lens.page);
    drawItem(rng, item);
    drawItemIntent(rng, item);
    draws.k[d] = attraction(page, item, lens);
    draws.v[d] = intent(page, item, lens);
    draws.view[d] = view;
    if (draws.match === null) continue;
    drawUser(rng, user);
    matchOf(user, itemCategory(user, rng.uniform()), match);
    draws.match.set(match, d * BEHAVIOURS.length);
  }
  return draws;
}

/** True entire-space probabilities of each event on the draws; [K] arrays of [n]. */
export function truthOf(world: World, draws: TasteDraws): Float64Array[] {
  const n = draws.k.length;
  const joint = world.events.map(() => new Float64Array(n));
  const given = new Float64Array(world.events.length);
  const B = BEHAVIOURS.length;
  for (let d = 0; d < n; d++) {
    const match = draws.match?.subarray(d * B, (d + 1) * B) ?? null;
    conditionals(world, world.views[draws.view[d]!]!, draws.k[d]!, draws.v[d]!, match, given);
    world.events.forEach(({ parent }, t) => {
      joint[t]![d] = given[t]! * (parent === null ? 1 : joint[parent]![d]!);
    });
  }
  return joint;
}

/** Bits of a score's fraction that tell two scores apart: scores closer than 1 in 4,096 of themselves count as equal. */
const FRACTION = 12;
const SINGLE = 23;
const BINS = 2 ** (8 + FRACTION);

/**
 * AUC of `scores` (probabilities) where each draw counts p as a positive and whole − p as a negative. Millions of draws
 * are counted by bins instead of being sorted; the value is the exact one to within 1e-5 (`world.test.ts`).
 */
export function aucAgainst(scores: Float64Array, p: Float64Array, whole?: Float64Array): number {
  // The bits of positive single-precision numbers stand in the order of the numbers.
  const bits = new Uint32Array(Float32Array.from(scores).buffer);
  const positive = new Float64Array(BINS);
  const negative = new Float64Array(BINS);
  for (let d = 0; d < p.length; d++) {
    const bin = bits[d]! >>> (SINGLE - FRACTION);
    positive[bin]! += p[d]!;
    negative[bin]! += (whole ? whole[d]! : 1) - p[d]!;
  }
  let [won, allPositive, below] = [0, 0, 0];
  for (let bin = 0; bin < BINS; bin++) {
    won += positive[bin]! * (below + negative[bin]! / 2);
    below += negative[bin]!;
    allPositive += positive[bin]!;
  }
  return won / (allPositive * below);
}

/** By output space id: what no model can beat. */
export function oraclesOf(world: World, joint: readonly Float64Array[]): Record<string, number> {
  const oracle: Record<string, number> = {};
  world.events.forEach(({ name, parent }, t) => {
    const p = joint[t]!;
    oracle[name] = aucAgainst(p, p);
    if (parent === null) return;
    const whole = joint[parent]!;
    const ratio = p.map((x, d) => x / whole[d]!);
    oracle[`${name}|${world.events[parent]!.name}`] = aucAgainst(ratio, p, whole);
  });
  return oracle;
}

export const meanOf = (a: Float64Array) => a.reduce((sum, x) => sum + x, 0) / a.length;

export function correlation(a: Float64Array, b: Float64Array): number {
  const [ma, mb] = [meanOf(a), meanOf(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let d = 0; d < a.length; d++) {
    const [x, y] = [a[d]! - ma, b[d]! - mb];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / Math.sqrt(aa * bb);
}

export const logOf = (p: Float64Array) => p.map((x) => exactLog(x));
export const logitOfAll = (p: Float64Array) => p.map((x) => exactLog(x) - exactLog(1 - x));
