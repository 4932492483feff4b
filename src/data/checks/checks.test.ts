/** Each check finds what it is for, says it in one sentence, and is silent on clean tables. */
import { describe, expect, it } from 'vitest';
import { Rng } from '../random';
import type { Table } from '../table';
import { madeUp } from '../testing/tables';
import type { Check, CheckKind } from './check';
import { checkTable } from './checks';
import { chance } from './drift';
import { halfWidth, positivesFor } from './positives';

const clean = (seed = 1) => madeUp({ rows: 26_000, seed, clickRate: 0.5, buyRate: 0.4 });
const kinds = (checks: readonly Check[]) => checks.map((c) => c.kind);
const only = (table: Table, kind: CheckKind) => checkTable(table).filter((c) => c.kind === kind);

/** The table with numerical columns added, each a function of the row. */
function withNumbers(table: Table, extra: Record<string, (row: number) => number>): Table {
  const M = table.schema.numerical.length;
  const names = Object.keys(extra);
  const width = M + names.length;
  const numerical = new Float32Array(table.rows * width);
  for (let i = 0; i < table.rows; i++) {
    numerical.set(table.numerical.subarray(i * M, (i + 1) * M), i * width);
    for (const [j, name] of names.entries()) numerical[i * width + M + j] = extra[name]!(i);
  }
  return {
    ...table,
    numerical,
    schema: { ...table.schema, numerical: [...table.schema.numerical, ...names] },
  };
}

/** The table with one more categorical column. */
function withCodes(table: Table, name: string, vocabulary: number, code: (row: number) => number): Table {
  const C = table.schema.categorical.length;
  const categorical = new Int32Array(table.rows * (C + 1));
  for (let i = 0; i < table.rows; i++) {
    categorical.set(table.categorical.subarray(i * C, (i + 1) * C), i * (C + 1));
    categorical[i * (C + 1) + C] = code(i);
  }
  const schema = { ...table.schema, categorical: [...table.schema.categorical, { name, vocabulary }] };
  return { ...table, categorical, schema };
}

describe('a clean table', () => {
  it.each([1, 2, 3, 4, 5])('has nothing to report (seed %i)', (seed) => {
    expect(checkTable(clean(seed))).toEqual([]);
  });

  it('with 300 columns and few pages raises no alarm either', () => {
    for (let seed = 1; seed <= 4; seed++) {
      const table = madeUp({ rows: 1500, seed, numerical: 300, pageColumns: 150, page: 15 });
      // 375 validation rows tell AUCs apart badly, and that is all.
      expect(new Set(kinds(checkTable(table)))).toEqual(new Set(['few positives']));
    }
  });
});

describe('leaks', () => {
  const table = clean();
  const label = (k: number) => (row: number) => table.labels[row * 2 + k]!;
  const noise = new Rng(9);

  it('are found in numbers, whichever direction, and in missing values', () => {
    const leaky = withNumbers(table, {
      up: (i) => label(0)(i) + 0.1 * noise.normal(),
      down: (i) => -label(0)(i) + 0.1 * noise.normal(),
      dwell: (i) => (label(0)(i) === 1 ? noise.uniform() : Number.NaN),
    });
    const [leak, ...rest] = only(leaky, 'leak');
    expect(rest).toEqual([]);
    expect(leak!.level).toBe('error');
    expect([...leak!.about].sort()).toEqual(['down', 'dwell', 'up']);
    expect(leak!.message).toMatch(/^[\w, ]+ alone rank click with AUCs up to 1\.0000, .*ignore\*\.$/);
  });

  it('are found where only the conditional space gives them away', () => {
    // Blind to clicks, but it tells purchases among them.
    const leaky = withNumbers(table, { paid: (i) => (label(0)(i) === 1 ? label(1)(i) : noise.below(2)) });
    const leak = only(leaky, 'leak');
    expect(leak).toHaveLength(1);
    expect(leak[0]!.message).toContain('paid alone ranks conversion given click');
  });

  it('are found in codes, but a code that names its row is none', () => {
    const leaky = withCodes(table, 'state', 5, (i) => (label(0)(i) === 1 ? 3 : i % 3));
    expect(only(leaky, 'leak').map((c) => c.about)).toEqual([['state']]);
    expect(
      only(
        withCodes(table, 'id', table.rows, (i) => i),
        'leak',
      ),
    ).toEqual([]);
    expect(
      only(
        withCodes(table, 'id', table.rows, (i) => table.groups[i]! - 1000),
        'leak',
      ),
    ).toEqual([]);
  });

  it('are found in lists', () => {
    const offsets = Uint32Array.from({ length: table.rows + 1 }, (_, i) => 2 * i);
    const codes = Int32Array.from({ length: 2 * table.rows }, (_, e) =>
      e % 2 === 0 ? e % 3 : 3 + label(0)(Math.floor(e / 2)),
    );
    const sequences = [{ name: 'seen', vocabulary: 5, longest: 2 }];
    const ages = new Float32Array(codes.length);
    const leaky = { ...table, schema: { ...table.schema, sequences }, sequences: [{ offsets, codes, ages }] };
    expect(only(leaky, 'leak').map((c) => c.about)).toEqual([['seen']]);
  });

  it('of many columns make one message', () => {
    const names = Object.fromEntries(Array.from({ length: 200 }, (_, j) => [`copy${j}`, label(0)]));
    const checks = checkTable(withNumbers(table, names));
    expect(kinds(checks)).toEqual(['leak', 'duplicate column']);
    expect(checks[0]!.about).toHaveLength(200);
    expect(checks[0]!.message).toContain('and 196 more alone rank');
    expect(checks[0]!.message.length).toBeLessThan(200);
  });
});

