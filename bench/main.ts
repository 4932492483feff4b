/** `npm run bench`: measures the targets of the fast kernels in one process and writes docs/PERFORMANCE.md and docs/performance.json. */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Rng } from '../src/data/random';
import { weightedAuc } from '../src/metrics/auc';
import { fastKernels, openWasm } from '../src/nn';
import { wasmPaths } from '../src/nn/wasmPaths';
import { race } from './measure';
import type { ModelId } from './models';
import { benchProducts } from './products';
import { type Report, toMarkdown } from './report';
import { benchLeaks, benchSteps } from './steps';

const HELP = `npm run bench [-- options]   some minutes of processor time

  --rounds N      rounds that the medians are taken over (default 7, at least 5)
  --slice MS      processor time of each contestant in a round (default 150)
  --leak-steps N  steps of the leak check (default 10000)
  --from FILE     measure nothing, write the page again from a performance.json
  --dry           print the report, write nothing
  --help          this text`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    slice: { type: 'string', default: '150' },
    'leak-steps': { type: 'string', default: '10000' },
    from: { type: 'string' },
    dry: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const whole = (name: string, text: string, least: number): number => {
  const n = Number(text);
  if (!Number.isInteger(n) || n < least)
    throw new Error(`--${name} must be a whole number from ${least} on.`);
  return n;
};

/** Exact AUC of 200,000 rows × 2 tasks, milliseconds. */
async function benchAuc(rounds: number): Promise<number> {
  const rng = new Rng(5);
  const N = 200_000;
  const tasks = [0, 1].map(() => {
    const scores = Float32Array.from({ length: N }, () => rng.normal());
    const labels = Uint8Array.from(scores, (s) => (rng.uniform() < 1 / (1 + Math.exp(-s)) ? 1 : 0));
    return { scores, labels };
  });
  const weights = new Float32Array(N).fill(1);
  const run = () => {
    for (const { scores, labels } of tasks) weightedAuc(scores, labels, weights);
  };
  const [timing] = await race([{ name: 'auc', run }], rounds, 100);
  return timing!.median;
}

/** Runs the whole bench. */
async function measure(): Promise<Report> {
  const rounds = whole('rounds', values.rounds, 5);
  const slice = whole('slice', values.slice, 1);
  const leakSteps = whole('leak-steps', values['leak-steps'], 10);
  await openWasm(wasmPaths());
  if (!fastKernels())
    throw new Error('The fast kernels could not be loaded, so there is nothing to measure.');
  const say = (text: string) => console.error(text);
  const steps = [];
  for (const model of ['SB', 'TA'] as ModelId[]) {
    for (const batch of [512, 2048]) {
      say(`Steps of ${model}, batch ${batch} …`);
      const result = await benchSteps(model, batch, rounds, slice);
      say(result.timings.map((t) => `  ${t.name} ${t.median.toFixed(2)} ms`).join(''));
      steps.push(result);
    }
  }
  say('Matrix products …');
  const products = [];
  for (const batch of [512, 2048]) products.push(await benchProducts(batch, Math.max(rounds, 11), slice / 3));
  say('Exact AUC …');
  const auc = await benchAuc(rounds);
  say(`Leaks over ${leakSteps} steps …`);
  const leaks = await benchLeaks(leakSteps);
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, Node ${process.versions.node}`,
    command: `npm run bench -- --rounds ${rounds} --slice ${slice} --leak-steps ${leakSteps}`,
    rounds,
    steps,
    products,
    auc,
    leaks,
  };
}

async function main(): Promise<void> {
  if (values.help) {
    console.log(HELP);
    return;
  }
  const report = values.from ? (JSON.parse(readFileSync(values.from, 'utf8')) as Report) : await measure();
  const markdown = toMarkdown(report);
  console.log(markdown);
  if (values.dry) return;
  const root = process.env.SEESAW_ROOT ?? process.cwd();
  writeFileSync(join(root, 'docs', 'performance.json'), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(root, 'docs', 'PERFORMANCE.md'), markdown);
}

await main().catch((error: unknown) => {
  console.error((error as Error).message);
  process.exitCode = 1;
});
