/** Comparing runs: what counts as a win, what is noise, which runs stand beside one another, and the tables to take away. */
import { describe, expect, it } from 'vitest';
import { defaultPipeline } from '../pipeline/defaults';
import { type ComparedRun, compareRuns, criticalT } from './compare';
import { comparisonCsv, comparisonLatex, comparisonMarkdown } from './compareTable';

let made = 0;
function run(
  name: string,
  {
    ctr = 0.7,
    se = 0.002,
    ctcvr = 0.7,
    logLoss = 0.1 as number | null,
    seed = 1,
    lambda = 1,
    fingerprint = 'f',
  } = {},
): ComparedRun {
  const base = defaultPipeline();
  const pipeline = {
    ...base,
    tasks: base.tasks.map((t, k) => (k === 1 ? { ...t, lossWeight: lambda } : t)),
    training: { ...base.training, seed },
  };
  const auc = (value: number) => ({ ok: true as const, value, se, positives: 100, rows: 1000 });
  const none = { ok: false as const, reason: 'no purchase', positives: 0, rows: 9 };
  return {
    id: `r${++made}`,
    name,
    mark: lambda,
    pipeline,
    fingerprint,
    evaluation: {
      step: 500,
      metrics: [
        { space: 'click', auc: auc(ctr), logLoss, expectedAuc: auc(ctr + 0.01) },
        { space: 'conversion', auc: auc(ctcvr), logLoss: 0.01, expectedAuc: null },
        { space: 'conversion|click', auc: none, logLoss: null, expectedAuc: null },
      ],
    },
  };
}

const cell = (runs: ComparedRun[], space = 'click', metric: 'auc' | 'logLoss' = 'auc') =>
  compareRuns(runs, runs[0]!.id, 'label')!.groups[1]!.cell(space, metric);

describe('a single seed', () => {
  it('wins only beyond what its rows can tell apart', () => {
    const base = run('base');
    // s.e. of the difference: √2·.002 = .00283; 1.96 of them are .00554.
    expect(cell([base, run('b', { ctr: 0.7055, lambda: 2 })])!.difference).toMatchObject({
      verdict: 'noise',
      from: 'rows',
    });
    expect(cell([base, run('b', { ctr: 0.7057, lambda: 2 })])!.difference!.verdict).toBe('better');
    expect(cell([base, run('b', { ctr: 0.69, lambda: 2 })])!.difference!.verdict).toBe('worse');
    expect(cell([base, run('b', { ctr: 0.77, lambda: 2 })])!.difference!.relative).toBeCloseTo(0.1, 12);
  });

  it('says nothing of log-losses, whose noise nobody knows', () => {
    const d = cell([run('a'), run('b', { logLoss: 0.05, lambda: 2 })], 'click', 'logLoss')!.difference!;
    expect(d).toMatchObject({ verdict: 'unknown', se: null, from: null });
  });
});

describe('several seeds', () => {
  const seeds = [1, 2, 3];
  it('are one pipeline with mean and s.d., compared seed by seed', () => {
    const noise = [0, 0.02, -0.02];
    const a = seeds.map((seed, i) => run('a', { seed, ctr: 0.7 + noise[i]! }));
    const b = seeds.map((seed, i) => run('b', { seed, ctr: 0.705 + noise[i]! + i * 1e-4, lambda: 2 }));
    const found = cell([...a, ...b])!;
    expect(found.mean).toMatchObject({ n: 3 });
    expect(found.mean.sd).toBeCloseTo(0.02, 3);
    // The seeds' spread cancels out: the difference is far beyond its own.
    expect(found.difference).toMatchObject({ verdict: 'better', from: 'paired seeds' });
    expect(found.difference!.absolute).toBeCloseTo(0.0051, 12);
    expect(found.difference!.se).toBeCloseTo(1e-4 / Math.sqrt(3), 12);
  });

  it('of unlike numbers are judged by their spread', () => {
    const a = [1, 2].map((seed, i) => run('a', { seed, ctr: 0.7 + i * 0.01 }));
    const b = [3, 4].map((seed, i) => run('b', { seed, ctr: 0.72 + i * 0.01, lambda: 2 }));
    // Two seeds each leave one degree of freedom: 2.8 standard errors are no proof yet.
    expect(cell([...a, ...b])!.difference).toMatchObject({ verdict: 'noise', from: 'seeds' });
  });

  it('give log-losses a verdict, where less is better', () => {
    const of = (name: string, lambda: number, by: number) =>
      seeds.map((seed) => run(name, { seed, lambda, logLoss: 0.1 + by + seed * 1e-4 * lambda }));
    expect(cell([...of('a', 1, 0), ...of('b', 2, -0.05)], 'click', 'logLoss')!.difference!.verdict).toBe(
      'better',
    );
    expect(cell([...of('a', 1, 0), ...of('b', 2, 0.05)], 'click', 'logLoss')!.difference!.verdict).toBe(
      'worse',
    );
  });

  it('need fewer standard errors the more there are', () => {
    expect(criticalT(1)).toBeCloseTo(12.706, 3);
    expect(criticalT(4)).toBeCloseTo(2.776, 3);
    expect(criticalT(500)).toBeCloseTo(2.042, 3);
  });
});

