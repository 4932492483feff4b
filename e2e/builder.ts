/** How the tests build: blocks dragged from the palette to their places by the mouse, and what the cards draw of their insides. */
import { expect, type Locator, type Page } from '@playwright/test';
import { PILLARS } from '../src/lab/builder/places';
import type { BlockSpec, Pillar } from '../src/pipeline/spec';

/** The pipeline's name, which lists its blocks. */
export const title = (page: Page) => page.locator('.pipehead h2');

/** A block in the palette, whose pillar is opened where it is not. */
export async function entry(page: Page, { pillar, title: name }: BlockSpec): Promise<Locator> {
  const heading = PILLARS.find((p) => p.pillar === pillar)!.title;
  const opens = page.locator('.palette').getByRole('button', { name: new RegExp(`^${heading}`) });
  if ((await opens.getAttribute('aria-expanded')) === 'false') await opens.click();
  return page
    .locator('.palette .entry')
    .filter({ has: page.locator('.entry-name').getByText(name, { exact: true }) });
}

const centre = async (target: Locator): Promise<[number, number]> => {
  const box = (await target.boundingBox())!;
  return [box.x + box.width / 2, box.y + box.height / 2];
};

/** Where a block may be dropped while one is being dragged: one outline for each pillar that has a card. */
export const place = (page: Page, pillar: Pillar) => page.getByTestId(`drop-${pillar}`);

/** Takes a block by the mouse, so that every place says whether it fits there; it hangs on the pointer afterwards. */
export async function pick(page: Page, spec: BlockSpec): Promise<void> {
  const name = (await entry(page, spec)).locator('.entry-name');
  // Scrolls to it where the palette is long, and waits until nothing lies over it.
  await name.hover();
  const [x, y] = await centre(name);
  await page.mouse.down();
  await page.mouse.move(x + 12, y, { steps: 3 });
  await expect(place(page, spec.pillar)).toBeVisible();
}

/** Moves what hangs on the pointer over a place. */
export async function carry(page: Page, pillar: Pillar): Promise<void> {
  const [x, y] = await centre(place(page, pillar));
  await page.mouse.move(x, y, { steps: 2 });
  await page.mouse.move(x + 3, y);
}

/** Drags a block to its place and lets it go there. */
export async function drag(page: Page, spec: BlockSpec): Promise<void> {
  await pick(page, spec);
  await carry(page, spec.pillar);
  await expect(place(page, spec.pillar)).toHaveClass(/over/);
  await page.mouse.up();
  await expect(page.locator('.drop')).toHaveCount(0);
}
