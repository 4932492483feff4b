/** The two tastes: what makes people click and what makes them buy, as functions of what can be observed on an impression. */
import { PAGE_SHIFT, SHIFTS } from './countries';
import type { Item, Page } from './draw';
import { FLAGS, type Market, SEGMENT } from './marginals';
import { type Tug, tugAttraction, tugIntent, tugOf } from './tug';

/** Effects of categorical_9's eight codes on attraction and on intent. */
const ATTRACTION_OF_CODE = [0.001, 0.299, -0.274, -0.891, -0.455, -0.992, 0.06, 1.34] as const;
const INTENT_OF_CODE = [-0.492, -0.62, 0.49, 0.357, 0.105, -0.93, -0.029, 0.695] as const;

const flagScore = (flag: number, p: number) => (flag - p) / Math.sqrt(p * (1 - p));
const FLAG_SCORES = FLAGS.map((p) => [flagScore(0, p), flagScore(1, p)] as const);
const SEGMENT_SCORES = [0, 1].map((s) => (s - SEGMENT.probability) / SEGMENT.sd);

/** Mean and sd of the raw tastes at η = 0, ½ and 1, without a country shift: with them K and V are standardised. */
const MOMENTS = {
  k0: [-0.0393, -0.0393, -0.0392],
  k1: [0.6516, 0.8555, 1.2856],
  v0: [-0.0334, -0.0624, -0.0915],
  v1: [0.6384, 0.8462, 1.2826],
} as const;

/** The parabola through three values at 0, ½ and 1, which is exact: a mean is linear in η and a variance quadratic. */
function through([at0, atHalf, at1]: readonly [number, number, number], eta: number): number {
  return at0 * 2 * (eta - 0.5) * (eta - 1) + atHalf * 4 * eta * (1 - eta) + at1 * 2 * eta * (eta - 0.5);
}

const squares = ([a, b, c]: readonly [number, number, number]) => [a * a, b * b, c * c] as const;

/** [k0, k1, v0, v1] of a non-linearity η. */
export function tasteMoments(eta: number): readonly [number, number, number, number] {
  return [
    through(MOMENTS.k0, eta),
    Math.sqrt(through(squares(MOMENTS.k1), eta)),
    through(MOMENTS.v0, eta),
    Math.sqrt(through(squares(MOMENTS.v1), eta)),
  ];
}

/** How a market looks at an impression. */
export interface Lens {
  readonly eta: number;
  /** Mean and sd of the raw tastes. */
  readonly k0: number;
  readonly k1: number;
  readonly v0: number;
  readonly v1: number;
  /** What each item score is multiplied with before it enters K and V, but for the kinks; [8] each, 1 without a country shift. */
  readonly attraction: Float64Array;
  readonly intent: Float64Array;
  /** Added to the page scores; [6], or null without a country shift. */
  readonly page: Float64Array | null;
  /** How the tastes are mixed with those of the tug of war; null at tension 0. */
  readonly tug: Tug | null;
}

/**
 * @param kappa the country shift κ; 0 gives every market the same lens
 * @param tension share of the tug of war in the tastes
 */
export function lensOf(eta: number, kappa: number, market: Market, tension = 0): Lens {
  const [k0, k1, v0, v1] = tasteMoments(eta);
  const own = Math.sqrt(1 - kappa * kappa);
  const shift = SHIFTS[market];
  const gains = (xi: readonly number[]) => Float64Array.from(xi, (x) => own + kappa * x);
  return {
    eta,
    k0,
    k1,
    v0,
    v1,
    attraction: gains(shift.attraction),
    intent: gains(shift.intent),
    page: kappa === 0 ? null : Float64Array.from(shift.page, (z) => PAGE_SHIFT * kappa * z),
    tug: tugOf(tension, eta, k1, v1),
  };
}

/** K: what makes people click. Standardised; needs the item's first seven scores and its first flag. */
export function attraction(page: Page, item: Item, lens: Lens): number {
  const u = page.scores;
  const i = item.scores;
  const g = lens.attraction;
  const plain =
    0.5 * g[0]! * i[0]! +
    0.3 * g[1]! * i[1]! +
    0.2 * FLAG_SCORES[0]![item.flags[0]!]! +
    0.25 * u[3]! +
    0.15 * ATTRACTION_OF_CODE[page.code]!;
  const twisted =
    0.6 * u[0]! * g[2]! * i[2]! +
    0.6 * u[1]! * g[3]! * i[3]! +
    0.6 * u[2]! * g[4]! * i[4]! +
    0.4 * SEGMENT_SCORES[page.segment]! * g[5]! * i[5]! +
    0.6 * (Math.abs(i[6]!) - 0.8);
  const k = (plain + lens.eta * twisted - lens.k0) / lens.k1;
  const { tug } = lens;
  return tug === null ? k : tug.plainAttraction * k + tug.tugAttraction * tugAttraction(page, item, g);
}

/** V: what makes people buy. It multiplies the same page and item scores as K, paired differently, so that the tasks compete. */
export function intent(page: Page, item: Item, lens: Lens): number {
  const u = page.scores;
  const i = item.scores;
  const g = lens.intent;
  const plain =
    0.5 * g[7]! * i[7]! +
    0.3 * g[5]! * i[5]! +
    0.2 * FLAG_SCORES[1]![item.flags[1]!]! +
    0.25 * u[4]! +
    0.15 * INTENT_OF_CODE[page.code]!;
  const twisted =
    0.6 * u[0]! * g[3]! * i[3]! +
    0.6 * u[1]! * g[4]! * i[4]! +
    0.6 * u[2]! * g[2]! * i[2]! +
    0.4 * SEGMENT_SCORES[page.segment]! * g[0]! * i[0]! +
    0.6 * (Math.abs(i[1]!) - 0.8);
  const v = (plain + lens.eta * twisted - lens.v0) / lens.v1;
  const { tug } = lens;
  return tug === null ? v : tug.plainIntent * v + tug.tugIntent * tugIntent(page, item, g);
}
