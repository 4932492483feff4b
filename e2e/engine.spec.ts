/** The engine in a real browser: every fixture on WebGPU (software adapter), WebGPU against wasm, the race, a lost device. */
import { expect, type Page, test } from '@playwright/test';
import { GOLDEN } from '../src/data/simulator/golden';
import type { EngineChecks } from './parity/checks';

async function open(page: Page): Promise<void> {
  await page.goto('e2e/parity/index.html');
  await page.waitForFunction(() => 'checks' in globalThis);
}

/** Runs one of the page's checks. The result crosses as plain data. */
function run<K extends keyof EngineChecks>(
  page: Page,
  name: K,
): Promise<Awaited<ReturnType<EngineChecks[K]>>> {
  return page.evaluate(
    (which) => (globalThis as unknown as { checks: Record<string, () => unknown> }).checks[which]!(),
    name as string,
  ) as Promise<Awaited<ReturnType<EngineChecks[K]>>>;
}

test('operations and blocks agree with PyTorch on WebGPU within 1e-4, forward and backward', async ({
  page,
}) => {
  // Some three hundred cases on a software adapter.
  test.setTimeout(400_000);
  await open(page);
  const cases = await run(page, 'parity');
  expect(cases.length).toBeGreaterThan(50);
  for (const { name, error, at } of cases) expect(error, `${name}, ${at}`).toBeLessThan(1e-4);
});

test('the WebGPU programs agree with plain operations, on wasm and on the same adapter', async ({ page }) => {
  // Two hundred cases, each with programs to compile.
  test.setTimeout(400_000);
  await open(page);
  const { label, againstWasm, againstPlain, deviceError } = await run(page, 'programs');
  expect(label).not.toContain('plain operations');
  expect(deviceError).toBeNull();
  expect(againstWasm.length).toBeGreaterThan(100);
  expect(againstPlain.length).toBeGreaterThan(15);
  for (const { name, error, tolerance } of [...againstWasm, ...againstPlain]) {
    expect(error, name).toBeLessThanOrEqual(tolerance);
  }
});

test('the simulated worlds have the same bytes in this browser as in Node', async ({ page }) => {
  await open(page);
  // The list's digests are what Node makes (golden.test.ts).
  expect(await run(page, 'golden')).toEqual(
    GOLDEN.map(({ rows, fingerprint, pages }) => ({ rows, fingerprint, pages })),
  );
});

test('ten steps with dropout and batch norm agree between WebGPU and wasm within 1e-3', async ({ page }) => {
  await open(page);
  const { wasm, gpu } = await run(page, 'wasmAgainstGpu');
  expect(wasm.length).toBe(10 * 6);
  wasm.forEach((v, i) => {
    expect(Math.abs(v - gpu[i]!), `number ${i}`).toBeLessThan(1e-3 * Math.max(1e-3, Math.abs(v)));
  });
});

test('the race keeps the faster backend, says both times and leaves nothing behind', async ({ page }) => {
  await open(page);
  const { name, reason, tensors } = await run(page, 'raced');
  // A software adapter stands in for the GPU; it cannot win.
  expect(name).toBe('wasm');
  expect(reason).toMatch(/^Faster on this pipeline: [\d.]+ ms a step on WebGPU, [\d.]+ ms on WASM\.$/);
  expect(tensors).toBe(0);
});

test('a destroyed device is told as lost', async ({ page }) => {
  await open(page);
  expect(await run(page, 'lost')).toBeTruthy();
});