describe('redundant columns', () => {
  const table = clean();

  it('with one value, or none, are constant', () => {
    const odd = withNumbers(table, {
      seven: () => 7,
      empty: () => Number.NaN,
      // Another value in the validation part only: training never sees it.
      late: (i) => table.validation[i]!,
      rare: (i) => (i % 100 === 0 ? Number.NaN : 7),
    });
    const [check] = only(
      withCodes(odd, 'one', 9, () => 4),
      'constant column',
    );
    expect(check).toMatchObject({ level: 'info', about: ['one', 'seven', 'empty', 'late'] });
  });

  it('that say the same are put together, in disguise too', () => {
    const noise = new Rng(3);
    const n1 = (i: number) => table.numerical[i * 4]!;
    const twins = withNumbers(table, {
      copy: n1,
      scaled: (i) => 100 - 3 * n1(i),
      rough: (i) => n1(i) + 0.0005 * noise.normal(),
      // r = .995: alike, but not the same.
      near: (i) => n1(i) + 0.1 * noise.normal(),
    });
    const C = table.schema.categorical.length;
    const renamed = withCodes(twins, 'renamed', 10, (i) => 9 - table.categorical[i * C]!);
    const [check, ...rest] = only(renamed, 'duplicate column');
    expect(rest).toEqual([]);
    expect(check!.message).toBe(
      'These columns say the same: c1 and renamed; n1, copy, scaled and rough; keep one of each set.',
    );
  });
});

describe('labels, codes, weights, groups', () => {
  const table = clean();

  it('events without their parent are counted', () => {
    const labels = table.labels.slice();
    let n = 0;
    for (let i = 0; i < table.rows && n < 7; i++) {
      if (labels[i * 2] === 1) continue;
      labels[i * 2 + 1] = 1;
      n++;
    }
    const [check] = only({ ...table, labels }, 'funnel exception');
    expect(check).toMatchObject({ level: 'error', about: ['conversion', 'click'] });
    expect(check!.message).toMatch(/^7 of [\d,]+ rows with conversion have no click \(0\.\d+ %\)/);
  });

  it('codes outside of their vocabulary, bad weights and infinite numbers are errors, and come first', () => {
    const categorical = table.categorical.slice();
    categorical[10] = 99;
    categorical[12] = -1;
    const weights = table.weights.slice();
    weights[3] = Number.NaN;
    weights[4] = -1;
    const numerical = table.numerical.slice();
    numerical[5] = Number.POSITIVE_INFINITY;
    const checks = checkTable({ ...table, categorical, weights: table.weights, numerical });
    expect(checks.map((c) => [c.kind, c.level])).toEqual([
      ['code out of range', 'error'],
      ['bad number', 'error'],
    ]);
    expect(checks[0]!.message).toContain('c1 holds 2 codes outside of the vocabulary');
    expect(checks[1]!.about).toEqual(['n2']);
    expect(only({ ...table, weights }, 'bad number')[0]!.message).toContain('2 rows have weights');
  });

  it('groups with rows in both parts are counted', () => {
    const validation = table.validation.slice();
    validation[0] = 1;
    validation[1] = 0;
    const [check] = only({ ...table, validation }, 'group in both parts');
    expect(check).toMatchObject({ level: 'warning', about: ['page'] });
    expect(check!.message).toMatch(/^1 values of page/);
    expect(
      only({ ...table, validation, schema: { ...table.schema, group: null } }, 'group in both parts'),
    ).toEqual([]);
  });
});

