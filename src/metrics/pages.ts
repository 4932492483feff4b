/** Metrics of whole pages: NDCG@k, Recall@k, GAUC and List AUC, each with its standard error over pages. */
import type { Dataset } from '../data/dataset';
import type { OutputSpace } from '../pipeline/spaces';
import type { Predictions } from './evaluate';

/** A mean over pages with its standard error, or the reason why there is none. */
export type PageMetric =
  | {
      readonly ok: true;
      readonly value: number;
      readonly se: number;
      /** Pages that count. */
      readonly pages: number;
      /** Pages that say nothing: without a gain, or all rows of one class. */
      readonly excluded: number;
    }
  | { readonly ok: false; readonly reason: string; readonly pages: number; readonly excluded: number };

/** One way of judging the same scores. */
export interface PageReadings {
  readonly ndcg: PageMetric;
  readonly recall: PageMetric;
  /** Mean AUC of the pages, weighted by their rows. */
  readonly gauc: PageMetric;
  /** Mean AUC of the pages, each counting the same. */
  readonly listAuc: PageMetric;
}

/** One reported column. */
export interface SpacePageMetrics {
  readonly space: string;
  /** Against what happened: gain 2^y − 1. */
  readonly labels: PageReadings;
  /** Against the true probabilities, where they are known: gain = probability. Without label noise. */
  readonly truth: PageReadings | null;
}

/** Metrics of complete pages. */
export interface PageEvaluation {
  readonly pages: number;
  readonly rows: number;
  /** Cut-off of NDCG@k and Recall@k. */
  readonly k: number;
  readonly spaces: readonly SpacePageMetrics[];
}

export const CUT_OFF = 10;

/** What one row adds: `gain` in NDCG and Recall; `positive` and `negative` shares in AUC. A row with `counts` 0 is left out. */
export interface PageRows {
  readonly scores: ArrayLike<number>;
  readonly gain: ArrayLike<number>;
  readonly positive: ArrayLike<number>;
  readonly negative: ArrayLike<number>;
  readonly counts: ArrayLike<number>;
}

/** 1/log2(rank + 1) of ranks 1, 2, … */
const discount = (rank: number) => 1 / Math.log2(rank + 1);

/** Gain 2^rel − 1 of graded relevances. */
export const gainOf = (relevance: number) => 2 ** relevance - 1;

/**
 * DCG@k of rows in the given order. Rows of equal score share their places: each gets the mean gain of its tie, which is
 * what a random order among them gives on average.
 */
function dcg(rows: readonly number[], key: ArrayLike<number>, gain: ArrayLike<number>, k: number): number {
  return overTies(rows, key, gain, k, discount);
}

/** Σ over the first k places of place weight · mean gain of the tie that holds the place. */
function overTies(
  rows: readonly number[],
  key: ArrayLike<number>,
  gain: ArrayLike<number>,
  k: number,
  weight: (rank: number) => number,
): number {
  let total = 0;
  for (let from = 0; from < rows.length && from < k; ) {
    let to = from;
    let gains = 0;
    while (to < rows.length && key[rows[to]!] === key[rows[from]!]) gains += gain[rows[to++]!]!;
    let weights = 0;
    for (let place = from; place < to && place < k; place++) weights += weight(place + 1);
    total += (gains / (to - from)) * weights;
    from = to;
  }
  return total;
}

/** NDCG@k of one page, or null where no row has a gain. */
export function pageNdcg(rows: readonly number[], { scores, gain }: PageRows, k: number): number | null {
  const by = (key: ArrayLike<number>) => [...rows].sort((a, b) => key[b]! - key[a]!);
  const best = dcg(by(gain), gain, gain, k);
  return best > 0 ? dcg(by(scores), scores, gain, k) / best : null;
}

/** Share of a page's gain that lies in its first k rows, or null where no row has a gain. */
export function pageRecall(rows: readonly number[], { scores, gain }: PageRows, k: number): number | null {
  const all = rows.reduce((sum, i) => sum + gain[i]!, 0);
  if (!(all > 0)) return null;
  const order = [...rows].sort((a, b) => scores[b]! - scores[a]!);
  return overTies(order, scores, gain, k, () => 1) / all;
}

/** AUC of one page, ties half, or null where a class is missing. A row is not compared with itself. */
export function pageAuc(rows: readonly number[], r: PageRows): number | null {
  let pairs = 0;
  let won = 0;
  for (const i of rows) {
    for (const j of rows) {
      if (i === j) continue;
      const pair = r.positive[i]! * r.negative[j]!;
      pairs += pair;
      won += pair * (r.scores[i]! > r.scores[j]! ? 1 : r.scores[i]! === r.scores[j]! ? 0.5 : 0);
    }
  }
  return pairs > 0 ? won / pairs : null;
}

