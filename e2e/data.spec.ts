/** Data on the built page: dials, own files with their mapping step, the Data view, and what cannot go wrong with them. */

import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import {
  dataTab,
  give,
  labAddress,
  noSidewaysScroll,
  openDataView,
  openIfAsked,
  SHARED,
  shopLog,
} from './dataLab';
import { button, noViolations, openLab, stepOf, waitForState, waitForStep } from './lab';

test('aliexpress-sample opens through the page and trains', async ({ page }) => {
  const file = `${SHARED}/aliexpress-sample/train.csv`;
  test.skip(!existsSync(file), `${file} is not here`);
  await openLab(page, labAddress(40));
  await give(page, file);
  await openIfAsked(page);
  await expect(page.getByTestId('data-chip')).toContainText('train.csv');
  await button(page, 'Train').click();
  await waitForState(page, 'Finished');
  expect(await stepOf(page)).toBe(40);
});

test('kuairand-pure opens with its user features, and its tasks become the pipeline’s', async ({ page }) => {
  test.setTimeout(240_000);
  const files = ['interactions', 'user_features'].map((name) => `${SHARED}/kuairand-pure/${name}.parquet`);
  test.skip(!files.every(existsSync), `${files[0]} is not here`);
  await openLab(page, labAddress(30));
  await give(page, files);
  await openIfAsked(page);
  await expect(page.getByTestId('data-chip')).toContainText(/parquet|KuaiRand/i, { timeout: 60_000 });
  await expect(page.getByText(/tasks are now click/)).toBeVisible();
  const events = page.getByRole('table', { name: 'Events' });
  await expect(events.getByRole('row', { name: /long view/ })).toBeVisible();
  await button(page, 'Train').click();
  await waitForState(page, 'Finished', 120_000);
  expect(await stepOf(page)).toBe(30);
});

test('dials draw another world; what cannot be is said and changes nothing; axe finds nothing', async ({
  page,
}) => {
  await openLab(page, labAddress());
  await dataTab(page);
  const world = page.locator('.data-tab').getByRole('region', { name: 'Simulated world' });
  const fingerprint = page.locator('.data-tab dd.mono');
  const before = await fingerprint.textContent();
  await world.getByRole('radio', { name: 'US' }).check();
  await expect(page.getByTestId('data-chip')).toContainText('US', { timeout: 60_000 });
  const us = await fingerprint.textContent();
  expect(us).not.toBe(before);
  await world.getByText('More dials').click();
  await noViolations(page, 'Data tab');
  const impressions = world.getByRole('slider', { name: 'Impressions M' });
  await impressions.focus();
  await page.keyboard.press('End');
  await expect(
    world
      .getByRole('alert')
      .or(page.getByTestId('data-chip').getByText(/loading/))
      .first(),
  ).toBeVisible();
  const keep = world.getByRole('slider', { name: 'Clicks kept' });
  await keep.focus();
  await page.keyboard.press('End');
  await expect(world.getByRole('alert').first()).toContainText(/no room for non-clicks/);
  await expect(button(page, 'Train')).toBeEnabled({ timeout: 60_000 });
});

test('the mapping step by keyboard alone: a role, a parent, open; axe finds nothing', async ({ page }) => {
  await openLab(page, labAddress(20));
  await give(page, { name: 'shop.csv', text: shopLog() });
  const step = page.getByRole('dialog', { name: 'What is in the file?' });
  await expect(step).toBeVisible();
  await noViolations(page, 'mapping step');
  const role = step.getByRole('combobox', { name: 'Role of colour' });
  await role.focus();
  await page.keyboard.type('ignore');
  await expect(role).toHaveValue('ignore');
  for (const label of ['clicked', 'bought']) {
    const select = step.getByRole('combobox', { name: `Role of ${label}` });
    await select.focus();
    await page.keyboard.type('label');
    await expect(select).toHaveValue('label');
  }
  const parent = step.getByRole('combobox', { name: 'bought comes after' });
  await parent.focus();
  await page.keyboard.type('clicked');
  await expect(parent).toHaveValue('clicked');
  const open = step.getByRole('button', { name: 'Open', exact: true });
  await expect(open).toBeEnabled();
  await open.focus();
  await page.keyboard.press('Enter');
  await expect(step).toHaveCount(0, { timeout: 30_000 });
  await expect(page.getByTestId('data-chip')).toContainText('shop.csv');
  await expect(page.getByText(/tasks are now click and purchase|tasks are now click and/)).toBeVisible();
  await button(page, 'Train').click();
  await waitForState(page, 'Finished');
  // Change roles… brings the step back as it was left; Escape leaves it.
  await page.locator('.data-tab').getByRole('button', { name: 'Change roles…' }).click();
  await expect(step.getByRole('combobox', { name: 'Role of colour' })).toHaveValue('ignore');
  await page.keyboard.press('Escape');
  await expect(step).toHaveCount(0);
});

