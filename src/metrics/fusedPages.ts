/** How well each score fusion ranks whole pages: NDCG@k, Weighted Recall@k and List AUC, with the gain over a reference fusion. */
import { type Fusion, type FusionPair, logScores } from './fusion';
import { gainOf, type PageMetric, type PageRows, pageAuc, pageNdcg, pageRecall, summarise } from './pages';

/** A mean over pages, and how far it lies above the reference fusion's on the same pages (null for the reference itself). */
export interface Compared {
  readonly metric: PageMetric;
  readonly gain: PageMetric | null;
}

/** One event's metrics under one fusion. */
export interface RankedEvent {
  readonly ndcg: Compared;
  /**
   * WR@K = Σ_{k≤K} W_k / Σ_n W_n (papers/004 Eq. 5). There W_k is how often item k was ordered in a day under the query.
   * By labels W is what happened on this one impression, so that it is Recall@K; by truth W is the expected number of events.
   */
  readonly recall: Compared;
  readonly listAuc: Compared;
}

export interface FusionJudgement {
  readonly fusion: Fusion;
  /** Of the first and, where there is one, the last event. `truth` is null where no truth is known. */
  readonly events: readonly {
    readonly task: number;
    readonly labels: RankedEvent;
    readonly truth: RankedEvent | null;
  }[];
}

/** What is known of the rows of pages. K tasks in the order of the pipeline. */
export interface JudgedRows {
  /** [n·K] ln p of each event on an impression. */
  readonly logP: Float32Array;
  /** [n·K] what happened, 0 or 1. */
  readonly labels: ArrayLike<number>;
  /** [n·K] true probabilities, or null. */
  readonly truth: ArrayLike<number> | null;
  readonly tasks: number;
}

export const METRICS = ['ndcg', 'recall', 'listAuc'] as const;
export type RankMetric = (typeof METRICS)[number];

/** Page by page; null where the page says nothing. */
type Values = Record<RankMetric, (number | null)[]>;

/** What one row of an event counts as. @param truth take true probabilities for what happened */
function pageRows(rows: JudgedRows, task: number, scores: ArrayLike<number>, truth: boolean): PageRows {
  const n = rows.logP.length / rows.tasks;
  const source = truth ? rows.truth! : rows.labels;
  const positive = new Float64Array(n);
  for (let i = 0; i < n; i++) positive[i] = source[i * rows.tasks + task]!;
  return {
    scores,
    // A label's gain is 2^y − 1; a probability is its own expected gain.
    gain: truth ? positive : positive.map(gainOf),
    positive,
    negative: positive.map((p) => 1 - p),
    counts: new Uint8Array(n).fill(1),
  };
}

/** A page's metrics of one event under the given scores. */
export function readPage(
  page: readonly number[],
  rows: JudgedRows,
  task: number,
  scores: ArrayLike<number>,
  k: number,
  truth: boolean,
): Record<RankMetric, number | null> {
  const r = pageRows(rows, task, scores, truth);
  return { ndcg: pageNdcg(page, r, k), recall: pageRecall(page, r, k), listAuc: pageAuc(page, r) };
}

function valuesOf(pages: readonly (readonly number[])[], r: PageRows, k: number): Values {
  return {
    ndcg: pages.map((p) => pageNdcg(p, r, k)),
    recall: pages.map((p) => pageRecall(p, r, k)),
    listAuc: pages.map((p) => pageAuc(p, r)),
  };
}

/**
 * Judges fusions on the same pages; the first is the reference of the gains, whose error is that of the paired differences.
 * @param pages rows of each page
 * @param events names of the first and last event, for reasons
 * @throws Error naming the row whose prediction is not a number
 */
export function judgeFusions(
  fusions: readonly Fusion[],
  pair: FusionPair,
  rows: JudgedRows,
  pages: readonly (readonly number[])[],
  k: number,
  events: readonly string[],
): FusionJudgement[] {
  const bad = rows.logP.findIndex((v) => Number.isNaN(v));
  if (bad >= 0) {
    throw new Error(
      `The prediction of row ${Math.floor(bad / rows.tasks) + 1} of the pages is not a number.`,
    );
  }
  const tasks = pair.last === null ? [pair.first] : [pair.first, pair.last];
  const one = pages.map(() => 1);
  const judged = fusions.map((fusion) => {
    const scores = logScores(fusion, pair, rows.logP, rows.tasks);
    return tasks.map((task) => ({
      labels: valuesOf(pages, pageRows(rows, task, scores, false), k),
      truth: rows.truth && valuesOf(pages, pageRows(rows, task, scores, true), k),
    }));
  });
  const compare = (own: Values, reference: Values | null, event: string): RankedEvent => {
    const of = (metric: RankMetric): Compared => {
      const nothing =
        metric === 'listAuc' ? `no page has both a ${event} and a row without` : `no page has a ${event}`;
      const mine = own[metric];
      const gains =
        reference && mine.map((v, p) => (v === null ? null : v - (reference[metric][p] ?? Number.NaN)));
      return {
        metric: summarise(mine, one, nothing),
        gain: gains && summarise(gains, one, nothing),
      };
    };
    return { ndcg: of('ndcg'), recall: of('recall'), listAuc: of('listAuc') };
  };
  return fusions.map((fusion, f) => ({
    fusion,
    events: tasks.map((task, e) => {
      const event = events[e] ?? 'event';
      const { labels, truth } = judged[f]![e]!;
      const reference = f === 0 ? null : judged[0]![e]!;
      return {
        task,
        labels: compare(labels, reference?.labels ?? null, event),
        truth: truth && compare(truth, reference?.truth ?? null, event),
      };
    }),
  }));
}
