/** Shards on the built page: kept over a reload, room that runs out, a folder that is chosen, and an address that is asked before it is fetched. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { unzipSync } from 'fflate';
import { dataTab, labAddress } from './dataLab';
import { button, noViolations, openLab } from './lab';

const kept = (page: Page) => page.locator('.data-tab').getByRole('region', { name: 'Kept in this browser' });
const print = (page: Page) => page.locator('.data-tab dd.mono').textContent();

async function save(page: Page): Promise<void> {
  await dataTab(page);
  await kept(page).getByRole('button', { name: 'Save the data in use' }).click();
}

test('a shard is kept over a reload, opened as it was, and deleted after a second press', async ({
  page,
}) => {
  await openLab(page, labAddress());
  await save(page);
  await expect(kept(page).getByRole('listitem')).toHaveCount(1, { timeout: 30_000 });
  const saved = await print(page);
  await page.locator('.data-tab').getByRole('radio', { name: 'FR' }).check();
  await expect(page.getByTestId('data-chip')).toContainText('FR', { timeout: 60_000 });
  await page.reload();
  await expect(button(page, 'Train')).toBeEnabled({ timeout: 60_000 });
  await dataTab(page);
  await page.locator('.data-tab').getByRole('radio', { name: 'NL' }).check();
  await expect(page.getByTestId('data-chip')).toContainText('NL', { timeout: 60_000 });
  await kept(page)
    .getByRole('button', { name: /^Open / })
    .click();
  await expect.poll(() => print(page), { timeout: 30_000 }).toBe(saved);
  await expect(page.getByTestId('data-chip')).toContainText('simulated');
  await kept(page)
    .getByRole('button', { name: /^Delete / })
    .click();
  await expect(kept(page).getByRole('button', { name: 'Keep' })).toBeFocused();
  await noViolations(page, 'the question before deleting');
  await kept(page).getByRole('button', { name: 'Delete for good' }).click();
  await expect(kept(page).getByText('Nothing is kept yet.')).toBeVisible();
  expect(await print(page)).toBe(saved);
});

test('where the room runs out, the sentence says so and nothing that was kept is lost', async ({
  page,
  baseURL,
}) => {
  await openLab(page, labAddress());
  // Room for one such world (12 MB) and not for two. Chromium heeds a quota only where nothing has been stored before.
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Storage.overrideQuotaForOrigin', {
    origin: new URL(baseURL!).origin,
    quotaSize: 18_000_000,
  });
  await save(page);
  await expect(kept(page).getByRole('listitem')).toHaveCount(1, { timeout: 30_000 });
  const saved = await print(page);
  // Another world: the same one would only take the place of what is kept.
  await page.locator('.data-tab').getByRole('radio', { name: 'FR' }).check();
  await expect(page.getByTestId('data-chip')).toContainText('FR', { timeout: 60_000 });
  await save(page);
  await expect(kept(page).getByRole('alert')).toContainText(/room/, { timeout: 30_000 });
  await expect(kept(page).getByRole('listitem')).toHaveCount(1);
  await cdp.send('Storage.overrideQuotaForOrigin', { origin: new URL(baseURL!).origin });
  await kept(page)
    .getByRole('button', { name: /^Open / })
    .click();
  await expect.poll(() => print(page), { timeout: 30_000 }).toBe(saved);
});

/** The data in use as the files of a shard. */
async function download(page: Page): Promise<Map<string, Uint8Array>> {
  const coming = page.waitForEvent('download');
  await kept(page).getByRole('button', { name: 'Download ZIP' }).click();
  const chunks: Buffer[] = [];
  for await (const chunk of await (await coming).createReadStream()) chunks.push(chunk as Buffer);
  return new Map(
    Object.entries(unzipSync(Buffer.concat(chunks))).map(([name, bytes]) => [name.split('/').at(-1)!, bytes]),
  );
}

test('a downloaded shard opens as a folder, and a folder that is none loses nothing', async ({ page }) => {
  await openLab(page, labAddress());
  await dataTab(page);
  const saved = await print(page);
  const folder = mkdtempSync(join(tmpdir(), 'shard-'));
  try {
    for (const [name, bytes] of await download(page)) writeFileSync(join(folder, name), bytes);
    await page.locator('.data-tab').getByRole('radio', { name: 'FR' }).check();
    await expect(page.getByTestId('data-chip')).toContainText('FR', { timeout: 60_000 });
    const choose = page.locator('.data-tab').getByLabel('Folder of a shard');
    await choose.setInputFiles(folder);
    await expect.poll(() => print(page), { timeout: 60_000 }).toBe(saved);
    rmSync(join(folder, 'manifest.json'));
    await choose.setInputFiles(folder);
    await expect(page.getByTestId('banner')).toContainText('manifest.json');
    expect(await print(page)).toBe(saved);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const HOST = 'data.example.org';

test('an address is asked before anything but its manifest is fetched', async ({ page }) => {
  test.setTimeout(180_000);
  await openLab(page, labAddress());
  await dataTab(page);
  const files = await download(page);
  expect([...files.keys()]).toContain('manifest.json');
  const saved = await print(page);

  const fetched: string[] = [];
  await page.context().route(`https://${HOST}/**`, (route) => {
    const name = new URL(route.request().url()).pathname.split('/').at(-1)!;
    fetched.push(name);
    const bytes = files.get(name);
    const headers = { 'access-control-allow-origin': '*' };
    return bytes
      ? route.fulfill({ status: 200, headers, body: Buffer.from(bytes) })
      : route.fulfill({ status: 404, headers });
  });
  const link = `./?backend=wasm#/data?shard=${encodeURIComponent(`https://${HOST}/es/manifest.json`)}`;
  await page.goto('about:blank');
  await page.goto(link);
  const question = page.getByRole('dialog', { name: 'Fetch this data?' });
  await expect(question).toBeVisible({ timeout: 60_000 });
  await expect(question).toContainText(HOST);
  await expect(question).toContainText(/rows\s*\d\d,\d{3}/);
  await noViolations(page, 'the question before fetching');
  expect(new Set(fetched)).toEqual(new Set(['manifest.json']));
  await question.getByRole('button', { name: /^Fetch/ }).click();
  await expect.poll(() => fetched.some((name) => name.endsWith('.parquet')), { timeout: 30_000 }).toBe(true);
  await expect(page.locator('.data-view dd.mono')).toHaveText(saved!, { timeout: 60_000 });

  // Asked again and refused, nothing more is fetched; an address that leads nowhere is one sentence.
  fetched.length = 0;
  await page.goto('about:blank');
  await page.goto(link);
  await question.getByRole('button', { name: 'No' }).click();
  await expect(question).toHaveCount(0);
  expect(new Set(fetched)).toEqual(new Set(['manifest.json']));
  await page
    .locator('.data-view')
    .getByRole('textbox', { name: 'Address of a shard' })
    .fill(`https://${HOST}/gone/x.json`);
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('banner')).toContainText(HOST);
});
