/** What the bench found: its file, and whether the targets were met. */
import { z } from 'zod';
import type { BrowserReport } from './chromium';
import type { DispatchReport } from './dispatches';
import type { KernelTimes } from './kernelTimes';
import type { LongRun } from './longRun';
import type { ProductResult } from './products';
import type { Leaks, Shares } from './runs';
import type { Curve } from './scaling';
import type { StepResult } from './steps';
import type { TorchReport } from './torch';

export interface Report {
  readonly date: string;
  readonly machine: string;
  readonly command: string;
  readonly rounds: number;
  readonly steps: readonly StepResult[];
  readonly products: readonly ProductResult[];
  /** Milliseconds. */
  readonly auc: number;
  readonly kernels: readonly KernelTimes[];
  readonly scaling: readonly Curve[];
  readonly shares: Shares;
  readonly dispatches: DispatchReport;
  /** Null where there was no Python with torch. */
  readonly torch: TorchReport | null;
  readonly leaks: Leaks;
  /** Null until the bench has run in Chromium. */
  readonly browser: BrowserReport | null;
  /** Null until a long run was measured. */
  readonly longRun: LongRun | null;
}

/** The file's outline: what is inside each list was written by this very program. */
export const reportSchema = z.looseObject({
  date: z.string(),
  machine: z.string(),
  command: z.string(),
  rounds: z.number(),
  steps: z.array(z.looseObject({ model: z.string(), whole: z.number() })),
  products: z.array(z.looseObject({ batch: z.number() })),
  auc: z.number(),
  kernels: z.array(z.looseObject({ model: z.string() })),
  scaling: z.array(z.looseObject({ title: z.string() })),
  shares: z.looseObject({ evaluation: z.number(), streaming: z.number() }),
  dispatches: z.union([
    z.looseObject({ results: z.array(z.unknown()) }),
    z.looseObject({ reason: z.string() }),
  ]),
  torch: z.looseObject({ version: z.string() }).nullable(),
  leaks: z.looseObject({ steps: z.number() }),
  browser: z.looseObject({ version: z.string() }).nullable(),
  longRun: z.looseObject({ minutes: z.number() }).nullable().default(null),
});

/** One line of the table of targets. */
export interface Target {
  readonly what: string;
  readonly target: string;
  readonly measured: string;
  readonly met: boolean;
}

export const ms = (x: number) => (x < 10 ? x.toFixed(2) : x.toFixed(1));
export const times = (x: number) => `${x.toFixed(1)} ×`;
export const percent = (x: number) => `${(100 * x).toFixed(x < 0.1 ? 1 : 0)} %`;

const list = <T>(items: readonly T[], show: (item: T) => string) => items.map(show).join(' / ');

/** Kernel calls that a step of each model may make. */
const CALLS = { SB: 40, MMoE: 50, PLE: 110 } as const;

/** Every target of the project's plan for speed that was measured, with the verdict. */
export function targetsOf(r: Report): Target[] {
  const of = (model: string, steps: readonly StepResult[] = r.steps) =>
    steps.filter((s) => s.model === model);
  const targets: Target[] = [];
  for (const model of ['SB', 'MMoE', 'PLE'] as const) {
    const steps = of(model);
    targets.push(
      {
        what: `${model} step, against naive TensorFlow.js`,
        target: '≥ 10 ×',
        measured: list(steps, (s) => times(s.againstNaive)),
        met: steps.every((s) => s.againstNaive >= 10),
      },
      {
        what: `${model} step, against the best plain operations`,
        target: '≥ 3 ×',
        measured: list(steps, (s) => times(s.againstPlain)),
        met: steps.every((s) => s.againstPlain >= 3),
      },
      {
        what: `kernel calls of a ${model} step`,
        target: `≤ ${CALLS[model]}`,
        measured: list(steps, (s) => String(s.calls.fast)),
        met: steps.every((s) => s.calls.fast <= CALLS[model]),
      },
    );
  }
  targets.push({
    what: 'rate of all products of an SB step, against the stock product A·B',
    target: '≥ 85 %',
    measured: list(r.products, (p) => percent(p.share)),
    met: r.products.every((p) => p.share >= 0.85),
  });
  const single = r.torch?.results.filter((t) => t.threads === 1 && !t.compiled) ?? [];
  for (const model of ['SB', 'MMoE', 'PLE'] as const) {
    const results = single.filter((t) => t.model === model);
    if (results.length === 0) continue;
    targets.push({
      what: `${model} step, against PyTorch on one thread`,
      target: '≤ 2 × its time',
      measured: list(results, (t) => times(t.ratio)),
      met: results.every((t) => t.ratio <= 2),
    });
  }
  targets.push(
    {
      what: 'exact AUC, 200,000 rows × 2 tasks',
      target: '≤ 60 ms',
      measured: `${ms(r.auc)} ms`,
      met: r.auc <= 60,
    },
    {
      what: 'evaluation, of the time of a run at default settings',
      target: '≤ 10 %',
      measured: percent(r.shares.evaluation),
      met: r.shares.evaluation <= 0.1,
    },
    {
      what: 'streaming, of the time of a step',
      target: '≤ 3 %',
      measured: percent(r.shares.streaming),
      met: r.shares.streaming <= 0.03,
    },
    {
      what: `tensors leaked over ${r.leaks.steps.toLocaleString('en-US')} steps; growth of the heap after the first 100`,
      target: '0; 0',
      measured: `${r.leaks.tensors}; ${r.leaks.heap}`,
      met: r.leaks.tensors === 0 && r.leaks.heap === 0,
    },
  );
  if (r.browser) {
    const { steps, start } = r.browser;
    for (const model of ['SB', 'MMoE', 'PLE'] as const) {
      const results = of(model, steps);
      if (results.length === 0) continue;
      targets.push({
        what: `${model} step in a worker of Chromium, against naive TensorFlow.js`,
        target: '≥ 8 ×',
        measured: list(results, (s) => times(s.againstNaive)),
        met: results.every((s) => s.againstNaive >= 8),
      });
    }
    targets.push(
      {
        what: 'page interactive after a warm load',
        target: '≤ 1.5 s',
        measured: `${(start.interactive / 1000).toFixed(2)} s`,
        met: start.interactive <= 1500,
      },
      {
        what: 'first training step after Train, wasm',
        target: '≤ 3 s',
        measured: `${(start.firstStep / 1000).toFixed(2)} s`,
        met: start.firstStep <= 3000,
      },
    );
  }
  return targets;
}
