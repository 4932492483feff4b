/** Races and steps by hand on the built page: by keyboard from the line-up to the verdict, and what a step tells. */
import { expect, type Page, test } from '@playwright/test';
import { DEFAULT_REQUEST } from '../src/data/simulator/request';
import { blockWith } from '../src/pipeline/defaults';
import { encodeLink } from '../src/pipeline/share';
import { button, noViolations, openLab, pipelineWith, smallWorldLink, stepOf, waitForState } from './lab';

const shared = pipelineWith(
  { steps: 30, batch: 128, evaluateEvery: 10 },
  { bottom: blockWith('bottom', 'shared-bottom', { layers: [16] }), towers: blockWith('tower', 'mlp') },
);
const address = `./?backend=wasm${smallWorldLink(shared)}`;

/** Presses a control that has the focus or gets it, as a keyboard does. */
const press = async (page: Page, name: string | RegExp) => {
  await page.getByRole('button', { name, exact: typeof name === 'string' }).press('Enter');
};

test('Shared-Bottom races Single task, by keyboard, through to the verdict', async ({ page }) => {
  await openLab(page, address);
  await page.getByRole('tab', { name: 'Runs' }).click();
  await press(page, 'Race');
  await press(page, 'This pipeline');
  await press(page, 'The same with Single task');
  const entrants = page.getByTestId('entrant');
  await expect(entrants).toHaveCount(2);
  await expect(entrants.nth(1).getByRole('textbox')).toHaveValue('Single task');
  await expect(entrants.first()).toContainText(/parameters · .* FLOP a row/, { timeout: 30_000 });
  await press(page, 'The same with Single task');
  await expect(page.getByRole('alert')).toContainText('in the line-up already, as Single task');
  await noViolations(page, 'line-up');
  const steps = page.getByRole('textbox', { name: 'Steps' });
  await steps.fill('20');
  await steps.press('Enter');
  await expect(button(page, 'Start the race')).toBeDisabled();
  await expect(page.getByRole('region', { name: 'Differences' })).toContainText('Steps 30 → 20');
  await page.getByRole('checkbox', { name: 'Race them like this' }).press('Space');
  await press(page, 'Start the race');
  await expect(page.getByTestId('race-state')).toHaveText('Ended', { timeout: 90_000 });
  await expect(button(page, 'Train')).toBeEnabled();
  const verdict = page.getByTestId('verdict');
  await expect(verdict).toContainText(
    /Single task: .*CTR [+−][.\d]+ ± [.\d]+, (better|worse|within noise); CTCVR [+−]/,
    { timeout: 60_000 },
  );
  const racers = page.getByTestId('racer');
  await expect(racers).toHaveCount(2);
  for (const i of [0, 1]) await expect(racers.nth(i)).toContainText(/20 of 20.*finished.*[\d.]+ ms/);
  await expect(page.getByRole('region', { name: 'CTR AUC of the race' })).toContainText(
    /B, Single task: CTR AUC/,
  );
  await expect(page.getByTestId('compare-auc').nth(1)).toContainText(/±/);
  await expect(page.getByRole('region', { name: 'Seesaw plane' })).toContainText('Single task: CTR');
  await noViolations(page, 'verdict');
  // Both are kept, as of this race, over a reload.
  await page.reload();
  await press(page, 'Back to the lab');
  await page.getByRole('tab', { name: 'Runs' }).click();
  await expect(page.getByTestId('run-row')).toHaveCount(2);
  await expect(page.getByTestId('run-row').first()).toContainText('in a race');
});

test('a race is paused and stopped, and gives the trainer back; a link brings its line-up', async ({
  page,
}) => {
  const long = { ...shared, training: { ...shared.training, steps: 20_000 } };
  const mmoe = { ...long, bottom: blockWith('bottom', 'mmoe', { layers: [16] }) };
  const request = { ...DEFAULT_REQUEST, impressions: 1_500_000, rows: 50_000 };
  const entrants = [
    { name: 'Shared', pipeline: long, own: false },
    { name: 'MMoE', pipeline: mmoe, own: false },
  ];
  const race = { entrants, change: {} };
  const link = encodeLink({ pipeline: long, data: { kind: 'simulated', request }, race });
  await page.goto(`./?backend=wasm${link}`);
  await expect(button(page, 'Start the race')).toBeEnabled({ timeout: 60_000 });
  await button(page, 'Start the race').click();
  const state = page.getByTestId('race-state');
  await expect(state).toHaveText('Racing', { timeout: 60_000 });
  const racers = page.getByTestId('racer');
  await expect(racers.first()).toContainText(/[1-9]\d* of 20,000/, { timeout: 30_000 });
  await expect(button(page, 'Train')).toBeDisabled();
  await button(page, 'Pause').click();
  await expect(state).toHaveText('Paused');
  // What was on its way is drawn within a second.
  await page.waitForTimeout(1000);
  const at = await racers.allTextContents();
  await page.waitForTimeout(800);
  expect(await racers.allTextContents()).toEqual(at);
  await button(page, 'Resume').click();
  await expect.poll(() => racers.allTextContents(), { timeout: 30_000 }).not.toEqual(at);
  await button(page, 'Stop').click();
  await expect(state).toHaveText('Ended');
  await expect(page.getByText('It was stopped before the end.')).toBeVisible();
  await expect(button(page, 'Train')).toBeEnabled();
  await button(page, 'Back to the lab').click();
  await button(page, 'Step').click();
  await expect.poll(() => stepOf(page), { timeout: 60_000 }).toBe(1);
});

