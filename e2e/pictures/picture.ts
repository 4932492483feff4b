/** How pictures of the page are taken: at rest, into docs/images. */
import { join } from 'node:path';
import { expect, type Locator, type Page } from '@playwright/test';

const IMAGES = join(import.meta.dirname, '..', '..', 'docs', 'images');

/** Tabs of the dock by the names of their files. */
export const TABS = {
  overview: 'Overview',
  curves: 'Curves',
  attention: 'Attention',
  gates: 'Gates & links',
  gradients: 'Gradients',
  calibration: 'Calibration',
  rows: 'Rows',
  runs: 'Runs',
  data: 'Data',
} as const;

/**
 * Takes a picture of the page or of a part.
 * @param name the file's name in docs/images, without its ending, e.g. `states/before-curves`
 */
export async function picture(of: Page | Locator, name: string): Promise<void> {
  await of.screenshot({ path: join(IMAGES, `${name}.png`), animations: 'disabled' });
}

/** Opens a tab of the dock and waits until what it reads by itself has come. */
export async function openTab(page: Page, name: string): Promise<void> {
  await page.getByRole('tab', { name }).click();
  await settled(page);
}

/** Waits until nothing on the screen says that it is still coming, and what was drawn last stands. */
export async function settled(page: Page): Promise<void> {
  await expect(page.getByText(/^(Reading…|Loading…)$/)).toHaveCount(0, { timeout: 60_000 });
  await page.waitForTimeout(400);
}
