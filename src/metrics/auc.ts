/** Exact weighted AUC with ties, its interval, and the reason where there is none. */
import { type Order, order } from './order';

/** An AUC is a value with its interval, or the reason why there is none. */
export type Auc =
  | {
      readonly ok: true;
      readonly value: number;
      /** Standard error of the value (DeLong, weighted), for an interval of value ± 1.96·se. */
      readonly se: number;
      /** Number of positive rows behind it. */
      readonly positives: number;
      readonly rows: number;
    }
  | { readonly ok: false; readonly reason: string; readonly positives: number; readonly rows: number };

export type Scores = Float32Array | Float64Array;

const count = (n: number) => n.toLocaleString('en-US');

/** What rows count as positive and as negative, and how much: [N] each, ≥ 0; a row with 0 and 0 does not count. */
interface Shares {
  readonly positive: Scores;
  readonly negative: Scores;
}

/** Sums over pairs, from one walk through the rows in ascending order of score. */
interface Placements {
  readonly value: number;
  /** Σ(w⁺(V₁₀−A))²/W₊², Σ(w⁻(V₀₁−A))²/W₋² and twice their cross term, over rows. */
  readonly positivePart: number;
  readonly negativePart: number;
  readonly crossPart: number;
}

/**
 * AUC = Σ_pairs w⁺_i w⁻_j (1[s_i > s_j] + ½·1[s_i = s_j]) / (W₊W₋), and DeLong's placements:
 * V₁₀(i) is the share of negative weight below row i, V₀₁(j) the share of positive weight above row j, ties half.
 */
function placements({ rows, runs }: Order, { positive, negative }: Shares): Placements {
  const n = rows.length;
  // Gathered in one go: jumping about in memory is most of the cost, and here the jumps do not wait for one another.
  const plus = new Float64Array(n);
  const minus = new Float64Array(n);
  let allPositive = 0;
  let allNegative = 0;
  for (let t = 0; t < n; t++) {
    const i = rows[t]!;
    plus[t] = positive[i]!;
    minus[t] = negative[i]!;
    allPositive += positive[i]!;
    allNegative += negative[i]!;
  }
  // Both sums run over deviations from ½ first: A itself is known only after the walk.
  let a = 0;
  // One declaration each: the compiler keeps those in registers, and does not where they come out of a list.
  let p1 = 0;
  let p2 = 0;
  let pp = 0;
  let n1 = 0;
  let n2 = 0;
  let nn = 0;
  let c = 0;
  let cp = 0;
  let cn = 0;
  let both = 0;
  let below = 0;
  let belowPositive = 0;
  for (let r = 0; r + 1 < runs.length; r++) {
    const start = runs[r]!;
    const end = runs[r + 1]!;
    let tiedPositive = 0;
    let tiedNegative = 0;
    for (let t = start; t < end; t++) {
      tiedPositive += plus[t]!;
      tiedNegative += minus[t]!;
    }
    const v10 = (below + tiedNegative / 2) / allNegative - 0.5;
    const v01 = (allPositive - belowPositive - tiedPositive / 2) / allPositive - 0.5;
    a += tiedPositive * v10;
    for (let t = start; t < end; t++) {
      const wp = plus[t]!;
      const wn = minus[t]!;
      const p = wp * v10;
      const q = wn * v01;
      p2 += p * p;
      p1 += p * wp;
      pp += wp * wp;
      n2 += q * q;
      n1 += q * wn;
      nn += wn * wn;
      c += p * q;
      cp += p * wn;
      cn += wp * q;
      both += wp * wn;
    }
    below += tiedNegative;
    belowPositive += tiedPositive;
  }
  const d = a / allPositive;
  return {
    value: Math.min(1, Math.max(0, d + 0.5)),
    positivePart: Math.max(0, p2 - 2 * d * p1 + d * d * pp) / (allPositive * allPositive),
    negativePart: Math.max(0, n2 - 2 * d * n1 + d * d * nn) / (allNegative * allNegative),
    crossPart: (2 * (c - d * cp - d * cn + d * d * both)) / (allPositive * allNegative),
  };
}

