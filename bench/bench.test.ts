/** The bench's own arithmetic: medians, ratios within a round, and verdicts on the targets. */
import { describe, expect, it } from 'vitest';
import { median, race, ratio, type Timing } from './measure';
import { type Report, toMarkdown } from './report';

const timing = (name: string, rounds: number[]): Timing => ({
  name,
  rounds,
  median: median(rounds),
  best: Math.min(...rounds),
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
  const step = (againstNaive: number): Report['steps'][number] => ({
    model: 'SB',
    batch: 512,
    parameters: 1,
    timings: [timing('fast', [1]), timing('plain', [4]), timing('naive', [12])],
    againstNaive,
    againstPlain: 4,
    calls: { naive: 500, plain: 200, fast: 39, numeric: 20 },
    whole: { fast: 2, plain: 5 },
  });
  const report = (againstNaive: number): Report => ({
    date: '2026-01-01',
    machine: 'm',
    command: 'npm run bench',
    rounds: 5,
    steps: [step(againstNaive)],
    products: [{ batch: 512, ours: { NN: 1, NT: 1, TN: 1, step: 1 }, stock: 1, share: 0.9 }],
    auc: 50,
    leaks: { steps: 1000, tensors: 0, heap: 0 },
  });

  it('says of each target whether it was met', () => {
    expect(toMarkdown(report(12))).not.toContain('missed');
    expect(toMarkdown(report(9.9)).match(/\*\*missed\*\*/g)).toHaveLength(1);
    expect(toMarkdown({ ...report(12), leaks: { steps: 10, tensors: 0, heap: 65536 } })).toContain('missed');
  });
});
