/** Every preset by the mouse: its blocks dragged to their places one by one, trained, and the insides that it shows moving as it learns. */
import { expect, type Page, test } from '@playwright/test';
import { CATALOG } from '../src/blocks/catalog';
import { pipelineName } from '../src/pipeline/name';
import { PRESETS, type Preset } from '../src/pipeline/presets';
import { blocksOf } from '../src/pipeline/schema';
import type { BlockSpec } from '../src/pipeline/spec';
import { drag, entry, title } from './builder';
import { button, openLab, pipelineWith, smallWorldLink, waitForState } from './lab';

/** Cards with a picture of their inside. */
const PICTURES = ['bottom', 'towers', 'top'] as const;
type Place = (typeof PICTURES)[number];

const named = ({ pipeline }: Preset) => `${pipelineName(pipeline)}, ${pipeline.tasks.length} tasks`;

/** Presets by their blocks and number of tasks: those that differ by settings and world alone are one by drag. */
const BY_BLOCKS = [...new Set(PRESETS.map(named))].map((name) => PRESETS.filter((p) => named(p) === name));

/** Blocks that a preset has and the page has not yet, which its name tells. */
async function missing(page: Page, { pipeline }: Preset): Promise<BlockSpec[]> {
  const held = (await title(page).textContent())!.split(' · ');
  return blocksOf(pipeline).flatMap(({ spec }) =>
    spec.pillar === 'balancer' || (spec.pillar === 'input' && !spec.refines) || held.includes(spec.title)
      ? []
      : [spec],
  );
}

/** Drags what a preset needs, by the mouse alone; an input that it has not is taken out by its button. */
async function build(page: Page, preset: Preset): Promise<void> {
  const wanted = blocksOf(preset.pipeline).map(({ spec }) => spec.title);
  const held = (await title(page).textContent())!.split(' · ');
  const tooMany = CATALOG.input.filter((spec) => held.includes(spec.title) && !wanted.includes(spec.title));
  for (const spec of tooMany) {
    await (await entry(page, spec)).getByRole('button', { name: `Remove ${spec.title}` }).click();
  }
  for (const spec of await missing(page, preset)) await drag(page, spec);
  await expect(title(page)).toHaveText(pipelineName(preset.pipeline));
}

/** What the cards draw of their insides, as markup. */
const insides = (page: Page) =>
  page.evaluate(
    (places) =>
      Object.fromEntries(
        places.map((p) => [p, document.querySelector(`[data-testid="inside-${p}"]`)!.innerHTML]),
      ) as Record<Place, string>,
    PICTURES,
  );

/** What of a preset can move: where the block publishes something, and the Top, whose probabilities are always read. */
const moving = ({ pipeline }: Preset): Place[] =>
  blocksOf(pipeline).flatMap(({ path, spec }) => {
    const place = PICTURES.find((p) => p === path);
    return place && (place === 'top' || Object.keys(spec.probes).length > 0) ? [place] : [];
  });

/** Trains until each inside that can move has been seen in two states after its first, which has no reading yet. */
async function trainAndWatch(page: Page, preset: Preset): Promise<void> {
  const places = moving(preset);
  const still = await insides(page);
  const seen = new Map(places.map((p) => [p, new Set([still[p]])]));
  await button(page, 'Train').click();
  await expect
    .poll(
      async () => {
        const now = await insides(page);
        for (const p of places) seen.get(p)!.add(now[p]);
        return places.filter((p) => seen.get(p)!.size < 3);
      },
      { message: `${preset.id}: insides that do not move`, timeout: 30_000, intervals: [100] },
    )
    .toEqual([]);
  for (const { path, spec } of blocksOf(preset.pipeline)) {
    if (path.startsWith('input') && Object.keys(spec.probes).length > 0) await watchTables(page, spec);
  }
  await button(page, 'Reset').click();
  await waitForState(page, 'Ready');
}

/** An input's card has no room for a picture: what it publishes moves in its dialog. */
async function watchTables(page: Page, spec: BlockSpec): Promise<void> {
  await button(page, `Inside ${spec.title}`).click();
  const tables = page.getByRole('dialog').getByRole('table');
  await expect(tables.first()).toBeVisible();
  const first = await tables.allTextContents();
  await expect.poll(() => tables.allTextContents(), { timeout: 30_000 }).not.toEqual(first);
  await page.keyboard.press('Escape');
}

for (const tasks of [2, 3]) {
  test(`every preset of ${tasks} tasks is built by drag, trains, and its insides move`, async ({ page }) => {
    test.setTimeout(300_000);
    const groups = BY_BLOCKS.filter((group) => group[0]!.pipeline.tasks.length === tasks);
    expect(groups.length).toBeGreaterThan(0);
    const pipeline = pipelineWith(
      { steps: 20_000, batch: 64, evaluateEvery: 10, learningRate: 0.02 },
      { tasks: groups[0]![0]!.pipeline.tasks },
    );
    // Of all markets, since one of the input blocks reads the market.
    const world = { country: 'ALL' as const, addToCart: tasks === 3 };
    await openLab(page, `./?backend=wasm${smallWorldLink(pipeline, world)}`);
    for (const group of groups) {
      await build(page, group[0]!);
      await trainAndWatch(page, group[0]!);
    }
  });
}

test('all presets are among those built by drag', () => {
  const sizes = BY_BLOCKS.map((group) => group[0]!.pipeline.tasks.length);
  expect(new Set(sizes)).toEqual(new Set([2, 3]));
  expect(BY_BLOCKS.flat().length).toBe(PRESETS.length);
});
