/** What the bench found, as a page of docs. */
import { MODELS } from './models';
import { type ProductResult, stepFlops } from './products';
import type { StepResult } from './steps';

export interface Report {
  readonly date: string;
  readonly machine: string;
  readonly command: string;
  readonly rounds: number;
  readonly steps: readonly StepResult[];
  readonly products: readonly ProductResult[];
  /** Milliseconds. */
  readonly auc: number;
  readonly leaks: { readonly steps: number; readonly tensors: number; readonly heap: number };
}

const ms = (x: number) => (x < 10 ? x.toFixed(2) : x.toFixed(1));
const times = (x: number) => `${x.toFixed(1)} ×`;
const percent = (x: number) => `${(100 * x).toFixed(0)} %`;
const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]) =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
const met = (good: boolean) => (good ? 'met' : '**missed**');

function targets(r: Report): string {
  const steps = (model: string) => r.steps.filter((s) => s.model === model);
  const each = (list: readonly StepResult[], f: (s: StepResult) => number, show: (x: number) => string) =>
    list.map((s) => show(f(s))).join(' / ');
  const all = (list: readonly StepResult[], good: (s: StepResult) => boolean) => met(list.every(good));
  const [SB, TA] = [steps('SB'), steps('TA')];
  return table(
    ['what (batch 512 / 2048)', 'target', 'measured', ''],
    [
      [
        'SB step, against naive TensorFlow.js',
        '≥ 10 ×',
        each(SB, (s) => s.againstNaive, times),
        all(SB, (s) => s.againstNaive >= 10),
      ],
      [
        'SB step, against plain operations in the same step',
        '≥ 3 ×',
        each(SB, (s) => s.againstPlain, times),
        all(SB, (s) => s.againstPlain >= 3),
      ],
      ['default pipeline, against naive TensorFlow.js', '—', each(TA, (s) => s.againstNaive, times), ''],
      ['default pipeline, against plain operations', '—', each(TA, (s) => s.againstPlain, times), ''],
      [
        'rate of all products of an SB step, against the stock product A·B',
        '≥ 85 %',
        r.products.map((p) => percent(p.share)).join(' / '),
        met(r.products.every((p) => p.share >= 0.85)),
      ],
      [
        'kernel calls of an SB step',
        '≤ 40',
        SB.map((s) => `${s.calls.fast} (${s.calls.numeric} compute)`).join(' / '),
        all(SB, (s) => s.calls.fast <= 40),
      ],
      [
        `tensors leaked over ${r.leaks.steps.toLocaleString('en-US')} steps; growth of the heap after the first 100`,
        '0; 0',
        `${r.leaks.tensors}; ${r.leaks.heap}`,
        met(r.leaks.tensors === 0 && r.leaks.heap === 0),
      ],
      ['exact AUC, 200,000 rows × 2 tasks', '≤ 60 ms', `${ms(r.auc)} ms`, met(r.auc <= 60)],
    ],
  );
}

/** What bounds an SB step: the products alone, at the rate that was measured in this run. Other programs may have had the core in between. */
function bounds(r: Report): string[] {
  return r.products.flatMap((p) => {
    const step = r.steps.find((s) => s.model === 'SB' && s.batch === p.batch);
    if (!step) return [];
    const fast = step.timings[0]!.median;
    const products = stepFlops(p.batch) / p.ours.step / 1e6;
    return [
      `- Batch ${p.batch}: at this rate the products of one step take ${ms(products)} ms by themselves; the whole step took ${ms(fast)} ms, at another moment of the run.`,
    ];
  });
}

/** The page. */
export function toMarkdown(r: Report): string {
  const titles = [...new Set(r.steps.map((s) => s.model))].map((id) => `- **${id}**: ${MODELS[id].title}`);
  const steps = r.steps.map((s) => [
    s.model,
    s.batch,
    ...s.timings.map((t) => ms(t.median)),
    ...s.timings.map((t) => ms(t.best)),
    times(s.againstNaive),
    times(s.againstPlain),
    `${s.calls.naive} → ${s.calls.plain} → ${s.calls.fast}`,
    `${ms(s.whole.plain)} → ${ms(s.whole.fast)}`,
  ]);
  const products = r.products.map((p) => [
    p.batch,
    ...[p.ours.NN, p.ours.NT, p.ours.TN, p.ours.step, p.stock].map((x) => x.toFixed(1)),
    percent(p.share),
  ]);
  return `# Speed

Written by \`${r.command}\` on ${r.date}; machine: ${r.machine}. What is compared took turns in one process; figures are medians over
${r.rounds} rounds (products: at least 11), ratios are medians of the ratios within a round. Other programs ran on the machine, so milliseconds hold for this
run only: the ratios are what counts. Milliseconds are processor time of the process, which stands still while another program has the core. All numbers: [performance.json](performance.json).

## Targets

${targets(r)}

## Steps

Processor milliseconds of one step on a batch that lies on the backend: *fast* is the lab with its kernels (docs/KERNELS.md), *plain* the same lab on
TensorFlow.js' own operations, *naive* the same model as one would write it with \`tf.fused.matMul\`, \`tf.gather\` and \`tf.train.adam\`
(bench/naive.ts; all three start from the same weights, and the bench refuses to run unless their losses agree). Wasm, one thread, float32.
*Whole step* adds gathering the batch from the rows. Data: 16 categorical columns of 1,000 values, 63 numerical ones, two tasks.

${titles.join('\n')}

${table(
  [
    'model',
    'batch',
    'fast',
    'plain',
    'naive',
    'fast, best',
    'plain, best',
    'naive, best',
    'naive / fast',
    'plain / fast',
    'kernel calls: naive → plain → fast',
    'whole step: plain → fast',
  ],
  steps,
)}

Kernel calls are all that TensorFlow.js counts, also those that copy no number (\`Identity\`, \`Reshape\`).

## Matrix products

GFLOP/s over the products of one SB step: forward A·B, input gradient A·Bᵀ, weight gradient Aᵀ·B; the stock product is
\`tf.matMul\` on plain operands (XNNPACK), on the same sizes.

${table(['batch', 'A·B', 'A·Bᵀ', 'Aᵀ·B', 'all', 'stock A·B', 'all / stock'], products)}

${bounds(r).join('\n')}

## Not measured yet

Chromium, PyTorch on the same machine, MMoE and PLE, and scaling curves. The WebGPU backend runs on plain operations.
`;
}
