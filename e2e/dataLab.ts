/** How the tests of data drive the page: the Data tab, files given to it, generated logs, and what axe says. */
import { expect, type Page } from '@playwright/test';
import { button, pipelineWith, smallWorldLink } from './lab';

/** The lab on a small world with a short run. */
export const labAddress = (steps = 2_000) =>
  `./?backend=wasm${smallWorldLink(pipelineWith({ steps, batch: 128, evaluateEvery: 500 }))}`;

export const SHARED = '../shared/data';

export async function dataTab(page: Page): Promise<void> {
  await page.getByRole('tab', { name: /^Data/ }).click();
}

/** Hands files to the page as the file dialog would. */
export async function give(
  page: Page,
  files: string | readonly string[] | { name: string; text: string },
): Promise<void> {
  await dataTab(page);
  const input = page.getByLabel('Data files');
  if (typeof files === 'object' && 'text' in files) {
    await input.setInputFiles({
      name: files.name,
      mimeType: 'text/csv',
      buffer: Buffer.from(files.text),
    });
  } else await input.setInputFiles(typeof files === 'string' ? files : [...files]);
}

/** Presses Open in the mapping step, if that is what the page asks for. */
export async function openIfAsked(page: Page): Promise<void> {
  const step = page.getByRole('dialog', { name: 'What is in the file?' });
  const asked = await step
    .waitFor({ timeout: 10_000 })
    .then(() => true)
    .catch(() => false);
  if (asked) await button(page, 'Open').click();
  await expect(step).toHaveCount(0, { timeout: 60_000 });
}

/** A log of a shop: users, two features that tell a little, and a funnel; the same rows each time. */
export function shopLog(rows = 2_000): string {
  const lines = ['user,price,colour,clicked,bought'];
  let state = 7;
  const draw = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  for (let i = 0; i < rows; i++) {
    const price = draw();
    const clicked = draw() < 0.2 + 0.4 * price ? 1 : 0;
    const bought = clicked === 1 && draw() < 0.4 ? 1 : 0;
    lines.push(
      `u${i % 157},${price.toFixed(4)},${['red', 'green', 'blue'][Math.floor(draw() * 3)]},${clicked},${bought}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

export async function noSidewaysScroll(page: Page, what: string): Promise<void> {
  const extra = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(extra, what).toBeLessThanOrEqual(0);
}

/** Goes to the Data view and waits for the profile. */
export async function openDataView(page: Page): Promise<void> {
  await dataTab(page);
  await page.locator('.data-tab').getByRole('button', { name: 'Look into the data' }).click();
  await expect(page.getByRole('heading', { name: /^Data: / })).toBeFocused();
  await expect(page.locator('.features tbody tr').first()).toBeVisible({ timeout: 30_000 });
}
