/** Slots for the rows of a sample: typed arrays that are used again when a row is dropped. */
import { DataError } from '../dataset';
import type { Plan } from '../mapping/plan';
import { MISSING, NOT_WHOLE, type RowBlock } from '../readers/block';
import { count } from '../readers/say';
import type { Slots } from './sampler';

/** Codes from here on stand for texts; below, a whole number stands for itself. */
export const TEXT = 2 ** 30;
export { MISSING };

/** Entries of a list that are kept. */
export const LONGEST_LIST = 100;

/** Slots may take this many bytes; beyond, a browser's page would die instead of giving a message. */
const MOST_BYTES = 1.2e9;

/** Texts as numbers. */
export class Texts {
  private readonly codes = new Map<string, number>();
  readonly texts: string[] = [];

  code(text: string): number {
    let code = this.codes.get(text);
    if (code === undefined) {
      code = TEXT + this.texts.length;
      this.codes.set(text, code);
      this.texts.push(text);
    }
    return code;
  }

  /** The code of a text that has one. */
  find(text: string): number | undefined {
    return this.codes.get(text);
  }

  /** What a code stands for; '' for MISSING. */
  text(code: number): string {
    if (code === MISSING) return '';
    return code < TEXT ? String(code) : this.texts[code - TEXT]!;
  }
}

/** Where the columns of a plan lie in a file: column numbers of the file, −1 for what it does not have. */
export interface Places {
  readonly categorical: readonly number[];
  readonly numerical: readonly number[];
  readonly lists: readonly number[];
  readonly separators: readonly string[];
}

export class RowStore implements Slots {
  readonly columns: number;
  categorical = new Int32Array(0);
  numerical = new Float32Array(0);
  labels = new Uint8Array(0);
  /** Code of the group's text. */
  groups = new Int32Array(0);
  /** The key by which another file is joined; the same codes. */
  keys = new Int32Array(0);
  times = new Float64Array(0);
  weights = new Float32Array(0);
  rowIds = new Float64Array(0);
  /** 1 where the row comes from the second file of rows. */
  parts = new Uint8Array(0);
  /** [list columns][slots] */
  lists: (Int32Array | null)[][];
  texts = new Texts();
  /** Lists that were cut at LONGEST_LIST. */
  cut = 0;
  private atLastCleaning = 100_000;
  private capacity = 0;

  constructor(readonly plan: Plan) {
    this.columns = plan.categorical.length;
    this.lists = plan.lists.map(() => []);
    const row = 4 * (this.columns + plan.numerical.length) + plan.tasks.length + 60 + 80 * plan.lists.length;
    const rows = plan.mapping.sampling.rows;
    if (row * rows > MOST_BYTES) {
      throw new DataError(
        `${count(rows)} rows of ${count(this.columns + plan.numerical.length + plan.lists.length)} columns need ${(
          (row * rows) / 1e9
        ).toFixed(
          1,
        )} GB of memory; keep at most ${count(Math.floor(MOST_BYTES / row / 1000) * 1000)} rows or ignore columns.`,
      );
    }
  }

  grow(capacity: number): void {
    const { plan } = this;
    const wider = <T extends Int32Array | Uint8Array | Float32Array | Float64Array>(
      a: T,
      width: number,
    ): T => {
      const b = new (a.constructor as new (n: number) => T)(capacity * width);
      b.set(a);
      return b;
    };
    try {
      this.categorical = wider(this.categorical, this.columns);
      this.numerical = wider(this.numerical, plan.numerical.length);
      this.labels = wider(this.labels, plan.tasks.length);
      this.groups = wider(this.groups, 1);
      this.keys = wider(this.keys, 1);
      this.times = wider(this.times, 1);
      this.weights = wider(this.weights, 1).fill(1, this.capacity);
      this.rowIds = wider(this.rowIds, 1);
      this.parts = wider(this.parts, 1);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new DataError(
        'There is not enough memory for so many rows: close other pages or keep fewer rows.',
      );
    }
    this.capacity = capacity;
  }

  /** Lets go of the texts that only dropped rows had, so that ids seen once do not pile up over a long file. */
  freed(isFree: (slot: number) => boolean): void {
    for (const column of this.lists) {
      for (let slot = 0; slot < column.length; slot++) if (isFree(slot)) column[slot] = null;
    }
    if (this.texts.texts.length < 2 * this.atLastCleaning) return;
    const old = this.texts;
    this.texts = new Texts();
    const move = (code: number) => (code < TEXT ? code : this.texts.code(old.text(code)));
    const C = this.columns;
    for (let slot = 0; slot < this.capacity; slot++) {
      if (isFree(slot)) continue;
      for (let c = slot * C; c < (slot + 1) * C; c++) this.categorical[c] = move(this.categorical[c]!);
      this.groups[slot] = move(this.groups[slot]!);
      this.keys[slot] = move(this.keys[slot]!);
      for (const column of this.lists) {
        const entries = column[slot];
        if (entries) column[slot] = entries.map(move);
      }
    }
    this.atLastCleaning = Math.max(100_000, this.texts.texts.length);
  }

  /** The code of a field. */
  codeOf(block: RowBlock, row: number, column: number): number {
    const code = block.code(row, column);
    if (code !== NOT_WHOLE) return code;
    const text = block.text(row, column);
    return text === '' ? MISSING : this.texts.code(text);
  }

  /** Parses one feature of a row into a slot: `at` is its place among the plan's categories, numbers or lists. */
  putCategorical(slot: number, at: number, block: RowBlock, row: number, column: number): void {
    this.categorical[slot * this.columns + at] = this.codeOf(block, row, column);
  }

  putNumerical(slot: number, at: number, block: RowBlock, row: number, column: number): void {
    this.numerical[slot * this.plan.numerical.length + at] = block.number(row, column);
  }

  putList(slot: number, at: number, block: RowBlock, row: number, column: number, separator: string): void {
    const entries = block.list(row, column, separator);
    if (entries.length > LONGEST_LIST) this.cut++;
    this.lists[at]![slot] = Int32Array.from(entries.slice(0, LONGEST_LIST), (entry) =>
      /^(0|[1-9]\d{0,8})$/.test(entry) ? Number(entry) : this.texts.code(entry),
    );
  }

  /** Parses all features of a row into a slot. Throws the refusal of a field. */
  putAll(slot: number, block: RowBlock, row: number, places: Places): void {
    const { categorical, numerical, lists, separators } = places;
    const C = this.columns;
    for (let c = 0; c < categorical.length; c++) {
      const column = categorical[c]!;
      if (column >= 0) this.categorical[slot * C + c] = this.codeOf(block, row, column);
    }
    const M = numerical.length;
    for (let m = 0; m < M; m++) {
      const column = numerical[m]!;
      if (column >= 0) this.numerical[slot * M + m] = block.number(row, column);
    }
    for (let l = 0; l < lists.length; l++) {
      if (lists[l]! >= 0) this.putList(slot, l, block, row, lists[l]!, separators[l]!);
    }
  }

  /** Empties the features of a slot that a joined file is to fill. */
  clear(slot: number, places: Places): void {
    places.categorical.forEach((column, c) => {
      if (column >= 0) this.categorical[slot * this.columns + c] = MISSING;
    });
    places.numerical.forEach((column, m) => {
      if (column >= 0) this.numerical[slot * this.plan.numerical.length + m] = Number.NaN;
    });
    places.lists.forEach((column, l) => {
      if (column >= 0) this.lists[l]![slot] = null;
    });
  }
}
