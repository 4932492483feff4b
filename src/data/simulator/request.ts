/** What may be asked of the simulated world: ranges, defaults, and the sentence for a request that cannot be met. */
import { z } from 'zod';
import { DataError } from '../dataset';
import { COUNTRIES, MARKETS, type Market, MICRO_VIDEO } from './marginals';

export const COUNTRY_CHOICES = ['ES', 'RU', 'FR', 'NL', 'US', 'ALL'] as const;

const request = z.strictObject({
  /**
   * `micro-video`: four tasks (watch; click and enter after it; buy after enter) instead of click → purchase. It has no
   * markets and no cart: country, country shift and add-to-cart do nothing there.
   */
  world: z.enum(['aliexpress', 'micro-video']).default('aliexpress'),
  /** A market, or all five in equal shares. */
  country: z.enum(COUNTRY_CHOICES).default('ES'),
  /** r: 1 = one taste, −1 = what attracts clicks repels purchases. */
  relatedness: z.number().min(-1).max(1).default(0.5),
  /** η, the share of products and kinks in the tastes. */
  nonlinearity: z.number().min(0).max(1).default(0.5),
  /** κ, how much markets differ in taste and in what is shown. */
  countryShift: z.number().min(0).max(1).default(0),
  /** How much the tasks pull shared parameters in opposite directions; 0 = as r says, 1 = most. */
  tension: z.number().min(0).max(1).default(0),
  /** s_c and s_R: how strongly clicks and purchases follow the tastes. */
  clickStrength: z.number().min(0.8).max(1.5).default(1.15),
  purchaseStrength: z.number().min(1.3).max(2.2).default(1.8),
  /** A third task between click and purchase. */
  addToCart: z.boolean().default(false),
  /** What each user did before: lists of items that raise the tasks' scores. */
  sequences: z.boolean().default(false),
  /** M, virtual impressions; rarely clicked ones are thinned away. */
  impressions: z.number().int().min(1_500_000).max(8_000_000).default(3_000_000),
  /** N, rows to keep, met on average. */
  rows: z.number().int().min(50_000).max(200_000).default(100_000),
  /** s₁, the share of clicks without a purchase that is kept. */
  clickKeepRate: z.number().min(0.01).max(1).default(0.5),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(1),
});

export type SimulationRequest = z.infer<typeof request>;

/**
 * Probabilities with which a click without a purchase and a non-click are kept; a purchase always is. In the micro-video
 * world an entry counts as a click here, and a video that was only watched as a non-click.
 */
export interface KeepRates {
  readonly click: number;
  readonly nonClick: number;
}

/** Shares of the impressions that come with interest (see `interestOf`) and with a purchase. */
export interface Shares {
  readonly interest: number;
  readonly purchases: number;
}

/** The published shares. In the micro-video world those who click and those who enter overlap; the world itself knows by how much. */
export function publishedShares({ world, country }: Pick<SimulationRequest, 'world' | 'country'>): Shares {
  if (world === 'micro-video') {
    const { samples, watch, click, enter, buy } = MICRO_VIDEO;
    return { interest: (click + enter - (click * enter) / watch) / samples, purchases: buy / samples };
  }
  const markets: readonly Market[] = country === 'ALL' ? MARKETS : [country];
  const mean = (f: (m: Market) => number) => markets.reduce((t, m) => t + f(m), 0) / markets.length;
  return {
    interest: mean((m) => COUNTRIES[m].ctr),
    purchases: mean((m) => COUNTRIES[m].ctr * COUNTRIES[m].cvr),
  };
}

/**
 * s₀ and s₁: how much to keep of each kind so that N rows remain on average. Throws a DataError where no rate does.
 * @param shares those of the calibrated world, where it is known
 */
export function keepRates(r: SimulationRequest, shares: Shares = publishedShares(r)): KeepRates {
  const interested = r.impressions * shares.interest;
  const purchases = r.impressions * shares.purchases;
  const keptInterested = purchases + r.clickKeepRate * (interested - purchases);
  const nonClick = (r.rows - keptInterested) / (r.impressions - interested);
  const say = (n: number) => Math.round(n).toLocaleString('en-US');
  const [events, others, rate] =
    r.world === 'micro-video'
      ? ['clicks and entries', 'videos without either', 'share of them kept']
      : ['clicks', 'non-clicks', 'click keep rate'];
  if (nonClick <= 0) {
    throw new DataError(
      `These settings keep ${say(keptInterested)} ${events}, which leaves no room for ${others} in ${say(r.rows)} rows: ask for more rows, fewer impressions or a lower ${rate}.`,
    );
  }
  if (nonClick > 1) {
    throw new DataError(
      `${say(r.impressions)} impressions cannot give ${say(r.rows)} rows when so few ${events} are kept: ask for more impressions or fewer rows.`,
    );
  }
  return { click: r.clickKeepRate, nonClick };
}

/** The request schema: strict keys, ranges, a default for all that is left out, and a feasible number of rows. */
export const simulationRequestSchema = request.superRefine((r, ctx) => {
  try {
    keepRates(r);
  } catch (error) {
    ctx.addIssue({ code: 'custom', path: ['rows'], message: (error as Error).message });
  }
});

/** Wider than the page's ranges at both ends: small worlds for tests and scripts, large ones for machines with the memory. */
export const wideRequestSchema = z.strictObject({
  ...request.shape,
  impressions: z.number().int().min(20_000).max(50_000_000),
  rows: z.number().int().min(500).max(1_000_000),
  clickStrength: z.number().min(0).max(4),
  purchaseStrength: z.number().min(0).max(4),
});

export const DEFAULT_REQUEST: SimulationRequest = simulationRequestSchema.parse({});

/**
 * Sizes to start from in each world. Purchases are five times rarer among micro-videos than in
 * Spain: twice the impressions, with fewer of the clicks kept, give some 730 of them in 100,000 rows.
 */
export const RECOMMENDED_SIZES: Readonly<
  Record<SimulationRequest['world'], Pick<SimulationRequest, 'impressions' | 'rows' | 'clickKeepRate'>>
> = {
  aliexpress: { impressions: 3_000_000, rows: 100_000, clickKeepRate: 0.5 },
  'micro-video': { impressions: 6_000_000, rows: 100_000, clickKeepRate: 0.3 },
};

/** Parses a request from outside (page, link, command line); throws a DataError with one sentence about the first fault. */
export function parseSimulationRequest(input: unknown): SimulationRequest {
  const parsed = simulationRequestSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  if (issue.code === 'custom') throw new DataError(issue.message);
  const where = issue.path.length > 0 ? issue.path.join('.') : 'the request';
  throw new DataError(`The simulation cannot start because of its setting "${where}": ${issue.message}.`);
}
