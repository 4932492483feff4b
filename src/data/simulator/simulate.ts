/** The simulated world as a table: from one request and its seed to the same bytes on every machine. */
import type { Dataset, DatasetSchema, DatasetSource, Origin } from '../dataset';
import { type LongWork, pace } from '../pace';
import { aliExpressSchema, splitByPage } from '../prepare';
import { prepare, type Table } from '../table';
import { SEQUENCE_COLUMNS } from './lists';
import { ITEMS_PER_PAGE, NUMERICAL } from './marginals';
import { COUNTRY, categoricalColumns, render } from './render';
import { DEFAULT_REQUEST, keepRates, type SimulationRequest } from './request';
import { type Kept, type Range, sample } from './sample';
import { makeWorld, type World } from './world';

/** Complete pages beside the rows, for metrics of whole pages. */
export const PAGE_COUNT = 1000;
/**
 * Their first page number: beyond those of any request's rows, so that no page is in both, and the same for all sizes,
 * so that one world is always judged on the same pages. (Its candidates still fit in 32 bits.)
 */
export const FIRST_PAGE = 100_000_000;

/** Shares of the whole time, for the progress bar. */
const SAMPLED = 0.7;
const RENDERED = 0.25;

async function run<T>(work: Generator<number, T>, beat: (share: number) => Promise<void>): Promise<T> {
  for (;;) {
    const next = work.next();
    if (next.done) return next.value;
    await beat(next.value);
  }
}

type Beat = (share: number) => Promise<void>;

/**
 * Simulates a world. About `request.rows` rows come back (each candidate is kept or not by itself), and 1,000 complete
 * pages as `pages`. Sizes beyond the page's ranges are taken too; a request from outside goes through
 * `parseSimulationRequest` first. Rejects with a DataError where the sizes do not fit together, and with the signal's
 * reason when stopped.
 */
export async function simulateTable(request: SimulationRequest, work: LongWork = {}): Promise<Table> {
  const beat = pace(work);
  await beat(0);
  // Refused before the world is made, which takes longer; the world's own shares then set the rates.
  keepRates(request);
  const world = makeWorld(request);
  const shares = { interest: world.interestShare, purchases: world.purchaseShare };
  const rates = keepRates(request, world.early ? undefined : shares);
  const { seed, impressions } = request;
  const rows = await tableOf(request, world, { seed, firstPage: 0, impressions, rates }, [
    (share) => beat(share * SAMPLED),
    (share) => beat(SAMPLED + share * RENDERED),
  ]);
  const pages = await completePages(request, world, FIRST_PAGE, PAGE_COUNT, () => beat(SAMPLED + RENDERED));
  await beat(1);
  return { ...rows, pages };
}

/** A simulated world, ready for training. */
export async function simulateWorld(request: SimulationRequest, work: LongWork = {}): Promise<Dataset> {
  return prepare(await simulateTable(request, work));
}

/** Draws whole pages of a request's world by themselves: every impression, weight 1, the same rows as in the run where it kept them. */
export function simulatePages(request: SimulationRequest, first: number, count: number): Promise<Table> {
  return completePages(request, makeWorld(request), first, count, async () => undefined);
}

async function completePages(
  request: SimulationRequest,
  world: World,
  firstPage: number,
  count: number,
  beat: Beat,
): Promise<Table> {
  const { seed } = request;
  const rates = { click: 1, nonClick: 1 };
  const range = { seed, firstPage, impressions: count * ITEMS_PER_PAGE, rates };
  const table = await tableOf(request, world, range, [beat, beat]);
  return { ...table, validation: table.validation.fill(1) };
}

async function tableOf(
  request: SimulationRequest,
  world: World,
  range: Range,
  [sampled, rendered]: readonly [Beat, Beat],
): Promise<Table> {
  const kept = await run(sample(world, range), sampled);
  const { rows } = kept;
  const { categorical, numerical, sequences } = await run(render(world, range.seed, kept), rendered);
  const rowIds = kept.candidates.slice(0, rows);
  const groups = new Uint32Array(rows);
  for (let i = 0; i < rows; i++) groups[i] = Math.floor(rowIds[i]! / ITEMS_PER_PAGE);
  return {
    schema: schemaOf(world),
    source: sourceOf(request),
    rows,
    categorical,
    numerical,
    labels: labelsOf(kept, world.events.length),
    weights: kept.weights.slice(0, rows),
    groups,
    rowIds,
    validation: splitByPage(groups),
    ...(sequences && { sequences }),
    truth: {
      probabilities: kept.probabilities.slice(0, rows * world.events.length),
      featureWeights: kept.featureWeights.slice(0, rows),
    },
    origin: originOf(kept, world),
    notes: [],
  };
}

function schemaOf(world: World): DatasetSchema {
  return {
    ...aliExpressSchema(
      [],
      NUMERICAL.map((c) => c.n),
    ),
    categorical: categoricalColumns(world),
    tasks: world.events.map(({ name, parent }) => ({ name, parent })),
    ...(world.views.length > 1 && { country: COUNTRY }),
    ...(world.sequences && { sequences: SEQUENCE_COLUMNS }),
  };
}

/** Dials that the line about the source mentions where they are not as usual. */
const DIALS = [
  ['nonlinearity', 'η'],
  ['countryShift', 'κ'],
  ['tension', 'tension'],
  ['clickStrength', 's_c'],
  ['purchaseStrength', 's_R'],
] as const satisfies readonly (readonly [keyof SimulationRequest, string])[];

function sourceOf(request: SimulationRequest): DatasetSource {
  const video = request.world === 'micro-video';
  const turned = DIALS.filter(([dial]) => request[dial] !== DEFAULT_REQUEST[dial]).filter(
    ([dial]) => !(video && dial === 'countryShift'),
  );
  const detail = [
    'simulated',
    `r ${request.relatedness}`,
    ...turned.map(([dial, symbol]) => `${symbol} ${request[dial]}`),
    ...(request.addToCart && !video ? ['add to cart'] : []),
    ...(request.sequences ? ['sequences'] : []),
    `seed ${request.seed}`,
  ];
  return {
    kind: 'simulated',
    title: video ? 'micro-video' : request.country,
    detail: detail.join(' · '),
  };
}

/** [N·K] from the bits of the outcomes. */
function labelsOf(kept: Kept, K: number): Uint8Array {
  const labels = new Uint8Array(kept.rows * K);
  for (let i = 0; i < kept.rows; i++) {
    for (let t = 0; t < K; t++) labels[i * K + t] = (kept.outcomes[i]! >> t) & 1;
  }
  return labels;
}

function originOf(kept: Kept, world: World): Origin {
  const { totals } = kept;
  const last = world.events.length - 1;
  const purchases = totals.events[last]!;
  const interestBits = world.early ? 0b1 : 0b110;
  let [bought, interested] = [0, 0];
  for (let i = 0; i < kept.rows; i++) {
    const outcome = kept.outcomes[i]!;
    if ((outcome >> last) & 1) bought++;
    else if (outcome & interestBits) interested++;
  }
  const [some, none] = world.early
    ? ['click without purchase', 'no click']
    : ['click or entry without purchase', 'neither click nor entry'];
  return {
    rows: totals.impressions,
    positives: totals.events,
    strata: [
      { name: 'purchase', rows: purchases, kept: bought },
      { name: some, rows: totals.interested - purchases, kept: interested },
      {
        name: none,
        rows: totals.impressions - totals.interested,
        kept: kept.rows - bought - interested,
      },
    ],
  };
}
