/** Parses the fields of AliExpress rows into typed arrays and refuses a bad one by file, line and column. */
import { DataError } from '../dataset';
import { hashString } from '../random';
import { CATEGORICALS, COLUMNS, NUMERICALS } from './layout';

/** Codes above this would ask for an embedding table that no browser holds; AliExpress's own end below 50. */
export const LARGEST_CODE = 1_000_000;

const TASKS = 2;
const FIRST_NUMERICAL = 1 + CATEGORICALS;
const CLICK = FIRST_NUMERICAL + NUMERICALS;
const CONVERSION = CLICK + 1;

const count = (n: number) => n.toLocaleString('en-US');

/** What a field holds, for a message: short, on one line. */
function quote(field: string): string {
  const flat = field.replace(/\s+/g, ' ');
  return `"${flat.length > 24 ? `${flat.slice(0, 23)}…` : flat}"`;
}

/**
 * A number, or NaN for what is not one. Number() alone would take "0x1F" and "" for numbers; "Infinity" passes here,
 * for it deserves a sentence of its own. Called 80 times a row: the checks are ordered by how cheap they are.
 */
function numberIn(field: string): number {
  const v = Number(field);
  if (v === 0 && field.trim() === '') return Number.NaN;
  const second = field.charCodeAt(1) | 32;
  // The x, o or b of a hexadecimal, octal or binary literal.
  return second === 120 || second === 111 || second === 98 ? Number.NaN : v;
}

/** Growing columns of accepted rows. */
export class RowTable {
  rows = 0;
  categorical: Int32Array;
  /** NaN where the field was empty. */
  numerical: Float32Array;
  labels: Uint8Array;
  /** Number of the row's page, by first appearance. */
  groups: Uint32Array;
  /** Hash of the row's search_id, which decides its part. */
  pageHashes: Uint32Array;
  /** 0-based data row of the file. */
  rowIds: Uint32Array;
  /** Largest code seen, by column. */
  readonly largest = new Int32Array(CATEGORICALS);
  /** Rows left out because they hold a conversion without a click, and empty numerical fields. */
  impossible = 0;
  empty = 0;
  private readonly pages = new Map<string, number>();
  private capacity: number;

  constructor(
    private readonly file: string,
    private readonly places: Int32Array,
    private readonly budget: number,
    expectedRows: number,
  ) {
    this.capacity = Math.max(16, Math.min(budget, Math.ceil(expectedRows)));
    const allocate = () => ({
      categorical: new Int32Array(this.capacity * CATEGORICALS),
      numerical: new Float32Array(this.capacity * NUMERICALS),
      labels: new Uint8Array(this.capacity * TASKS),
      groups: new Uint32Array(this.capacity),
      pageHashes: new Uint32Array(this.capacity),
      rowIds: new Uint32Array(this.capacity),
    });
    const room = this.withinMemory(allocate);
    this.categorical = room.categorical;
    this.numerical = room.numerical;
    this.labels = room.labels;
    this.groups = room.groups;
    this.pageHashes = room.pageHashes;
    this.rowIds = room.rowIds;
  }

  get pageCount(): number {
    return this.pages.size;
  }

  /** Takes the fields of one row at 1-based `line`, which is data row `rowId`. */
  add(fields: readonly string[], line: number, rowId: number): void {
    if (fields.length !== COLUMNS.length) this.refuseLength(fields.length, line);
    if (this.rows === this.capacity) this.grow();
    const row = this.rows;
    const click = this.label(fields, CLICK, line);
    const conversion = this.label(fields, CONVERSION, line);
    if (conversion > click) {
      this.impossible++;
      return;
    }
    const id = fields[this.places[0]!]!.trim();
    if (id === '') this.refuse(line, 'search_id', 'is empty; each row needs the id of its result page');
    for (let c = 0; c < CATEGORICALS; c++)
      this.categorical[row * CATEGORICALS + c] = this.code(fields, c, line);
    for (let m = 0; m < NUMERICALS; m++) this.numerical[row * NUMERICALS + m] = this.value(fields, m, line);
    this.labels[row * TASKS] = click;
    this.labels[row * TASKS + 1] = conversion;
    let page = this.pages.get(id);
    if (page === undefined) {
      page = this.pages.size;
      this.pages.set(id, page);
    }
    this.groups[row] = page;
    this.pageHashes[row] = hashString(id);
    this.rowIds[row] = rowId;
    this.rows++;
  }

