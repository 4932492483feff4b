/** `npm run bench`: measures the targets of speed and writes docs/PERFORMANCE.md, docs/performance.json and docs/images/scaling.svg. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fastKernels, openWasm } from '../src/nn';
import { wasmPaths } from '../src/nn/wasmPaths';
import { benchAuc } from './auc';
import type { BrowserCase } from './chromium';
import { countDispatches, countDispatchesApart, DISPATCHES_FLAG } from './dispatches';
import { benchKernels } from './kernelTimes';
import { MODEL_IDS, type ModelId } from './models';
import { toMarkdown } from './page';
import { scalingSvg } from './plots';
import { benchProducts } from './products';
import { type Report, reportSchema } from './report';
import { benchLeaks, benchShares } from './runs';
import { benchScaling } from './scaling';
import { benchSteps } from './steps';
import { benchTorch } from './torch';

const HELP = `npm run bench [-- options]   about ten minutes

  --rounds N      rounds that the medians are taken over (default 5, which is the least)
  --slice MS      processor time of each contestant in a round (default 60)
  --leak-steps N  steps of the leak check (default 10000)
  --leak          the leak check alone: prints its figures, writes nothing
  --browser       the steps in headless Chromium instead, and how soon the built lab can be used; what was measured in Node stays
  --long-run MIN  what the built lab holds in memory while it trains for so many minutes in headless Chromium; the rest stays as measured
  --python PATH   the interpreter that has torch (default: python3, or what PYTHON names)
  --only PARTS    some of steps,products,dispatches,auc,kernels,scaling,shares,torch,leak; of the others the figures of the last run stay
  --from FILE     measure nothing, write page and plots again from a performance.json
  --dry           print the report, write nothing
  --help          this text`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    slice: { type: 'string', default: '60' },
    'leak-steps': { type: 'string', default: '10000' },
    leak: { type: 'boolean', default: false },
    browser: { type: 'boolean', default: false },
    'long-run': { type: 'string' },
    python: { type: 'string', default: process.env.PYTHON ?? 'python3' },
    only: { type: 'string' },
    from: { type: 'string' },
    dry: { type: 'boolean', default: false },
    // For a process of the bench's own, so not in the help.
    [DISPATCHES_FLAG.slice(2)]: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const ROOT = process.env.SEESAW_ROOT ?? process.cwd();
const FILE = join(ROOT, 'docs', 'performance.json');
const BATCHES = [512, 2048] as const;
const say = (text: string) => console.error(text);

const whole = (name: string, text: string, least: number): number => {
  const n = Number(text);
  if (!Number.isInteger(n) || n < least)
    throw new Error(`--${name} must be a whole number from ${least} on.`);
  return n;
};

/** A report as it was written. @throws Error in one sentence where it is none */
function readReport(path: string): Report {
  try {
    return reportSchema.parse(JSON.parse(readFileSync(path, 'utf8'))) as unknown as Report;
  } catch {
    throw new Error(`${path} is not a report of this bench: run npm run bench to write one.`);
  }
}

const lastReport = (): Partial<Report> => {
  if (!existsSync(FILE)) return {};
  try {
    return readReport(FILE);
  } catch {
    // Of an older form: it is written anew.
    return {};
  }
};

const PARTS = [
  'steps',
  'products',
  'dispatches',
  'auc',
  'kernels',
  'scaling',
  'shares',
  'torch',
  'leak',
] as const;
type Part = (typeof PARTS)[number];

function chosenParts(): ReadonlySet<Part> {
  if (values.only === undefined) return new Set(PARTS);
  const parts = values.only.split(',');
  const unknown = parts.find((p) => !PARTS.includes(p as Part));
  if (unknown !== undefined)
    throw new Error(`There is no part "${unknown}": choose among ${PARTS.join(', ')}.`);
  return new Set(parts as Part[]);
}

const rounds = () => whole('rounds', values.rounds, 5);
const slice = () => whole('slice', values.slice, 1);
const leakSteps = () => whole('leak-steps', values['leak-steps'], 10);

/** The cases of steps: every model at every batch. */
const cases = () => MODEL_IDS.flatMap((model: ModelId) => BATCHES.map((batch) => ({ model, batch })));

