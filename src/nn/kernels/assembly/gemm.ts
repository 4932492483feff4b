/** Matrix product of row-major float32 matrices: C = A·B, A·Bᵀ or Aᵀ·B, with leading dimensions, bias, ReLU and accumulation. */
import { TILE_ROWS, tileColumns, tileRows } from './tiles';

/** Columns of a tile and of a panel of B. */
const WIDTH: i32 = 8;
/** Steps of K that a panel of B holds: 10 KB of it and a strip of A stay in the first-level cache together. */
const DEPTH: i32 = 320;

/** A·B. */
export const NN: i32 = 0;
/** A·Bᵀ: B is given as [N, K]. */
export const NT: i32 = 1;
/** Aᵀ·B: A is given as [K, M]. */
export const TN: i32 = 2;

/** N rounded up to whole panels. */
function padded(N: i32): i32 {
  return (N + WIDTH - 1) & ~(WIDTH - 1);
}

/** Bytes of scratch memory that `gemm` needs for N columns: the packed B, a panel of bias, a panel of zeros, a tile. */
export function gemmScratch(N: i32): i32 {
  return 4 * (DEPTH * padded(N) + 2 * WIDTH + TILE_ROWS * WIDTH);
}

/** Copies `rows` × `columns` numbers. Strides in bytes. */
function copyBlock(to: usize, ldTo: usize, from: usize, ldFrom: usize, rows: i32, columns: i32): void {
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < columns; j++) store<f32>(to + (j << 2), load<f32>(from + (j << 2)));
    to += ldTo;
    from += ldFrom;
  }
}

/** Packs K × N of B into panels of 8 columns, each [K][8], the last one padded with zeros. @param ldb in bytes */
function packB(to: usize, b: usize, ldb: usize, K: i32, N: i32): void {
  const zero = f32x4.splat(0);
  for (let j = 0; j < N; j += WIDTH) {
    const columns = min(WIDTH, N - j);
    let from = b + ((<usize>j) << 2);
    for (let k = 0; k < K; k++) {
      if (columns === WIDTH) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
      } else {
        v128.store(to, zero);
        v128.store(to, zero, 16);
        for (let c = 0; c < columns; c++) store<f32>(to + (c << 2), load<f32>(from + (c << 2)));
      }
      to += 4 * WIDTH;
      from += ldb;
    }
  }
}

/** As `packB`, of a B that is given as [N, K]. */
function packBTransposed(to: usize, b: usize, ldb: usize, K: i32, N: i32): void {
  for (let j = 0; j < N; j += WIDTH) {
    const columns = min(WIDTH, N - j);
    if (columns < WIDTH) memory.fill(to, 0, K * 4 * WIDTH);
    for (let c = 0; c < columns; c++) {
      let from = b + <usize>(j + c) * ldb;
      let at = to + (c << 2);
      for (let k = 0; k < K; k++) {
        store<f32>(at, load<f32>(from));
        from += 4;
        at += 4 * WIDTH;
      }
    }
    to += K * 4 * WIDTH;
  }
}

/**
 * C [M, N] = op(A)·op(B) (+ C) (+ bias), then ReLU where asked for.
 * @param kind NN: A [M, K], B [K, N]. NT: B [N, K]. TN: A [K, M]
 * @param lda, ldb, ldc numbers from one row to the next
 * @param bias [N], or 0 for none
 * @param accumulate 1 adds to what C holds; then `bias` must be 0
 * @param relu 1 for max(·, 0), which lets NaN through
 * @param scratch `gemmScratch(N)` bytes
 */
export function gemm(
  kind: i32,
  M: i32,
  N: i32,
  K: i32,
  a: usize,
  lda: i32,
  b: usize,
  ldb: i32,
  c: usize,
  ldc: i32,
  bias: usize,
  accumulate: i32,
  relu: i32,
  scratch: usize,
): void {
  const zeros = scratch;
  const ragged = zeros + 4 * WIDTH; // the bias of the last, padded panel
  const tile = ragged + 4 * WIDTH;
  const packed = tile + 4 * TILE_ROWS * WIDTH;
  memory.fill(zeros, 0, 8 * WIDTH);
  const tail = N & (WIDTH - 1);
  if (bias !== 0 && tail !== 0) copyBlock(ragged, 0, bias + ((<usize>(N - tail)) << 2), 0, 1, tail);

  const bytesA = (<usize>lda) << 2;
  const bytesB = (<usize>ldb) << 2;
  const bytesC = (<usize>ldc) << 2;
  const blocks = max(1, (K + DEPTH - 1) / DEPTH);
  const depth = (K + blocks - 1) / blocks;
  for (let block = 0; block < blocks; block++) {
    const k0 = <usize>(block * depth);
    const rest = min(depth, K - <i32>k0);
    if (kind === NT) packBTransposed(packed, b + (k0 << 2), bytesB, rest, N);
    else packB(packed, b + k0 * bytesB, bytesB, rest, N);
    const adds = block > 0 || accumulate !== 0;
    const floor = f32x4.splat(relu !== 0 && block === blocks - 1 ? 0 : -Infinity);
    const blockA = kind === TN ? a + k0 * bytesA : a + (k0 << 2);
    for (let i = 0; i < M; i += TILE_ROWS) {
      const rows = min(TILE_ROWS, M - i);
      const stripA = kind === TN ? blockA + ((<usize>i) << 2) : blockA + <usize>i * bytesA;
      let panel = packed;
      for (let j = 0; j < N; j += WIDTH) {
        const columns = min(WIDTH, N - j);
        const whole = columns === WIDTH;
        const out = c + <usize>i * bytesC + ((<usize>j) << 2);
        const to = whole ? out : tile;
        const ldTo = whole ? bytesC : 4 * WIDTH;
        let init = zeros;
        let ldInit: usize = 0;
        if (adds) {
          if (!whole) copyBlock(tile, 4 * WIDTH, out, bytesC, rows, columns);
          init = to;
          ldInit = ldTo;
        } else if (bias !== 0) init = whole ? bias + ((<usize>j) << 2) : ragged;
        if (kind === TN) tileColumns(rows, rest, stripA, bytesA, panel, to, ldTo, init, ldInit, floor);
        else tileRows(rows, rest, stripA, bytesA, panel, to, ldTo, init, ldInit, floor);
        if (!whole) copyBlock(out, bytesC, tile, 4 * WIDTH, rows, columns);
        panel += <usize>rest * 4 * WIDTH;
      }
    }
  }
}
