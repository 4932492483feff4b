/** The shell on the built page: first picture, keys, slow motion, lecture mode, embeds, tour, policy, and the lab without a network. */
import { expect, test } from '@playwright/test';
import {
  button,
  noViolations,
  openLab,
  pipelineWith,
  smallWorldLink,
  stepOf,
  waitForState,
  waitForStep,
} from './lab';

const small = smallWorldLink(pipelineWith({ steps: 20_000, batch: 128, evaluateEvery: 20 }));

test('a recorded run is the first picture, marked, until the first live number', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('./?backend=wasm');
  const mark = page.getByTestId('recorded');
  await expect(mark).toContainText('Recorded run');
  await expect(page.getByTestId('auc-CTR')).toHaveText(/^\.\d{3}$/);
  await expect(page.locator('.auc-panel').first()).toContainText('recorded');
  // Where motion is not wanted, curves are drawn all the same.
  await expect(page.locator('.chart path.curve').first()).toBeVisible();
  expect(await stepOf(page).catch(() => 0)).toBe(0);
  // It stays when the data is there: else the world has changed, and `npm run recording` is due.
  await expect(button(page, 'Train')).toBeEnabled({ timeout: 60_000 });
  await expect(mark).toBeVisible();
  await button(page, 'Train').click();
  await waitForStep(page, 2);
  await expect(mark).toHaveCount(0);
  await expect(page.locator('.auc-panel').first()).not.toContainText('recorded');
  await page.locator('.recorded-mark').first().waitFor({ state: 'detached' });
});

test('keys: help, slow motion, lecture; none of them while somebody types', async ({ page }) => {
  await openLab(page, `./?backend=wasm${small}`);
  await button(page, 'No, thanks').click();
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  for (let i = 0; i < 3; i++) await page.keyboard.press(',');
  await expect(page.getByTestId('speed')).toContainText('1/s');
  await page.keyboard.press('Space');
  await waitForStep(page, 2);
  const at = await stepOf(page);
  await page.waitForTimeout(2_500);
  expect((await stepOf(page)) - at).toBeLessThanOrEqual(4);
  const asked = Date.now();
  await page.keyboard.press('Space');
  await waitForState(page, 'Paused', 5_000);
  // A slow step is not waited out.
  expect(Date.now() - asked).toBeLessThan(900);
  const seed = page.locator('.bar').getByRole('textbox');
  await seed.focus();
  const before = await stepOf(page);
  await page.keyboard.press('s');
  await page.keyboard.press('l');
  await expect(button(page, 'Leave lecture')).toHaveCount(0);
  expect(await stepOf(page)).toBe(before);
  await page.keyboard.press('Escape');
  await seed.blur();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Help' })).toBeVisible();
  await page.keyboard.press('l');
  await page.getByRole('switch', { name: 'Single keys act on the page' }).click();
  await page.keyboard.press('Escape');
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press('l');
  await expect(button(page, 'Leave lecture')).toHaveCount(0);
});

test('lecture mode: legible, its list in the address, axe finds nothing, and back', async ({ page }) => {
  await openLab(page, `./?backend=wasm&lecture${small}`);
  await expect(page.locator('.palette')).toHaveCount(0);
  await expect(page.locator('.insp')).toHaveCount(0);
  await button(page, 'Train').click();
  await waitForStep(page, 25);
  const sizes = await page.evaluate(() =>
    [...document.querySelectorAll('.bar *, .lecture-panel *')]
      .filter((e) => e.checkVisibility() && !e.closest('.sr'))
      .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent!.trim()))
      .map((e) => Number.parseFloat(getComputedStyle(e).fontSize)),
  );
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(18);
  await noViolations(page, 'lecture');
  await button(page, 'Show').click();
  await page.getByRole('checkbox', { name: 'Losses' }).check();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('region', { name: 'Loss of click' })).toBeVisible();
  expect(new URL(page.url()).search).toBe('?backend=wasm&lecture&hide=conditional,pipeline');
  await button(page, 'Leave lecture').click();
  await expect(page.locator('.palette')).toBeVisible();
  expect(new URL(page.url()).search).toBe('?backend=wasm');
});

