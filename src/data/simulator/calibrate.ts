/** Sets the intercepts of a market's events, on draws of a fixed seed, so that its published rates come out. */
import { exactSigmoid } from '../exact-math';
import { Rng } from '../random';
import { BEHAVIOURS, drawUser, itemCategory, matchOf, newUser } from './behaviour';
import { drawItem, drawItemIntent, drawPage, newItem, newPage } from './draw';
import { type EventModel, interestOf } from './events';
import type { Market } from './marginals';
import { attraction, intent, type Lens } from './tastes';

/** One seed for all worlds, so that a world's truth does not depend on its own seed. */
const CALIBRATION_SEED = 0x5ee5a3;
const DRAWS = 200_000;
const USER_STREAM = 1;

/** K, V and the matches of independent impressions; [draws] each. */
interface Draws {
  readonly k: Float64Array;
  readonly v: Float64Array;
  /** By behaviour; empty without sequences. */
  readonly match: readonly Float64Array[];
}

function drawImpressions(lens: Lens, sequences: boolean): Draws {
  const k = new Float64Array(DRAWS);
  const v = new Float64Array(DRAWS);
  const match = (sequences ? BEHAVIOURS : []).map(() => new Float64Array(DRAWS));
  const rng = new Rng(CALIBRATION_SEED);
  const users = new Rng(CALIBRATION_SEED, USER_STREAM);
  const page = newPage();
  const item = newItem();
  const user = newUser();
  const matches = new Float64Array(BEHAVIOURS.length);
  for (let d = 0; d < DRAWS; d++) {
    drawPage(rng, page, lens.page);
    drawItem(rng, item);
    drawItemIntent(rng, item);
    k[d] = attraction(page, item, lens);
    v[d] = intent(page, item, lens);
    if (!sequences) continue;
    drawUser(users, user);
    matchOf(user, itemCategory(user, users.uniform()), matches);
    for (let b = 0; b < match.length; b++) match[b]![d] = matches[b]!;
  }
  return { k, v, match };
}

/** The last draws by what they depend on: neither r nor the strengths, so a page that turns those dials needs them once. */
const remembered = new Map<string, Draws>();
const REMEMBERED = 5;

function drawsFor(lens: Lens, market: Market, sequences: boolean): Draws {
  const key = JSON.stringify([
    lens.eta,
    lens.tug,
    lens.page === null ? null : [market, ...lens.page],
    sequences,
  ]);
  const known = remembered.get(key);
  if (known) return known;
  const draws = drawImpressions(lens, sequences);
  for (const old of remembered.keys()) if (remembered.size >= REMEMBERED) remembered.delete(old);
  remembered.set(key, draws);
  return draws;
}

/** The b at which Σ_d g_d·σ(b + l_d) / Σ_d g_d meets the target: bisection, with a Newton step wherever it stays inside. */
function intercept(l: Float64Array, target: number, g: Float64Array | null): number {
  let low = -20;
  let high = 20;
  let b = -4;
  for (let round = 0; round < 60 && high - low > 1e-9; round++) {
    let sum = 0;
    let slope = 0;
    let total = 0;
    for (let d = 0; d < l.length; d++) {
      const p = exactSigmoid(b + l[d]!);
      const weight = g === null ? 1 : g[d]!;
      sum += weight * p;
      slope += weight * p * (1 - p);
      total += weight;
    }
    const excess = sum / total - target;
    if (Math.abs(excess) < 1e-9 * target) break;
    if (excess > 0) high = b;
    else low = b;
    const newton = b - excess / (slope / total);
    b = newton > low && newton < high ? newton : (low + high) / 2;
  }
  return b;
}

export interface Calibration {
  /** b of each event. */
  readonly intercepts: Float64Array;
  /** Share of the impressions with interest, and with the last event. */
  readonly interest: number;
  readonly purchases: number;
}

/** Intercepts of the events of one market, each given those before it. */
export function calibrate(
  events: readonly EventModel[],
  market: Market,
  lens: Lens,
  sequences: boolean,
): Calibration {
  const { k, v, match } = drawsFor(lens, market, sequences);
  const n = k.length;
  const intercepts = new Float64Array(events.length);
  const given: Float64Array[] = [];
  const joint: Float64Array[] = [];
  events.forEach((event, t) => {
    const logit = new Float64Array(n);
    for (let d = 0; d < n; d++) logit[d] = event.k * k[d]! + event.v * v[d]!;
    match.forEach((m, b) => {
      const w = event.behaviour[b]!;
      for (let d = 0; d < n; d++) logit[d]! += w * m[d]!;
    });
    const parent = event.parent === null ? null : joint[event.parent]!;
    const at = intercept(logit, event.rate(market), parent);
    intercepts[t] = at;
    for (let d = 0; d < n; d++) logit[d] = exactSigmoid(at + logit[d]!);
    given.push(logit);
    joint.push(parent === null ? logit : logit.map((p, d) => p * parent[d]!));
  });
  const p = new Float64Array(events.length);
  let interest = 0;
  let purchases = 0;
  for (let d = 0; d < n; d++) {
    for (let t = 0; t < p.length; t++) p[t] = given[t]![d]!;
    interest += interestOf(p) / n;
    purchases += joint.at(-1)![d]! / n;
  }
  return { intercepts, interest, purchases };
}