describe('few positives', () => {
  it('follow the formula of Hanley and McNeil', () => {
    // Q1 = .6, Q2 = .642857: (.1875 + 49·.0375 + 49·.080357) / 2500 → se .0489.
    expect(halfWidth(50, 50)).toBeCloseTo(
      1.96 * Math.sqrt((0.1875 + 49 * 0.0375 + 49 * 0.0803571) / 2500),
      6,
    );
    const needed = positivesFor(0.02, 50_000)!;
    expect(halfWidth(needed, 50_000)).toBeLessThanOrEqual(0.02);
    expect(halfWidth(needed - 1, 50_000)).toBeGreaterThan(0.02);
    expect(positivesFor(0.02, 100)).toBeNull();
  });

  it('are told with how many it would take, graver the fewer there are', () => {
    const some = only(madeUp({ rows: 20_000 }), 'few positives');
    expect(some.map((c) => c.level)).toEqual(['info', 'info']);
    expect(some.at(-1)!.message).toMatch(
      /± 0\.0\d\d only: the part has [\d,]+ positives, and ± 0\.02 would take about [\d,]+;/,
    );
    const few = only(madeUp({ rows: 400 }), 'few positives');
    expect(few.map((c) => c.level)).toContain('warning');
  });

  it('are an error where a part has none', () => {
    const table = clean();
    const none = (part: number) =>
      table.labels.map((y, at) => (at % 2 === 1 && table.validation[at >> 1] === part ? 0 : y));
    expect(only({ ...table, labels: none(1) }, 'few positives')[0]).toMatchObject({
      level: 'error',
      message: expect.stringContaining('No validation row has conversion'),
    });
    expect(only({ ...table, labels: none(0) }, 'few positives')[0]!.message).toContain('No training row');
  });
});

describe('drift', () => {
  it('is found where a column moves by half a standard deviation, a code appears, or missing values do', () => {
    const table = clean();
    const late = (i: number) => table.validation[i]! === 1;
    const noise = new Rng(5);
    const moved = withCodes(
      withNumbers(table, {
        moved: (i) => noise.normal() + (late(i) ? 0.6 : 0),
        gone: (i) => (late(i) && noise.uniform() < 0.3 ? Number.NaN : noise.normal()),
        still: () => noise.normal(),
      }),
      'new',
      3,
      (i) => (late(i) && noise.uniform() < 0.2 ? 2 : noise.below(2)),
    );
    const [check, ...rest] = only(moved, 'drift');
    expect(rest).toEqual([]);
    expect(check!.level).toBe('warning');
    expect([...check!.about].sort()).toEqual(['gone', 'moved', 'new']);
  });

  it('allows for chance: the bound holds for noise of every size', () => {
    // Shares of 20 bins drawn from one distribution: the bound must hold in all of 2,000 trials.
    const rng = new Rng(11);
    let highest = 0;
    for (let trial = 0; trial < 2000; trial++) {
      const [n1, n2] = [300, 100];
      const draw = (n: number) => {
        const counts = new Array<number>(20).fill(0);
        for (let i = 0; i < n; i++) counts[rng.below(20)]!++;
        return counts.map((c) => c / n);
      };
      const [p, q] = [draw(n1), draw(n2)];
      let bits = 0;
      for (let b = 0; b < 20; b++) {
        const m = (p[b]! + q[b]!) / 2;
        for (const x of [p[b]!, q[b]!]) if (x > 0) bits += (x / 2) * Math.log2(x / m);
      }
      highest = Math.max(highest, bits / chance(20, n1, n2));
    }
    expect(highest).toBeLessThan(1);
    // Nor is it so wide that it would hide everything.
    expect(highest).toBeGreaterThan(0.5);
  });
});
