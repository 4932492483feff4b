/** The page while it trains: nothing moves, nothing piles up, frames of charts stand; and all curves are read at one step. */
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

const address = `./?backend=wasm${smallWorldLink(pipelineWith({ steps: 20_000, batch: 64, evaluateEvery: 10 }))}`;
const TABS = ['Overview', 'Curves', 'Attention', 'Gates', 'Gradients', 'Calibration', 'Runs', 'Data'];
const PLACES = ['Pipeline', 'Curves', 'Inside', 'Runs', 'Data'];

interface Watched {
  /** What moved by itself, in words. */
  readonly shifts: string[];
  /** Changes of the frames of charts whose ticks stayed what they are. */
  redrawn: string[];
}

/** Notes what moves without anybody having pressed anything. */
async function watchShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shifts: string[] = [];
    Object.assign(globalThis, { watched: { shifts, redrawn: [] } });
    const nameOf = (node: Node | null) => {
      const element = node instanceof Element ? node : node?.parentElement;
      return `${element?.tagName}.${element?.getAttribute('class')} "${node?.textContent?.slice(0, 40)}"`;
    };
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { hadRecentInput, value, sources } = entry as PerformanceEntry & {
          hadRecentInput: boolean;
          value: number;
          sources: { node: Node | null }[];
        };
        if (!hadRecentInput) shifts.push(`${value}: ${sources.map((s) => nameOf(s.node)).join(', ')}`);
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

const watched = (page: Page): Promise<Watched> =>
  page.evaluate(() => (globalThis as unknown as { watched: Watched }).watched);

/** Watches all but the curves of every chart on the screen; those whose ticks change have a reason to be drawn again. */
async function watchFrames(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { watched } = globalThis as unknown as { watched: Watched };
    watched.redrawn = [];
    const charts = [...document.querySelectorAll('.chart .recharts-surface')];
    for (const chart of charts) {
      const moves = (node: Node) => (node instanceof Element ? node : node.parentElement)?.closest('.moving');
      const ticks = () =>
        [...chart.querySelectorAll('text')].map((t) => (moves(t) ? '' : `${t.textContent} `)).join('');
      const before = ticks();
      const observer = new MutationObserver((all) => {
        const still = all.filter((change) => !moves(change.target));
        if (still.length > 0 && ticks() === before)
          watched.redrawn.push(`${still.length} changes in ${before}`);
      });
      observer.observe(chart, { subtree: true, childList: true, attributes: true, characterData: true });
    }
    return charts.filter((chart) => /\d steps/.test(chart.textContent!)).length;
  });
}

const nodes = (page: Page) => page.evaluate(() => document.querySelectorAll('*').length);

/** Points of each curve on the screen. */
const points = (page: Page) =>
  page
    .locator('.chart path.curve')
    .evaluateAll((all) => all.map((path) => path.getAttribute('d')!.split(/[ML]/).length - 1));

const CHARTS = new Set(['Overview', 'Curves', 'Gradients']);

/** What an instrument shows from its first reading on, which comes when it is looked at. */
const FIRST_READING: Record<string, string> = {
  Gradients: '.gradients',
  Calibration: '.calibration-panel .fig',
};

/** Steps that a tab is watched for: several redraws and evaluations. */
const WHILE = 40;

for (const [width, height] of [
  [1280, 720],
  [390, 844],
] as const) {
  test(`while it trains nothing moves and nothing piles up, in every place at ${width}×${height}`, async ({
    page,
  }) => {
    test.setTimeout(300_000);
    const phone = width < 600;
    await watchShifts(page);
    await page.setViewportSize({ width, height });
    await openLab(page, address);
    await button(page, 'No, thanks').click();
    // From here on numbers stream.
    await page.evaluate(() => {
      (globalThis as unknown as { watched: Watched }).watched.shifts.length = 0;
    });
    await button(page, 'Train').click();
    await waitForStep(page, 12);
    for (const place of phone ? PLACES : TABS) {
      if (phone) await button(page, place).click();
      else await page.getByRole('tab', { name: place }).click();
      const first = FIRST_READING[place];
      if (first) await expect(page.locator(first).first()).toBeVisible({ timeout: 60_000 });
      await waitForStep(page, (await stepOf(page)) + WHILE);
      const before = await nodes(page);
      const charts = await watchFrames(page);
      expect(charts > 0, `charts in ${place}`).toBe(CHARTS.has(place));
      await waitForStep(page, (await stepOf(page)) + WHILE);
      // A figure that gains a sign or a digit may come with an element of its own; a curve that grows must not.
      expect(await nodes(page), `elements in ${place}`).toBeLessThanOrEqual(before + 20);
      const { shifts, redrawn } = await watched(page);
      expect(shifts, `what moved in ${place}`).toEqual([]);
      expect(redrawn, `frames drawn again in ${place}`).toEqual([]);
    }
    await button(page, 'Pause').click();
    await waitForState(page, 'Paused');
    expect((await watched(page)).shifts).toEqual([]);
  });
}

