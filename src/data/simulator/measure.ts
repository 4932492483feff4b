/** Measures a world's truth on fresh draws: oracle AUCs, correlations, rates. What docs/SIMULATOR.md and its tests compare with tables. */
import { expectedAuc } from '../../metrics/auc';
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

/** AUC of `scores` where each draw counts p as a positive and whole − p as a negative. */
export function aucAgainst(scores: Float64Array, p: Float64Array, whole?: Float64Array): number {
  const auc = expectedAuc(
    scores,
    p,
    p.map((x, d) => (whole ? whole[d]! : 1) - x),
  );
  return auc.ok ? auc.value : Number.NaN;
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
