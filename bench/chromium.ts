/** The bench in headless Chromium: the same steps in a worker, and how soon the built lab can be used. */
import { join } from 'node:path';
import { type Browser, chromium, type Page } from '@playwright/test';
import { build, preview } from 'vite';
import { median } from './measure';
import type { ModelId } from './models';
import type { StepResult } from './steps';
import { benchStreaming, type TabCost } from './streaming';

export interface BrowserCase {
  readonly model: ModelId;
  readonly batch: number;
  readonly rounds: number;
  readonly slice: number;
}

export interface Start {
  /** Milliseconds from the address to a page whose pipeline can be edited, with a warm cache; the median. */
  readonly interactive: number;
  /** The same to a Train button that can be pressed: by then the world that the lab opens with is drawn. */
  readonly trainable: number;
  /** Milliseconds from Train to the first step that the page shows, on wasm; the median. */
  readonly firstStep: number;
  readonly loads: number;
}

export interface BrowserReport {
  readonly date: string;
  readonly version: string;
  readonly steps: readonly StepResult[];
  readonly start: Start;
  /** Absent in files written before it was measured. */
  readonly streaming?: readonly TabCost[];
}

/** Serves a folder of built files until `use` is done. */
async function served<T>(root: string, outDir: string, use: (address: string) => Promise<T>): Promise<T> {
  const server = await preview({
    root,
    configFile: false,
    logLevel: 'error',
    build: { outDir },
    preview: { host: '127.0.0.1', port: 4331 },
  });
  try {
    return await use(server.resolvedUrls!.local[0]!);
  } finally {
    await server.close();
  }
}

async function stepsIn(page: Page, cases: readonly BrowserCase[], say: (text: string) => void) {
  const found: StepResult[] = [];
  for (const each of cases) {
    say(`Chromium: steps of ${each.model}, batch ${each.batch} …`);
    found.push(
      await page.evaluate((request) => {
        const { benchCase } = globalThis as unknown as {
          benchCase(c: BrowserCase): Promise<StepResult>;
        };
        return benchCase(request);
      }, each),
    );
  }
  return found;
}

const LOADS = 5;

/** The lab as built, loaded again and again in one browser. The world that it opens with is drawn anew at each load. */
async function startOf(browser: Browser, address: string): Promise<Start> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  const page = await context.newPage();
  const interactive: number[] = [];
  const trainable: number[] = [];
  const firstStep: number[] = [];
  const train = page.getByRole('button', { name: 'Train', exact: true });
  for (let load = -1; load < LOADS; load++) {
    await page.goto(`${address}?backend=wasm`, { waitUntil: 'commit' });
    await page.getByRole('button', { name: 'Presets', exact: true }).waitFor();
    // The page's own clock: it starts where the navigation does.
    const usable = await page.evaluate(() => performance.now());
    await page.waitForFunction(
      () => {
        const button = [...document.querySelectorAll('button')].find((b) => b.textContent === 'Train');
        return button && !button.disabled;
      },
      undefined,
      { timeout: 120_000 },
    );
    const ready = await page.evaluate(() => performance.now());
    await train.click();
    await page.waitForFunction(
      () => Number(document.querySelector('[data-testid="step"]')?.textContent?.replace(/\D/g, '')) > 0,
      undefined,
      { timeout: 120_000, polling: 50 },
    );
    const stepped = await page.evaluate(() => performance.now());
    if (load < 0) continue;
    interactive.push(usable);
    trainable.push(ready);
    firstStep.push(stepped - ready);
  }
  await context.close();
  return {
    interactive: median(interactive),
    trainable: median(trainable),
    firstStep: median(firstStep),
    loads: LOADS,
  };
}

/**
 * Runs the browser's part. The lab must be built.
 * @param root of the repository
 * @param executablePath of Chromium
 */
export async function benchChromium(
  root: string,
  executablePath: string,
  cases: readonly BrowserCase[],
  say: (text: string) => void,
): Promise<BrowserReport> {
  const bench = join(root, 'bench', 'browser');
  const outDir = join(root, '.seesaw', 'bench-page');
  await build({
    root: bench,
    configFile: false,
    base: './',
    logLevel: 'error',
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: true, target: 'es2023' },
  });
  const asRoot = process.getuid?.() === 0;
  const browser = await chromium.launch({
    executablePath,
    // Chromium's sandbox refuses to start as root, as which containers run.
    args: [...(asRoot ? ['--no-sandbox'] : []), '--no-first-run', '--disable-background-networking'],
  });
  try {
    const steps = await served(bench, outDir, async (address) => {
      const page = await browser.newPage();
      await page.goto(address);
      return stepsIn(page, cases, say);
    });
    say('Chromium: how soon the lab can be used …');
    const [start, streaming] = await served(root, 'dist', async (address) => [
      await startOf(browser, address),
      await benchStreaming(browser, address, say),
    ]);
    const date = new Date().toISOString().slice(0, 10);
    return { date, version: browser.version(), steps, start, streaming };
  } finally {
    await browser.close();
  }
}
