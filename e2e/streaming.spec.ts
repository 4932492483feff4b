/** The page while it trains: nothing moves, nothing piles up, frames of charts stand; and all curves are read at one step. */
import { expect, type Page, test } from '@playwright/test';
import { DEFAULT_REQUEST } from '../src/data/simulator/request';
import { blockWith, defaultTasks } from '../src/pipeline/defaults';
import type { Pipeline } from '../src/pipeline/schema';
import { encodeLink } from '../src/pipeline/share';
import { EMBEDS } from '../src/state/stores';
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
import { elementsOf, forget, growFigures, redrawnOf, shiftsOf, watchStillness, writesOf } from './still';

const STEPS = 20_000;
const quick = { steps: STEPS, batch: 16, evaluateEvery: 10 };
/** Gates, attention and weights that move: every place has something to show. */
const gated = pipelineWith(quick, {
  bottom: blockWith('bottom', 'mmoe', { experts: 3, layers: [16] }),
  balancer: blockWith('balancer', 'gradnorm'),
});

/** Nothing was moved, opening the page up to a Train that can be pressed included. */
async function nothingMoved(page: Page, place: string): Promise<void> {
  expect(await shiftsOf(page), `what moved in ${place}`).toEqual([]);
}

interface Still {
  /** Whether frames of charts are looked for: all but the curves must stand. */
  readonly charts?: boolean;
  /** What shows the step; in a dialog the bar cannot be read. */
  readonly step?: () => Promise<number>;
}

/** Steps that a place is watched for, evaluations included. */
const WHILE = 20;

/** Nothing moves in a place while it streams, nor where each figure gains a digit; and nothing piles up. */
async function standsStill(page: Page, place: string, { charts, step }: Still = {}): Promise<void> {
  const at = step ?? (() => stepOf(page));
  // What a place shows first, it shows at its first redraws.
  await forget(page);
  const from = await at();
  await expect.poll(at, { timeout: 60_000, intervals: [50] }).toBeGreaterThanOrEqual(from + WHILE / 2);
  const { elements, frames } = await elementsOf(page);
  const seen = await at();
  await expect.poll(at, { timeout: 60_000, intervals: [50] }).toBeGreaterThanOrEqual(seen + WHILE);
  expect(await writesOf(page), `redraws in ${place}`).toBeGreaterThan(1);
  // A figure that gains a sign or a digit may come with an element of its own; a curve that grows must not.
  expect((await elementsOf(page)).elements, `elements in ${place}`).toBeLessThanOrEqual(elements + 20);
  if (charts !== undefined) expect(frames > 0, `charts in ${place}`).toBe(charts);
  expect(await redrawnOf(page), `frames drawn again in ${place}`).toEqual([]);
  await nothingMoved(page, place);
  expect(await growFigures(page, STEPS), `figures that stream in ${place}`).not.toEqual([]);
  await nothingMoved(page, `${place} with larger figures`);
}

/** Opens the lab and trains it; nothing moves on the way to a Train that can be pressed. */
async function training(
  page: Page,
  pipeline: Pipeline,
  { query = '', world = {} }: { query?: string; world?: Parameters<typeof smallWorldLink>[1] } = {},
): Promise<void> {
  await watchStillness(page);
  await openLab(page, `./?backend=wasm${query}${smallWorldLink(pipeline, world)}`);
  await nothingMoved(page, 'the page before Train');
  const later = button(page, 'No, thanks');
  if (await later.isVisible()) await later.click();
  await button(page, 'Train').click();
  await waitForStep(page, 12);
}

/** What an instrument shows from its first reading on, which comes when it is looked at. */
const FIRST_READING: Readonly<Record<string, string>> = {
  Gradients: '.gradients',
  Calibration: '.calibration-panel .fig',
  Rows: '.row-view .figures',
};

async function firstReading(page: Page, place: string): Promise<void> {
  const first = FIRST_READING[place];
  if (first) await expect(page.locator(first).first()).toBeVisible({ timeout: 60_000 });
}

const CHARTS = new Set(['Overview', 'Curves', 'Gradients']);
const TABS = ['Overview', 'Curves', 'Attention', 'Gates & links', 'Gradients', 'Calibration', 'Rows', 'Runs'];

async function throughTabs(page: Page, tabs: readonly string[]): Promise<void> {
  for (const place of tabs) {
    await page.getByRole('tab', { name: place }).click();
    await firstReading(page, place);
    await standsStill(page, place, { charts: CHARTS.has(place) });
  }
}

