/** Pictures of the README and of DESIGN.md, and of what a run's panels do not show: first visit, other pages, other tasks, a hall, a slide. */
import { expect, test } from '@playwright/test';
import { DEFAULT_REQUEST } from '../../src/data/simulator/request';
import { findPreset } from '../../src/pipeline/presets';
import type { Pipeline } from '../../src/pipeline/schema';
import { encodeLink } from '../../src/pipeline/share';
import { button, openLab, pipelineWith, smallWorldLink, waitForState } from '../lab';
import { openTab, picture, settled, TABS } from './picture';

const short = { steps: 60, batch: 256, evaluateEvery: 20 } as const;
const world = { ...DEFAULT_REQUEST, impressions: 1_500_000, rows: 50_000 };
const inWorld = (pipeline: Pipeline, request: object) =>
  encodeLink({ pipeline, data: { kind: 'simulated', request: { ...world, ...request } } });

test.beforeEach(async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: 'light' });
});

test('the lab as a visitor meets it, and after the default run', async ({ page }) => {
  await openLab(page);
  await picture(page, 'states/first-visit');
  await button(page, 'Take the tour').click();
  await expect(page.locator('.driver-popover')).toBeVisible();
  await page.waitForTimeout(600);
  await picture(page, 'states/tour');
  await page.keyboard.press('Escape');
  await button(page, 'Train').click();
  await waitForState(page, 'Finished', 240_000);
  await settled(page);
  await picture(page, 'lab');
  await openTab(page, TABS.gradients);
  await picture(page, 'gradients');
  await openTab(page, TABS.calibration);
  await picture(page, 'calibration');
  await openTab(page, TABS.attention);
  await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: 'dark' });
  await settled(page);
  await picture(page, 'attention-dark');
  await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: 'light' });
  await page.setViewportSize({ width: 390, height: 844 });
  await button(page, 'Pipeline').click();
  await settled(page);
  await picture(page, 'phone');
});

test('two runs compared, and the other pages', async ({ page }) => {
  for (const id of ['shared-bottom-lesson', 'separate-lesson']) {
    await page.goto('about:blank');
    const { pipeline } = findPreset(id)!;
    await openLab(page, `./?backend=wasm${inWorld(pipeline, { relatedness: -1 })}`);
    await button(page, 'Train').click();
    await waitForState(page, 'Finished', 240_000);
  }
  await openTab(page, TABS.runs);
  await page
    .getByTestId('run-row')
    .last()
    .getByRole('button', { name: /Baseline/ })
    .click();
  await settled(page);
  await picture(page.getByLabel('Readings', { exact: true }).first(), 'states/two-runs');
  await openTab(page, TABS.overview);
  await picture(page, 'states/ghost');
  for (const at of ['runs', 'race', 'data', 'about']) {
    await page.evaluate((hash) => {
      location.hash = hash;
    }, `#/${at}`);
    await page.waitForTimeout(1500);
    await settled(page);
    await picture(page, `states/page-${at}`);
  }
});

test('one and three tasks, and long names', async ({ page }) => {
  const [click, purchase] = pipelineWith(short).tasks as [Pipeline['tasks'][0], Pipeline['tasks'][0]];
  const cart = { ...click, id: 'cart', label: 'add to cart', metric: 'CTATC', parent: click.id };
  const long = [
    { ...click, label: 'click on the big picture' },
    { ...purchase, label: 'purchase within 7 days' },
  ];
  const mmoe = findPreset('mmoe')!.pipeline.bottom;
  for (const [name, tasks, request] of [
    ['one-task', [click], {}],
    ['long-names', long, {}],
    ['three-tasks', [click, cart, { ...purchase, parent: 'cart' }], { addToCart: true }],
  ] as const) {
    await page.goto('about:blank');
    const pipeline = pipelineWith(short, { tasks: [...tasks], bottom: mmoe });
    await openLab(page, `./?backend=wasm${inWorld(pipeline, request)}`);
    await button(page, 'Train').click();
    await waitForState(page, 'Finished', 240_000);
    await settled(page);
    await picture(page, `states/${name}`);
  }
});

test('a hall and a slide', async ({ page }) => {
  const ple = findPreset('ple-lesson')!.pipeline.bottom;
  const link = smallWorldLink(pipelineWith(short, { bottom: ple }));
  await openLab(page, `./?backend=wasm&lecture${link}`);
  await picture(page, 'states/lecture-before');
  await button(page, 'Train').click();
  await waitForState(page, 'Finished', 240_000);
  await settled(page);
  await picture(page, 'states/lecture');
  await page.setViewportSize({ width: 640, height: 400 });
  for (const panel of ['auc', 'attention', 'pipeline']) {
    await page.goto('about:blank');
    await openLab(page, `./?backend=wasm&embed=${panel}${link}`);
    await button(page, 'Train').click();
    await waitForState(page, 'Finished', 240_000);
    await settled(page);
    await picture(page, `states/embed-${panel}`);
  }
});
