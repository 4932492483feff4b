/**
 * Looks through a Parquet page before hyparquet decodes it: a run length or a block size that is a lie would have it write
 * past its output, or count to billions, for a file of a few bytes.
 */

interface Cursor {
  readonly view: DataView;
  at: number;
}

const lie = (what: string) => new Error(`${what} does not fit its page`);

function varint(cursor: Cursor): number {
  let result = 0;
  for (let scale = 1; scale <= 2 ** 28; scale *= 128) {
    const byte = cursor.view.getUint8(cursor.at++);
    result += (byte & 0x7f) * scale;
    if (byte < 128) return result;
  }
  throw lie('a number');
}

/** Bits that hold numbers 0 … most. */
export const bitsFor = (most: number): number => 32 - Math.clz32(most);

/**
 * Checks runs of the RLE / bit-packing hybrid.
 * @param start first byte of the runs; @param end where they must have stopped; @param width bits a value
 * @param count values that are wanted of them
 */
export function checkRuns(view: DataView, start: number, end: number, width: number, count: number): void {
  if (end > view.byteLength || start > end || width > 32) throw lie('a list of runs');
  const cursor = { view, at: start };
  for (let seen = 0; seen < count; ) {
    const header = varint(cursor);
    const half = Math.floor(header / 2);
    if (header % 2 === 1) {
      // Writers fill up the last group of eight, and some a whole block of groups.
      if (half === 0 || half * 8 > count - seen + 512) throw lie('a run');
      seen += half * 8;
      // The last group may be cut short after its last value.
      cursor.at = Math.min(end, cursor.at + half * width);
    } else {
      if (half === 0 || half > count - seen) throw lie('a run');
      seen += half;
      cursor.at += (width + 7) >> 3;
    }
    if (cursor.at > end) throw lie('a run');
  }
}

/** Checks the length in front of runs (data pages of version 1), then the runs; returns where they end. */
export function checkPrefixedRuns(view: DataView, start: number, width: number, count: number): number {
  const end = start + 4 + view.getUint32(start, true);
  checkRuns(view, start + 4, end, width, count);
  return end;
}

/** Checks the head of delta-packed whole numbers. */
export function checkDelta(view: DataView, start: number): void {
  const cursor = { view, at: start };
  const block = varint(cursor);
  const miniblocks = varint(cursor);
  if (miniblocks < 1 || miniblocks > 1024 || block > 2 ** 20 || block < 1 || block % miniblocks !== 0)
    throw lie('a block of differences');
}
