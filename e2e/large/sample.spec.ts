/** A log larger than the memory that the page may take is sampled: bounded memory, true rates, cancel, its speed told. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, expect, type Page, test } from '@playwright/test';
import { writeLog } from '../../scripts/large-log.mjs';
import { dataTab, labAddress } from '../dataLab';
import { button, openLab } from '../lab';

const GIGABYTES = Number(process.env.SEESAW_LARGE_GB ?? 2);
/** What the page's process may take on top of what it has before the file is opened. */
const BOUND = 400e6;

/** Resident memory of all renderer processes of the browser, in bytes. */
async function rendererMemory(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  try {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    return processInfo
      .filter(({ type }) => type === 'renderer')
      .reduce((sum, { id }) => {
        const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1];
        return sum + Number(kilobytes ?? 0) * 1024;
      }, 0);
  } finally {
    await session.detach();
  }
}

/** Watches memory while `work` goes on; hands back the largest reading. */
async function peakDuring(browser: Browser, work: () => Promise<unknown>): Promise<number> {
  let peak = 0;
  let done = false;
  const watch = (async () => {
    while (!done) {
      peak = Math.max(peak, await rendererMemory(browser));
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  })();
  try {
    await work();
  } finally {
    done = true;
    await watch;
  }
  return peak;
}

async function openLarge(page: Page, path: string): Promise<void> {
  await dataTab(page);
  await page.getByLabel('Data files').setInputFiles(path);
  await expect(page.getByRole('dialog', { name: 'What is in the file?' })).toBeVisible({ timeout: 5_000 });
}

const events = (page: Page) =>
  page
    .locator('.data-tab table', { hasText: 'Events' })
    .locator('tbody tr')
    .evaluateAll((rows) =>
      rows.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent ?? '')),
    );

test('a log of gigabytes', async ({ page, browser }) => {
  const folder = await mkdtemp(join(tmpdir(), 'seesaw-large-'));
  try {
    const path = join(folder, 'AliExpress_ES.csv');
    const totals = writeLog(path, GIGABYTES * 1e9);
    await openLab(page, labAddress());
    const before = await rendererMemory(browser);

    await openLarge(page, path);
    const started = performance.now();
    const progress = page.locator('.mapping-foot .loading-figures');
    const peak = await peakDuring(browser, async () => {
      await button(page, 'Open').click();
      await expect(progress).toContainText(/MB\/s .* left/, { timeout: 15_000 });
      await expect(page.getByRole('dialog', { name: 'What is in the file?' })).toHaveCount(0, {
        timeout: 15 * 60_000,
      });
    });
    const seconds = (performance.now() - started) / 1000;
    const speed = totals.bytes / 1e6 / seconds;
    console.log(
      `${(totals.bytes / 1e9).toFixed(2)} GB, ${totals.rows} rows in ${seconds.toFixed(1)} s: ${speed.toFixed(0)} MB/s; memory ${Math.round(before / 1e6)} MB before, ${Math.round(peak / 1e6)} MB at most`,
    );
    expect(peak - before, 'memory above what the page had').toBeLessThan(BOUND);

    // The sample's weighted rates are the file's, to the digits shown: all clicks and purchases are kept or weighted.
    const [click, conversion] = await events(page);
    const percent = (n: number) => Number(((100 * n) / totals.rows).toPrecision(3));
    for (const [row, positives] of [
      [click!, totals.clicks],
      [conversion!, totals.conversions],
    ] as const) {
      const [, weighted, source] = row.map((text) => Number.parseFloat(text));
      expect(weighted).toBeCloseTo(source!, 6);
      expect(Math.abs(source! / percent(positives) - 1)).toBeLessThan(0.02);
    }

    // Cancel: the data in use stays, and what was read is given back.
    const title = await page.locator('.data-tab').getByRole('heading', { name: 'AliExpress_ES.csv' }).count();
    expect(title).toBe(1);
    const kept = await events(page);
    await openLarge(page, path);
    await button(page, 'Open').click();
    await expect(progress).toContainText(/MB\/s/, { timeout: 15_000 });
    await page.waitForTimeout(3_000);
    const pressed = performance.now();
    await page.locator('.mapping-foot').getByRole('button', { name: 'Cancel' }).click();
    await expect(progress).toHaveCount(0, { timeout: 2_000 });
    console.log(`cancelled within ${Math.round(performance.now() - pressed)} ms`);
    await button(page, 'Not now').click();
    expect(await events(page)).toEqual(kept);
    await expect
      .poll(() => rendererMemory(browser), { timeout: 30_000, intervals: [1_000] })
      .toBeLessThan(before + BOUND / 2);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