test('a curve of a long run holds at most 300 points, and its chart stands still', async ({ page }) => {
  test.setTimeout(240_000);
  const pipeline = pipelineWith({ steps: 20_000, batch: 16, evaluateEvery: 2000 });
  await openLab(page, `./?backend=wasm${smallWorldLink(pipeline)}`);
  await page.getByRole('tab', { name: 'Curves' }).click();
  await button(page, 'Train').click();
  await waitForStep(page, 650, 200_000);
  await button(page, 'Pause').click();
  await waitForState(page, 'Paused');
  const drawn = await points(page);
  expect(drawn.length).toBeGreaterThanOrEqual(2);
  expect(Math.max(...drawn)).toBeLessThanOrEqual(300);
  // Not thinned to nothing either.
  expect(Math.max(...drawn)).toBeGreaterThan(100);
});

test('all curves are read at one step: by scrubber, pointer and arrow keys; axe finds nothing', async ({
  page,
}) => {
  test.setTimeout(180_000);
  const pipeline = pipelineWith({ steps: 100, batch: 64, evaluateEvery: 10 });
  await openLab(page, `./?backend=wasm${smallWorldLink(pipeline)}`);
  await button(page, 'Train').click();
  await waitForState(page, 'Finished');
  await page.getByRole('tab', { name: 'Curves' }).click();
  const panels = page.locator('.curves-tab .panel');
  const marks = page.locator('.chart-mark');
  await expect(panels).toHaveCount(5);
  await expect(marks).toHaveCount(0);
  const live = await page.getByTestId('auc-CTR').textContent();

  // The scrubber: frames lie at evaluations, every ten steps.
  const scrubber = page.getByRole('slider', { name: 'Step that the instruments show' });
  await scrubber.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await expect(scrubber).toHaveAttribute('aria-valuetext', /^step 10,/);
  await expect(marks).toHaveCount(5);
  for (const panel of await panels.all()) await expect(panel).toContainText('at step 10');
  const early = await page.getByTestId('auc-CTR').textContent();
  expect(early).not.toBe(live);
  await page.getByRole('tab', { name: 'Overview' }).click();
  await expect(page.getByTestId('auc-CTR')).toHaveText(early!);
  await button(page, 'Step 10: back to live').click();
  await expect(page.getByTestId('auc-CTR')).toHaveText(live!);

  // The pointer, on one chart for all of them.
  await page.getByRole('tab', { name: 'Curves' }).click();
  const reader = page.locator('.chart-reader').last();
  const box = (await reader.boundingBox())!;
  await page.mouse.move(box.x + 1, box.y + box.height / 2);
  await expect(marks).toHaveCount(5);
  await expect(panels.nth(2)).toContainText('at step 0');
  await page.mouse.move(0, 0);
  await expect(marks).toHaveCount(0);

  // The keys: an arrow goes a point back from live, Escape returns.
  const keys = page.getByRole('slider', { name: 'CTR AUC: step that is read' });
  await expect(keys).toHaveAttribute('aria-valuetext', 'live');
  await keys.focus();
  await page.keyboard.press('ArrowLeft');
  await expect(keys).toHaveAttribute('aria-valuetext', /^step \d+: \.\d{3}$/);
  await expect(marks).toHaveCount(5);
  await noViolations(page, 'curves read at one step');
  await page.keyboard.press('Escape');
  await expect(keys).toHaveAttribute('aria-valuetext', 'live');
  await expect(marks).toHaveCount(0);
});
