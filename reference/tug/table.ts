/**
 * Measures how hard the tasks pull in the tug of war: trains narrow nets over tensions, balancers and seeds, and prints one line
 * of JSON a run and one of means a group; with several balancers a table that compares them with the first. With --export it writes the rows instead, for surgery.py. See docs/SIMULATOR.md.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DEFAULT_REQUEST } from '../../src/data';
import type { Dataset } from '../../src/data/dataset';
import { simulateWorld } from '../../src/data/simulator/simulate';
import { oracleAucs } from '../../src/data/summary';
import { Batcher } from '../../src/engine/batches';
import { type Agreement, spreadRows } from '../../src/engine/conflict';
import { Session } from '../../src/engine/session';
import { openWasm } from '../../src/nn';
import { wasmPaths } from '../../src/nn/wasmPaths';
import { blockWith, defaultTasks } from '../../src/pipeline/defaults';
import { findPreset } from '../../src/pipeline/presets';
import { type Pipeline, pipelineSchema } from '../../src/pipeline/schema';

const { values } = parseArgs({
  options: {
    tension: { type: 'string', default: '0,0.25,0.5,0.75,1' },
    /** Of the Bottom; several layers as 8x2. */
    width: { type: 'string', default: '1,2,4' },
    bottom: { type: 'string', default: 'shared-bottom' },
    seed: { type: 'string', default: '1,2,3,4,5' },
    /**
     * Ids of balancers, the first one being what the others are compared with; `fixed@10` is one with another λ, and
     * `equal>nash-mtl` one that takes over after the first `switch` steps.
     */
    balancer: { type: 'string', default: 'fixed' },
    switch: { type: 'string', default: '30' },
    /** Seeds of the initial weights and the order of rows, each in each world; left out: the world's own. */
    init: { type: 'string' },
    /** λ of the purchase. */
    weight: { type: 'string', default: '10' },
    relatedness: { type: 'string', default: '0.5' },
    /** Size of the world, where it is not the page's. */
    impressions: { type: 'string', default: String(DEFAULT_REQUEST.impressions) },
    rows: { type: 'string', default: String(DEFAULT_REQUEST.rows) },
    export: { type: 'string' },
  },
});

/** Steps between two readings of the gradients, and training rows of one. */
const EVERY = 25;
const ROWS = 16_384;

const numbers = (text: string) => text.split(',').map(Number);
const mean = (x: readonly number[]) => x.reduce((a, b) => a + b, 0) / x.length;
const round = (x: number, digits: number) => Number(x.toFixed(digits));

/** The preset with another Bottom, balancer, λ and seed. @param balancer `id`, or `id@λ` */
function pipelineOf(width: string, balancer: string, seed: number): Pipeline {
  const { pipeline } = findPreset('tug-of-war')!;
  const [id, weight = values.weight] = balancer.split('@') as [string, string?];
  return pipelineSchema.parse({
    ...pipeline,
    bottom: blockWith('bottom', values.bottom, { layers: width.split('x').map(Number) }),
    balancer: blockWith('balancer', id),
    tasks: defaultTasks(Number(weight)),
    training: { ...pipeline.training, seed },
  });
}

/** What one run shows. */
interface Reading {
  /** Mean cosine of both gradients over the readings of the run, and over the last three quarters of them. */
  readonly cosine: number;
  readonly later: number;
  /** The same on the batch of the step, and the share of readings where it lies below 0. */
  readonly batchCosine: number;
  readonly batchBelow0: number;
  /** Correlation over validation rows of the logarithms of both predictions: −1 where one unit is read with opposite signs. */
  readonly alike: number;
  /** Median of λ·|∇L of the purchase| / |∇L of the click|. */
  readonly ratio: number;
  /** Expected AUC of click, purchase, and purchase given a click. */
  readonly auc: readonly number[];
}

/** Of click and purchase; 0 where a task has no gradient at all, so that nothing pulls. */
const cosineOf = (overall: Agreement | null) => overall?.cosine[0]?.[1] ?? 0;

/** Goes on with another balancer from where the session is, which it disposes of. */
async function handOver(session: Session, pipeline: Pipeline): Promise<Session> {
  const snapshot = structuredClone(await session.snapshot());
  session.dispose();
  return new Session(pipeline, session.data, { ...snapshot, pipeline, balancer: new Float32Array(0) });
}