test('while it trains nothing moves and nothing piles up: the dock, a page of rows, the comparison of runs', async ({
  page,
}) => {
  test.setTimeout(300_000);
  await training(page, gated);
  // A run that is kept, to stand behind the next one and beside it.
  await button(page, 'Reset').click();
  await button(page, 'Train').click();
  await waitForStep(page, 12);
  await throughTabs(page, [...TABS, 'Data']);
  await page.getByRole('tab', { name: 'Rows' }).click();
  await page.getByRole('radio', { name: 'a page' }).check({ force: true });
  await expect(page.getByTestId('ranked-page')).toBeVisible({ timeout: 60_000 });
  await standsStill(page, 'a page of rows');
  await page.getByRole('tab', { name: 'Runs' }).click();
  await page.getByRole('button', { name: 'Compare in full' }).click();
  await expect(page.locator('.runs-page')).toBeVisible();
  await standsStill(page, 'the comparison of runs');
});

test('while it trains nothing moves in the inspector, inside the blocks, in a lecture and in slow motion', async ({
  page,
}) => {
  test.setTimeout(300_000);
  await training(page, gated);
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  for (const block of ['Embedding', 'MMoE', 'Task Attention', 'Identity', 'Loss']) {
    await page
      .locator('.card')
      .filter({ hasText: block === 'Loss' ? 'GradNorm' : block })
      .press('Enter');
    await expect(inspector.getByRole('heading', { level: 2 })).toContainText(
      block === 'Loss' ? 'GradNorm' : block,
    );
    await standsStill(page, `the inspector of ${block}`);
  }
  for (const block of ['MMoE', 'Task Attention', 'Identity', 'GradNorm']) {
    await button(page, `Inside ${block}`).click();
    const sheet = page.getByRole('dialog');
    await expect(sheet.locator('.numbers').first()).toBeVisible({ timeout: 60_000 });
    // It opened empty and took the room of its first reading.
    await shiftsOf(page);
    await standsStill(page, `inside ${block}`);
    await page.keyboard.press('Escape');
    await expect(sheet).toHaveCount(0);
  }
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press('l');
  await expect(page.locator('.lecture-stage')).toBeVisible();
  await standsStill(page, 'a lecture');
  await page.keyboard.press(',');
  await expect(page.getByTestId('speed')).not.toContainText('full');
  await standsStill(page, 'slow motion');
});

test('while three tasks train nothing moves in the dock', async ({ page }) => {
  test.setTimeout(200_000);
  const [click, purchase] = defaultTasks();
  const cart = { ...purchase!, id: 'cart', label: 'add to cart', metric: 'CTATC' };
  const tasks = [click!, cart, { ...purchase!, parent: 'cart' }];
  await training(page, pipelineWith(quick, { tasks }), { world: { addToCart: true } });
  await throughTabs(page, ['Overview', 'Attention', 'Gradients', 'Calibration', 'Rows']);
});

test('while it trains nothing moves and nothing piles up on a phone', async ({ page }) => {
  test.setTimeout(300_000);
  await page.setViewportSize({ width: 390, height: 844 });
  await training(page, gated);
  for (const place of ['Pipeline', 'Curves', 'Runs', 'Data', 'Inside']) {
    await button(page, place).click();
    await standsStill(page, place, place === 'Curves' ? { charts: true } : {});
  }
  for (const place of ['Gates & links', 'Gradients', 'Calibration', 'Rows']) {
    await page.getByRole('radio', { name: place }).check({ force: true });
    await firstReading(page, place);
    await standsStill(page, place);
  }
});

test('while a race goes on nothing moves on its page', async ({ page }) => {
  test.setTimeout(200_000);
  await watchStillness(page);
  const request = { ...DEFAULT_REQUEST, impressions: 1_500_000, rows: 50_000 };
  const entrants = [
    { name: 'MMoE', pipeline: gated, own: false },
    { name: 'Plain', pipeline: pipelineWith(quick), own: false },
  ];
  const race = { entrants, change: {} };
  const link = encodeLink({ pipeline: gated, data: { kind: 'simulated', request }, race });
  await page.goto(`./?backend=wasm${link}`);
  await expect(button(page, 'Start the race')).toBeEnabled({ timeout: 60_000 });
  await nothingMoved(page, 'the line-up');
  await button(page, 'Start the race').click();
  const first = page.getByTestId('racer').first();
  await expect(first).toContainText(/[1-9]\d* of 20,000/, { timeout: 60_000 });
  const step = async () => Number(/([\d,]+) of/.exec((await first.textContent())!)![1]!.replace(/,/g, ''));
  await standsStill(page, 'the race', { step, charts: true });
});

// The others are panels of the dock, which is watched above.
for (const panel of EMBEDS.filter((p) => !['auc', 'curves', 'losses'].includes(p))) {
  test(`while it trains nothing moves in the embedded ${panel}`, async ({ page }) => {
    await page.setViewportSize({ width: 800, height: 450 });
    await training(page, gated, { query: `&embed=${panel}` });
    await standsStill(page, `the embedded ${panel}`);
  });
}

/** Points of each curve on the screen. */
const points = (page: Page) =>
  page
    .locator('.chart path.curve')
    .evaluateAll((all) => all.map((path) => path.getAttribute('d')!.split(/[ML]/).length - 1));

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
