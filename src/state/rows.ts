/** A growing table of numbers with a smoothed copy of every column: a ring once it is full. */

/** Points of a curve as they are drawn. */
export interface Points {
  readonly x: readonly number[];
  readonly raw: readonly number[];
  readonly smooth: readonly number[];
}

const FIRST_CAPACITY = 256;

/**
 * The lowest and the highest row of each stretch of a column, kept up to date as rows come: a chart that grows costs no
 * walk over the whole history. Stretches are powers of two and are joined in pairs when there are too many, so that
 * what is behind stays where it was drawn.
 */
class Extremes {
  private span = 1;
  private taken = 0;
  private low: number[] = [];
  private high: number[] = [];

  /** @param most stretches */
  constructor(
    private readonly valueAt: (row: number) => number,
    private readonly most: number,
  ) {}

  /** Takes the rows up to `length` that came since. */
  extend(length: number): void {
    for (; this.taken < length; this.taken++) {
      const s = Math.floor(this.taken / this.span);
      if (s < this.low.length) this.widen(s, this.taken, this.taken);
      else {
        this.low.push(this.taken);
        this.high.push(this.taken);
        if (this.low.length > this.most) this.join();
      }
    }
  }

  /** A row that holds no number gives way to any that does. */
  private widen(s: number, low: number, high: number): void {
    const below = this.valueAt(this.low[s]!);
    const above = this.valueAt(this.high[s]!);
    if (Number.isNaN(below) || this.valueAt(low) < below) this.low[s] = low;
    if (Number.isNaN(above) || this.valueAt(high) > above) this.high[s] = high;
  }

  private join(): void {
    const { low, high } = this;
    this.span *= 2;
    this.low = low.filter((_, s) => s % 2 === 0);
    this.high = high.filter((_, s) => s % 2 === 0);
    for (let s = 1; s < low.length; s += 2) this.widen((s - 1) / 2, low[s]!, high[s]!);
  }

  /** Both of each stretch in order of row. */
  rows(): number[] {
    const rows: number[] = [];
    this.low.forEach((low, s) => {
      const high = this.high[s]!;
      if (low === high) rows.push(low);
      else rows.push(Math.min(low, high), Math.max(low, high));
    });
    return rows;
  }
}

/**
 * Rows of `columns` numbers; column 0 is the step and increases.
 * Smoothing is an exponential moving average with weight `keep` on the past, divided by 1 − keepⁿ: without that division
 * the first values would be drawn towards 0. It runs over every row, before any thinning, so thinning cannot bend it.
 */
export class Rows {
  length = 0;
  private first = 0;
  private raw: Float64Array;
  private average: Float64Array;
  private capacity: number;
  private readonly mean: Float64Array;
  private readonly weight: Float64Array;
  /** By column and limit; they hold row numbers, which mean something else once rows leave. */
  private readonly extremes = new Map<string, Extremes>();

  constructor(
    readonly columns: number,
    private readonly limit: number,
    private readonly keep: number,
  ) {
    this.capacity = Math.min(FIRST_CAPACITY, limit);
    this.raw = new Float64Array(this.capacity * columns);
    this.average = new Float64Array(this.capacity * columns);
    this.mean = new Float64Array(columns);
    this.weight = new Float64Array(columns);
  }

  push(row: ArrayLike<number>): void {
    if (this.length === this.capacity && this.capacity < this.limit) this.grow();
    const slot = (this.first + this.length) % this.capacity;
    if (this.length === this.capacity) {
      this.first = (this.first + 1) % this.capacity;
      this.extremes.clear();
    } else this.length++;
    for (let c = 0; c < this.columns; c++) {
      const value = row[c]!;
      this.raw[slot * this.columns + c] = value;
      // A value that is missing leaves the average where it was.
      if (Number.isFinite(value)) {
        this.mean[c] = this.keep * this.mean[c]! + (1 - this.keep) * value;
        this.weight[c] = this.keep * this.weight[c]! + (1 - this.keep);
      }
      const known = Number.isFinite(value) && this.weight[c]! > 0;
      this.average[slot * this.columns + c] = known ? this.mean[c]! / this.weight[c]! : Number.NaN;
    }
  }

  private grow(): void {
    // Rows leave the ring only at its full size, so that here the first row is at 0.
    this.capacity = Math.min(this.capacity * 2, this.limit);
    for (const name of ['raw', 'average'] as const) {
      const larger = new Float64Array(this.capacity * this.columns);
      larger.set(this[name]);
      this[name] = larger;
    }
  }

  /** Value of a row, 0 = the oldest that is kept. */
  at(row: number, column: number): number {
    return this.raw[((this.first + row) % this.capacity) * this.columns + column]!;
  }

  smoothAt(row: number, column: number): number {
    return this.average[((this.first + row) % this.capacity) * this.columns + column]!;
  }

  last(column: number): number | undefined {
    return this.length === 0 ? undefined : this.at(this.length - 1, column);
  }

  /** The last row at a step or before it; the first where all are later, −1 where there is none. */
  rowAt(step: number): number {
    let from = 0;
    let to = this.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.at(middle, 0) <= step) from = middle + 1;
      else to = middle;
    }
    return this.length === 0 ? -1 : Math.max(0, from - 1);
  }

  /** Drops the rows after a step, and takes the smoothing up again from the row before. */
  truncate(step: number): void {
    // With nothing to drop the average stays what it is, to the last digit.
    if ((this.last(0) ?? step) <= step) return;
    while (this.length > 0 && this.at(this.length - 1, 0) > step) this.length--;
    this.extremes.clear();
    for (let c = 0; c < this.columns; c++) {
      // After many rows the bias is gone, and the drawn average is the running one.
      this.mean[c] = this.length > 0 ? this.smoothAt(this.length - 1, c) : 0;
      this.weight[c] = this.length > 0 && Number.isFinite(this.mean[c]!) ? 1 : 0;
      if (this.weight[c] === 0) this.mean[c] = 0;
    }
  }

  /**
   * At most `limit` points of a column. Of each stretch of rows the lowest and the highest raw value stay, so that a
   * spike is still a spike; the last row always stays.
   */
  points(column: number, limit = 300): Points {
    const rows = this.pick(column, limit);
    return {
      x: rows.map((r) => this.at(r, 0)),
      raw: rows.map((r) => this.at(r, column)),
      smooth: rows.map((r) => this.smoothAt(r, column)),
    };
  }

  private pick(column: number, limit: number): number[] {
    if (this.length <= limit) return Array.from({ length: this.length }, (_, r) => r);
    const key = `${column} ${limit}`;
    let extremes = this.extremes.get(key);
    if (!extremes) {
      extremes = new Extremes((row) => this.at(row, column), Math.floor((limit - 1) / 2));
      this.extremes.set(key, extremes);
    }
    extremes.extend(this.length);
    const rows = extremes.rows();
    if (rows.at(-1) !== this.length - 1) rows.push(this.length - 1);
    return rows;
  }
}
