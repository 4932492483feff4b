/** Sorting scores without a comparator: a radix sort on keys that order as the numbers do. */

const DIGIT_BITS = 11;
const BUCKETS = 1 << DIGIT_BITS;

/** Order-preserving 32-bit keys of float32 numbers: flip all bits of negatives, the sign bit of the others. */
function float32Keys(scores: Float32Array): Uint32Array {
  const n = scores.length;
  // Adding 0 turns −0 into +0, so that the two tie.
  const keys = new Uint32Array(scores.map((s) => s + 0).buffer);
  for (let i = 0; i < n; i++) {
    const bits = keys[i]!;
    keys[i] = bits >>> 31 ? ~bits : bits | 0x80000000;
  }
  return keys;
}

/** The same for doubles, as two words. */
function float64Keys(scores: Float64Array): { high: Uint32Array; low: Uint32Array } {
  const n = scores.length;
  const view = new DataView(new ArrayBuffer(8));
  const high = new Uint32Array(n);
  const low = new Uint32Array(n);
  for (let i = 0; i < n; i++) {
    view.setFloat64(0, scores[i]! + 0);
    const h = view.getUint32(0);
    const l = view.getUint32(4);
    high[i] = h >>> 31 ? ~h : h | 0x80000000;
    low[i] = h >>> 31 ? ~l : l;
  }
  return { high, low };
}

/** One stable pass over a digit of the keys: `from` → `to`. */
function pass(
  keys: Uint32Array,
  shift: number,
  from: Uint32Array,
  to: Uint32Array,
  starts: Uint32Array,
): void {
  const n = from.length;
  starts.fill(0);
  for (let i = 0; i < n; i++) starts[(keys[i]! >>> shift) & (BUCKETS - 1)]!++;
  let sum = 0;
  for (let b = 0; b < BUCKETS; b++) {
    const count = starts[b]!;
    starts[b] = sum;
    sum += count;
  }
  for (let i = 0; i < n; i++) {
    const row = from[i]!;
    const bucket = (keys[row]! >>> shift) & (BUCKETS - 1);
    to[starts[bucket]!++] = row;
  }
}

/** Row numbers in ascending order of score; equal scores keep their order. NaN must be ruled out before. */
export function ascending(scores: Float32Array | Float64Array): Uint32Array {
  const n = scores.length;
  let from = new Uint32Array(n);
  for (let i = 0; i < n; i++) from[i] = i;
  let to = new Uint32Array(n);
  const starts = new Uint32Array(BUCKETS);
  let words: Uint32Array[];
  if (scores instanceof Float32Array) {
    words = [float32Keys(scores)];
  } else {
    const { high, low } = float64Keys(scores);
    words = [low, high];
  }
  for (const keys of words) {
    for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
      pass(keys, shift, from, to, starts);
      [from, to] = [to, from];
    }
  }
  return from;
}
