/** Runs on the built page: kept over a reload, compared, exported and brought back; a run cut off by a reload goes on to the last bit. */
import { readFile } from 'node:fs/promises';
import { expect, type Page, test } from '@playwright/test';
import { parseRun } from '../src/pipeline/runFile';
import { readTensors } from '../src/pipeline/safetensors';
import {
  button,
  curves,
  noViolations,
  openLab,
  pipelineWith,
  smallWorldLink,
  waitForState,
  waitForStep,
} from './lab';

const link = (steps: number) =>
  `./?backend=wasm${smallWorldLink(pipelineWith({ steps, batch: 128, evaluateEvery: 40, seed: 3 }))}`;

/** How many runs could go on after a reload: snapshots come every two seconds. */
const checkpoints = (page: Page) =>
  page.evaluate(async () => {
    const opened = indexedDB.open('seesaw-runs');
    const db = await new Promise<IDBDatabase>((resolve) => {
      opened.onsuccess = () => resolve(opened.result);
    });
    const counted = db.transaction('checkpoint').objectStore('checkpoint').count();
    return new Promise<number>((resolve) => {
      counted.onsuccess = () => {
        db.close();
        resolve(counted.result);
      };
    });
  });

test('a run that a reload cuts off goes on, and its curve equals that of a run without a break', async ({
  page,
}) => {
  const steps = 600;
  await openLab(page, link(steps));
  await button(page, 'Train').click();
  await waitForState(page, 'Finished');
  const whole = await curves(page);
  expect(whole).toHaveLength(steps + 1);
  await button(page, 'Reset').click();
  await button(page, 'Train').click();
  await waitForStep(page, 20);
  await expect.poll(() => checkpoints(page), { timeout: 30_000, intervals: [100] }).toBe(1);
  await expect(page.getByTestId('run-state')).toHaveText('Training');
  await page.reload();
  const resume = page.getByRole('button', { name: /^Resume from step/ });
  await expect(resume).toBeVisible();
  const at = Number((await resume.textContent())!.replace(/\D/g, ''));
  expect(at).toBeGreaterThan(0);
  expect(at).toBeLessThan(steps);
  await resume.click();
  await waitForState(page, 'Finished');
  expect(await curves(page)).toEqual(whole);
  await expect(resume).toHaveCount(0);
  // Both runs are in the list, and their figures are the same.
  await page.getByRole('tab', { name: 'Runs' }).click();
  const rows = page.getByTestId('run-row');
  await expect(rows).toHaveCount(2);
  const figures = await rows.evaluateAll((all) => all.map((r) => r.querySelector('p')!.textContent));
  expect(figures[0]).toBe(figures[1]);
});

test('runs are named, pinned, compared by keyboard, exported, deleted and brought back', async ({ page }) => {
  await openLab(page, link(40));
  await page.getByRole('tab', { name: 'Runs' }).click();
  await expect(page.getByText(/Press Train: a run comes here when it ends/)).toBeVisible();
  await button(page, 'Train').click();
  await waitForState(page, 'Finished');
  await page
    .getByRole('button', { name: /^Towers/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Replace Task Attention with MLP towers' }).click();
  await button(page, 'Train').click();
  await waitForState(page, 'Finished');
  const rows = page.getByTestId('run-row');
  await expect(rows).toHaveCount(2);
  const name = rows.first().getByRole('textbox');
  await name.fill('towers alone');
  await name.press('Enter');
  await rows
    .nth(1)
    .getByRole('button', { name: /^Baseline/ })
    .press('Enter');
  await page.reload();
  await expect(button(page, 'Train')).toBeEnabled({ timeout: 60_000 });
  await page.getByRole('tab', { name: 'Runs' }).click();
  await expect(rows).toHaveCount(2);
  await expect(rows.first().getByRole('textbox')).toHaveValue('towers alone');
  await button(page, 'Compare in full').press('Enter');
  const compared = page.getByTestId('compare-auc');
  await expect(compared).toHaveCount(2);
  await expect(compared.first()).toContainText('baseline');
  await expect(compared.nth(1)).toContainText('towers alone');
  const plane = page.getByRole('region', { name: 'Seesaw plane' });
  await expect(plane).toContainText(/towers alone: CTR [+−].* ± .*, CTCVR [+−]/);
  await noViolations(page, 'comparison');

  const download = async (press: () => Promise<void>) => {
    const coming = page.waitForEvent('download');
    await press();
    return readFile(await (await coming).path());
  };
  const more = async (item: string) => {
    await rows
      .first()
      .getByRole('button', { name: /^More on/ })
      .click();
    await button(page, item).click();
  };
  const file = await download(() => more('Run file, JSON'));
  const run = parseRun(JSON.parse(file.toString()));
  expect(run.ok && run.run).toMatchObject({ name: 'towers alone', state: 'finished', step: 40, seed: 3 });
  const { tensors } = readTensors(await download(() => more('Weights, safetensors')));
  expect(tensors.size).toBeGreaterThan(4);
  const picture = async (item: string) => {
    await page.getByRole('button', { name: 'Export the seesaw plane' }).click();
    await button(page, item).click();
  };
  const svg = (await download(() => picture('Picture, SVG'))).toString();
  expect(svg).toContain('both gain');
  expect(svg).not.toContain('var(');
  const png = await download(() => picture('Picture, PNG'));
  expect([...png.subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
  expect((await download(() => button(page, 'CSV').click())).toString()).toContain(
    'towers alone,no,3,40,CTR,AUC,0.',
  );

  await more('Delete');
  await expect(rows).toHaveCount(1);
  await page
    .getByTestId('run-file')
    .setInputFiles({ name: 'again.json', mimeType: 'application/json', buffer: file });
  await expect(rows).toHaveCount(2);
  await button(page, 'Undo: bring back towers alone').click();
  await expect(rows).toHaveCount(3);
  await page
    .getByTestId('run-file')
    .setInputFiles({ name: 'bad.json', mimeType: 'application/json', buffer: Buffer.from('{') });
  await expect(page.getByTestId('banner').last()).toContainText('"bad.json" cannot be used');
});
