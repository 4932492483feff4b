/** How the tests drive the page: by what a user sees and a screen reader hears. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { DEFAULT_REQUEST, type SimulationRequest } from '../src/data/simulator/request';
import { defaultPipeline } from '../src/pipeline/defaults';
import { type Pipeline, pipelineSchema } from '../src/pipeline/schema';
import { encodeLink } from '../src/pipeline/share';

/** The default pipeline, with other training settings. */
export function pipelineWith(
  training: Partial<Pipeline['training']>,
  change: Partial<Pipeline> = {},
): Pipeline {
  const base = defaultPipeline();
  return pipelineSchema.parse({ ...base, ...change, training: { ...base.training, ...training } });
}

/** A share link to a pipeline on a small world, which is drawn sooner. @param world dials other than the default's */
export function smallWorldLink(pipeline: Pipeline, world: Partial<SimulationRequest> = {}): string {
  const request = { ...DEFAULT_REQUEST, ...world, impressions: 1_500_000, rows: 50_000 };
  return encodeLink({ pipeline, data: { kind: 'simulated', request } });
}

export const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** Opens the page and waits until Train can be pressed. */
export async function openLab(page: Page, address = './?backend=wasm'): Promise<void> {
  await page.goto(address);
  await expect(button(page, 'Train')).toBeEnabled({ timeout: 60_000 });
}

export async function stepOf(page: Page): Promise<number> {
  return Number((await page.getByTestId('step').textContent())!.replace(/\D/g, ''));
}

export async function waitForState(page: Page, word: string, timeout = 90_000): Promise<void> {
  await expect(page.getByTestId('run-state')).toHaveText(word, { timeout });
}

export async function waitForStep(page: Page, step: number, timeout = 90_000): Promise<void> {
  await expect.poll(() => stepOf(page), { timeout }).toBeGreaterThanOrEqual(step);
}

/** The curves at full precision, as the page hands them out: header and rows. */
export async function curves(page: Page): Promise<string[][]> {
  await page.getByRole('tab', { name: 'Curves' }).click();
  const coming = page.waitForEvent('download');
  await button(page, 'Download CSV').click();
  const stream = await (await coming).createReadStream();
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text
    .trim()
    .split('\n')
    .map((line) => line.split(','));
}

/** An AUC read-out as a number, e.g. ".748" → 0.748. */
export async function auc(page: Page, name: string): Promise<number> {
  return Number(await page.getByTestId(`auc-${name}`).textContent());
}

/** All attention maps on screen, each as rows of numbers. */
export async function attention(page: Page): Promise<number[][][]> {
  const tables = page.getByTestId('attention-map').first().locator('table');
  return tables.evaluateAll((all) =>
    all.map((table) =>
      [...table.querySelectorAll('tbody tr')].map((row) =>
        [...row.querySelectorAll('td')].map((cell) => Number(cell.textContent)),
      ),
    ),
  );
}

/** axe finds nothing: by all its rules in the light, and in the dark by the one that a theme decides. */
export async function noViolations(page: Page, state: string): Promise<void> {
  // Otherwise axe gathers what it found in each frame on a blank page of its own, which takes longer than to look.
  expect(page.frames(), 'the lab has no frames').toHaveLength(1);
  const look = async (colorScheme: 'light' | 'dark') => {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page })
      .setLegacyMode(true)
      .options({
        // What passes is not described element by element.
        resultTypes: ['violations'],
        ...(colorScheme === 'dark' && { runOnly: ['color-contrast'] }),
      })
      .analyze();
    const said = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
    expect(said, `${state}, ${colorScheme}`).toEqual([]);
  };
  await look('dark');
  await look('light');
}
