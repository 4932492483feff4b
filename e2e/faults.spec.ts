/** What goes wrong, on the built page: bad files, a killed worker, a diverging run, a lost GPU. The user is told, and nothing is lost. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import type { Pipeline } from '../src/pipeline/schema';
import { openIfAsked } from './dataLab';
import {
  button,
  curves,
  openLab,
  pipelineWith,
  smallWorldLink,
  stepOf,
  waitForState,
  waitForStep,
} from './lab';

const longRun = `./?backend=wasm${smallWorldLink(pipelineWith({ steps: 20_000, batch: 128 }))}`;

const CATEGORICAL = Array.from({ length: 16 }, (_, i) => `categorical_${i + 1}`);
const NUMERICAL = Array.from({ length: 63 }, (_, i) => `numerical_${i + 1}`);
const HEADER = ['search_id', ...CATEGORICAL, ...NUMERICAL, 'click', 'conversion'];
const row = (id: number, click = 0, buy = 0) => [
  id,
  ...CATEGORICAL.map(() => 1),
  ...NUMERICAL.map(() => 0.5),
  click,
  buy,
];
const csv = (rows: (string | number)[][], header = HEADER) =>
  [header.join(','), ...rows.map((r) => r.join(','))].join('\n');
const good = Array.from({ length: 40 }, (_, i) => row(i, i % 3 === 0 ? 1 : 0, i % 6 === 0 ? 1 : 0));

async function give(page: Page, name: string, content: string | Buffer): Promise<void> {
  // The input lives with the Data tab's controls.
  await page.getByRole('tab', { name: 'Data' }).click();
  await page
    .getByLabel('Data files')
    .first()
    .setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(content) });
}

const bad: [what: string, content: string | Buffer, says: RegExp][] = [
  ['truncated', `${csv(good)}\n41,1,1`, /(line|row) 42.*(82|fields|columns)/i],
  [
    'a column twice',
    csv(
      good,
      HEADER.map((h) => (h === 'click' ? 'conversion' : h)),
    ),
    /conversion.*twice|twice.*conversion/i,
  ],
  [
    'letters',
    csv([...good, row(50).map((v, i) => (i === 20 ? 'abc' : v))]),
    /(line|row) 42.*numerical_4.*abc|numerical_4.*(line|row) 42/i,
  ],
  ['empty', '', /empty/i],
  ['label of 2', csv([...good, row(51, 2, 0)]), /(line|row) 42.*click|click.*(line|row) 42/i],
  ['a PNG', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), /PNG picture/],
];

test('six bad files: one sentence each with row and column, and the run in progress goes on', async ({
  page,
}) => {
  await openLab(page, longRun);
  await button(page, 'Train').click();
  await waitForStep(page, 5);
  for (const [name, content, says] of bad) {
    const before = await stepOf(page);
    await give(page, `${name}.csv`, content);
    // A layout whose market is not known asks for it first; what is wrong further down is then said there.
    const step = page.getByRole('dialog', { name: 'What is in the file?' });
    const banner = page.getByTestId('banner');
    await expect(banner.or(step).first()).toBeVisible({ timeout: 15_000 });
    const asks = await step.isVisible();
    if (asks) await button(page, 'Open').click();
    const sentence = asks ? step.getByRole('alert') : banner;
    await expect(sentence).toHaveCount(1, { timeout: 15_000 });
    await expect(sentence).toContainText(says);
    await expect(sentence).toContainText(`${name}.csv`);
    await waitForStep(page, before + 5);
    await button(page, asks ? 'Not now' : 'Dismiss').click();
    await expect(page.getByTestId('run-state')).toHaveText('Training');
  }
});

const SAMPLE = '../shared/data/aliexpress-sample/train.csv';
test('the AliExpress sample trains end to end from the file input', async ({ page }) => {
  test.skip(!existsSync(SAMPLE), `${SAMPLE} is not here`);
  await openLab(page, `./?backend=wasm${smallWorldLink(pipelineWith({ steps: 60, batch: 128 }))}`);
  await give(page, 'train.csv', readFileSync(SAMPLE));
  await openIfAsked(page);
  await expect(page.getByTestId('data-chip')).toContainText('train.csv', { timeout: 30_000 });
  await button(page, 'Train').click();
  await waitForState(page, 'Finished');
  const rows = await curves(page);
  expect(rows.length).toBe(61);
  expect(Number(rows[60]![3])).toBeLessThan(Number(rows[1]![3]));
});

test('a killed worker is noticed within 5 s, said, and the run resumes from its last snapshot', async ({
  page,
}) => {
  await openLab(page, longRun);
  await button(page, 'Train').click();
  await waitForStep(page, 20);
  await page.waitForTimeout(2500); // past the first snapshot
  const trainer = page.workers().find((w) => w.url().includes('trainer'))!;
  const killed = Date.now();
  await trainer.evaluate(() => self.close());
  await expect(page.getByTestId('banner')).toContainText('stopped answering', { timeout: 6_000 });
  expect(Date.now() - killed).toBeLessThan(5_500);
  const resume = page.getByRole('button', { name: /Resume from step/ });
  const from = Number((await resume.textContent())!.replace(/\D/g, ''));
  expect(from).toBeGreaterThan(0);
  await resume.click();
  await waitForStep(page, from + 5);
  await expect(page.getByTestId('run-state')).toHaveText('Training');
});

test('a diverging run names block, parameter and step, and offers the way back', async ({ page }) => {
  const pipeline = pipelineWith(
    { steps: 500, batch: 128, optimizer: 'sgd', learningRate: 1, decay: 'none' },
    { tasks: pipelineWith({}).tasks.map((t) => ({ ...t, lossWeight: 1000, positiveWeight: 1000 })) },
  );
  await openLab(
    page,
    `./?backend=wasm${smallWorldLink({ ...pipeline, towers: { block: 'mlp', params: { layers: [32, 32], dropout: 0, batchNorm: false } } })}`,
  );
  await button(page, 'Train').click();
  await waitForState(page, 'Failed');
  await expect(page.getByTestId('banner')).toContainText(
    /Step \d+ diverged in .*(input|bottom|towers|top)\./,
  );
  await page.getByRole('button', { name: 'Start over' }).click();
  await waitForState(page, 'Ready');
});

/** A few hundred rows: a software adapter takes about ten milliseconds a row. */
const fewRows = csv(
  Array.from({ length: 320 }, (_, i) => {
    const cells = row(i, i % 3 === 0 ? 1 : 0, i % 9 === 0 ? 1 : 0);
    return cells.map((v, c) =>
      c > 16 && c < 80 ? ((i * 7 + c * 13) % 29) / 29 + (i % 3 === 0 ? 0.3 : 0) : v,
    );
  }),
);

