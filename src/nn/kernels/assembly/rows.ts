/** Rows of a table, picked out and put back. */
import { loadPart, storePart } from './lanes';

/** to[i] = table[rows[i]] for `count` rows of d numbers. @param rows int32, each a row of the table */
export function takeRows(table: usize, d: i32, rows: usize, count: i32, to: usize): void {
  for (let i = 0; i < count; i++) {
    const from = table + ((<usize>load<i32>(rows) * <usize>d) << 2);
    for (let j = 0; j < d; j += 4) {
      const at = (<usize>j) << 2;
      storePart(to + at, loadPart(from + at, d - j), d - j);
    }
    rows += 4;
    to += (<usize>d) << 2;
  }
}

/** table[rows[i]] = from[i], in place. @param rows int32, each a row of the table, none twice */
export function putRows(from: usize, d: i32, rows: usize, count: i32, table: usize): void {
  for (let i = 0; i < count; i++) {
    const to = table + ((<usize>load<i32>(rows) * <usize>d) << 2);
    for (let j = 0; j < d; j += 4) {
      const at = (<usize>j) << 2;
      storePart(to + at, loadPart(from + at, d - j), d - j);
    }
    rows += 4;
    from += (<usize>d) << 2;
  }
}
