/** What the bench found, as a page of docs. */
import { defaultPipeline } from '../src/pipeline/defaults';
import { dispatchSection } from './dispatches';
import { MODELS } from './models';
import { stepFlops } from './products';
import { ms, percent, type Report, targetsOf, times } from './report';
import type { StepResult } from './steps';
import type { TabCost } from './streaming';

const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]) =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

const STEP_HEAD = [
  'model',
  'batch',
  'fast',
  'plain',
  'naive',
  'naive / fast',
  'plain / fast',
  'kernel calls: naive → plain → fast',
  'whole step',
];

const stepRow = (s: StepResult) => [
  s.model,
  s.batch,
  ...s.timings.map((t) => ms(t.median)),
  times(s.againstNaive),
  times(s.againstPlain),
  `${s.calls.naive} → ${s.calls.plain} → ${s.calls.fast} (${s.calls.numeric} compute)`,
  ms(s.whole),
];

/** What bounds an SB step: the products alone, at the rate that was measured in this run. Other programs may have had the core in between. */
function bounds(r: Report): string {
  return r.products
    .flatMap((p) => {
      const step = r.steps.find((s) => s.model === 'SB' && s.batch === p.batch);
      if (!step) return [];
      const products = stepFlops(p.batch) / p.ours.step / 1e6;
      return [
        `- Batch ${p.batch}: at this rate the products of one step take ${ms(products)} ms by themselves; the whole step took ${ms(step.timings[0]!.median)} ms, at another moment of the run.`,
      ];
    })
    .join('\n');
}

function kernels(r: Report): string {
  return r.kernels
    .map((k) => {
      const shown = k.kernels.filter((x) => x.share >= 0.01);
      const rest = 1 - k.kernels.reduce((sum, x) => sum + x.share, 0);
      const parts = shown.map((x) => `${x.name} ${percent(x.share)} (${x.calls} calls)`);
      return `- **${k.model}**, batch ${k.batch}: ${parts.join(', ')}; outside of kernels (tape, scopes, JavaScript) ${percent(rest)}.`;
    })
    .join('\n');
}

function torch(r: Report): string {
  if (!r.torch) return 'No Python with torch was found on the machine.';
  const rows = r.torch.results.map((t) => [
    t.model,
    t.batch,
    t.threads,
    t.compiled ? 'on' : 'off',
    ms(t.torch),
    ms(t.ours),
    times(t.ratio),
  ]);
  const missing = r.torch.missing.map((m) => `- Not measured: ${m}`).join('\n');
  return `PyTorch ${r.torch.version} on the CPU, the same models and sizes (reference/bench_torch.py), in turns with ours. One thread: processor time.
Two threads: time that passed, of its two threads against our one, which other programs on the machine disturb.

${table(['model', 'batch', 'threads', 'torch.compile', 'PyTorch, ms', 'ours, ms', 'ours / PyTorch'], rows)}
${missing ? `\n${missing}\n` : ''}`;
}

function browser(r: Report): string {
  if (!r.browser) return 'Not measured yet: `npm run bench -- --browser`.';
  const { version, date, steps, start } = r.browser;
  return `Chromium ${version}, headless, in a worker as in the lab; \`npm run bench -- --browser\` on ${date}. A browser has no clock of processor
time: milliseconds are time that passed, and only the ratios say something.

${table(STEP_HEAD, steps.map(stepRow))}

The built lab, loaded ${start.loads} times with a warm cache: the pipeline can be edited after ${(start.interactive / 1000).toFixed(2)} s and Train be pressed after
${(start.trainable / 1000).toFixed(2)} s, when a world of 3 million impressions has been drawn; the first step after it was pressed shows after ${(start.firstStep / 1000).toFixed(2)} s (medians).

${streamed(r.browser.streaming)}`;
}

function streamed(tabs: readonly TabCost[] | undefined): string {
  if (!tabs) return 'What drawing costs while the lab trains: not measured yet.';
  const rows = tabs.map((t) => [
    t.tab,
    ms(t.busy),
    ms(t.longest),
    t.long,
    t.frames.toFixed(0),
    percent(t.rate),
  ]);
  return `While the default pipeline trains at full speed on wasm, traced (which itself costs time): the page's main thread by the tab that is looked at. Processor
time stands still while another program has the core; frames do not. Steps a second are held against a tab that streams nothing, in the same round.

${table(['tab', 'busy, ms a second', 'longest task, ms', 'tasks over 50 ms', 'frames a second', 'step rate'], rows)}`;
}

function longRun(r: Report): string {
  if (!r.longRun) return 'Not measured yet: `npm run bench -- --long-run 30`.';
  const { minutes, date, samples, page, renderer, pageGrowth, rendererGrowth } = r.longRun;
  const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  const signed = (bytes: number) => `${bytes < 0 ? '−' : '+'}${mb(Math.abs(bytes))}`;
  const last = samples.at(-1)!;
  const elements = samples.map((s) => s.elements);
  return `${minutes} minutes of the default pipeline, ${last.step.toLocaleString('en-US')} steps, every tab looked at in turn; \`npm run bench -- --long-run ${minutes}\` on ${date}.
After the first two minutes the page's JavaScript held at most ${mb(page)} (target: under 300 MB), and ${signed(pageGrowth)} from the first fifth to the last
(medians); the whole renderer process, with both workers, wasm and the data, at most ${mb(renderer)}, and ${signed(rendererGrowth)}. The document had ${Math.min(...elements)} to ${Math.max(...elements)} elements.`;
}

