/** Whether the page stands still by itself: what the browser reports as moved while numbers stream, and when each of them gains a digit. */
import type { Page } from '@playwright/test';

/** What is noted in the page itself. */
interface Notes {
  /** What moved without a press, in words. */
  readonly shifts: string[];
  /** Times at which something was written, and the texts that were. */
  writes: number;
  readonly streamed: Set<Text>;
  /** Changes of the frames of charts whose ticks stayed what they are. */
  readonly redrawn: string[];
  readonly observers: MutationObserver[];
  /** When something was pressed last: the browser takes what moves within half a second for its doing. */
  pressed: number;
}

/** The page as the scripts below know it. */
type Watching = typeof globalThis & { still: Notes };

/** Notes from the first paint on what moves without anybody having pressed anything, and which texts stream. */
export async function watchStillness(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const still: Notes = {
      shifts: [],
      writes: 0,
      streamed: new Set(),
      redrawn: [],
      observers: [],
      pressed: 0,
    };
    Object.assign(globalThis, { still });
    const at = ({ x, y, width, height }: DOMRectReadOnly) => [x, y, width, height].map(Math.round).join(' ');
    const nameOf = (node: Node | null) => {
      const element = node instanceof Element ? node : node?.parentElement;
      return `${element?.tagName}.${element?.getAttribute('class')} "${node?.textContent?.slice(0, 40)}"`;
    };
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { hadRecentInput, value, sources } = entry as PerformanceEntry & {
          hadRecentInput: boolean;
          value: number;
          sources: { node: Node | null; previousRect: DOMRectReadOnly; currentRect: DOMRectReadOnly }[];
        };
        if (hadRecentInput) continue;
        const moves = sources.map(
          ({ node, previousRect, currentRect }) => `${nameOf(node)} ${at(previousRect)} → ${at(currentRect)}`,
        );
        still.shifts.push(`${value.toPrecision(2)}: ${moves.join(', ')}`);
      }
    }).observe({ type: 'layout-shift', buffered: true });
    for (const press of ['pointerdown', 'pointerup', 'keydown']) {
      addEventListener(press, () => (still.pressed = performance.now()), { capture: true });
    }
    new MutationObserver((all) => {
      still.writes++;
      for (const { target } of all) if (target instanceof Text) still.streamed.add(target);
    }).observe(document, { subtree: true, characterData: true });
  });
}

/**
 * Counts the elements of the page, and watches from now on all but the curves of every chart on the screen: one whose ticks
 * change has a reason to be drawn again.
 * @returns the elements, and how many charts there are
 */
export async function elementsOf(page: Page): Promise<{ elements: number; frames: number }> {
  return page.evaluate(() => {
    const { still } = globalThis as Watching;
    for (const observer of still.observers.splice(0)) observer.disconnect();
    const charts = [...document.querySelectorAll('.chart .recharts-surface')];
    for (const chart of charts) {
      const moves = (node: Node) => (node instanceof Element ? node : node.parentElement)?.closest('.moving');
      const ticks = () =>
        [...chart.querySelectorAll('text')].map((t) => (moves(t) ? '' : `${t.textContent} `)).join('');
      const before = ticks();
      const observer = new MutationObserver((all) => {
        const frame = all.filter((change) => !moves(change.target));
        if (frame.length > 0 && ticks() === before)
          still.redrawn.push(`${frame.length} changes in ${before}`);
      });
      observer.observe(chart, { subtree: true, childList: true, attributes: true, characterData: true });
      still.observers.push(observer);
    }
    return {
      elements: document.querySelectorAll('*').length,
      frames: charts.filter((chart) => /\d steps/.test(chart.textContent!)).length,
    };
  });
}

/** Frames of charts that were drawn again for nothing, since the last time that this was asked. */
export const redrawnOf = (page: Page): Promise<string[]> =>
  page.evaluate(() => (globalThis as Watching).still.redrawn.splice(0));

/** What has moved since the last time that this was asked. */
export const shiftsOf = (page: Page): Promise<string[]> =>
  page.evaluate(() => (globalThis as Watching).still.shifts.splice(0));

/** Forgets what streamed so far: the next place has texts of its own. */
export const forget = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const { still } = globalThis as Watching;
    still.writes = 0;
    still.streamed.clear();
  });

/** How often something has been written since. */
export const writesOf = (page: Page): Promise<number> =>
  page.evaluate(() => (globalThis as Watching).still.writes);

/**
 * Gives every figure of every text that streams a digit more for some frames, steps those of the run's end: what a fast run
 * comes to sooner or later, and a slow machine not while it is watched. What moves is noted as if it had come by itself.
 * @param last step of the run
 * @returns the texts that grew
 */
export async function growFigures(page: Page, last: number): Promise<string[]> {
  return page.evaluate(async (end) => {
    const { still } = globalThis as Watching;
    // Else what moves would be put down to the last press.
    const since = performance.now() - still.pressed;
    if (since < 700) await new Promise((resolve) => setTimeout(resolve, 700 - since));
    const shown = new Intl.NumberFormat('en-US');
    const larger = (text: string, step: boolean) =>
      text.replace(/(step )?((?:\d+)?\.\d+|\d+(?:,\d{3})*)/gi, (_, word = '', figure: string) => {
        if (word || step) return `${word}${shown.format(end)}`;
        // What has digits before the point, or many behind it, is as wide as its kind becomes.
        if (figure.includes('.')) return /^\.\d{1,4}$/.test(figure) ? `1${figure}` : figure;
        return shown.format(Number(figure.replaceAll(',', '')) * 10 || 10);
      });
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const grown = [...still.streamed].flatMap((node) => {
      const before = node.data;
      const step = Boolean(node.parentElement?.closest('[data-testid="step"]'));
      // A sentence declares its longest form itself.
      const room = node.parentElement?.closest<HTMLElement>('.steady')?.dataset.room;
      const after = room ?? larger(before, step);
      return node.isConnected && after !== before ? [{ node, before, after }] : [];
    });
    const write = (node: Text, text: string) => {
      node.data = text;
      // What is set smaller where it is longer goes by this.
      const style = node.parentElement?.style;
      if (style?.getPropertyValue('--characters')) style.setProperty('--characters', String(text.length));
    };
    for (const { node, after } of grown) write(node, after);
    for (let i = 0; i < 3; i++) await frame();
    // What the run has written meanwhile stays.
    for (const { node, before, after } of grown) if (node.data === after) write(node, before);
    for (let i = 0; i < 3; i++) await frame();
    return grown.map(({ after }) => after);
  }, last);
}
