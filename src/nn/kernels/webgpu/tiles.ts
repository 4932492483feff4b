/** Matrix products in WGSL: a workgroup works out one tile of 32 × 32 numbers of C = A·B, from strips of A and B in shared memory. */

/** Rows and columns of a tile. */
export const TILE = 32;
/** Steps of K that lie in shared memory at once. */
const STEP = 16;
/** Distance of two steps there: odd, so that threads that go along K do not all hit one bank. */
const PITCH = TILE + 1;
/** Threads of a workgroup, 8 × 8; each has 4 × 4 numbers, 8 apart so that neighbours read and write neighbouring places. */
export const TILE_LANES = 64;

export const tilesOf = (n: number) => Math.ceil(n / TILE);

/** Shared memory and sums. `tileColumn` holds the sums of B's columns, where a product asks for them. */
export const TILE_MEMORY = `
var<workgroup> stripA : array<f32, ${STEP * PITCH}>; // [step, row]
var<workgroup> stripB : array<f32, ${STEP * PITCH}>; // [step, column]
var<private> tileSum : array<vec4<f32>, 4>; // rows ty + 8i, columns tx + 8j of the tile
var<private> tileColumn : vec4<f32>;`;

export interface TileProduct {
  /** Of the function: `name(g, row, column, M, N, K)`, with the group and the tile's first row and column. */
  readonly name: string;
  /** A's number at (g, m, k) and B's at (g, k, n), as expressions; asked for inside the matrices only. */
  readonly a: string;
  readonly b: string;
  /** Along which index the numbers of A and of B lie side by side. */
  readonly aRuns: 'm' | 'k';
  readonly bRuns: 'k' | 'n';
  /** What to do with `value` = C's number at (g, m, n). */
  readonly store: string;
  /** What to do with `sum` of B's column n, done in the first row of tiles only. */
  readonly storeColumn?: string;
}

/** A function that works out one tile. K must be the same for all threads of the workgroup. */
export function tileProduct({ name, a, b, aRuns, bRuns, store, storeColumn }: TileProduct): string {
  const split = (alongK: boolean, other: string) =>
    alongK
      ? `let step = l % ${STEP}; let ${other} = l / ${STEP};`
      : `let step = l / ${TILE}; let ${other} = l % ${TILE};`;
  return `
fn ${name}(g : i32, row : i32, column : i32, M : i32, N : i32, K : i32) {
  let lane = i32(localIndex);
  let tx = lane % 8;
  let ty = lane / 8;
  for (var i = 0; i < 4; i++) { tileSum[i] = vec4<f32>(0.0); }
  tileColumn = vec4<f32>(0.0);
  for (var first = 0; first < K; first += ${STEP}) {
    for (var l = lane; l < ${STEP * TILE}; l += ${TILE_LANES}) {
      ${split(aRuns === 'k', 'r')}
      let m = row + r;
      let k = first + step;
      var value = 0.0;
      if (m < M && k < K) { value = ${a}; }
      stripA[step * ${PITCH} + r] = value;
    }
    for (var l = lane; l < ${STEP * TILE}; l += ${TILE_LANES}) {
      ${split(bRuns === 'k', 'c')}
      let n = column + c;
      let k = first + step;
      var value = 0.0;
      if (n < N && k < K) { value = ${b}; }
      stripB[step * ${PITCH} + c] = value;
    }
    workgroupBarrier();
    for (var step = 0; step < ${STEP}; step++) {
      let at = step * ${PITCH};
      let right = vec4<f32>(stripB[at + tx], stripB[at + tx + 8], stripB[at + tx + 16], stripB[at + tx + 24]);
      for (var i = 0; i < 4; i++) { tileSum[i] += stripA[at + ty + 8 * i] * right; }
      ${storeColumn ? 'tileColumn += right;' : ''}
    }
    workgroupBarrier();
  }
  for (var j = 0; j < 4; j++) {
    let n = column + tx + 8 * j;
    if (n >= N) { continue; }
    for (var i = 0; i < 4; i++) {
      let m = row + ty + 8 * i;
      let value = tileSum[i][j];
      if (m < M) { ${store} }
    }
    ${storeColumn ? `if (row == 0 && ty == 0) { let sum = tileColumn[j]; ${storeColumn} }` : ''}
  }
}`;
}
