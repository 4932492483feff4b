/** What the page holds in memory over a long run, with every tab looked at in turn. */
import { readFileSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { preview } from 'vite';
import { DEFAULT_REQUEST } from '../src/data/simulator/request';
import { defaultPipeline } from '../src/pipeline/defaults';
import { encodeLink } from '../src/pipeline/share';
import { median } from './measure';

/** Memory at one moment. */
export interface MemorySample {
  /** Minutes since Train was pressed. */
  readonly minute: number;
  readonly step: number;
  /** Bytes that the page's own JavaScript uses, after a collection. */
  readonly page: number;
  /** Bytes of the whole renderer process: page, both workers, wasm, data; shared pages count for the part that is its own. */
  readonly renderer: number;
  /** Elements of the document. */
  readonly elements: number;
}

export interface LongRun {
  readonly date: string;
  readonly minutes: number;
  readonly samples: readonly MemorySample[];
  /** Highest after the first two minutes. */
  readonly page: number;
  readonly renderer: number;
  /** Median of the last fifth less that of the first fifth after the first two minutes. */
  readonly pageGrowth: number;
  readonly rendererGrowth: number;
}

/** Minutes until what is made once is made. */
const SETTLED = 2;
const EVERY = 10_000;

/** The growth of one figure over the settled part of a run. */
function growth(samples: readonly MemorySample[], of: 'page' | 'renderer'): number {
  const fifth = Math.max(1, Math.floor(samples.length / 5));
  const middle = (part: readonly MemorySample[]) => median(part.map((s) => s[of]));
  return middle(samples.slice(-fifth)) - middle(samples.slice(0, fifth));
}

/** @throws Error where a run is too short to say anything */
export function summarize(date: string, minutes: number, samples: readonly MemorySample[]): LongRun {
  const settled = samples.filter((s) => s.minute > SETTLED);
  if (settled.length < 5) throw new Error(`A long run takes more than ${SETTLED} minutes: ask for more.`);
  return {
    date,
    minutes,
    samples,
    page: Math.max(...settled.map((s) => s.page)),
    renderer: Math.max(...settled.map((s) => s.renderer)),
    pageGrowth: growth(settled, 'page'),
    rendererGrowth: growth(settled, 'renderer'),
  };
}

/** Proportional set size of a process, in bytes. Linux only. */
function residentOf(pid: number): number {
  const line = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
  if (!line) throw new Error('This system does not say what a process holds in memory: run it on Linux.');
  return 1024 * Number(line[1]);
}

/**
 * Trains the default pipeline on the default world for some minutes on wasm. The lab must be built.
 * @param root of the repository
 * @param executablePath of Chromium
 */
export async function benchLongRun(
  root: string,
  executablePath: string,
  minutes: number,
  say: (text: string) => void,
): Promise<LongRun> {
  const base = defaultPipeline();
  const pipeline = { ...base, training: { ...base.training, steps: 200_000 } };
  const hash = encodeLink({ pipeline, data: { kind: 'simulated', request: DEFAULT_REQUEST } });
  const server = await preview({
    root,
    configFile: false,
    logLevel: 'error',
    build: { outDir: 'dist' },
    preview: { host: '127.0.0.1', port: 4332 },
  });
  const browser = await chromium.launch({
    executablePath,
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ...['--no-first-run', '--disable-background-networking'],
    ],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
    const whole = await browser.newBrowserCDPSession();
    const own = await page.context().newCDPSession(page);
    await own.send('Performance.enable');
    await page.goto(`${server.resolvedUrls!.local[0]!}?backend=wasm${hash}`);
    const train = page.getByRole('button', { name: 'Train', exact: true });
    await train.click({ timeout: 120_000 });
    const begun = Date.now();
    const samples: MemorySample[] = [];
    for (let turn = 0; Date.now() - begun < minutes * 60_000; turn++) {
      const tabs = page.locator('.dock').getByRole('tab');
      await tabs.nth(turn % (await tabs.count())).click();
      await page.waitForTimeout(EVERY);
      await own.send('HeapProfiler.collectGarbage');
      const { metrics } = await own.send('Performance.getMetrics');
      const metric = (name: string) => metrics.find((m) => m.name === name)?.value ?? Number.NaN;
      const { processInfo } = await whole.send('SystemInfo.getProcessInfo');
      const renderers = processInfo.filter((p) => p.type === 'renderer').map((p) => residentOf(p.id));
      const text = await page.getByTestId('step').textContent();
      const sample = {
        minute: (Date.now() - begun) / 60_000,
        step: Number(text?.replace(/\D/g, '')),
        page: metric('JSHeapUsedSize'),
        renderer: Math.max(...renderers),
        elements: await page.locator('*').count(),
      };
      samples.push(sample);
      const mb = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
      if (turn % 6 === 0)
        say(
          `  ${sample.minute.toFixed(1)} min, step ${sample.step}: page ${mb(sample.page)}, renderer ${mb(sample.renderer)}, ${sample.elements} elements`,
        );
    }
    return summarize(new Date().toISOString().slice(0, 10), minutes, samples);
  } finally {
    await browser.close();
    await server.close();
  }
}
