/** One row and its page, by keyboard: a bought row is found, its probabilities read, its page opened and ordered anew. */
import { expect, type Locator, type Page, test } from '@playwright/test';
import {
  button,
  noViolations,
  openLab,
  pipelineWith,
  smallWorldLink,
  waitForState,
  waitForStep,
} from './lab';

const address = `./?backend=wasm${smallWorldLink(
  pipelineWith(
    { steps: 20_000, batch: 128, evaluateEvery: 40 },
    { bottom: { block: 'mmoe', params: { experts: 3, layers: [16] } } },
  ),
)}`;

/** Items from the first place down. */
const order = (page: Page) =>
  page
    .getByTestId('ranked-page')
    .locator('tbody tr')
    .evaluateAll((rows) => rows.map((r) => r.dataset.item));

/** "3.75 %" as a number. */
const percent = async (cell: Locator) => Number((await cell.textContent())!.replace(/[^\d.]/g, '')) / 100;

async function pausedLab(page: Page): Promise<void> {
  await openLab(page, address);
  await button(page, 'Train').click();
  await waitForStep(page, 60);
  await button(page, 'Pause').click();
  await waitForState(page, 'Paused');
  await page.getByRole('tab', { name: 'Overview' }).focus();
  for (let i = 0; i < 12; i++) {
    if ((await page.getByRole('tab', { name: 'Rows' }).getAttribute('aria-selected')) === 'true') break;
    await page.keyboard.press('ArrowRight');
  }
  await expect(page.getByTestId('row-predictions')).toBeVisible();
}

test('a bought row is read and its page ordered anew, by keyboard; axe finds nothing', async ({ page }) => {
  test.setTimeout(180_000);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await pausedLab(page);
  await page.getByRole('combobox', { name: 'Rows with' }).focus();
  // Typing chooses in a list.
  await page.keyboard.type('purch');
  const predictions = page.getByTestId('row-predictions');
  const happened = (name: string) => predictions.getByRole('row', { name }).getByRole('cell').last();
  await expect(happened('CTCVR')).toHaveText('yes');
  const p = (name: string) => percent(predictions.getByRole('row', { name }).getByRole('cell').first());
  const [ctr, ctcvr, cvr] = [await p('CTR'), await p('CTCVR'), await p('CVR')];
  expect(ctr).toBeGreaterThan(0);
  expect(ctcvr).toBeGreaterThan(0);
  expect(cvr).toBeGreaterThan(0);
  const inside = page.getByRole('region', { name: 'Inside, for this row' });
  await expect(inside.getByTestId('attention-map')).toBeVisible();
  await noViolations(page, 'a row');

  await page.getByRole('button', { name: 'Open its page' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText(/drawn again/)).toBeVisible();
  await expect(page.getByTestId('ranked-page').locator('tbody tr')).toHaveCount(20);
  await page
    .getByRole('radiogroup', { name: 'Order by' })
    .getByRole('radio', { name: 'CTR', exact: true })
    .focus();
  await page.keyboard.press('Space');
  const byClick = await order(page);
  // The next one in the group: CTCVR.
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => order(page)).not.toEqual(byClick);
  await expect(page.getByRole('heading', { name: 'The page by CTCVR' })).toBeVisible();
  await expect(page.getByRole('table', { name: /Mean of 1,000 whole pages at step/ })).toBeVisible({
    timeout: 60_000,
  });
  await noViolations(page, 'a page');
});

test('a page of the list, under Eq. 7 with live dials; page metrics at a pause; files to take away', async ({
  page,
}) => {
  test.setTimeout(180_000);
  await pausedLab(page);
  await page.getByRole('radio', { name: 'a page' }).check({ force: true });
  await page.getByRole('combobox', { name: 'Pages with' }).selectOption({ label: 'with a purchase' });
  await expect(page.getByText(/^.*Page \d+ of 1,000 with all rows/)).toBeVisible();
  await page.getByRole('radio', { name: 'sum, Eq. 7' }).check({ force: true });
  const beta = page.getByRole('textbox', { name: 'β' });
  await beta.fill('0');
  await beta.press('Enter');
  const sum = await order(page);
  await page
    .getByRole('radiogroup', { name: 'Order by' })
    .getByRole('radio', { name: 'CTR', exact: true })
    .check({ force: true });
  // α·CTR + 0·CTCVR is the order of CTR.
  expect(await order(page)).toEqual(sum);
  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export the ranked page' }).click();
  await page.getByRole('button', { name: 'Numbers, CSV' }).click();
  const stream = await (await coming).createReadStream();
  let text = '';
  for await (const chunk of stream) text += chunk;
  expect(text.trim().split('\n')).toHaveLength(21);

  await page.getByRole('tab', { name: 'Curves' }).click();
  await page.getByRole('button', { name: /Read page metrics at step/ }).click();
  await expect(page.getByRole('table', { name: /1,000 whole pages at step/ })).toBeVisible({
    timeout: 60_000,
  });
});
