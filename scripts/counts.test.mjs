import { describe, expect, it } from 'vitest';
import { addCounts, NONE, playwrightCounts, stepCounts, summary, vitestCounts } from './counts.mjs';

const vitest = (change = {}) => ({
  numPassedTests: 10,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [{ status: 'passed', assertionResults: [{ status: 'passed' }] }],
  ...change,
});
const playwright = (stats = {}, errors = []) => ({
  stats: { expected: 4, unexpected: 0, flaky: 0, skipped: 0, ...stats },
  errors,
});

describe('counts', () => {
  it('end in one plain line', () => {
    const total = addCounts(vitestCounts(vitest(), 0), playwrightCounts(playwright(), 0), stepCounts(0));
    expect(summary(total)).toBe('14 passed, 0 failed');
    expect(summary(addCounts(total, { passed: 0, failed: 2, skipped: 3 }))).toBe(
      '14 passed, 2 failed, 3 skipped',
    );
    expect(summary(NONE)).toBe('0 passed, 0 failed');
  });

  it('take a failing step as one failure', () => {
    expect(stepCounts(0)).toEqual(NONE);
    expect(stepCounts(2)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it('read failed and left-out unit tests', () => {
    const report = vitest({
      numFailedTests: 2,
      numPendingTests: 1,
      numTodoTests: 1,
      testResults: [{ status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'failed' }] }],
    });
    expect(vitestCounts(report, 1)).toEqual({ passed: 10, failed: 2, skipped: 2 });
  });

  it('count a test file that could not be loaded', () => {
    const report = vitest({ testResults: [{ status: 'failed', assertionResults: [] }] });
    expect(vitestCounts(report, 1)).toEqual({ passed: 10, failed: 1, skipped: 0 });
  });

  it('never call a run clean that ended badly or left no report', () => {
    expect(vitestCounts(vitest(), 1).failed).toBe(1);
    expect(vitestCounts(null, 0).failed).toBe(1);
    expect(playwrightCounts(playwright(), 1).failed).toBe(1);
    expect(playwrightCounts(null, 0).failed).toBe(1);
  });

  it('read failed, repeated and unreached end-to-end tests', () => {
    expect(playwrightCounts(playwright({ unexpected: 1, flaky: 1, skipped: 2 }), 1)).toEqual({
      passed: 4,
      failed: 2,
      skipped: 2,
    });
    expect(playwrightCounts(playwright({ expected: 0 }, [{ message: 'No tests found' }]), 1)).toEqual({
      passed: 0,
      failed: 1,
      skipped: 0,
    });
  });
});