test('each panel stands alone, trains, and leads back to the whole lab', async ({ page }) => {
  await openLab(page, `./?backend=wasm&embed=auc${small}`);
  await expect(page.locator('.bar')).toHaveCount(0);
  await button(page, 'Train').click();
  await expect(page.getByTestId('auc-CTR')).toHaveText(/^\.\d{3}$/, { timeout: 60_000 });
  await noViolations(page, 'embed');
  const back = await page.getByRole('link', { name: 'open in Seesaw' }).getAttribute('href');
  expect(back).toContain('#p=');
  expect(back).not.toContain('embed');
  for (const panel of ['curves', 'losses', 'attention', 'gates', 'pipeline']) {
    await page.goto(`./?backend=wasm&embed=${panel}${small}`);
    await expect(page.locator('.embed-panel')).not.toBeEmpty();
    await expect(page.locator('.broken')).toHaveCount(0);
  }
  await page.goto('./?backend=wasm&embed=nonsense');
  await expect(page.getByTestId('banner')).toContainText('write embed=auc');
});

test('the tour: offered once, taken by keyboard, found again in Help; the page about Seesaw', async ({
  page,
}) => {
  await page.goto(`./?backend=wasm${small}`);
  await button(page, 'Take the tour').click();
  const box = page.getByRole('dialog');
  await expect(box).toContainText('three pillars', { timeout: 30_000 });
  await noViolations(page, 'tour');
  for (let stop = 2; stop <= 7; stop++) {
    await page.keyboard.press('ArrowRight');
    await expect(box).toContainText(`${stop} of 7`);
  }
  await page.keyboard.press('Escape');
  await expect(box).toHaveCount(0);
  expect(await page.evaluate(() => document.activeElement !== document.body)).toBe(true);
  await page.reload();
  await expect(page.getByTestId('run-state')).toBeVisible();
  await expect(page.getByTestId('tour-offer')).toHaveCount(0);
  await button(page, 'Help').click();
  await expect(button(page, 'Take the tour')).toBeVisible();
  await button(page, 'About, sources, licences').click();
  await expect(page.getByRole('heading', { name: 'About Seesaw' })).toBeFocused();
  await expect(page.getByRole('row', { name: /^react \d/ })).toContainText('MIT');
  await noViolations(page, 'about');
  await page.keyboard.press('Escape');
  await expect(button(page, 'Share')).toBeVisible();
});

test('nothing is evaluated and no script stands in the page: its policy is kept, workers included', async ({
  page,
}) => {
  const complaints: string[] = [];
  page.on('console', (m) => {
    if (/Content Security Policy|Refused to|unsafe-eval/i.test(m.text())) complaints.push(m.text());
  });
  await openLab(page, `./?backend=wasm${small}`);
  await button(page, 'Train').click();
  await waitForStep(page, 25);
  await button(page, 'Share').click();
  await expect(page.locator('.qr')).toBeVisible();
  expect(complaints).toEqual([]);
  // In a task of its own: what the driver itself evaluates is let through.
  const refused = await page.evaluate(
    () =>
      new Promise((tell) => {
        setTimeout(() => {
          try {
            tell(new Function('return "evaluated"')());
          } catch (cause) {
            tell((cause as Error).name);
          }
        });
      }),
  );
  expect(refused).toBe('EvalError');
  const elsewhere = await page.evaluate(() =>
    fetch('https://example.org/').then(
      () => 'sent',
      () => 'refused',
    ),
  );
  expect(elsewhere).toBe('refused');
  expect(await page.locator('script:not([src])').count()).toBe(0);
});

test.describe('without a network', () => {
  test.use({ serviceWorkers: 'allow' });

  test('the second visit trains', async ({ page, context }) => {
    await page.goto(`./?backend=wasm${small}`);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await context.setOffline(true);
    await page.reload();
    await expect(button(page, 'Train')).toBeEnabled({ timeout: 60_000 });
    await button(page, 'Train').click();
    await waitForStep(page, 25);
    await expect(page.getByTestId('auc-CTR')).toHaveText(/^\.\d{3}$/);
    const manifest = await page.evaluate(async () => {
      const link = document.querySelector<HTMLLinkElement>('link[rel="manifest"]')!;
      return (await fetch(link.href)).json();
    });
    expect(manifest).toMatchObject({ short_name: 'Seesaw', display: 'standalone' });
  });
});
