/** Embedding look-up, with numerical features put beside it, and its gradient. */
import { loadPart, storePart } from './lanes';

/**
 * Row i of out = [table[ids[i,0]+offsets[0]], …, table[ids[i,C−1]+offsets[C−1]], numbers[i]].
 * An id outside the table gives NaN: a run then diverges with a message instead of reading what lies beside the table.
 * @param table [V, d]
 * @param ids [rows, C] int32
 * @param offsets [C] int32
 * @param numbers [rows, M]; not read where M is 0
 * @param out [rows, C·d + M]
 */
export function embed(
  table: usize,
  V: i32,
  d: i32,
  ids: usize,
  offsets: usize,
  rows: i32,
  C: i32,
  numbers: usize,
  M: i32,
  out: usize,
): void {
  const nan = f32x4.splat(NaN);
  for (let i = 0; i < rows; i++) {
    for (let c = 0; c < C; c++) {
      const id = load<i32>(ids) + load<i32>(offsets + ((<usize>c) << 2));
      const known = <u32>id < <u32>V;
      const from = table + ((<usize>id * <usize>d) << 2);
      for (let j = 0; j < d; j += 4) {
        const at = (<usize>j) << 2;
        storePart(out + at, known ? loadPart(from + at, d - j) : nan, d - j);
      }
      ids += 4;
      out += (<usize>d) << 2;
    }
    for (let j = 0; j < M; j += 4) {
      const at = (<usize>j) << 2;
      storePart(out + at, loadPart(numbers + at, M - j), M - j);
    }
    numbers += (<usize>M) << 2;
    out += (<usize>M) << 2;
  }
}

/**
 * dTable [V, d]: 0, plus the gradient of every place where a row stands. Rows are added in the order of the batch, so the sum is
 * the same from run to run. An id outside the table is passed over.
 * @param dy [rows, ld], of which the first C·d columns are read
 */
export function embedGradient(
  dy: usize,
  ld: i32,
  V: i32,
  d: i32,
  ids: usize,
  offsets: usize,
  rows: i32,
  C: i32,
  dTable: usize,
): void {
  memory.fill(dTable, 0, (<usize>V * <usize>d) << 2);
  for (let i = 0; i < rows; i++) {
    let from = dy;
    for (let c = 0; c < C; c++) {
      const id = load<i32>(ids) + load<i32>(offsets + ((<usize>c) << 2));
      if (<u32>id < <u32>V) {
        const to = dTable + ((<usize>id * <usize>d) << 2);
        for (let j = 0; j < d; j += 4) {
          const at = (<usize>j) << 2;
          storePart(to + at, f32x4.add(loadPart(to + at, d - j), loadPart(from + at, d - j)), d - j);
        }
      }
      ids += 4;
      from += (<usize>d) << 2;
    }
    dy += (<usize>ld) << 2;
  }
}
