/** Symbols of equations and the parts that they light, and a step's pulse in slow motion: on the built page. */
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

const link = `./?backend=wasm${smallWorldLink(pipelineWith({ steps: 4000, batch: 128, evaluateEvery: 1000 }))}`;

/** Addresses of all parts that are lit, as sets in the order of the page. */
const lit = (page: Page) =>
  page.locator('[data-part].lit').evaluateAll((all) => all.map((part) => (part as HTMLElement).dataset.part));

const symbol = (page: Page, name: string) =>
  page.getByRole('list', { name: 'Symbols' }).getByRole('button', { name: new RegExp(`^${name}: `) });

test('a symbol lights its parts by pointer and by keyboard, and a part its symbol', async ({ page }) => {
  // No data are needed to look at an equation.
  await page.goto('./?backend=wasm');
  await page.locator('.symbols > summary').press('Enter');
  await symbol(page, 'A_i').hover();
  await expect.poll(() => lit(page)).toEqual(['towers probe.attention', 'towers knob.heads']);
  // Not by colour alone: an outline, and heavier lines.
  const map = page.locator('[data-part="towers probe.attention"]');
  await expect(map).toHaveCSS('outline-style', 'solid');
  await expect(map.locator('.cellframe')).toHaveCSS('stroke-width', '3px');
  // In the equation itself.
  await page.locator('.eq-lines [data-symbol="0"]').first().hover();
  await expect.poll(() => lit(page)).toEqual(['bottom out|towers in']);
  await page.locator('.brand').hover();
  await expect.poll(() => lit(page)).toEqual([]);
  // By keyboard, heard with its meaning and its place; a press makes it stay.
  await symbol(page, 'b').focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(symbol(page, 'A_i')).toBeFocused();
  await expect(symbol(page, 'A_i')).toHaveAccessibleName(
    /rows sum to 1\. On the page: in the card: attention map/,
  );
  await page.keyboard.press('Enter');
  await page.locator('.brand').hover();
  await expect(symbol(page, 'A_i')).toHaveAttribute('aria-pressed', 'true');
  await noViolations(page, 'a symbol that is kept');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Shift+Tab');
  await expect.poll(() => lit(page)).toEqual(['towers knob.width']);

  // The other way round: a drawing and a knob light the symbol.
  await page
    .getByRole('switch')
    .first()
    .or(page.locator('[data-part="towers knob.ratio"] input').first())
    .focus();
  const shown = page.locator('.symbols button.lit');
  const box = (await map.boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await expect(shown).toHaveAccessibleName(/^A_i/);
  await expect(page.locator('.eq-lines .lit')).not.toHaveCount(0);
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await expect(page.getByRole('button', { name: /^Task Attention/ }).first()).toHaveAttribute(
    'aria-pressed',
    'true',
  );
});

test('in slow motion a pulse a lane runs and lays nothing out; where motion is not wanted, words say it', async ({
  page,
}) => {
  await openLab(page, link);
  await button(page, 'Train').click();
  await waitForStep(page, 3);
  await expect(page.locator('.pulse')).toHaveCount(0);
  await page.keyboard.press(',');
  await page.keyboard.press(',');
  await expect(page.locator('.pulse .there')).toHaveCount(2);
  await expect(page.locator('.pulse')).toHaveAttribute('style', /--beat: ?500ms/);
  const moved = await page.evaluate(
    () =>
      new Promise<{ shift: number; properties: string[]; places: number }>((done) => {
        let shift = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries())
            shift += (entry as PerformanceEntry & { value: number }).value;
        }).observe({ type: 'layout-shift' });
        const places = new Set<string>();
        const properties = new Set<string>();
        const until = performance.now() + 1500;
        const look = () => {
          for (const animation of document.getAnimations()) {
            const effect = animation.effect as KeyframeEffect;
            if (!effect.target?.closest('.pulse')) continue;
            for (const frame of effect.getKeyframes())
              for (const name of Object.keys(frame)) properties.add(name);
            places.add(getComputedStyle(effect.target).transform);
          }
          if (performance.now() < until) requestAnimationFrame(look);
          else done({ shift, properties: [...properties].sort(), places: places.size });
        };
        look();
      }),
  );
  expect(moved.shift).toBe(0);
  expect(moved.properties).toEqual([
    'composite',
    'computedOffset',
    'easing',
    'offset',
    'opacity',
    'transform',
  ]);
  expect(moved.places).toBeGreaterThan(2);
  await button(page, 'Pause').click();
  await waitForState(page, 'Paused');
  await expect(page.locator('.pulse')).toHaveCount(0);
  // A step by hand shows its flow once.
  await button(page, 'Step').click();
  await expect(page.locator('.pulse .back')).toHaveCount(2);
  await expect(page.locator('.pulse')).toHaveCount(0, { timeout: 10_000 });

  // Where motion is not wanted, words say it.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await button(page, 'Resume').click();
  await expect(page.getByText('each step: forward, losses, back, update')).toBeVisible();
  await expect(page.locator('.pulse svg').first()).toBeHidden();
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
  await button(page, 'This step: what flows forward and back').click();
  const stages = page.getByRole('list', { name: 'Stages of a step' }).getByRole('listitem');
  await expect(stages).toHaveText([
    /^Forward Data → Embedding → .* → Task Attention → Identity$/,
    /^Losses click, purchase$/,
    /^Back gradients: Identity → Task Attention → .* → Embedding$/,
    /^Update Fixed weights/,
  ]);
});
