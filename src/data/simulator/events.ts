/** What may happen on an impression, in order: click → (cart →) purchase, or the micro-video tree, with the weights of both tastes. */
import { exactCosSin } from '../exact-math';
import { COUNTRIES, type Market, MICRO_VIDEO } from './marginals';
import type { SimulationRequest } from './request';
import { TUG_ANGLE } from './tug';

/** One event. Its log-odds, given its parent, are b + k·K + v·V + Σ behaviour·match. */
export interface EventModel {
  readonly name: string;
  readonly parent: number | null;
  /** Probability given the parent (of an impression, for the root) that the intercept b is set to. */
  rate(market: Market): number;
  readonly k: number;
  readonly v: number;
  /** Weight of the match with each of the five lists; used where the world has sequences. */
  readonly behaviour: readonly number[];
}

/** The angle between the tastes at relatedness 0: 55 degrees, in radians. */
const ANGLE = (55 * Math.PI) / 180;

/** φ: the angle that relatedness asks for, moved towards that of the tug of war by the tension. */
const tasteAngle = ({ relatedness, tension }: Pick<SimulationRequest, 'relatedness' | 'tension'>) =>
  (1 - relatedness) * ANGLE * (1 - tension) + TUG_ANGLE * tension;

/** Log-odds of an event and all before it, all but constant: weights of K, V and the lists. */
interface Pull {
  readonly k: number;
  readonly v: number;
  readonly behaviour: readonly number[];
}

/** A pull of the given strength at an angle from attraction towards intent. */
function pull(strength: number, angle: number, behaviour: readonly number[]): Pull {
  const [cos, sin] = exactCosSin(angle);
  return { k: strength * cos, v: strength * sin, behaviour };
}

/** What is left for an event where its parent pulls already: then the log of the joint probability follows `whole`. */
const beyond = (whole: Pull, parent: Pull): Pull => ({
  k: whole.k - parent.k,
  v: whole.v - parent.v,
  behaviour: whole.behaviour.map((w, b) => w - parent.behaviour[b]!),
});

/** How each event follows the lists: watched, not watched, clicked, not clicked, entered. */
const LISTS = {
  click: [1.2, -0.8, 0.8, -1.2, 1.2],
  cart: [0.8, -0.4, 1.6, -0.8, 2],
  purchase: [0.4, -0.2, 2.4, -0.4, 2.8],
  watch: [1.8, -1.4, 0, -0.4, 0.4],
  like: [1, -0.4, 3, -1.8, 0.6],
  enter: [0.4, 0, 0.4, -0.4, 2.4],
  buy: [0.6, -0.3, 2, -1, 3.6],
} as const;

/** Strength and share of the angle φ of the event between click and purchase. */
const CART = { strength: 1.5, angle: 0.7, rate: 0.09 } as const;

export type EventRequest = Pick<
  SimulationRequest,
  'world' | 'relatedness' | 'tension' | 'clickStrength' | 'purchaseStrength' | 'addToCart'
>;

/** Events of a request's world, parents first. The purchase is the last. */
export function eventsOf(r: EventRequest): readonly EventModel[] {
  return r.world === 'micro-video' ? microVideo(r) : aliExpress(r);
}

function aliExpress(r: EventRequest): EventModel[] {
  const phi = tasteAngle(r);
  const click = pull(r.clickStrength, 0, LISTS.click);
  const purchase = pull(r.purchaseStrength, phi, LISTS.purchase);
  const clicks: EventModel = { name: 'click', parent: null, rate: (m) => COUNTRIES[m].ctr, ...click };
  if (!r.addToCart) {
    return [
      clicks,
      { name: 'conversion', parent: 0, rate: (m) => COUNTRIES[m].cvr, ...beyond(purchase, click) },
    ];
  }
  const cart = pull(CART.strength, CART.angle * phi, LISTS.cart);
  return [
    clicks,
    { name: 'cart', parent: 0, rate: () => CART.rate, ...beyond(cart, click) },
    { name: 'conversion', parent: 1, rate: (m) => COUNTRIES[m].cvr / CART.rate, ...beyond(purchase, cart) },
  ];
}

const WATCH_STRENGTH = 0.9;
const ENTER = { strength: 1.3, angle: 0.7 } as const;

function microVideo(r: EventRequest): EventModel[] {
  const phi = tasteAngle(r);
  const watch = pull(WATCH_STRENGTH, 0.5 * phi, LISTS.watch);
  const like = pull(r.clickStrength, 0, LISTS.like);
  const enter = pull(ENTER.strength, ENTER.angle * phi, LISTS.enter);
  const buy = pull(r.purchaseStrength, phi, LISTS.buy);
  const { samples, ...n } = MICRO_VIDEO;
  return [
    { name: 'watch', parent: null, rate: () => n.watch / samples, ...watch },
    { name: 'click', parent: 0, rate: () => n.click / n.watch, ...like },
    { name: 'enter', parent: 0, rate: () => n.enter / n.watch, ...enter },
    { name: 'buy', parent: 2, rate: () => n.buy / n.enter, ...beyond(buy, enter) },
  ];
}

/**
 * Probability of interest: a click in the AliExpress world, a click or an entry in the micro-video world (which happen
 * independently once it is watched). An impression without interest is thinned to a few in a hundred.
 * @param p [K] probabilities given the parents
 */
export function interestOf(p: Float64Array): number {
  return p.length === 4 ? p[0]! * (1 - (1 - p[1]!) * (1 - p[2]!)) : p[0]!;
}
