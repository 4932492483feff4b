/** Cutting wires and taking readings off one another, by keyboard, on the built page. */
import { expect, type Page, test } from '@playwright/test';
import {
  button,
  noViolations,
  openLab,
  pipelineWith,
  smallWorldLink,
  waitForState,
  waitForStep,
} from './lab';

const link = (steps: number) =>
  `./?backend=wasm${smallWorldLink(pipelineWith({ steps, batch: 128, evaluateEvery: 20 }))}`;

/** Every cell of the maps, as numbers. */
const cells = (page: Page) =>
  page
    .getByTestId('attention-map')
    .locator('td.cell')
    .evaluateAll((all) => all.map((c) => Number(c.textContent!.replace('\u2212', '-').replace('+', ''))));

test('a wire is cut by the keyboard, its worth read, and mended; two cohorts are taken off one another; axe finds nothing', async ({
  page,
}) => {
  await openLab(page, link(60));
  await button(page, 'Train').click();
  await waitForState(page, 'Finished');
  await page.getByRole('tab', { name: 'Attention' }).click();
  const wire = page.getByRole('button', { name: 'cut click → purchase, layer 1, head 1' });
  await wire.focus();
  await page.keyboard.press('Space');
  await expect(wire).toHaveAttribute('aria-pressed', 'true');
  const panel = page.getByTestId('cut-panel');
  const rows = panel.getByRole('row');
  await expect(rows).toHaveCount(4, { timeout: 30_000 });
  const first = await rows.allTextContents();
  for (const row of first.slice(1)) expect(row).toMatch(/[+\u2212]?\.?\d+.*±.*(within noise|loses|gains)/);
  await noViolations(page, 'a cut');
  // All heads and layers together are another cut, with another reading.
  await page.getByRole('radio', { name: 'all maps' }).check({ force: true });
  await page.getByRole('button', { name: 'cut purchase → click, all maps' }).first().focus();
  await page.keyboard.press('Enter');
  await expect(panel.getByRole('button', { name: /^Mend purchase → click/ })).toBeVisible();
  await expect.poll(() => rows.allTextContents(), { timeout: 30_000 }).not.toEqual(first);
  await expect(rows).toHaveCount(4, { timeout: 30_000 });
  await panel.getByRole('button', { name: 'Mend all' }).focus();
  await page.keyboard.press('Enter');
  await expect(rows).toHaveCount(0);
  await page.getByRole('radio', { name: 'one map' }).check({ force: true });
  await expect(wire).toHaveAttribute('aria-pressed', 'false');

  const values = await cells(page);
  await page.getByLabel('minus').selectOption('cohort no click');
  await expect(page.getByText(/all rows \(\d+\) minus rows with no click \(\d+\)/)).toBeVisible();
  await noViolations(page, 'a difference');
  const differences = await cells(page);
  expect(differences.length).toBe(values.length);
  // Each row of a map adds up to 1, so that its differences cancel out, to the two digits that are printed.
  for (let i = 0; i < differences.length; i += 2) {
    expect(Math.abs(differences[i]! + differences[i + 1]!)).toBeLessThanOrEqual(0.0101);
  }
  expect(differences).not.toEqual(values);
  const coming = page.waitForEvent('download');
  await button(page, 'Export the attention maps').click();
  await button(page, 'Numbers, CSV').click();
  const stream = await (await coming).createReadStream();
  let text = '';
  for await (const chunk of stream) text += chunk;
  expect(text.split('\n')[0]).toBe(
    'table,row,column,step,cohort,value,minus_step,minus_cohort,minus_value,difference',
  );
  expect(text.trim().split('\n')).toHaveLength(1 + values.length);
});

test('training goes on as it was while a wire is cut, and a phone reaches every instrument', async ({
  page,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openLab(page, link(4000));
  await button(page, 'Train').click();
  await waitForStep(page, 20);
  await page.getByRole('navigation', { name: 'Places' }).getByRole('button', { name: 'Inside' }).click();
  await page
    .getByRole('button', { name: /^cut click → purchase/ })
    .first()
    .click();
  await expect(page.getByTestId('cut-panel').getByRole('row')).toHaveCount(4, { timeout: 60_000 });
  for (const name of ['Gates & links', 'Gradients', 'Calibration', 'Attention']) {
    await page.getByRole('radio', { name, exact: true }).check({ force: true });
    await expect(page.getByRole('region', { name, exact: true })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
  }
});