/** What the list of runs keeps of a racer, without times. */
const keptRuns = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<unknown[]>((resolve, reject) => {
        const opened = indexedDB.open('seesaw-runs');
        opened.onerror = () => reject(opened.error);
        opened.onsuccess = () => {
          const all = opened.result.transaction('runs').objectStore('runs').getAll();
          all.onsuccess = () => {
            opened.result.close();
            const told = all.result.map(({ run }) => [
              run.race.entrant,
              run.state,
              run.curves,
              run.evaluations,
              run.race.against,
            ]);
            resolve(told.sort((a, b) => a[0] - b[0]));
          };
        };
      }),
  );

test('a race that a reload cuts off goes on from where it was, to the last bit', async ({
  page,
  context,
}) => {
  test.slow();
  const long = { ...shared, training: { ...shared.training, steps: 600, evaluateEvery: 100 } };
  const entrants = [
    { name: 'Shared', pipeline: long, own: false },
    {
      name: 'MMoE',
      pipeline: { ...long, bottom: blockWith('bottom', 'mmoe', { layers: [16] }) },
      own: false,
    },
  ];
  const request = { ...DEFAULT_REQUEST, impressions: 1_500_000, rows: 50_000 };
  const link = encodeLink({
    pipeline: long,
    data: { kind: 'simulated', request },
    race: { entrants, change: {} },
  });
  const state = page.getByTestId('race-state');
  const begin = async () => {
    await page.goto(`./?backend=wasm${link}`);
    await expect(button(page, 'Start the race')).toBeEnabled({ timeout: 60_000 });
    await button(page, 'Start the race').click();
    await expect(state).toHaveText('Racing', { timeout: 60_000 });
  };
  const toTheEnd = async () => {
    await expect(state).toHaveText('Ended', { timeout: 120_000 });
    await expect(page.getByTestId('verdict')).toContainText('row by row', { timeout: 60_000 });
  };
  await begin();
  const racers = page.getByTestId('racer');
  await expect(racers.first()).toContainText(/[1-9]\d\d of 600/, { timeout: 60_000 });
  await button(page, 'Pause').click();
  await expect(state).toHaveText('Paused');
  const at = /(\d+) of 600/.exec((await racers.first().textContent())!)![1]!;
  // All rest at one step, and go on from it by hand, by key.
  await expect(racers.nth(1)).toContainText(`${at} of 600`);
  await page.keyboard.press('s');
  const next = String(Number(at) + 1);
  for (const i of [0, 1]) await expect(racers.nth(i)).toContainText(`${next} of 600`);
  await page.waitForTimeout(1000);
  await page.reload();
  const offer = page.getByTestId('resume-race');
  await expect(offer).toContainText(`Shared against MMoE, ${next} of 600 steps`, { timeout: 60_000 });
  await noViolations(page, 'a race is offered');
  await offer.getByRole('button', { name: `Resume from step ${next}` }).press('Enter');
  await expect(state).toHaveText('Racing', { timeout: 60_000 });
  await toTheEnd();
  await expect(offer).toHaveCount(0);
  const broken = await keptRuns(page);
  await page.reload();
  await expect(button(page, 'Back to the lab')).toBeVisible();
  await expect(offer).toHaveCount(0);
  const other = await context.browser()!.newContext();
  const whole = await other.newPage();
  await whole.goto(`${page.url().split('#')[0]!.split('?')[0]!}?backend=wasm${link}`);
  await button(whole, 'Start the race').click({ timeout: 60_000 });
  await expect(whole.getByTestId('race-state')).toHaveText('Ended', { timeout: 120_000 });
  await expect(whole.getByTestId('verdict')).toContainText('row by row', { timeout: 60_000 });
  expect(await keptRuns(whole)).toEqual(broken);
  await other.close();
});

test('a step by hand shows what flowed, and is heard', async ({ page }) => {
  await openLab(page, address);
  await button(page, 'This step: what flows forward and back').press('Enter');
  const panel = page.getByRole('region', { name: 'This step' });
  await expect(panel).toContainText('Press Step');
  await page.keyboard.press('s');
  await expect(panel.getByRole('heading')).toHaveText('Step 1', { timeout: 60_000 });
  await expect(panel).toContainText(/128 rows: \d+ with a click, \d+ with a purchase/);
  await expect(panel).toContainText(/click and purchase: cosine [−.\d]+/);
  await expect(panel).toContainText(/Shared-Bottom/);
  await expect(panel.getByRole('status')).toContainText(/Step 1: click loss .* to .*, purchase loss/);
  await button(page, 'Step').press('Enter');
  await expect(panel.getByRole('heading')).toHaveText('Step 2');
  await noViolations(page, 'step');
  await panel.getByRole('button', { name: 'Close' }).press('Escape');
  await expect(panel).toHaveCount(0);
  await expect(button(page, 'This step: what flows forward and back')).toBeFocused();
  await waitForState(page, 'Paused');
});