/** Weighted mean over pages; the error takes pages as independent. A page whose value is null does not count. */
export function summarise(
  values: readonly (number | null)[],
  weights: readonly number[],
  nothing: string,
): PageMetric {
  let [pages, total, sum] = [0, 0, 0];
  values.forEach((x, p) => {
    if (x === null) return;
    pages++;
    total += weights[p]!;
    sum += weights[p]! * x;
  });
  const excluded = values.length - pages;
  if (pages === 0) return { ok: false, reason: nothing, pages, excluded };
  if (pages === 1) {
    return { ok: false, reason: 'one page alone shows no spread', pages, excluded };
  }
  const value = sum / total;
  let squares = 0;
  values.forEach((x, p) => {
    if (x !== null) squares += (weights[p]! * (x - value)) ** 2;
  });
  const se = (Math.sqrt(squares) / total) * Math.sqrt(pages / (pages - 1));
  return { ok: true, value, se, pages, excluded };
}

/**
 * All metrics of one set of scores. `pages` lists the rows of each page; rows that do not count are left out, and a score
 * that is not a number makes every metric a reason.
 */
export function readPages(
  pages: readonly (readonly number[])[],
  rows: PageRows,
  k = CUT_OFF,
  event = 'positive row',
): PageReadings {
  const counted = pages.map((page) => page.filter((i) => rows.counts[i]! > 0)).filter((p) => p.length > 0);
  const bad = counted.flat().find((i) => Number.isNaN(rows.scores[i]!));
  if (bad !== undefined) {
    const failed: PageMetric = {
      ok: false,
      reason: `the score of row ${bad.toLocaleString('en-US')} is not a number (NaN)`,
      pages: 0,
      excluded: pages.length,
    };
    return { ndcg: failed, recall: failed, gauc: failed, listAuc: failed };
  }
  const same = counted.map(() => 1);
  const sizes = counted.map((p) => p.length);
  const noGain = `no page has a ${event}`;
  const oneClass = `no page has both a ${event} and a row without`;
  const aucs = counted.map((p) => pageAuc(p, rows));
  return {
    ndcg: summarise(
      counted.map((p) => pageNdcg(p, rows, k)),
      same,
      noGain,
    ),
    recall: summarise(
      counted.map((p) => pageRecall(p, rows, k)),
      same,
      noGain,
    ),
    gauc: summarise(aucs, sizes, oneClass),
    listAuc: summarise(aucs, same, oneClass),
  };
}

/** Rows of each group, in the order of the rows. */
export function pagesOf(groups: ArrayLike<number>): number[][] {
  const pages = new Map<number, number[]>();
  for (let i = 0; i < groups.length; i++) {
    const page = pages.get(groups[i]!);
    if (page) page.push(i);
    else pages.set(groups[i]!, [i]);
  }
  return [...pages.values()];
}

/**
 * Page metrics of predictions for all rows of `pages`, one entry for each space. A conditional column is scored by
 * p/p_parent: by labels on the rows where the parent happened, by truth on all rows, with the conditional probability as
 * gain. `nouns` name a positive row of each task in reasons.
 */
export function evaluatePages(
  spaces: readonly OutputSpace[],
  { logP, tasks }: Predictions,
  pages: Dataset,
  k = CUT_OFF,
  nouns?: readonly string[],
): PageEvaluation {
  const n = pages.rows;
  if (logP.length !== n * tasks) {
    throw new Error(`Predictions for ${logP.length / tasks} rows cannot be judged against ${n} rows.`);
  }
  const grouped = pagesOf(pages.groups);
  const width = pages.schema.tasks.length;
  const columnOf = (task: number) => {
    const id = spaces.find((s) => s.task === task && s.given === null)?.id;
    const at = pages.schema.tasks.findIndex((t) => t.name === id);
    if (at < 0) throw new Error(`The pages have no label column for "${id ?? `task ${task}`}".`);
    return at;
  };
  const each = (f: (row: number) => number) => Float64Array.from({ length: n }, (_, i) => f(i));
  const all = new Uint8Array(n).fill(1);
  const { labels, truth } = pages;
  return {
    pages: grouped.length,
    rows: n,
    k,
    spaces: spaces.map((space) => {
      const { task, given } = space;
      const at = columnOf(task);
      const parent = given === null ? null : columnOf(given);
      const event = nouns?.[task] ?? pages.schema.tasks[at]!.name;
      const scores = each((i) => {
        const own = logP[i * tasks + task]!;
        return given === null || own === Number.NEGATIVE_INFINITY ? own : own - logP[i * tasks + given]!;
      });
      const happened = each((i) => labels[i * width + at]!);
      const byLabels: PageRows = {
        scores,
        gain: happened.map(gainOf),
        positive: happened,
        negative: happened.map((y) => 1 - y),
        counts: parent === null ? all : each((i) => labels[i * width + parent]!),
      };
      const probability = (i: number, column: number) => truth!.probabilities[i * width + column]!;
      const whole = (i: number) => (parent === null ? 1 : probability(i, parent));
      const byTruth: PageRows | null = truth
        ? {
            scores,
            gain: each((i) => (whole(i) > 0 ? probability(i, at) / whole(i) : 0)),
            positive: each((i) => probability(i, at)),
            negative: each((i) => Math.max(0, whole(i) - probability(i, at))),
            counts: all,
          }
        : null;
      return {
        space: space.id,
        labels: readPages(grouped, byLabels, k, event),
        truth: byTruth && readPages(grouped, byTruth, k, event),
      };
    }),
  };
}
