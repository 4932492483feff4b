/** What drawing costs while the lab trains: processor time, longest task, frames and step rate, tab by tab. */
import type { Browser, CDPSession, Page } from '@playwright/test';
import { DEFAULT_REQUEST } from '../src/data/simulator/request';
import { defaultPipeline } from '../src/pipeline/defaults';
import { encodeLink } from '../src/pipeline/share';
import { median } from './measure';

/** One tab over all rounds; medians, but for the longest task. */
export interface TabCost {
  readonly tab: string;
  /** Milliseconds of processor time of the page's main thread in a second. */
  readonly busy: number;
  /** Milliseconds of processor time of the longest task, and how many took more than 50. */
  readonly longest: number;
  readonly long: number;
  /** Frames a second as the page saw them; another program that has the core makes them fewer. */
  readonly frames: number;
  /** Steps a second, as a share of those with nothing that streams on the dock, in the same round. */
  readonly rate: number;
}

/** Streams nothing: all others are held against it. */
const STILL = 'Data';
const TABS = [STILL, 'Overview', 'Curves', 'Attention', 'Gates', 'Gradients', 'Calibration'];
const ROUNDS = 3;
const SECONDS = 5;
const LONG = 50;

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds: when it began, and its processor time. */
  readonly ts: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Microseconds at the start of a trace that belong to starting it. */
const STARTING = 150_000;

/** Processor milliseconds of each task of the thread that ran most of them: the page's own. @throws Error where nothing was traced */
export function tasksOf(events: readonly TraceEvent[]): number[] {
  const key = (e: TraceEvent) => `${e.pid}:${e.tid}`;
  const mains = new Set(
    events.filter((e) => e.name === 'thread_name' && e.args?.name === 'CrRendererMain').map(key),
  );
  const runs = events.filter((e) => e.name === 'RunTask' && e.ph === 'X' && mains.has(key(e)));
  const from = runs.reduce((first, e) => Math.min(first, e.ts), Number.POSITIVE_INFINITY) + STARTING;
  const threads = new Map<string, number[]>();
  for (const e of runs) {
    if (e.ts < from) continue;
    const tasks = threads.get(key(e)) ?? [];
    tasks.push((e.tdur ?? 0) / 1000);
    threads.set(key(e), tasks);
  }
  const [most] = [...threads.values()].sort((a, b) => b.length - a.length);
  if (!most) throw new Error('The trace of the page holds no task: this Chromium traces in another way.');
  return most;
}

async function traced(session: CDPSession, during: () => Promise<void>): Promise<number[]> {
  const events: TraceEvent[] = [];
  const collect = ({ value }: { value: unknown[] }) => events.push(...(value as TraceEvent[]));
  session.on('Tracing.dataCollected', collect);
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', 'disabled-by-default-devtools.timeline'] },
  });
  await during();
  const done = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await done;
  session.off('Tracing.dataCollected', collect);
  return tasksOf(events);
}

/** Frames that the page draws in some seconds, and steps that it shows to have gone by. */
const watch = (page: Page, seconds: number) =>
  page.evaluate(
    (ms) =>
      new Promise<{ frames: number; steps: number; seconds: number }>((resolve) => {
        const step = () =>
          Number(document.querySelector('[data-testid="step"]')?.textContent?.replace(/\D/g, ''));
        const from = performance.now();
        const first = step();
        let frames = 0;
        const next = () => {
          frames++;
          const gone = performance.now() - from;
          if (gone < ms) requestAnimationFrame(next);
          else resolve({ frames, steps: step() - first, seconds: gone / 1000 });
        };
        requestAnimationFrame(next);
      }),
    seconds * 1000,
  );

/**
 * Trains the default pipeline at full speed on wasm and goes through the tabs, in rounds.
 * @param address of the built lab
 */
export async function benchStreaming(
  browser: Browser,
  address: string,
  say: (text: string) => void,
): Promise<TabCost[]> {
  const base = defaultPipeline();
  const pipeline = { ...base, training: { ...base.training, steps: 100_000 } };
  const link = encodeLink({ pipeline, data: { kind: 'simulated', request: DEFAULT_REQUEST } });
  const context = await browser.newContext({
    viewport: { width: 1280, height: 720 },
    serviceWorkers: 'block',
  });
  const page = await context.newPage();
  await page.goto(`${address}?backend=wasm${link}`);
  // A press waits until the button can be pressed.
  await page.getByRole('button', { name: 'Train', exact: true }).click({ timeout: 120_000 });
  await page.waitForFunction(
    () => Number(document.querySelector('[data-testid="step"]')?.textContent?.replace(/\D/g, '')) > 50,
    undefined,
    { timeout: 120_000 },
  );
  const session = await context.newCDPSession(page);
  const none = (): number[] => [];
  const found = TABS.map((tab) => ({
    tab,
    busy: none(),
    longest: 0,
    long: 0,
    frames: none(),
    rate: none(),
  }));
  for (let round = 0; round < ROUNDS; round++) {
    say(`Chromium: the lab while it trains, round ${round + 1} of ${ROUNDS} …`);
    let still = Number.NaN;
    for (const one of found) {
      await page.getByRole('tab', { name: one.tab }).click();
      // What is loaded for the tab, and its first drawing, is not streaming.
      await page.waitForTimeout(1500);
      let seen = { frames: 0, steps: 0, seconds: 1 };
      const tasks = await traced(session, async () => {
        await page.waitForTimeout(STARTING / 1000);
        seen = await watch(page, SECONDS);
      });
      const own = tasks.sort((a, b) => b - a);
      const rate = seen.steps / seen.seconds;
      if (one.tab === STILL) still = rate;
      one.busy.push(own.reduce((sum, t) => sum + t, 0) / seen.seconds);
      one.longest = Math.max(one.longest, own[0] ?? 0);
      one.long += own.filter((t) => t > LONG).length;
      one.frames.push(seen.frames / seen.seconds);
      one.rate.push(rate / still);
    }
  }
  await context.close();
  return found.map((one) => ({
    ...one,
    busy: median(one.busy),
    frames: median(one.frames),
    rate: median(one.rate),
  }));
}