/**
 * The same sums, to the last bit, where a row is positive or negative, never both: a third of the memory, and no cross term.
 * @param signed [N]: w of a positive row, −w of a negative one, 0 of one that does not count
 */
function labelledPlacements({ rows, runs }: Order, signed: Float32Array): Placements {
  const n = rows.length;
  const w = new Float32Array(n);
  let allPositive = 0;
  let allNegative = 0;
  for (let t = 0; t < n; t++) {
    const each = signed[rows[t]!]!;
    w[t] = each;
    if (each > 0) allPositive += each;
    else allNegative -= each;
  }
  let a = 0;
  let p1 = 0;
  let p2 = 0;
  let pp = 0;
  let n1 = 0;
  let n2 = 0;
  let nn = 0;
  let below = 0;
  let belowPositive = 0;
  let start = 0;
  for (let r = 1; r < runs.length; r++) {
    const end = runs[r]!;
    if (end - start === 1) {
      // Most runs are one row, which needs only its own placement: divisions are what the walk takes longest for.
      const each = w[start]!;
      if (each > 0) {
        const p = each * (below / allNegative - 0.5);
        a += p;
        p2 += p * p;
        p1 += p * each;
        pp += each * each;
        belowPositive += each;
      } else {
        const q = -each * ((allPositive - belowPositive) / allPositive - 0.5);
        n2 += q * q;
        n1 -= q * each;
        nn += each * each;
        below -= each;
      }
      start = end;
      continue;
    }
    let tiedPositive = 0;
    let tiedNegative = 0;
    for (let t = start; t < end; t++) {
      const each = w[t]!;
      if (each > 0) tiedPositive += each;
      else tiedNegative -= each;
    }
    const v10 = (below + tiedNegative / 2) / allNegative - 0.5;
    const v01 = (allPositive - belowPositive - tiedPositive / 2) / allPositive - 0.5;
    a += tiedPositive * v10;
    for (let t = start; t < end; t++) {
      const each = w[t]!;
      if (each > 0) {
        const p = each * v10;
        p2 += p * p;
        p1 += p * each;
        pp += each * each;
      } else {
        const q = -each * v01;
        n2 += q * q;
        n1 -= q * each;
        nn += each * each;
      }
    }
    below += tiedNegative;
    belowPositive += tiedPositive;
    start = end;
  }
  const d = a / allPositive;
  return {
    value: Math.min(1, Math.max(0, d + 0.5)),
    positivePart: Math.max(0, p2 - 2 * d * p1 + d * d * pp) / (allPositive * allPositive),
    negativePart: Math.max(0, n2 - 2 * d * n1 + d * d * nn) / (allNegative * allNegative),
    crossPart: 0,
  };
}

/** Row number of the first score that is not a number, or −1. */
function firstNaN(scores: Scores): number {
  for (let i = 0; i < scores.length; i++) if (Number.isNaN(scores[i])) return i;
  return -1;
}

/** Scores that are sorted once and then judged by several sets of shares: labels, true probabilities. */
export class Ranking {
  private sorted: Order | null = null;
  /** Of the first score that is not a number; most often there is none. */
  private readonly nanFrom: number;

  constructor(private readonly scores: Scores) {
    this.nanFrom = firstNaN(scores);
  }

