/** Every panel in every state for docs/STATES.md, and that the page names each picture which is taken. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { findPreset } from '../../src/pipeline/presets';
import { button, openLab, pipelineWith, smallWorldLink, waitForState, waitForStep } from '../lab';
import { openTab, picture, settled, TABS } from './picture';

const ROOT = join(import.meta.dirname, '..', '..');
const short = { steps: 200, batch: 256, evaluateEvery: 20 } as const;
const ple = findPreset('ple-lesson')!.pipeline.bottom;
/** PLE and Task Attention: something is in every panel. */
const full = pipelineWith(short, { bottom: ple });

async function dock(page: Page, state: string, tabs = Object.keys(TABS) as (keyof typeof TABS)[]) {
  for (const tab of tabs) {
    await openTab(page, TABS[tab]);
    await picture(page.getByLabel('Readings', { exact: true }).first(), `states/${state}-${tab}`);
  }
  await openTab(page, TABS.overview);
}

test.beforeEach(async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: 'light' });
});

test('one run: loading, before, training, paused, finished, in every panel', async ({ page }) => {
  await page.goto(`./?backend=wasm${smallWorldLink(full)}`);
  await expect(page.getByTestId('run-state')).toHaveText('Waiting');
  await picture(page, 'states/loading');
  await expect(button(page, 'Train')).toBeEnabled({ timeout: 60_000 });
  await button(page, 'No, thanks').click();
  await dock(page, 'before');
  await button(page, 'Train').click();
  await waitForStep(page, 45);
  await picture(page, 'states/training');
  await button(page, 'Pause').click();
  await waitForState(page, 'Paused');
  await settled(page);
  await picture(page, 'states/paused');
  await dock(page, 'paused', ['curves', 'runs']);
  await button(page, 'Resume').click();
  await waitForState(page, 'Finished', 240_000);
  await picture(page, 'states/finished');
  await dock(page, 'finished');
  await button(page, 'Share').click();
  await picture(page.getByRole('dialog'), 'states/share');
  await page.keyboard.press('Escape');
  await button(page, 'Help').click();
  await picture(page.getByRole('dialog'), 'states/help');
  await page.keyboard.press('Escape');
  await page
    .locator('.pipe')
    .getByRole('button', { name: /inside/i })
    .first()
    .click();
  await settled(page);
  await picture(page.getByRole('dialog'), 'states/inside');
  await page.keyboard.press('Escape');
  await button(page, 'Presets').click();
  await picture(page.getByRole('dialog'), 'states/presets');
  await page.keyboard.press('Escape');

  // The same run on other screens.
  await page.setViewportSize({ width: 1920, height: 1080 });
  await openTab(page, TABS.attention);
  await picture(page, 'states/wide-attention');
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: 'dark' });
  for (const place of ['Pipeline', 'Curves', 'Runs']) {
    await button(page, place).click();
    await settled(page);
    await picture(page, `states/phone-${place.toLowerCase()}`);
  }
  await button(page, 'Inside').click();
  for (const tab of ['attention', 'gates', 'gradients', 'calibration', 'rows'] as const) {
    await page.getByRole('radio', { name: TABS[tab], exact: true }).check({ force: true });
    await settled(page);
    await picture(page, `states/phone-${tab}`);
  }
});

test('a run that diverges', async ({ page }) => {
  const steep = pipelineWith(
    { steps: 500, batch: 128, optimizer: 'sgd', learningRate: 1, decay: 'none' },
    { tasks: full.tasks.map((t) => ({ ...t, lossWeight: 1000, positiveWeight: 1000 })) },
  );
  const mlp = { block: 'mlp', params: { layers: [32, 32], dropout: 0, batchNorm: false } };
  await openLab(page, `./?backend=wasm${smallWorldLink({ ...steep, towers: mlp })}`);
  await button(page, 'No, thanks').click();
  await button(page, 'Train').click();
  await waitForState(page, 'Failed');
  await picture(page, 'states/failed');
  await dock(page, 'failed', ['overview', 'curves', 'attention', 'gradients', 'calibration', 'rows', 'runs']);
});

test('docs/STATES.md shows every picture that is taken, and no other', () => {
  const shown = readFileSync(join(ROOT, 'docs', 'STATES.md'), 'utf8').matchAll(
    /images\/states\/([\w-]+\.png)/g,
  );
  const names = [...new Set([...shown].map(([, name]) => name))].sort();
  expect(names).toEqual(readdirSync(join(ROOT, 'docs', 'images', 'states')).sort());
});
