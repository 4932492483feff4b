/**
 * Tug of war: tastes whose tasks need the same few units for different things.
 *
 * Both tastes have one form, f(p, q) = p + c·p·q: a mix p of the item's scores, and how much it counts (or whether it is
 * reversed) is up to a mix q of the page's. The purchase follows f of two mixes that are turned by θ from those of the click.
 * Why that makes gradients oppose, and what was measured, stands in docs/SIMULATOR.md.
 */
import { exactCosSin } from '../exact-math';
import type { Item, Page } from './draw';

/** c: how much the page's mix changes what the item's mix counts. */
const CONTEXT = 0.75;
/** θ: the turn between the two tasks' mixes. */
const TURN = Math.PI / 3;
const [COS, SIN] = exactCosSin(TURN);

/** Standard deviations of the plain sums of item scores and of page scores: the mixes are divided by them. */
const SD = { item: 1.942, otherItem: 1.968, page: 1.648, otherPage: 1.322 } as const;

/** Correlation of f(p, q) and f of the turned mixes, and the angle whose cosine it is. */
const RHO = (COS + CONTEXT * CONTEXT * COS * COS) / (1 + CONTEXT * CONTEXT);
const REST = Math.sqrt(1 - RHO * RHO);
/** The angle between what makes people click and what makes an impression end in a purchase, at tension 1. */
export const TUG_ANGLE = Math.acos(RHO);

const FORM_SD = Math.sqrt(1 + CONTEXT * CONTEXT);
const form = (p: number, q: number) => (p + CONTEXT * p * q) / FORM_SD;

const itemMix = (i: Float64Array, g: Float64Array) =>
  (g[0]! * i[0]! + g[1]! * i[1]! + g[2]! * i[2]! + g[3]! * i[3]!) / SD.item;
const otherItemMix = (i: Float64Array, g: Float64Array) =>
  (g[4]! * i[4]! + g[5]! * i[5]! + g[6]! * i[6]! + g[7]! * i[7]!) / SD.otherItem;
const pageMix = (u: Float64Array) => (u[0]! + u[1]! + u[2]!) / SD.page;
/** Not u_5: its column shows 1 for its upper twentieth, so that the score could not be read off the row. */
const otherPageMix = (u: Float64Array) => (u[3]! + u[4]!) / SD.otherPage;

/** The click's form: needs i_0…i_3 alone. @param gains [8] on the item's scores, 1 without a country shift */
export function tugAttraction(page: Page, item: Item, gains: Float64Array): number {
  return form(itemMix(item.scores, gains), pageMix(page.scores));
}

/** What the purchase's form has beyond the click's, standardised and without correlation with it. */
export function tugIntent(page: Page, item: Item, gains: Float64Array): number {
  const p = itemMix(item.scores, gains);
  const q = pageMix(page.scores);
  const turned = form(
    COS * p + SIN * otherItemMix(item.scores, gains),
    COS * q + SIN * otherPageMix(page.scores),
  );
  return (turned - RHO * form(p, q)) / REST;
}

/** Covariance of each form with its task's raw taste, at η = 0 and what η = 1 adds; measured on 4 million impressions. */
const OVERLAP = { attraction: [0.309, 0.196], intent: [0.286, 0.013] } as const;

/** How a tension mixes the forms into the tastes; null at tension 0, where nothing of them is computed. */
export interface Tug {
  /** Shares of the plain tastes and of the forms; with these the mixtures have standard deviation 1. */
  readonly plainAttraction: number;
  readonly tugAttraction: number;
  readonly plainIntent: number;
  readonly tugIntent: number;
}

/**
 * @param tension t: tastes are (1−t)·plain + t·form, standardised
 * @param eta the non-linearity η of the plain tastes
 * @param k1 standard deviation of the plain raw attraction at this η, and v1 of the plain raw intent
 */
export function tugOf(tension: number, eta: number, k1: number, v1: number): Tug | null {
  if (tension === 0) return null;
  const norm = ([at0, more]: readonly [number, number], sd: number) => {
    const covariance = (at0 + more * eta) / sd;
    const plain = 1 - tension;
    return Math.sqrt(plain * plain + tension * tension + 2 * plain * tension * covariance);
  };
  const k = norm(OVERLAP.attraction, k1);
  const v = norm(OVERLAP.intent, v1);
  return {
    plainAttraction: (1 - tension) / k,
    tugAttraction: tension / k,
    plainIntent: (1 - tension) / v,
    tugIntent: tension / v,
  };
}