  /** AUC of 0/1 labels; see weightedAuc. */
  labelled(labels: Uint8Array, weights?: Float32Array, mask?: Uint8Array, event = 'positive row'): Auc {
    const n = this.scores.length;
    const signed = new Float32Array(n);
    let rows = 0;
    let positives = 0;
    for (let i = 0; i < n; i++) {
      const w = weights ? weights[i]! : 1;
      if (!(w > 0) || (mask && mask[i] === 0)) continue;
      rows++;
      if (labels[i]! > 0) {
        positives++;
        signed[i] = w;
      } else {
        signed[i] = -w;
      }
    }
    const fail = (reason: string): Auc => ({ ok: false, reason, positives, rows });
    if (rows === 0) return fail('no rows to rank');
    if (positives === 0) return fail(`no ${event}s among these ${count(rows)} rows`);
    if (positives === rows)
      return fail(`each of these ${count(rows)} rows is a ${event}, so there is nothing to rank it above`);
    const nan = this.nanAmong((i) => signed[i] !== 0);
    if (nan >= 0) return fail(`the score of row ${count(nan)} is not a number (NaN)`);
    const p = labelledPlacements(this.order(), signed);
    const negatives = rows - positives;
    // One row of a class shows no spread: take the largest variance that an AUC of this value can have.
    const variance =
      Math.min(positives, negatives) === 1
        ? p.value * (1 - p.value)
        : (p.positivePart * positives) / (positives - 1) + (p.negativePart * negatives) / (negatives - 1);
    return { ok: true, value: p.value, se: Math.sqrt(variance), positives, rows };
  }

  /** Label-free AUC; see expectedAuc. */
  expected(positive: Scores, negative: Scores, event = 'positive row'): Auc {
    let rows = 0;
    let sum = 0;
    let squares = 0;
    let negativeSum = 0;
    for (let i = 0; i < positive.length; i++) {
      const p = positive[i]!;
      if (p > 0 || negative[i]! > 0) rows++;
      sum += p;
      squares += p * p;
      negativeSum += negative[i]!;
    }
    const positives = squares > 0 ? Math.round((sum * sum) / squares) : 0;
    const fail = (reason: string): Auc => ({ ok: false, reason, positives, rows });
    if (rows === 0) return fail('no rows to rank');
    if (!(sum > 0)) return fail(`no ${event}s are to be expected among these ${count(rows)} rows`);
    if (!(negativeSum > 0)) return fail(`each of these ${count(rows)} rows is sure to be a ${event}`);
    const nan = this.nanAmong((i) => positive[i]! > 0 || negative[i]! > 0);
    if (nan >= 0) return fail(`the score of row ${count(nan)} is not a number (NaN)`);
    const p = placements(this.order(), { positive, negative });
    const variance = Math.max(0, p.positivePart + p.negativePart + p.crossPart);
    return { ok: true, value: p.value, se: Math.sqrt(variance), positives, rows };
  }

  /** Row number of the first score that counts and is not a number, or −1. */
  private nanAmong(counts: (row: number) => boolean): number {
    if (this.nanFrom < 0) return -1;
    for (let i = this.nanFrom; i < this.scores.length; i++) {
      if (Number.isNaN(this.scores[i]!) && counts(i)) return i;
    }
    return -1;
  }

  private order(): Order {
    // NaN does not sort; here it can only stand in rows that do not count.
    this.sorted ??= order(this.nanFrom < 0 ? this.scores : this.scores.map((s) => (Number.isNaN(s) ? 0 : s)));
    return this.sorted;
  }
}

/**
 * Exact AUC of `scores` [N] for 0/1 `labels` [N], mid-ranks for ties, each row weighted by `weights` [N] (1 without).
 * Rows with mask 0 or weight 0 do not count. `event` names a positive row in the reason that stands where there is no AUC.
 * The standard error takes rows as independent; rows of one page are not quite.
 */
export function weightedAuc(
  scores: Scores,
  labels: Uint8Array,
  weights?: Float32Array,
  mask?: Uint8Array,
  event?: string,
): Auc {
  return new Ranking(scores).labelled(labels, weights, mask, event);
}

/**
 * AUC against true probabilities instead of drawn labels (spec simulator §2): each row counts `positive` = h·p as a
 * positive and `negative` = h·(1−p) as a negative, [N] each. Label noise is gone from it.
 * A row meets itself as a tie and counts ½ there, a bias towards ½ of order 1/N.
 * `se` is that of drawing other rows (infinitesimal jackknife); `positives` is the effective number (Σw⁺)²/Σ(w⁺)², rounded.
 */
export function expectedAuc(scores: Scores, positive: Scores, negative: Scores, event?: string): Auc {
  return new Ranking(scores).expected(positive, negative, event);
}