async function openFewRows(page: Page, backend: string, pipeline: Pipeline): Promise<void> {
  await openLab(page, `./?backend=${backend}${smallWorldLink(pipeline)}`);
  await give(page, 'few.csv', fewRows);
  await openIfAsked(page);
  await expect(page.getByTestId('data-chip')).toContainText('few.csv');
  await expect(button(page, 'Train')).toBeEnabled();
}

test('WebGPU (software): trains, survives the loss of its device from the last snapshot, and says so', async ({
  page,
}) => {
  test.setTimeout(240_000);
  const bottom = { block: 'nse', params: { layers: [16, 8], dropout: 0, batchNorm: false } };
  const towers = {
    block: 'task-attention',
    params: { width: 8, heads: 2, layers: 1, ratio: 1, mask: 'none', dropout: 0 },
  };
  await openFewRows(
    page,
    'webgpu-software',
    pipelineWith({ steps: 2000, batch: 16, evaluateEvery: 2000 }, { bottom, towers }),
  );
  await button(page, 'Train').click();
  await waitForStep(page, 5, 120_000);
  await expect(page.getByTestId('backend')).toContainText('WebGPU');
  const trainer = page.workers().find((w) => w.url().includes('trainer'))!;
  const lost = await trainer.evaluate(() =>
    (globalThis as unknown as { seesaw: { loseDevice(): boolean } }).seesaw.loseDevice(),
  );
  expect(lost).toBe(true);
  await expect(page.getByTestId('banner')).toContainText(/The GPU was lost .* goes on from step \d+ on/, {
    timeout: 60_000,
  });
  const at = await stepOf(page);
  await waitForStep(page, at + 5, 120_000);
  await expect(page.getByTestId('run-state')).toHaveText('Training');
  await button(page, 'Pause').click();
  await waitForState(page, 'Paused');
  // A run that computed nothing would show a loss of 0.
  const losses = (await curves(page)).slice(1).map((r) => Number(r[3]));
  expect(losses.every((l) => l > 0.05)).toBe(true);
});

test('WebGPU (software) and wasm agree over ten steps of the page’s own run within 1e-3', async ({
  page,
}) => {
  test.setTimeout(240_000);
  const pipeline = pipelineWith({ steps: 10, batch: 32, evaluateEvery: 10 });
  const readings: number[][] = [];
  for (const backend of ['webgpu-software', 'wasm']) {
    await openFewRows(page, backend, pipeline);
    await button(page, 'Train').click();
    await waitForState(page, 'Finished', 180_000);
    readings.push((await curves(page)).slice(1).flat().map(Number));
    await page.goto('about:blank');
  }
  const [gpu, wasm] = readings as [number[], number[]];
  expect(gpu.length).toBe(wasm.length);
  wasm.forEach((v, i) => {
    expect(Math.abs(v - gpu[i]!), `number ${i}`).toBeLessThanOrEqual(1e-3 * Math.max(1e-3, Math.abs(v)));
  });
});