async function measure(): Promise<Report> {
  const last = lastReport();
  const parts = chosenParts();
  const [n, ms] = [rounds(), slice()];
  const report: Record<string, unknown> = {
    ...last,
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, Node ${process.versions.node}`,
    command: `npm run bench -- --rounds ${n} --slice ${ms} --leak-steps ${leakSteps()}`,
    rounds: n,
    browser: last.browser ?? null,
    longRun: last.longRun ?? null,
  };
  const part = async (name: Part, title: string, key: keyof Report, run: () => Promise<unknown>) => {
    if (!parts.has(name)) {
      if (report[key] === undefined)
        throw new Error(`No run has measured ${name} yet: leave out --only the first time.`);
      return;
    }
    say(`${title} …`);
    report[key] = await run();
  };
  await part('steps', 'Steps', 'steps', async () => {
    const found = [];
    for (const { model, batch } of cases()) {
      say(`  ${model}, batch ${batch}`);
      const result = await benchSteps(model, batch, n, ms);
      say(result.timings.map((t) => `    ${t.name} ${t.median.toFixed(2)} ms`).join(''));
      found.push(result);
    }
    return found;
  });
  await part('products', 'Matrix products', 'products', async () => {
    const found = [];
    for (const batch of BATCHES) found.push(await benchProducts(batch, Math.max(n, 11), ms / 3));
    return found;
  });
  await part('dispatches', 'Dispatches on WebGPU', 'dispatches', async () =>
    countDispatchesApart(fileURLToPath(import.meta.url)),
  );
  await part('auc', 'Exact AUC', 'auc', () => benchAuc(n));
  await part('kernels', 'Where a step goes', 'kernels', async () => {
    const found = [];
    for (const model of MODEL_IDS) found.push(await benchKernels(model, 512));
    return found;
  });
  await part('scaling', 'Scaling', 'scaling', () => benchScaling(n, ms / 2));
  await part('shares', 'Evaluation and streaming', 'shares', () => benchShares(n, wasmPaths()));
  await part('torch', 'PyTorch', 'torch', () =>
    benchTorch(values.python, join(ROOT, 'reference', 'bench_torch.py'), n, 3 * ms),
  );
  await part('leak', `Leaks over ${leakSteps()} steps`, 'leaks', () => benchLeaks(leakSteps()));
  return report as unknown as Report;
}

function chromiumPath(): string {
  const path = process.env.CHROMIUM_PATH;
  if (!path) throw new Error('No Chromium was found: install one, or name it in the variable CHROMIUM_PATH.');
  return path;
}

async function forLong(minutes: number): Promise<Report> {
  const last = readReport(FILE);
  const { benchLongRun } = await import('./longRun');
  return { ...last, longRun: await benchLongRun(ROOT, chromiumPath(), minutes, say) };
}

async function inChromium(): Promise<Report> {
  const last = readReport(FILE);
  const path = chromiumPath();
  const requests = cases().map((c): BrowserCase => ({ ...c, rounds: rounds(), slice: slice() }));
  const { benchChromium } = await import('./chromium');
  return { ...last, browser: await benchChromium(ROOT, path, requests, say) };
}

async function main(): Promise<void> {
  if (values.help) {
    console.log(HELP);
    return;
  }
  if (process.argv.includes(DISPATCHES_FLAG)) {
    console.log(JSON.stringify(await countDispatches()));
    return;
  }
  const inPage = values.browser || values['long-run'] !== undefined;
  if (values.from === undefined && !inPage) {
    await openWasm(wasmPaths());
    if (!fastKernels())
      throw new Error('The fast kernels could not be loaded, so there is nothing to measure.');
  }
  if (values.leak) {
    const { steps, tensors, heap } = await benchLeaks(leakSteps());
    console.log(
      `${steps} steps: ${tensors} tensors and ${heap} bytes of the heap more than after the first 100.`,
    );
    if (tensors !== 0 || heap !== 0) process.exitCode = 1;
    return;
  }
  const report = values.from
    ? readReport(values.from)
    : values['long-run'] !== undefined
      ? await forLong(whole('long-run', values['long-run'], 3))
      : values.browser
        ? await inChromium()
        : await measure();
  const markdown = toMarkdown(report);
  console.log(markdown);
  if (values.dry) return;
  writeFileSync(FILE, `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(ROOT, 'docs', 'PERFORMANCE.md'), markdown);
  writeFileSync(join(ROOT, 'docs', 'images', 'scaling.svg'), scalingSvg(report.scaling));
}

await main().then(
  // Whatever a library still waits for is not waited for.
  () => process.exit(),
  (error: unknown) => {
    console.error((error as Error).message);
    process.exit(1);
  },
);
