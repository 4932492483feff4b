/** The simulated AliExpress world as a data set: from one request and its seed to the same bytes on every machine. */
import type { Dataset } from '../dataset';
import { type LongWork, pace } from '../pace';
import { aliExpressSchema, fingerprintOf, gatherRows, splitByPage, standardise } from '../prepare';
import { CATEGORICAL, ITEMS_PER_PAGE, NUMERICAL } from './marginals';
import { render } from './render';
import type { SimulationRequest } from './request';
import { type Kept, sample } from './sample';
import { makeWorld } from './world';

const TASKS = 2;

/** Shares of the whole time that sampling and rendering take, for the progress bar. */
const SAMPLED = 0.7;
const RENDERED = 0.92;

async function run<T>(work: Generator<number, T>, beat: (share: number) => Promise<void>): Promise<T> {
  for (;;) {
    const next = work.next();
    if (next.done) return next.value;
    await beat(next.value);
  }
}

/** Labels [N·2], inclusion weights [N] and truth of the kept rows, in the given order. */
function outcomes(kept: Kept, order: Uint32Array) {
  const n = order.length;
  const labels = new Uint8Array(n * TASKS);
  const weights = new Float32Array(n);
  const probabilities = new Float32Array(n * TASKS);
  const featureWeights = new Float32Array(n);
  const { click: s1, nonClick: s0 } = kept.rates;
  const weightOf = [1 / s0, 1 / s1, 1];
  for (let i = 0; i < n; i++) {
    const row = order[i]!;
    const outcome = kept.outcomes[row]!;
    const click = kept.clickProbability[row]!;
    const buy = kept.buyProbability[row]!;
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
export async function simulateWorld(request: SimulationRequest, work: LongWork = {}): Promise<Dataset> {
  const beat = pace(work);
  await beat(0);
  const world = makeWorld(request);
  const kept = await run(sample(request, world), (share) => beat(share * SAMPLED));

  const rows = kept.rows;
  const candidates = kept.candidates.subarray(0, rows);
  const { order, trainRows } = splitByPage(candidates.map((c) => Math.floor(c / ITEMS_PER_PAGE)));
  const { categorical, numerical } = await run(render(request.seed, kept, order), (share) =>
    beat(SAMPLED + share * (RENDERED - SAMPLED)),
  );
  const { labels, weights, truth } = outcomes(kept, order);
  standardise(numerical, NUMERICAL.length, trainRows, weights);
  await beat(0.96);

  const rowIds = gatherRows(candidates, 1, order);
  const content = {
    schema: aliExpressSchema(
      CATEGORICAL.map((c) => c.vocabulary),
      NUMERICAL.map((c) => c.n),
    ),
    rows,
    trainRows,
    categorical,
    numerical,
    labels,
    weights,
    groups: rowIds.map((c) => Math.floor(c / ITEMS_PER_PAGE)),
    rowIds,
    truth,
  };
  const dataset: Dataset = {
    ...content,
    source: {
      kind: 'simulated',
      title: request.country,
      detail: `simulated · r ${request.relatedness} · seed ${request.seed}`,
    },
    fingerprint: fingerprintOf(content),
  };
  await beat(1);
  return dataset;
}
