/** Counts of tests, from the reports of Vitest and Playwright, and the one line that a test run ends with. */

export const NONE = { passed: 0, failed: 0, skipped: 0 };

export function addCounts(...all) {
  return all.reduce(
    (sum, c) => ({
      passed: sum.passed + c.passed,
      failed: sum.failed + c.failed,
      skipped: sum.skipped + c.skipped,
    }),
    NONE,
  );
}

/** A step that is no test, such as the types: silent when it holds, one failure when it does not. */
export function stepCounts(code) {
  return { ...NONE, failed: code === 0 ? 0 : 1 };
}

/** From Vitest's JSON report; null where there is none. A file that could not even be loaded is one failure. */
export function vitestCounts(report, code) {
  if (!report) return { ...NONE, failed: 1 };
  const broken = (report.testResults ?? []).filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  return honest(
    {
      passed: report.numPassedTests,
      failed: report.numFailedTests + broken.length,
      skipped: report.numPendingTests + report.numTodoTests,
    },
    code,
  );
}

/** From Playwright's JSON report; null where there is none. A test that passed only when repeated has failed. */
export function playwrightCounts(report, code) {
  if (!report) return { ...NONE, failed: 1 };
  const { expected, unexpected, flaky, skipped } = report.stats;
  return honest(
    {
      passed: expected,
      failed: unexpected + flaky + (report.errors ?? []).length,
      skipped,
    },
    code,
  );
}

/** A run that ended badly has at least one failure, whatever its report says. */
function honest(counts, code) {
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** The last line: `12 passed, 0 failed`, with the skipped ones if there are any. */
export function summary({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
