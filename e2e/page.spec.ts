/** The page for everybody: axe in every state, light and dark; phone, projector and zoom without a cut; the keyboard alone. */
import { expect, type Page, test } from '@playwright/test';
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

const address = `./?backend=wasm${smallWorldLink(pipelineWith({ steps: 20_000, batch: 128, evaluateEvery: 20 }))}`;

/** The page itself scrolls neither way: what is long scrolls inside, and bar and places stay. @param down a small window scrolls as a whole */
async function noScroll(page: Page, what: string, down = false): Promise<void> {
  const extra = await page.evaluate(() => {
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
    return [scrollWidth - clientWidth, scrollHeight - clientHeight];
  });
  expect(extra, what).toEqual([0, down ? expect.any(Number) : 0]);
}

test('axe finds nothing: ready, training, paused, every tab, dialogs', async ({ page }) => {
  test.setTimeout(180_000);
  await openLab(page, address);
  await noViolations(page, 'ready');
  await button(page, 'Train').click();
  await waitForStep(page, 25);
  await noViolations(page, 'training');
  await button(page, 'Pause').click();
  await waitForState(page, 'Paused');
  for (const tab of [
    'Curves',
    'Attention',
    'Gates & links',
    'Gradients',
    'Calibration',
    'Rows',
    'Runs',
    'Data',
    'Overview',
  ]) {
    await page.getByRole('tab', { name: tab }).click();
    await noViolations(page, tab);
  }
  for (const dialog of ['Share', 'Help']) {
    await button(page, dialog).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await noViolations(page, dialog);
    await page.keyboard.press('Escape');
  }
});

/** The last is 1280×720 at 200 %. */
const SIZES = [
  [1280, 720],
  [1920, 1080],
  [390, 844],
  [640, 360],
] as const;

test('the page itself does not scroll at any size, ready or training', async ({ page }) => {
  await openLab(page, address);
  const look = async (state: string) => {
    for (const [width, height] of SIZES) {
      await page.setViewportSize({ width, height });
      const shown = button(page, state === 'ready' ? 'Train' : 'Pause');
      await expect(shown).toBeInViewport();
      await noScroll(page, `${state} at ${width}×${height}`, width === 640);
    }
  };
  await look('ready');
  await button(page, 'Train').click();
  await waitForStep(page, 25);
  await look('training');
});

test('on a phone every place is one touch away, and touch targets are 44 px', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openLab(page, address);
  const box = (await button(page, 'Train').boundingBox())!;
  expect(box.height).toBeGreaterThanOrEqual(44);
  const places = page.getByRole('navigation', { name: 'Places' }).getByRole('button');
  expect(await places.count()).toBeGreaterThanOrEqual(4);
  for (const place of await places.all()) {
    expect((await place.boundingBox())!.height).toBeGreaterThanOrEqual(44);
    await place.click();
    await noScroll(page, (await place.textContent())!);
  }
});

test('the keyboard alone: build, train, step, reset, undo', async ({ page }) => {
  await openLab(page, address);
  // Add a block by its button, found by Tab order and pressed by Enter.
  const towers = page.getByRole('button', { name: /^Towers/ }).first();
  await towers.focus();
  await page.keyboard.press('Enter');
  const replace = page.getByRole('button', { name: 'Replace Task Attention with MLP towers' });
  await replace.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: /MLP towers/ }).first()).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(page.getByRole('heading', { name: /Task Attention/ }).first()).toBeVisible();
  await page.locator('body').focus();
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press('Space');
  await waitForStep(page, 3);
  await page.keyboard.press('Space');
  await waitForState(page, 'Paused');
  const at = await stepOf(page);
  await page.keyboard.press('s');
  await expect.poll(() => stepOf(page)).toBe(at + 1);
  await page.keyboard.press('r');
  await waitForState(page, 'Ready');
});

test('no request leaves the origin, and the main thread loads no TensorFlow.js', async ({
  page,
  baseURL,
}) => {
  const urls: string[] = [];
  page.on('request', (r) => urls.push(r.url()));
  await openLab(page, address);
  await button(page, 'Train').click();
  await waitForStep(page, 3);
  const origin = new URL(baseURL!).origin;
  expect(urls.filter((u) => !u.startsWith(origin) && !/^(blob|data):/.test(u))).toEqual([]);
  const scripts = await page.evaluate(() =>
    Promise.all(
      performance
        .getEntriesByType('resource')
        .map((e) => e.name)
        .filter((n) => /\.js$/.test(n) && !/worker/.test(n))
        .map(async (n) => (await (await fetch(n)).text()).includes('UnsortedSegmentSum')),
    ),
  );
  expect(scripts.length).toBeGreaterThan(0);
  expect(scripts.some(Boolean)).toBe(false);
});