/** Correlation of the logarithms of the first two tasks' probabilities. @param K tasks, side by side in a row */
function likeness(logP: Float32Array, K: number): number {
  const column = (k: number) => Array.from({ length: logP.length / K }, (_, i) => logP[i * K + k]!);
  const [a, b] = [column(0), column(1)].map((x) => {
    const centre = mean(x);
    return x.map((v) => v - centre);
  }) as [number[], number[]];
  const dot = (x: number[], y: number[]) => x.reduce((s, v, i) => s + v * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

async function measure(data: Dataset, width: string, balancer: string, seed: number): Promise<Reading> {
  const [first, then] = balancer.split('>') as [string, string?];
  const pipeline = pipelineOf(width, first, seed);
  let session = new Session(pipeline, data);
  const batcher = new Batcher(data, pipeline, pipeline.training.batch, seed);
  const rows = spreadRows(data.trainRows, ROWS);
  const cosines: number[] = [];
  const onBatch: number[] = [];
  const ratios: number[] = [];
  while (!session.finished) {
    if (then && session.step === Number(values.switch)) {
      session = await handOver(session, pipelineOf(width, then, seed));
    }
    if (session.step % EVERY === 0) {
      const { overall } = await session.conflict(rows);
      const batch = await session.conflict(batcher.rowsOf(session.step));
      cosines.push(cosineOf(overall));
      onBatch.push(cosineOf(batch.overall));
      if (overall) ratios.push((pipeline.tasks[1]!.lossWeight * overall.norms[1]!) / overall.norms[0]!);
    }
    await session.trainStep();
    if (session.step % EVERY === 0) {
      const { divergence } = await session.readFrame();
      if (divergence) throw new Error(divergence.message);
    }
  }
  const { metrics } = await session.evaluate();
  const validation = Uint32Array.from({ length: data.rows - data.trainRows }, (_, i) => data.trainRows + i);
  const { logP } = await session.predict(validation);
  session.dispose();
  return {
    cosine: round(mean(cosines), 3),
    later: round(mean(cosines.slice(cosines.length >> 2)), 3),
    batchCosine: round(mean(onBatch), 3),
    batchBelow0: round(onBatch.filter((c) => c < 0).length / onBatch.length, 2),
    alike: round(likeness(logP, pipeline.tasks.length), 2),
    ratio: round(ratios.sort((a, b) => a - b)[ratios.length >> 1] ?? 0, 2),
    // Finer than the table: rounded differences would all be alike, and their standard error 0.
    auc: metrics.map((m) => (m.expectedAuc?.ok ? round(m.expectedAuc.value, 7) : Number.NaN)),
  };
}

/** Rows as raw little-endian arrays, training part first, and a JSON file with their sizes. */
function exportRows(data: Dataset, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const { rows, trainRows, schema } = data;
  const arrays = {
    'categorical.i32': data.categorical,
    'numerical.f32': data.numerical,
    'labels.u8': data.labels,
    'weights.f32': data.weights,
    'truth.f32': data.truth!.probabilities,
    'population.f32': data.truth!.featureWeights,
  };
  for (const [name, a] of Object.entries(arrays)) {
    writeFileSync(join(folder, name), new Uint8Array(a.buffer, a.byteOffset, a.byteLength));
  }
  const vocabularies = schema.categorical.map((c) => c.vocabulary);
  writeFileSync(join(folder, 'sizes.json'), JSON.stringify({ rows, trainRows, vocabularies }));
}

await openWasm(wasmPaths());
const runs = new Map<string, Reading[]>();
for (const tension of numbers(values.tension)) {
  for (const seed of numbers(values.seed)) {
    const size = { impressions: Number(values.impressions), rows: Number(values.rows) };
    const request = { ...DEFAULT_REQUEST, ...size, relatedness: Number(values.relatedness), tension, seed };
    const data = await simulateWorld(request);
    if (values.export !== undefined) {
      exportRows(data, join(values.export, `tension${tension}-seed${seed}`));
      continue;
    }
    const oracle = Object.values(oracleAucs(data)!).map((auc) => round(auc, 4));
    for (const width of values.width.split(',')) {
      for (const balancer of values.balancer.split(',')) {
        const about = { tension, bottom: values.bottom, width, balancer };
        const group = JSON.stringify(about);
        for (const init of values.init === undefined ? [seed] : numbers(values.init)) {
          const reading = await measure(data, width, balancer, init);
          runs.set(group, [...(runs.get(group) ?? []), reading]);
          console.log(JSON.stringify({ ...about, seed, init, ...reading, oracle }));
        }
      }
    }
  }
}
for (const [group, readings] of runs) {
  const keys = ['cosine', 'later', 'batchCosine', 'batchBelow0', 'ratio'] as const;
  const means = Object.fromEntries(keys.map((key) => [key, round(mean(readings.map((r) => r[key])), 3)]));
  const auc = readings[0]!.auc.map((_, i) => round(mean(readings.map((r) => r.auc[i]!)), 4));
  const largest = Math.max(...readings.map((r) => r.cosine));
  console.log(JSON.stringify({ mean: JSON.parse(group), runs: readings.length, ...means, largest, auc }));
}

/** Standard deviation over seeds. */
const deviation = (x: readonly number[]) =>
  Math.sqrt(x.reduce((s, v) => s + (v - mean(x)) ** 2, 0) / (x.length - 1));

/** Mean ± deviation of one column, and its difference from the base, seed by seed, in standard errors of that difference. */
function cell(of: readonly number[], base: readonly number[] | null): string {
  const own = of.length > 1 ? `${mean(of).toFixed(4)} ± ${deviation(of).toFixed(4)}` : mean(of).toFixed(4);
  if (!base || of.length < 2) return own;
  const off = of.map((v, i) => v - base[i]!);
  const error = deviation(off) / Math.sqrt(off.length);
  if (error === 0) return `${own} (same)`;
  return `${own} (${mean(off) < 0 ? '−' : '+'}${Math.abs(mean(off) / error).toFixed(1)})`;
}

if (values.balancer.includes(',') && runs.size > 0) {
  console.log('\n| tension | width | balancer | CTR | CTCVR | CVR | cosine | runs |');
  console.log('|---|---|---|---|---|---|---|---|');
  const first = values.balancer.split(',')[0];
  for (const [group, readings] of runs) {
    const about = JSON.parse(group) as { tension: number; width: string; balancer: string };
    const base =
      about.balancer === first ? null : (runs.get(JSON.stringify({ ...about, balancer: first })) ?? null);
    const column = (r: readonly Reading[], i: number) => r.map((x) => x.auc[i]!);
    const aucs = [0, 1, 2].map((i) => cell(column(readings, i), base && column(base, i)));
    const cosine = mean(readings.map((r) => r.cosine))
      .toFixed(2)
      .replace('-', '−');
    console.log(
      `| ${about.tension} | ${about.width} | ${about.balancer} | ${aucs.join(' | ')} | ${cosine} | ${readings.length} |`,
    );
  }
}
