/** Collects the users' lists of kept rows, one sequence column for each behaviour. */
import type { SequenceColumn, Sequences } from '../dataset';
import { BEHAVIOURS, CATEGORIES, drawUser, newUser, userStream } from './behaviour';

export const SEQUENCE_COLUMNS: readonly SequenceColumn[] = BEHAVIOURS.map(({ name, longest }) => ({
  name,
  vocabulary: CATEGORIES,
  longest,
}));

/** One growing column. */
class Column {
  readonly offsets: Uint32Array;
  private codes: Int32Array;
  private ages: Float32Array;

  constructor(rows: number, average: number) {
    this.offsets = new Uint32Array(rows + 1);
    const room = Math.ceil(rows * average * 1.02) + 64;
    this.codes = new Int32Array(room);
    this.ages = new Float32Array(room);
  }

  add(row: number, codes: Uint8Array, ages: Float32Array, length: number): void {
    const from = this.offsets[row]!;
    const to = from + length;
    if (to > this.codes.length) {
      const room = Math.ceil(to * 1.25);
      const [oldCodes, oldAges] = [this.codes, this.ages];
      this.codes = new Int32Array(room);
      this.codes.set(oldCodes);
      this.ages = new Float32Array(room);
      this.ages.set(oldAges);
    }
    for (let e = 0; e < length; e++) {
      this.codes[from + e] = codes[e]!;
      this.ages[from + e] = ages[e]!;
    }
    this.offsets[row + 1] = to;
  }

  /** Copies without the spare room: buffers of a data set are handed to other threads whole. */
  done(): Sequences {
    const size = this.offsets.at(-1)!;
    return { offsets: this.offsets, codes: this.codes.slice(0, size), ages: this.ages.slice(0, size) };
  }
}

export class Lists {
  private readonly user = newUser();
  private readonly columns: readonly Column[];

  constructor(rows: number) {
    this.columns = BEHAVIOURS.map(({ average }) => new Column(rows, average));
  }

  /** Draws the user of a page again; the rows that are added from now on are his. */
  open(seed: number, page: number): void {
    drawUser(userStream(seed, page), this.user);
  }

  /** Rows are added in order. */
  add(row: number): void {
    this.columns.forEach((column, b) => {
      column.add(row, this.user.codes[b]!, this.user.ages[b]!, this.user.lengths[b]!);
    });
  }

  done(): readonly Sequences[] {
    return this.columns.map((column) => column.done());
  }
}
