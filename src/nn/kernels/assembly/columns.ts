/** Work on whole rows and columns of a matrix: sums over rows, ReLU's mask, adding a row, dropout, copies. */
import { loadPart, storePart } from './lanes';

/** out[j] = Σ_i x[i, j] of [rows, n], rows in order. */
export function columnSum(x: usize, rows: i32, n: i32, out: usize): void {
  const stride = (<usize>n) << 2;
  let j = 0;
  for (; j + 16 <= n; j += 16) {
    let at = x + ((<usize>j) << 2);
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (let i = 0; i < rows; i++) {
      s0 = f32x4.add(s0, v128.load(at));
      s1 = f32x4.add(s1, v128.load(at, 16));
      s2 = f32x4.add(s2, v128.load(at, 32));
      s3 = f32x4.add(s3, v128.load(at, 48));
      at += stride;
    }
    const to = out + ((<usize>j) << 2);
    v128.store(to, s0);
    v128.store(to, s1, 16);
    v128.store(to, s2, 32);
    v128.store(to, s3, 48);
  }
  for (; j < n; j += 4) {
    let at = x + ((<usize>j) << 2);
    let s = f32x4.splat(0);
    for (let i = 0; i < rows; i++) {
      s = f32x4.add(s, loadPart(at, n - j));
      at += stride;
    }
    storePart(out + ((<usize>j) << 2), s, n - j);
  }
}

/** dz = dy where y > 0, else 0, for `size` numbers. `dz` may be `dy`. */
export function reluMask(dy: usize, y: usize, size: i32, dz: usize): void {
  const zero = f32x4.splat(0);
  for (let i = 0; i < size; i += 4) {
    const at = (<usize>i) << 2;
    const rest = size - i;
    const open = f32x4.gt(loadPart(y + at, rest), zero);
    storePart(dz + at, v128.and(loadPart(dy + at, rest), open), rest);
  }
}

/** y = max(x, 0) for `size` numbers; NaN stays NaN. */
export function relu(x: usize, size: i32, y: usize): void {
  const zero = f32x4.splat(0);
  for (let i = 0; i < size; i += 4) {
    const at = (<usize>i) << 2;
    storePart(y + at, f32x4.pmax(loadPart(x + at, size - i), zero), size - i);
  }
}

/** y[i, j] = x[i, j] + row[j] for [rows, n]. */
export function addRow(x: usize, row: usize, rows: i32, n: i32, y: usize): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < n; j += 4) {
      const at = (<usize>j) << 2;
      storePart(y + at, f32x4.add(loadPart(x + at, n - j), loadPart(row + at, n - j)), n - j);
    }
    x += (<usize>n) << 2;
    y += (<usize>n) << 2;
  }
}

/** Copies [rows, n] from rows `ldFrom` apart to rows `ldTo` apart; both in numbers. */
export function copyRows(from: usize, ldFrom: i32, rows: i32, n: i32, to: usize, ldTo: i32): void {
  const bytes = (<usize>n) << 2;
  if (ldFrom === n && ldTo === n) {
    memory.copy(to, from, <usize>rows * bytes);
    return;
  }
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < n; j += 4) {
      const at = (<usize>j) << 2;
      storePart(to + at, loadPart(from + at, n - j), n - j);
    }
    from += (<usize>ldFrom) << 2;
    to += (<usize>ldTo) << 2;
  }
}

/** x·mask with mask_i = 0 where hash(i ^ key) < threshold, else `keep`: the counter-based mask of draws.ts, bit for bit. */
export function dropout(x: usize, size: i32, key: i32, threshold: u32, keep: f32, y: usize): void {
  const k = i32x4.splat(key);
  const limit = i32x4.splat(threshold);
  const scale = f32x4.splat(keep);
  let index = i32x4(0, 1, 2, 3);
  const four = i32x4.splat(4);
  for (let i = 0; i < size; i += 4) {
    const at = (<usize>i) << 2;
    let h = v128.xor(index, k);
    h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 16)), i32x4.splat(0x21f0aaad));
    h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 15)), i32x4.splat(<i32>0xd35a2d97));
    h = v128.xor(h, i32x4.shr_u(h, 15));
    const mask = v128.and(i32x4.ge_u(h, limit), scale);
    storePart(y + at, f32x4.mul(loadPart(x + at, size - i), mask), size - i);
    index = i32x4.add(index, four);
  }
}