test('a file that is refused leaves data, run and mapping step as they were', async ({ page }) => {
  await openLab(page, labAddress(20_000));
  await button(page, 'Train').click();
  await waitForStep(page, 5);
  const broken = shopLog().replace(/\n(u50,[^\n]*)\n/, '\nu50,1\n');
  await give(page, { name: 'broken.csv', text: broken });
  const step = page.getByRole('dialog', { name: 'What is in the file?' });
  await step.getByRole('combobox', { name: 'Role of colour' }).selectOption('ignore');
  const before = await stepOf(page);
  await step.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(step.getByRole('alert')).toContainText(/broken\.csv, line 52/);
  await expect(step.getByRole('combobox', { name: 'Role of colour' })).toHaveValue('ignore');
  await step.getByRole('button', { name: 'Not now' }).click();
  await expect(page.getByTestId('data-chip')).toContainText('ES');
  await waitForStep(page, before + 5);
  await expect(page.getByTestId('run-state')).toHaveText('Training');
});

test('a long sampling shows how far it is, and Cancel ends it and leaves the data', async ({
  page,
}, info) => {
  test.setTimeout(180_000);
  const path = info.outputPath('long.csv');
  const out = createWriteStream(path);
  const [header, ...rows] = shopLog(20_000).trim().split('\n');
  out.write(`${header}\n`);
  const block = `${rows.join('\n')}\n`;
  // About 250 MB: several seconds of reading.
  for (let i = 0; i < 500; i++) if (!out.write(block)) await once(out, 'drain');
  out.end();
  await once(out, 'finish');
  await openLab(page, labAddress());
  await give(page, path);
  const step = page.getByRole('dialog', { name: 'What is in the file?' });
  await expect(step).toBeVisible({ timeout: 5_000 });
  await step.getByRole('button', { name: 'Open', exact: true }).click();
  const line = step.locator('.loading-figures');
  await expect(line).toContainText(/MB\/s/);
  await expect(line).toContainText(/rows/);
  const asked = Date.now();
  await step.getByRole('button', { name: 'Cancel' }).click();
  await expect(step.getByRole('progressbar')).toHaveCount(0, { timeout: 3_000 });
  expect(Date.now() - asked).toBeLessThan(3_000);
  await step.getByRole('button', { name: 'Not now' }).click();
  await expect(page.getByTestId('data-chip')).toContainText('ES');
  await expect(button(page, 'Train')).toBeEnabled();
});

test('the Data view: by its address and back, with the data’s figures; axe finds nothing', async ({
  page,
}) => {
  await openLab(page, labAddress());
  await openDataView(page);
  await expect(page).toHaveURL(/#\/data$/);
  await expect(page.getByRole('heading', { name: 'Rates, simulated' })).toBeVisible();
  await expect(page.getByText(/of \d+ columns/).first()).toBeVisible();
  await noViolations(page, 'Data view');
  await page.getByRole('searchbox', { name: 'Search columns' }).fill('numerical_35');
  await expect(page.locator('.features tbody tr')).toHaveCount(1);
  await page.getByRole('heading', { name: /^Data: / }).focus();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('tab', { name: /^Data/ })).toBeVisible();
  await expect(page).toHaveURL(/#p=/);
  await page.goForward();
  await expect(page.getByRole('heading', { name: /^Data: / })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { name: /^Data: / })).toBeVisible({ timeout: 60_000 });
  await button(page, 'Back to the lab').click();
  await expect(page.getByRole('tab', { name: /^Data/ })).toBeVisible();
});

test('on a phone the Data tab, the Data view and the mapping step fit', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openLab(page, labAddress());
  const places = page.getByRole('navigation', { name: 'Places' });
  await places.getByRole('button', { name: 'Data' }).click();
  await noSidewaysScroll(page, 'Data tab');
  await page.locator('.data-tab').getByRole('button', { name: 'Look into the data' }).click();
  await expect(page.locator('.features tbody tr').first()).toBeVisible({ timeout: 30_000 });
  await noSidewaysScroll(page, 'Data view');
  await places.getByRole('button', { name: 'Data' }).click();
  await page
    .getByLabel('Data files')
    .setInputFiles({ name: 'shop.csv', mimeType: 'text/csv', buffer: Buffer.from(shopLog()) });
  await expect(page.getByRole('dialog', { name: 'What is in the file?' })).toBeVisible();
  await noSidewaysScroll(page, 'mapping step');
});
