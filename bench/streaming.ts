/** What drawing costs while the lab trains: processor time, longest task, frames and step rate, tab by tab. */
import type { Browser, CDPSession, Page } from '@playwright/test';
import { DEFAULT_REQUEST } from '../src/data/simulator/request';
import { blockWith, defaultPipeline } from '../src/pipeline/defaults';
import type { Pipeline } from '../src/pipeline/schema';
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
const TABS = [
  STILL,
  'Overview',
  'Curves',
  'Attention',
  'Gates & links',
  'Gradients',
  'Calibration',
  'Rows',
  'Runs',
];
/** The page of a race, whose steps are held against those of the same race while the lab's still tab is looked at. */
const RACE = 'Race page';
/** Where steps are shown: those of the run, and those of each entrant. */
const STEP = '[data-testid="step"]';
const RACERS = '[data-testid="racer"] .race-progress .num';
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

/** Frames that the page draws in some seconds, and steps that it shows to have gone by, of all that show some. */
const watch = (page: Page, seconds: number, shown: string) =>
  page.evaluate(
    ({ ms, shown }) =>
      new Promise<Seen>((resolve) => {
        const step = () =>
          [...document.querySelectorAll(shown)].reduce(
            (sum, e) => sum + Number(e.textContent!.split(' of ')[0]!.replace(/\D/g, '')),
            0,
          );
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
    { ms: seconds * 1000, shown },
  );

interface Seen {
  readonly frames: number;
  readonly steps: number;
  readonly seconds: number;
}

/** What is gathered of one tab, a number a round. */
class Gathered {
  private readonly busy: number[] = [];
  private readonly frames: number[] = [];
  private readonly rate: number[] = [];
  private longest = 0;
  private long = 0;

  constructor(readonly tab: string) {}

  /**
   * Traces some seconds of a page that shows it.
   * @param still steps a second with nothing that streams; without it this very tab is the measure
   * @returns steps a second
   */
  async round(page: Page, session: CDPSession, shown: string, still?: number): Promise<number> {
    let seen: Seen = { frames: 0, steps: 0, seconds: 1 };
    const tasks = await traced(session, async () => {
      await page.waitForTimeout(STARTING / 1000);
      seen = await watch(page, SECONDS, shown);
    });
    const rate = seen.steps / seen.seconds;
    this.busy.push(tasks.reduce((sum, t) => sum + t, 0) / seen.seconds);
    this.longest = Math.max(this.longest, ...tasks);
    this.long += tasks.filter((t) => t > LONG).length;
    this.frames.push(seen.frames / seen.seconds);
    this.rate.push(rate / (still ?? rate));
    return rate;
  }

  get cost(): TabCost {
    const { tab, longest, long } = this;
    return {
      tab,
      busy: median(this.busy),
      longest,
      long,
      frames: median(this.frames),
      rate: median(this.rate),
    };
  }
}

const open = (browser: Browser) =>
  browser.newContext({ viewport: { width: 1280, height: 720 }, serviceWorkers: 'block' });

/** A run longer than what is watched of it. */
function longRun(): Pipeline {
  const base = defaultPipeline();
  return { ...base, training: { ...base.training, steps: 100_000 } };
}

const data = { kind: 'simulated', request: DEFAULT_REQUEST } as const;

/** Waits until a page shows more than so many steps. */
const moreThan = (page: Page, steps: number, shown: string) =>
  page.waitForFunction(
    ({ steps, shown }) =>
      Number(document.querySelector(shown)?.textContent?.split(' of ')[0]?.replace(/\D/g, '')) > steps,
    { steps, shown },
    { timeout: 120_000 },
  );

/** The tabs, one after the other, in rounds. */
async function benchTabs(browser: Browser, address: string, say: (text: string) => void): Promise<TabCost[]> {
  const context = await open(browser);
  const page = await context.newPage();
  await page.goto(`${address}?backend=wasm${encodeLink({ pipeline: longRun(), data })}`);
  // A press waits until the button can be pressed.
  const train = page.getByRole('button', { name: 'Train', exact: true });
  await train.click({ timeout: 120_000 });
  await moreThan(page, 150, STEP);
  // A run to be kept: the list of runs and the ghosts of its curves are part of what is drawn.
  await page.getByRole('button', { name: 'Reset', exact: true }).click();
  await train.click({ timeout: 120_000 });
  await moreThan(page, 50, STEP);
  const session = await context.newCDPSession(page);
  const found = TABS.map((tab) => new Gathered(tab));
  for (let round = 0; round < ROUNDS; round++) {
    say(`Chromium: the lab while it trains, round ${round + 1} of ${ROUNDS} …`);
    let still: number | undefined;
    for (const one of found) {
      await page.getByRole('tab', { name: one.tab }).click();
      // What is loaded for the tab, and its first drawing, is not streaming.
      await page.waitForTimeout(1500);
      const rate = await one.round(page, session, STEP, still);
      if (one.tab === STILL) still = rate;
    }
  }
  await context.close();
  return found.map((one) => one.cost);
}

/** The page of a race of the default pipeline against the same with Shared-Bottom, and the same race while nobody looks. */
async function benchRace(browser: Browser, address: string, say: (text: string) => void): Promise<TabCost> {
  const context = await open(browser);
  const page = await context.newPage();
  const pipeline = longRun();
  const bottom = blockWith('bottom', 'shared-bottom', { layers: [64, 32] });
  const entrants = [
    { name: 'Separate nets', pipeline, own: false },
    { name: 'Shared-Bottom', pipeline: { ...pipeline, bottom }, own: false },
  ];
  const link = encodeLink({ pipeline, data, race: { entrants, change: {} } });
  await page.goto(`${address}?backend=wasm${link}`);
  await page.getByRole('button', { name: 'Start the race' }).click({ timeout: 120_000 });
  await moreThan(page, 50, RACERS);
  const session = await context.newCDPSession(page);
  const found = new Gathered(RACE);
  const total = () =>
    page.evaluate(
      (shown) =>
        [...document.querySelectorAll(shown)].reduce(
          (sum, e) => sum + Number(e.textContent!.split(' of ')[0]!.replace(/\D/g, '')),
          0,
        ),
      RACERS,
    );
  for (let round = 0; round < ROUNDS; round++) {
    say(`Chromium: the page of a race, round ${round + 1} of ${ROUNDS} …`);
    const [from, began] = [await total(), performance.now()];
    await page.getByRole('button', { name: 'Back to the lab' }).click();
    await page.getByRole('tab', { name: STILL }).click();
    await page.waitForTimeout(2 * SECONDS * 1000);
    await page.evaluate(() => {
      window.location.hash = '#/race';
    });
    await page.locator(RACERS).first().waitFor();
    const still = ((await total()) - from) / ((performance.now() - began) / 1000);
    await page.waitForTimeout(1500);
    await found.round(page, session, RACERS, still);
  }
  await context.close();
  return found.cost;
}

/**
 * Trains the default pipeline at full speed on wasm and goes through the tabs, in rounds; then the page of a race.
 * @param address of the built lab
 */
export async function benchStreaming(
  browser: Browser,
  address: string,
  say: (text: string) => void,
): Promise<TabCost[]> {
  return [...(await benchTabs(browser, address, say)), await benchRace(browser, address, say)];
}