it('runs on other rows are left out and named', () => {
  const a = run('a');
  const c = compareRuns([a, run('b', { fingerprint: 'g' })], a.id, 'label')!;
  expect(c.groups.map((g) => g.name)).toEqual(['a']);
  expect(c.elsewhere.map((r) => r.name)).toEqual(['b']);
  expect(compareRuns([], null, 'label')).toBeNull();
});

it('ranks by value, ties alike, and takes the AUC that is asked for', () => {
  const runs = [
    run('a'),
    run('b', { ctr: 0.72, lambda: 2 }),
    run('c', { ctr: 0.72, lambda: 3 }),
    run('d', { ctr: 0.71, lambda: 4 }),
  ];
  const c = compareRuns(runs, runs[0]!.id, 'label')!;
  expect(c.groups.map((g) => g.cell('click', 'auc')!.rank)).toEqual([4, 1, 1, 3]);
  expect(compareRuns(runs, null, 'expected')!.groups[0]!.cell('click', 'auc')!.mean.mean).toBeCloseTo(
    0.71,
    12,
  );
  expect(c.groups[0]!.cell('conversion|click', 'auc')).toBeNull();
});

describe('tables', () => {
  const runs = [
    run('Single, 50% & more'),
    run('PLE · λ 10', { ctr: 0.75, lambda: 10 }),
    run('near|by', { ctr: 0.701, lambda: 3 }),
  ];
  const c = compareRuns(runs, runs[0]!.id, 'label')!;

  it('as CSV hold every digit and read back', () => {
    const lines = comparisonCsv(c).trim().split('\n');
    expect(lines).toHaveLength(1 + 3 * 4);
    expect(lines[1]).toContain('"Single, 50% & more",yes,1,500,CTR,AUC,0.7,');
    expect(lines.find((l) => l.startsWith('near|by') && l.includes('CTR,AUC'))).toMatch(/,noise$/);
  });

  it('as Markdown mark best and second, and say what is within noise', () => {
    const text = comparisonMarkdown(c);
    expect(text).toContain('| Run | CTR AUC | vs baseline | CTCVR AUC |');
    expect(text).toContain('| PLE · λ 10 | **.7500** | +7.14 % |');
    expect(text).toContain('| near\\|by | <u>.7010</u> | +0.14 % (within noise) |');
  });

  it('as LaTeX escape what names may hold', () => {
    const text = comparisonLatex(c);
    expect(text).toContain('Single, 50\\% \\& more & .7000 & baseline &');
    expect(text).toContain('PLE $\\cdot$ $\\lambda$ 10 & \\textbf{.7500} & +7.14\\,\\% &');
    expect(text).toContain('\\underline{.7010}');
  });
});

describe('runs of one race', () => {
  it('are told apart by the rows that both were measured on, whichever is the baseline', () => {
    const raced = (name: string, ctr: number, entrant: number, se: number) => {
      const difference = { value: 0, se };
      const spaces = [{ space: 'click', label: difference, expected: null, logLoss: difference }];
      const against = [0, 1].filter((e) => e !== entrant).map((e) => ({ entrant: e, spaces }));
      return { ...run(name, { ctr, lambda: entrant + 1 }), race: { id: 'race', entrant, of: 2, against } };
    };
    const [a, b] = [raced('a', 0.7, 0, 0.0005), raced('b', 0.703, 1, 0.0005)];
    expect(cell([a, b])!.difference).toMatchObject({ from: 'paired rows', se: 0.0005, verdict: 'better' });
    expect(cell([b, a])!.difference).toMatchObject({ from: 'paired rows', verdict: 'worse' });
    expect(cell([a, b], 'click', 'logLoss')!.difference).toMatchObject({ verdict: 'noise', se: 0.0005 });
    // A column that the race does not know, and a run of another race: each by its own rows.
    expect(cell([a, b], 'conversion')!.difference!.from).toBe('rows');
    const other = { ...b, race: { ...b.race, id: 'another' } };
    expect(cell([a, other])!.difference).toMatchObject({ from: 'rows', verdict: 'noise' });
  });
});