  private code(fields: readonly string[], c: number, line: number): number {
    const field = fields[this.places[1 + c]!]!;
    const v = numberIn(field);
    if (!(Number.isInteger(v) && v >= 0 && v <= LARGEST_CODE)) {
      const name = COLUMNS[1 + c]!;
      if (field.trim() === '')
        this.refuse(line, name, 'is empty; a category needs a code, a whole number from 0');
      if (v > LARGEST_CODE) {
        this.refuse(
          line,
          name,
          `holds the code ${quote(field)}; codes above ${count(LARGEST_CODE)} need too large an embedding table, so renumber them from 0`,
        );
      }
      this.refuse(line, name, `holds ${quote(field)}; a category's code must be a whole number from 0`);
    }
    if (v > this.largest[c]!) this.largest[c] = v;
    return v;
  }

  private value(fields: readonly string[], m: number, line: number): number {
    const field = fields[this.places[FIRST_NUMERICAL + m]!]!;
    const v = numberIn(field);
    if (Number.isFinite(Math.fround(v))) return v;
    if (field.trim() === '') {
      this.empty++;
      return Number.NaN;
    }
    const name = COLUMNS[FIRST_NUMERICAL + m]!;
    const infinite = Math.abs(v) > 3e38;
    return this.refuse(
      line,
      name,
      infinite || /^[-+]?(nan|inf(inity)?)$/i.test(field.trim())
        ? `holds ${quote(field)}, which is not a finite number; leave the field empty where the value is missing`
        : `holds ${quote(field)}, which is not a number; correct the field or leave it empty`,
    );
  }

  private label(fields: readonly string[], column: number, line: number): number {
    const field = fields[this.places[column]!]!;
    if (field === '0') return 0;
    if (field === '1') return 1;
    const v = numberIn(field);
    if (v === 0 || v === 1) return v;
    return this.refuse(line, COLUMNS[column]!, `holds ${quote(field)}; a label must be 0 or 1`);
  }

  private refuse(line: number, column: string, why: string): never {
    throw new DataError(`${this.file}, line ${count(line)}, column ${column} ${why}.`, {
      file: this.file,
      row: line,
      column,
    });
  }

  private refuseLength(fields: number, line: number): never {
    const have = `${this.file}, line ${count(line)}: this row has ${fields} of ${COLUMNS.length} fields`;
    throw new DataError(
      fields < COLUMNS.length
        ? `${have}, so the file seems to be cut off or damaged there; download or export it again.`
        : `${this.file}, line ${count(line)}: this row has ${fields} fields instead of ${COLUMNS.length}; remove the surplus commas or put such fields in quotes.`,
      { file: this.file, row: line },
    );
  }

  private grow(): void {
    const capacity = Math.min(this.budget, this.capacity * 2);
    const wider = <T extends Int32Array | Uint32Array | Float32Array | Uint8Array>(a: T): T => {
      const b = new (a.constructor as new (n: number) => T)((a.length / this.capacity) * capacity);
      b.set(a);
      return b;
    };
    this.withinMemory(() => {
      this.categorical = wider(this.categorical);
      this.numerical = wider(this.numerical);
      this.labels = wider(this.labels);
      this.groups = wider(this.groups);
      this.pageHashes = wider(this.pageHashes);
      this.rowIds = wider(this.rowIds);
    });
    this.capacity = capacity;
  }

  /** Runs what needs much memory; where there is none, says so instead of dying of a RangeError. */
  withinMemory<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new DataError(
        `There is not enough memory to hold ${this.file}: close other pages or open a file with fewer rows.`,
        { file: this.file },
      );
    }
  }
}
