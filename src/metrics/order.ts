/** Sorting scores without a comparator: a radix sort on keys that order as the numbers do. */

type Scores = Float32Array | Float64Array;

/** Three digits make a key of 32 bits. */
const DIGIT_BITS = 11;
const BUCKETS = 1 << DIGIT_BITS;
const DIGITS = 3;

/** Rows in ascending order of score, and where each run of equal scores begins. */
export interface Order {
  /** Row numbers, [N]; equal scores keep their order. */
  readonly rows: Uint32Array;
  /** Places in `rows` at which a new score begins, then N: run r is rows[runs[r]] … rows[runs[r+1] − 1]. */
  readonly runs: Uint32Array;
}

/** Working memory of the sort, kept from one call to the next and never handed out. */
let spare: { readonly keys: Uint32Array; readonly keys2: Uint32Array; readonly rows: Uint32Array } | null =
  null;
const counts = new Uint32Array(DIGITS * BUCKETS);

/** Two arrays of keys and one of row numbers, `n` each. Above 4 million rows nothing is kept: that much is not to lie about idle. */
function workspace(n: number): NonNullable<typeof spare> {
  if (spare && spare.rows.length >= n) return spare;
  const made = { keys: new Uint32Array(n), keys2: new Uint32Array(n), rows: new Uint32Array(n) };
  if (n <= 1 << 22) spare = made;
  return made;
}

/** 32 bits of a float's upper part that order as the float does: all bits of negatives flipped, the sign bit of the others. */
const ordered = (bits: number): number => (bits >> 31 ? ~bits : bits | 0x80000000);

/**
 * Sorts by `keys`, stably, carrying keys and row numbers along, so that memory is read in order and only written in jumps.
 * @param keys [N], overwritten
 * @returns the sorted keys with the rows; one of the two key arrays
 */
function sortByKeys(keys: Uint32Array, keys2: Uint32Array, rows: Uint32Array, rows2: Uint32Array, n: number) {
  counts.fill(0);
  for (let i = 0; i < n; i++) {
    const key = keys[i]!;
    counts[key & (BUCKETS - 1)]!++;
    counts[BUCKETS + ((key >>> DIGIT_BITS) & (BUCKETS - 1))]!++;
    counts[2 * BUCKETS + (key >>> (2 * DIGIT_BITS))]!++;
  }
  let from = { keys, rows };
  let to = { keys: keys2, rows: rows2 };
  let untouched = true;
  for (let digit = 0; digit < DIGITS; digit++) {
    const shift = digit * DIGIT_BITS;
    const starts = counts.subarray(digit * BUCKETS, (digit + 1) * BUCKETS);
    // A digit that all keys share sorts nothing.
    if (n === 0 || starts[(from.keys[0]! >>> shift) & (BUCKETS - 1)] === n) continue;
    let sum = 0;
    for (let b = 0; b < BUCKETS; b++) {
      const count = starts[b]!;
      starts[b] = sum;
      sum += count;
    }
    const { keys: k, rows: r } = from;
    const { keys: k2, rows: r2 } = to;
    if (untouched) {
      // Before the first pass row i stands at place i.
      for (let i = 0; i < n; i++) {
        const key = k[i]!;
        const at = starts[(key >>> shift) & (BUCKETS - 1)]!++;
        k2[at] = key;
        r2[at] = i;
      }
    } else {
      for (let i = 0; i < n; i++) {
        const key = k[i]!;
        const at = starts[(key >>> shift) & (BUCKETS - 1)]!++;
        k2[at] = key;
        r2[at] = r[i]!;
      }
    }
    untouched = false;
    [from, to] = [to, from];
  }
  if (untouched) for (let i = 0; i < n; i++) from.rows[i] = i;
  return from;
}

function orderSingles(scores: Float32Array): Order {
  const n = scores.length;
  const { keys, keys2, rows: rows2 } = workspace(n);
  const bits = new Int32Array(scores.buffer, scores.byteOffset, n);
  for (let i = 0; i < n; i++) {
    const b = bits[i]!;
    // −0 is taken for +0, so that the two tie.
    keys[i] = b === -0x80000000 ? 0x80000000 : ordered(b);
  }
  const sorted = sortByKeys(keys, keys2, new Uint32Array(n), rows2, n);
  const { keys: k } = sorted;
  const runs = new Uint32Array(n + 1);
  let found = 0;
  for (let t = 0; t < n; t++) if (t === 0 || k[t] !== k[t - 1]) runs[found++] = t;
  runs[found] = n;
  return { rows: sorted.rows === rows2 ? rows2.slice(0, n) : sorted.rows, runs: runs.subarray(0, found + 1) };
}

/** Doubles: by their upper words first, then what is left within runs of equal upper words, which are short but for ties. */
function orderDoubles(scores: Float64Array): Order {
  const n = scores.length;
  const { keys, keys2, rows: rows2 } = workspace(n);
  const words = new Int32Array(scores.buffer, scores.byteOffset, 2 * n); // little-endian, as every machine that runs this
  for (let i = 0; i < n; i++) {
    const high = words[2 * i + 1]!;
    keys[i] = scores[i] === 0 ? 0x80000000 : ordered(high);
  }
  const sorted = sortByKeys(keys, keys2, new Uint32Array(n), rows2, n);
  const rows = sorted.rows === rows2 ? rows2.slice(0, n) : sorted.rows;
  const k = sorted.keys;
  for (let start = 0, end = 1; start < n; start = end, end++) {
    let rising = true;
    for (; end < n && k[end] === k[start]; end++) {
      rising &&= scores[rows[end - 1]!]! <= scores[rows[end]!]!;
    }
    if (!rising) rows.subarray(start, end).sort((i, j) => scores[i]! - scores[j]! || i - j);
  }
  const runs = new Uint32Array(n + 1);
  let found = 0;
  for (let t = 0, before = Number.NaN; t < n; t++) {
    const score = scores[rows[t]!]!;
    if (score !== before) runs[found++] = t;
    before = score;
  }
  runs[found] = n;
  return { rows, runs: runs.subarray(0, found + 1) };
}

/** Rows by score with the runs of equal ones; −0 equals 0. NaN must be ruled out before. @param scores [N] */
export function order(scores: Scores): Order {
  return scores instanceof Float32Array ? orderSingles(scores) : orderDoubles(scores);
}

/** Row numbers in ascending order of score; equal scores keep their order. NaN must be ruled out before. */
export function ascending(scores: Scores): Uint32Array {
  return order(scores).rows;
}
