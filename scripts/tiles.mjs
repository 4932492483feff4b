/**
 * Writes the inner loops of the matrix product: one function for each height of a tile and each layout of A.
 *
 * A tile is `rows` × 8 numbers of C, held in 2·rows SIMD registers while K is run through. Six rows take 12 registers, and with
 * two of B and one of A that is what a processor with 16 has. Unrolled by hand, because no compiler keeps an array in registers.
 */

const ROWS = [1, 2, 3, 4, 5, 6];
const range = (n) => Array.from({ length: n }, (_, i) => i);

/** C += A·B for one k, `at` bytes into the panel; `a(r)` names the address of A's number in row r. */
function step(rows, at, a) {
  return [
    `    b0 = v128.load(panel, ${at});`,
    `    b1 = v128.load(panel, ${at + 16});`,
    ...range(rows).flatMap((r) => [
      `    s = v128.load32_splat(${a(r)});`,
      `    c${r}0 = f32x4.add(c${r}0, f32x4.mul(s, b0));`,
      `    c${r}1 = f32x4.add(c${r}1, f32x4.mul(s, b1));`,
    ]),
  ].join('\n');
}

/**
 * @param layout 'Rows': row r of A starts at a + r·lda and runs along k. 'Columns': k starts at a + k·lda and runs along r.
 * @param unroll steps of k in one turn of the loop
 */
function tile(rows, layout, unroll) {
  const along = layout === 'Rows';
  const address = (u) => (r) => (along ? `a${r}, ${4 * u}` : `${u === 0 ? 'a' : `a + ${u} * lda`}, ${4 * r}`);
  const advance = (steps) => [
    ...(along ? range(rows).map((r) => `    a${r} += ${4 * steps};`) : [`    a += ${steps} * lda;`]),
    `    panel += ${32 * steps};`,
  ];
  const turn = (steps) => [...range(steps).map((u) => step(rows, 32 * u, address(u))), ...advance(steps)];
  return `
export function tile${layout}${rows}(K: i32, a: usize, lda: usize, panel: usize, c: usize, ldc: usize, init: usize, ldi: usize, floor: v128): void {
${
  along
    ? range(rows)
        .map((r) => `  let a${r}: usize = a + ${r} * lda;`)
        .join('\n')
    : ''
}
${range(rows)
  .flatMap((r) => [0, 1].map((h) => `  let c${r}${h}: v128 = v128.load(init + ${r} * ldi, ${16 * h});`))
  .join('\n')}
  let b0: v128, b1: v128, s: v128;
  for (; K >= ${unroll}; K -= ${unroll}) {
${turn(unroll).join('\n')}
  }
  for (; K > 0; --K) {
${turn(1).join('\n')}
  }
${range(rows)
  .flatMap((r) => [0, 1].map((h) => `  v128.store(c + ${r} * ldc, f32x4.pmax(c${r}${h}, floor), ${16 * h});`))
  .join('\n')}
}`;
}

/** One function that picks the tile of a height. */
function pick(layout) {
  const args = 'K, a, lda, panel, c, ldc, init, ldi, floor';
  const last = ROWS.at(-1);
  return `
export function tile${layout}(rows: i32, K: i32, a: usize, lda: usize, panel: usize, c: usize, ldc: usize, init: usize, ldi: usize, floor: v128): void {
  if (rows >= ${last}) tile${layout}${last}(${args});
${ROWS.slice(0, -1)
  .reverse()
  .map((r) => `  else if (rows == ${r}) tile${layout}${r}(${args});`)
  .join('\n')}
}`;
}

/** The source of tiles.ts. */
export function tiles() {
  const parts = [
    ['Rows', 2],
    ['Columns', 2],
  ].flatMap(([layout, unroll]) => [...ROWS.map((rows) => tile(rows, layout, unroll)), pick(layout)]);
  return `export const TILE_ROWS: i32 = ${ROWS.at(-1)};\n${parts.join('\n')}\n`;
}
