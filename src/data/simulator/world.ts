/** The simulated world itself: probabilities of what may happen on an impression, as functions of what can be observed on it. */
import { exactSigmoid } from '../exact-math';
import { BEHAVIOURS } from './behaviour';
import { calibrate } from './calibrate';
import { type EventModel, eventsOf } from './events';
import { MARKETS, type Market } from './marginals';
import type { SimulationRequest } from './request';
import { type Lens, lensOf } from './tastes';

/** What of a request makes the world; sizes and seed do not. */
export type WorldRequest = Pick<
  SimulationRequest,
  | 'world'
  | 'country'
  | 'relatedness'
  | 'nonlinearity'
  | 'countryShift'
  | 'tension'
  | 'clickStrength'
  | 'purchaseStrength'
  | 'addToCart'
  | 'sequences'
>;

/** One market's view of the world. */
export interface MarketView {
  readonly market: Market;
  readonly lens: Lens;
  /** b of each event. */
  readonly intercepts: Float64Array;
}

export interface World {
  readonly events: readonly EventModel[];
  /** One, or all five in equal shares. */
  readonly views: readonly MarketView[];
  readonly sequences: boolean;
  /** True where the root event is what counts as interest and follows K alone: most candidates leave before V is drawn. */
  readonly early: boolean;
  /** Share of the impressions with interest and with a purchase; see `interestOf`. */
  readonly interestShare: number;
  readonly purchaseShare: number;
}

/** Markets of a request. The micro-video world has one, which goes by the lens of ES without a shift. */
function marketsOf({ world, country }: WorldRequest): readonly Market[] {
  if (world === 'micro-video') return ['ES'];
  return country === 'ALL' ? MARKETS : [country];
}

/** Builds the world: mixes the tastes by r and sets the intercepts so that each market's rates come out. */
export function makeWorld(request: WorldRequest): World {
  const events = eventsOf(request);
  const kappa = request.world === 'micro-video' ? 0 : request.countryShift;
  const markets = marketsOf(request);
  const early = request.world !== 'micro-video';
  let interestShare = 0;
  let purchaseShare = 0;
  const views = markets.map((market): MarketView => {
    const lens = lensOf(request.nonlinearity, kappa, market, request.tension);
    const { intercepts, interest, purchases } = calibrate(events, market, lens, request.sequences);
    interestShare += interest / markets.length;
    purchaseShare += purchases / markets.length;
    return { market, lens, intercepts };
  });
  return { events, views, sequences: request.sequences, early, interestShare, purchaseShare };
}

/** Log-odds of event t, given its parent, on an impression with tastes K and V. */
export function logitOf(
  event: EventModel,
  intercept: number,
  k: number,
  v: number,
  match: Float64Array | null,
): number {
  let logit = intercept + event.k * k + event.v * v;
  if (match !== null) for (let b = 0; b < BEHAVIOURS.length; b++) logit += event.behaviour[b]! * match[b]!;
  return logit;
}

/** Fills out [K] with the probability of each event given its parent. */
export function conditionals(
  world: World,
  view: MarketView,
  k: number,
  v: number,
  match: Float64Array | null,
  out: Float64Array,
): void {
  for (let t = 0; t < out.length; t++) {
    out[t] = exactSigmoid(logitOf(world.events[t]!, view.intercepts[t]!, k, v, match));
  }
}

/** Cells a unit of log-odds, between −12 and 12, of the table that bounds σ. */
const BOUND_CELLS = 32;
const BOUND_END = 12;
/** σ rises, so its value at a cell's right edge bounds it on the cell; the factor covers rounding. */
const BOUNDS = Float64Array.from(
  { length: 2 * BOUND_END * BOUND_CELLS },
  (_, cell) => exactSigmoid((cell + 1) / BOUND_CELLS - BOUND_END) * (1 + 1e-9),
);

/** A number that σ(logit) surely does not exceed: enough to dismiss most candidates without an exponential. */
export function sigmoidAtMost(logit: number): number {
  const cell = Math.floor((logit + BOUND_END) * BOUND_CELLS);
  return cell < 0 ? BOUNDS[0]! : cell >= BOUNDS.length ? 1 : BOUNDS[cell]!;
}
