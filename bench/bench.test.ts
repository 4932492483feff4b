/** The bench's own arithmetic: medians, ratios within a round, and verdicts on the targets. */
import { describe, expect, it } from 'vitest';
import { summarize } from './longRun';
import { median, race, ratio, type Timing } from './measure';
import type { ModelId } from './models';
import { toMarkdown } from './page';
import { scalingSvg } from './plots';
import { type Report, reportSchema, targetsOf } from './report';
import type { StepResult } from './steps';
import { tasksOf } from './streaming';

const timing = (name: string, rounds: number[]): Timing => ({
  name,
  rounds,
  median: median(rounds),
  best: Math.min(...rounds),
});

describe('a trace of the page', () => {
  const main = { pid: 1, tid: 1, ts: 0 };
  const run = (ts: number, ms: number, tid = 1) => ({
    ...{ name: 'RunTask', ph: 'X', pid: 1, tid, ts },
    tdur: ms * 1000,
  });
  const named = { ...main, name: 'thread_name', ph: 'M', args: { name: 'CrRendererMain' } };
  it('gives the tasks of the main thread, without those of starting the trace', () => {
    const events = [named, run(1_000, 90), run(200_000, 12), run(300_000, 3), run(250_000, 70, 2)];
    expect(tasksOf(events)).toEqual([12, 3]);
  });
  it('is refused where it holds none', () => {
    expect(() => tasksOf([named])).toThrow('holds no task');
  });
});

describe('measuring', () => {
  it('medians of odd and even numbers of rounds, none of nothing', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(() => median([])).toThrow(/no median/);
  });

  it('a ratio pairs the rounds: a slow round slows both', () => {
    expect(ratio(timing('b', [20, 40, 200]), timing('a', [10, 20, 100]))).toBe(2);
  });

  it('contestants take turns, and the round that warms up does not count', async () => {
    const order: string[] = [];
    const run = (name: string) => ({ name, run: () => void order.push(name) });
    const timings = await race([run('a'), run('b')], 3, 0);
    expect(timings.map((t) => [t.name, t.rounds.length])).toEqual([
      ['a', 3],
      ['b', 3],
    ]);
    expect(order.slice(0, 4)).toEqual(['a', 'b', 'a', 'b']);
    expect(order).toHaveLength(8);
  });
});

describe('the report', () => {
  const step = (model: ModelId, againstNaive: number): StepResult => ({
    model,
    batch: 512,
    parameters: 1,
    timings: [timing('fast', [1]), timing('plain', [4]), timing('naive', [12])],
    againstNaive,
    againstPlain: 4,
    calls: { naive: 500, plain: 200, fast: 39, numeric: 20 },
    whole: 2,
  });
  const report = (againstNaive: number, change: Partial<Report> = {}): Report => ({
    date: '2026-01-01',
    machine: 'm',
    command: 'npm run bench',
    rounds: 5,
    steps: [step('SB', againstNaive), step('MMoE', 12), step('PLE', 12)],
    products: [{ batch: 512, ours: { NN: 1, NT: 1, TN: 1, step: 1 }, stock: 1, share: 0.9 }],
    auc: 50,
    kernels: [
      { model: 'SB', batch: 512, step: 1, kernels: [{ name: 'SeesawDense', calls: 5, share: 0.75 }] },
    ],
    scaling: [
      {
        title: 'Rows & more',
        model: 'SB',
        points: [
          { x: 64, ms: 1 },
          { x: 128, ms: 2 },
        ],
      },
    ],
    shares: { rows: 10, validationRows: 2, evaluation: 0.05, streaming: 0.02 },
    dispatches: { reason: 'no adapter' },
    torch: null,
    leaks: { steps: 1000, tensors: 0, heap: 0 },
    browser: null,
    longRun: null,
    ...change,
  });
  const missed = (r: Report) =>
    targetsOf(r)
      .filter((t) => !t.met)
      .map((t) => t.what);

  it('says of each target whether it was met', () => {
    expect(missed(report(12))).toEqual([]);
    expect(missed(report(9.9))).toEqual(['SB step, against naive TensorFlow.js']);
    expect(missed(report(12, { leaks: { steps: 10, tensors: 0, heap: 65536 } }))).toHaveLength(1);
    expect(
      missed(report(12, { shares: { rows: 1, validationRows: 1, evaluation: 0.2, streaming: 0.2 } })),
    ).toEqual(['evaluation, of the time of a run at default settings', 'streaming, of the time of a step']);
    const slow = {
      model: 'SB',
      batch: 512,
      threads: 1,
      compiled: false,
      torch: 1,
      ours: 3,
      ratio: 3,
    } as const;
    expect(missed(report(12, { torch: { version: '2', results: [slow], missing: [] } }))).toEqual([
      'SB step, against PyTorch on one thread',
    ]);
    const start = { interactive: 900, trainable: 3000, firstStep: 3500, loads: 5 };
    const browser = { date: '2026-01-01', version: '1', steps: [step('SB', 7)], start };
    expect(missed(report(12, { browser }))).toEqual([
      'SB step in a worker of Chromium, against naive TensorFlow.js',
      'first training step after Train, wasm',
    ]);
  });

  it('is a page with every part, and a file that can be read again', () => {
    const r = report(9.9);
    const page = toMarkdown(r);
    expect(page.match(/\*\*missed\*\*/g)).toHaveLength(1);
    expect(page).toContain('outside of kernels (tape, scopes, JavaScript) 25 %');
    expect(reportSchema.parse(JSON.parse(JSON.stringify(r)))).toEqual(r);
    expect(reportSchema.safeParse({ ...r, shares: undefined }).success).toBe(false);
  });

  it('tells what drawing costs by tab, where it was measured', () => {
    const start = { interactive: 900, trainable: 3000, firstStep: 900, loads: 5 };
    const found = { date: '2026-01-01', version: '1', steps: [], start };
    expect(toMarkdown(report(12, { browser: found }))).toContain('not measured yet');
    const streaming = [{ tab: 'Curves', busy: 61.4, longest: 12, long: 0, frames: 59.6, rate: 0.98 }];
    expect(toMarkdown(report(12, { browser: { ...found, streaming } }))).toMatch(
      /\| Curves \| 61\.4\d? \| 12\S* \| 0 \| 60 \| 98/,
    );
  });

  it('draws each curve once, with the points where logarithms put them', () => {
    const svg = scalingSvg(report(12).scaling);
    expect(svg.match(/<polyline/g)).toHaveLength(1);
    expect(svg).toContain('Rows &amp; more');
    const [[x0, y0], [x1, y1]] = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map((m) => [
      Number(m[1]),
      Number(m[2]),
    ]) as [[number, number], [number, number]];
    expect([x0, x1]).toEqual([52, 346]);
    expect(y1).toBeLessThan(y0);
  });
});

describe('a long run', () => {
  const sample = (minute: number, page: number) => ({ minute, step: 1, page, renderer: 9, elements: 1 });

  it('tells growth from the settled part alone', () => {
    const flat = Array.from({ length: 40 }, (_, i) => sample(i / 4, i < 8 ? 100 : 50));
    expect(summarize('', 10, flat)).toMatchObject({ page: 50, pageGrowth: 0 });
    const growing = Array.from({ length: 40 }, (_, i) => sample(i / 4, i));
    expect(summarize('', 10, growing).pageGrowth).toBeGreaterThan(20);
  });

  it('refuses a run that has no settled part', () => {
    expect(() => summarize('', 2, [sample(1, 1)])).toThrow(/^A long run takes more than 2 minutes/);
  });
});
