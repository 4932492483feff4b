/** The simulated world itself: tastes and probabilities of an impression as functions of what can be observed on it. */
import { exactCosSin, exactSigmoid } from '../exact-math';
import { Rng } from '../random';
import { drawItem, drawItemIntent, drawPage, type Item, newItem, newPage, type Page } from './draw';
import { COUNTRIES, FLAGS, SEGMENT } from './marginals';
import type { SimulationRequest } from './request';

/** Effects of categorical_9's eight codes on attraction and on intent. */
const ATTRACTION_OF_CODE = [0.001, 0.299, -0.274, -0.891, -0.455, -0.992, 0.06, 1.34] as const;
const INTENT_OF_CODE = [-0.492, -0.62, 0.49, 0.357, 0.105, -0.93, -0.029, 0.695] as const;

/** η, the share of non-linearity, and the mean and sd of the raw tastes at this η. */
const TASTE = { eta: 0.5, k0: -0.0393, k1: 0.8555, v0: -0.0624, v1: 0.8462 } as const;

/** s_c and s_R: how strongly clicks follow attraction, and purchases per impression the mixture of both tastes. */
const CLICK_STRENGTH = 1.15;
const PURCHASE_STRENGTH = 1.8;

/** The angle between the tastes at relatedness 0: 55 degrees, in radians. */
const ANGLE = (55 * Math.PI) / 180;

const flagScore = (flag: number, p: number) => (flag - p) / Math.sqrt(p * (1 - p));
const FLAG_SCORES = FLAGS.map((p) => [flagScore(0, p), flagScore(1, p)] as const);
const SEGMENT_SCORES = [0, 1].map((s) => (s - SEGMENT.probability) / SEGMENT.sd);

/** K: what makes people click. Standardised; needs the item's first seven scores and its first flag. */
export function attraction(page: Page, item: Item): number {
  const u = page.scores;
  const i = item.scores;
  const plain =
    0.5 * i[0]! +
    0.3 * i[1]! +
    0.2 * FLAG_SCORES[0]![item.flags[0]!]! +
    0.25 * u[3]! +
    0.15 * ATTRACTION_OF_CODE[page.code]!;
  const twisted =
    0.6 * u[0]! * i[2]! +
    0.6 * u[1]! * i[3]! +
    0.6 * u[2]! * i[4]! +
    0.4 * SEGMENT_SCORES[page.segment]! * i[5]! +
    0.6 * (Math.abs(i[6]!) - 0.8);
  return (plain + TASTE.eta * twisted - TASTE.k0) / TASTE.k1;
}

/** V: what makes people buy. It multiplies the same page and item scores as K, paired differently, so that the tasks compete. */
export function intent(page: Page, item: Item): number {
  const u = page.scores;
  const i = item.scores;
  const plain =
    0.5 * i[7]! +
    0.3 * i[5]! +
    0.2 * FLAG_SCORES[1]![item.flags[1]!]! +
    0.25 * u[4]! +
    0.15 * INTENT_OF_CODE[page.code]!;
  const twisted =
    0.6 * u[0]! * i[3]! +
    0.6 * u[1]! * i[4]! +
    0.6 * u[2]! * i[2]! +
    0.4 * SEGMENT_SCORES[page.segment]! * i[0]! +
    0.6 * (Math.abs(i[1]!) - 0.8);
  return (plain + TASTE.eta * twisted - TASTE.v0) / TASTE.v1;
}

/** Seed of the draws that set the intercepts: one for all worlds, so that a world's truth does not depend on its own seed. */
const CALIBRATION_SEED = 0x5ee5a3;
const CALIBRATION_DRAWS = 200_000;

/** K and V of independent impressions; [draws] each. They do not depend on r, so a page that turns the dial needs them once. */
function drawTastes(): { readonly k: Float64Array; readonly v: Float64Array } {
  const k = new Float64Array(CALIBRATION_DRAWS);
  const v = new Float64Array(CALIBRATION_DRAWS);
  const rng = new Rng(CALIBRATION_SEED);
  const page = newPage();
  const item = newItem();
  for (let d = 0; d < CALIBRATION_DRAWS; d++) {
    drawPage(rng, page);
    drawItem(rng, item);
    drawItemIntent(rng, item);
    k[d] = attraction(page, item);
    v[d] = intent(page, item);
  }
  return { k, v };
}

let tastes: ReturnType<typeof drawTastes> | null = null;

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

/** Cells a unit of attraction, between −12 and 12, of the table that bounds p(click). */
const BOUND_CELLS = 32;
const BOUND_END = 12;

/** The world of a request: everything between the observed scores and the probabilities. */
export interface World {
  /** b_c and b_v. */
  readonly clickIntercept: number;
  readonly buyIntercept: number;
  /** p(click) of an impression with attraction K. */
  click(k: number): number;
  /** A number that p(click) surely does not exceed, by table: enough to dismiss most candidates without an exponential. */
  clickAtMost(k: number): number;
  /** p(purchase | click) of an impression with tastes K and V. */
  buy(k: number, v: number): number;
}

/** Builds the world: mixes the tastes by r and sets the intercepts so that the country's CTR and CVR come out. */
export function makeWorld(request: Pick<SimulationRequest, 'country' | 'relatedness'>): World {
  const { ctr, cvr } = COUNTRIES[request.country as 'ES'];
  const [cos, sin] = exactCosSin((1 - request.relatedness) * ANGLE);
  // l_v = R − l_c with R = s_R·(cos φ·K + sin φ·V): then log p(CTCVR) is R but for a constant.
  const kShare = PURCHASE_STRENGTH * cos - CLICK_STRENGTH;
  const vShare = PURCHASE_STRENGTH * sin;

  tastes ??= drawTastes();
  const { k, v } = tastes;
  const logit = new Float64Array(k.length);
  for (let d = 0; d < k.length; d++) logit[d] = CLICK_STRENGTH * k[d]!;
  const clickIntercept = intercept(logit, ctr, null);
  const clicks = new Float64Array(k.length);
  for (let d = 0; d < k.length; d++) {
    clicks[d] = exactSigmoid(clickIntercept + CLICK_STRENGTH * k[d]!);
    logit[d] = kShare * k[d]! + vShare * v[d]!;
  }
  const buyIntercept = intercept(logit, cvr, clicks);
  // σ rises, so its value at a cell's right edge bounds it on the cell; the factor covers rounding.
  const bounds = Float64Array.from({ length: 2 * BOUND_END * BOUND_CELLS }, (_, cell) => {
    const edge = (cell + 1) / BOUND_CELLS - BOUND_END;
    return exactSigmoid(clickIntercept + CLICK_STRENGTH * edge) * (1 + 1e-9);
  });
  return {
    clickIntercept,
    buyIntercept,
    click: (k) => exactSigmoid(clickIntercept + CLICK_STRENGTH * k),
    clickAtMost: (k) => {
      const cell = Math.floor((k + BOUND_END) * BOUND_CELLS);
      return cell < 0 ? bounds[0]! : cell >= bounds.length ? 1 : bounds[cell]!;
    },
    buy: (k, v) => exactSigmoid(buyIntercept + kShare * k + vShare * v),
  };
}
