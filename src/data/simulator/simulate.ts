/** The simulated AliExpress world as a data set: from one request and its seed to the same bytes on every machine. */
import type { Dataset } from '../dataset';
import { type LongWork, pace } from '../pace';
import { aliExpressSchema, splitByPage } from '../prepare';
import { prepare, type Table } from '../table';
import { CATEGORICAL, ITEMS_PER_PAGE, NUMERICAL } from './marginals';
import { render } from './render';
import type { SimulationRequest } from './request';
import { type Kept, sample } from './sample';
import { makeWorld } from './world';

const TASKS = 2;

/** Share of the whole time that sampling takes, for the progress bar; the rest is rendering. */
const SAMPLED = 0.75;

async function run<T>(work: Generator<number, T>, beat: (share: number) => Promise<void>): Promise<T> {
  for (;;) {
    const next = work.next();
    if (next.done) return next.value;
    await beat(next.value);
  }
}

/** Labels [N·2], inclusion weights [N] and truth of the kept rows. */
function outcomes(kept: Kept) {
  const n = kept.rows;
  const labels = new Uint8Array(n * TASKS);
  const weights = new Float32Array(n);
  const probabilities = new Float32Array(n * TASKS);
  const featureWeights = new Float32Array(n);
  const { click: s1, nonClick: s0 } = kept.rates;
  const weightOf = [1 / s0, 1 / s1, 1];
  for (let i = 0; i < n; i++) {
    const outcome = kept.outcomes[i]!;
    const click = kept.clickProbability[i]!;
    const buy = kept.buyProbability[i]!;
    labels[i * TASKS] = outcome > 0 ? 1 : 0;
    labels[i * TASKS + 1] = outcome > 1 ? 1 : 0;
    weights[i] = weightOf[outcome]!;
    probabilities[i * TASKS] = click;
    probabilities[i * TASKS + 1] = click * buy;
    featureWeights[i] = 1 / (s0 * (1 - click) + s1 * click * (1 - buy) + click * buy);
  }
  return { labels, weights, truth: { probabilities, featureWeights } };
}

/**
 * Simulates a world. About `request.rows` rows come back (each candidate is kept or not by itself).
 * Sizes below the page's ranges are taken too; a request from outside goes through `parseSimulationRequest` first.
 * Rejects with a DataError where the sizes do not fit together, and with the signal's reason when stopped.
 */
export async function simulateTable(request: SimulationRequest, work: LongWork = {}): Promise<Table> {
  const beat = pace(work);
  await beat(0);
  const world = makeWorld(request);
  const kept = await run(sample(request, world), (share) => beat(share * SAMPLED));
  const { rows, totals } = kept;
  const { categorical, numerical } = await run(render(request.seed, kept), (share) =>
    beat(SAMPLED + share * (1 - SAMPLED)),
  );
  const rowIds = kept.candidates.slice(0, rows);
  const groups = rowIds.map((c) => Math.floor(c / ITEMS_PER_PAGE));
  const { labels, weights, truth } = outcomes(kept);
  const count = (outcome: number) => kept.outcomes.subarray(0, rows).filter((o) => o === outcome).length;
  const table: Table = {
    schema: aliExpressSchema(
      CATEGORICAL.map((c) => c.vocabulary),
      NUMERICAL.map((c) => c.n),
    ),
    source: {
      kind: 'simulated',
      title: request.country,
      detail: `simulated · r ${request.relatedness} · seed ${request.seed}`,
    },
    rows,
    categorical,
    numerical,
    labels,
    weights,
    groups,
    rowIds,
    validation: splitByPage(groups),
    truth,
    origin: {
      rows: totals.impressions,
      positives: [totals.clicks, totals.purchases],
      strata: [
        { name: 'purchase', rows: totals.purchases, kept: count(2) },
        { name: 'click without purchase', rows: totals.clicks - totals.purchases, kept: count(1) },
        { name: 'no click', rows: totals.impressions - totals.clicks, kept: count(0) },
      ],
    },
    notes: [],
  };
  await beat(1);
  return table;
}

/** A simulated world, ready for training. */
export async function simulateWorld(request: SimulationRequest, work: LongWork = {}): Promise<Dataset> {
  return prepare(await simulateTable(request, work));
}
