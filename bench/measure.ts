/**
 * Timing on a machine that others use too: what is compared takes turns in one process, the median of the rounds counts, and the clock
 * is the processor time of this process, which stands still while another program has the core. A browser has no such clock; there it
 * is the time that passes, and only ratios within a round say something.
 */

/** Processor time in milliseconds, all threads of this process. What is timed here runs on one. */
export function clock(): number {
  if (typeof process === 'undefined' || !process.cpuUsage) return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

export interface Contestant {
  readonly name: string;
  /** Runs it once, to the end. */
  run(): void | Promise<void>;
  /** Makes it ready before its turn. */
  prepare?(): void;
}

export interface Timing {
  readonly name: string;
  /** Processor milliseconds of one run, a number a round. */
  readonly rounds: readonly number[];
  readonly median: number;
  readonly best: number;
}

/** The middle value, or the mean of the two in the middle. @throws Error where there is none */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('There is no median of nothing.');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** How often `a` was how many times as fast as `b`: the median over rounds of time b / time a, each pair from the same round. */
export function ratio(b: Timing, a: Timing): number {
  return median(a.rounds.map((t, i) => b.rounds[i]! / t));
}

/** The round before the first is this much longer: it takes hundreds of calls until JavaScript and wasm run as compiled code. */
const WARM_UP = 8;

/**
 * Each contestant in turn, round after round; within a round it runs until `slice` milliseconds of processor time are over and its mean counts.
 * @param slice milliseconds of one turn, at least one run
 */
export async function race(
  contestants: readonly Contestant[],
  rounds: number,
  slice: number,
): Promise<Timing[]> {
  const times = contestants.map((): number[] => []);
  for (let round = -1; round < rounds; round++) {
    for (const [i, contestant] of contestants.entries()) {
      contestant.prepare?.();
      let runs = 0;
      const start = clock();
      do {
        await contestant.run();
        runs++;
      } while (clock() - start < (round < 0 ? WARM_UP * slice : slice));
      if (round >= 0) times[i]!.push((clock() - start) / runs);
    }
  }
  return contestants.map(({ name }, i) => {
    const all = times[i]!;
    return { name, rounds: all, median: median(all), best: Math.min(...all) };
  });
}