/** The page. */
export function toMarkdown(r: Report): string {
  const titles = [...new Set(r.steps.map((s) => s.model))].map((id) => `- **${id}**: ${MODELS[id].title}`);
  const targets = targetsOf(r).map((t) => [t.what, t.target, t.measured, t.met ? 'met' : '**missed**']);
  const products = r.products.map((p) => [
    p.batch,
    ...[p.ours.NN, p.ours.NT, p.ours.TN, p.ours.step, p.stock].map((x) => x.toFixed(1)),
    percent(p.share),
  ]);
  const curves = r.scaling.map(
    (c) => `- ${c.title}: ${c.points.map((p) => `${p.x.toLocaleString('en-US')} → ${ms(p.ms)}`).join(', ')}`,
  );
  return `# Speed

Written by \`${r.command}\` on ${r.date}; machine: ${r.machine}. What is compared took turns in one process; figures are medians over
${r.rounds} rounds (products: at least 11), ratios are medians of the ratios within a round. Milliseconds are processor time of the process, which stands still while
another program has the core; they hold for this run only, and the ratios are what counts. All numbers: [performance.json](performance.json).

## Targets

${table(['what (batch 512 / 2048)', 'target', 'measured', ''], targets)}

## Steps

Processor milliseconds of one step on a batch that lies on the backend: *fast* is the lab with its kernels (docs/KERNELS.md), *plain* the same lab on
TensorFlow.js' own operations, *naive* the same model as one would write it with \`tf.fused.matMul\`, \`tf.gather\` and \`tf.train.adam\`
(bench/naive.ts; all three start from the same weights, and the bench refuses to run unless their losses agree). Wasm, one thread, float32.
*Whole step* is *fast* with the gathering of the batch from the rows. Data: 16 categorical columns of 1,000 values, 63 numerical ones, two tasks.

${titles.join('\n')}

${table(STEP_HEAD, r.steps.map(stepRow))}

Kernel calls are all that TensorFlow.js counts, also those that copy no number (\`Identity\`, \`Reshape\`).

## Where a fast step goes

Share of the time of a step, by kernel:

${kernels(r)}

## Matrix products

GFLOP/s over the products of one SB step: forward A·B, input gradient A·Bᵀ, weight gradient Aᵀ·B; the stock product is
\`tf.matMul\` on plain operands (XNNPACK), on the same sizes.

${table(['batch', 'A·B', 'A·Bᵀ', 'Aᵀ·B', 'all', 'stock A·B', 'all / stock'], products)}

${bounds(r)}

${dispatchSection(r.dispatches)}
## PyTorch

${torch(r)}

## Scaling

Milliseconds of a fast step:

![Time of a step against rows of a batch, experts, tasks and rows of the embedding table](images/scaling.svg)

${curves.join('\n')}

## Runs

- Evaluation of ${r.shares.validationRows.toLocaleString('en-US')} validation rows every ${defaultPipeline().training.evaluateEvery} steps of the default pipeline takes ${percent(r.shares.evaluation)} of the time of a run; it gives way between chunks.
- Streaming (frames, snapshots, letting messages in) takes ${percent(r.shares.streaming)} of the time of a step.
- ${r.leaks.steps.toLocaleString('en-US')} steps leave ${r.leaks.tensors} tensors behind, and the heap is ${r.leaks.heap} bytes larger than after the first 100 (\`npm run bench -- --leak\`).

## Browser

${browser(r)}

## A long run

${longRun(r)}

${NOTES}`;
}

/** What the figures do not say by themselves. */
const NOTES = `## Why a target is missed, and what was tried

- **Ratios to naive and plain.** Matrix products are most of a fast step (above: their time at the measured rate, beside the whole step), and the products
  run at what 128-bit SIMD gives here: a mul and an add a number, which three of the processor's ports share. What remains for a better ratio is
  less than a third of a Shared-Bottom step and next to nothing of a large one. The targets were set on another processor (AMD Zen 5, stock product
  44 GFLOP/s, transposed 3.5), on which the rest of TensorFlow.js weighs more. Against plain operations the ratio falls with the batch, since
  theirs are the same products through XNNPACK, with the same units.
- **PyTorch** multiplies with 512-bit fused multiply-adds here, WebAssembly with 128-bit ones and two operations: the ratio is the width of the
  vectors more than anything else.
- **Tried, no gain** (products 2048 × 191 × 128, GFLOP/s, processor time, medians of 9 in turns): tiles of 6, 5 or 4 rows 16.5, 16.5, 17.0; both halves of
  a panel one after the other, which leaves registers free, 16.2; K unrolled by 4 15.5 to 16.2; B blocked by columns, since products of 64 to 1,024
  columns run at the same 12.5 to 13.2 as they are.
- **Tried, not taken**: fused multiply-add (relaxed SIMD) made those products 18 to 21, a quarter faster, which is what the ports predict. But
  browsers round it as their processor does, so that a link would no longer draw the same curve everywhere; Safari does not have it, Node 20 only behind a flag.
- **Tried, kept**: what the tape keeps for gradients no longer runs as a kernel (half of all calls); the gradient of the inputs stops at the
  embeddings; bias, ReLU and accumulation in the tail of a product; one update over the flat vector; joining and splitting columns as one kernel each (the
  stock split alone was 6.9 % of a PLE step); in a run, evaluations take a weighted sample of the rows and only the last takes all.
`;
