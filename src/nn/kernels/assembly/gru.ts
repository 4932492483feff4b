/** One step of a gated recurrent unit after the products with its input, and its gradient. */
import { gemm, gemmScratch, NN, NT, TN } from './gemm';
import { expNegative, loadPart, storePart } from './lanes';

/** 1/(1+e⁻ˣ) by e^−|x|, which cannot overflow. */
function sigmoid(x: v128): v128 {
  const e = expNegative(f32x4.neg(f32x4.abs(x)));
  const top = v128.bitselect(e, f32x4.splat(1), f32x4.lt(x, f32x4.splat(0)));
  return f32x4.div(top, f32x4.add(f32x4.splat(1), e));
}

/** tanh x. Near 0, where 1 − e^−2|x| would lose digits, its series; at |x| = ¼ the term left out is 8e-8. */
function tanh(x: v128): v128 {
  const one = f32x4.splat(1);
  const e = expNegative(f32x4.mul(f32x4.abs(x), f32x4.splat(-2)));
  const far = f32x4.div(f32x4.sub(one, e), f32x4.add(one, e));
  const sign = v128.and(x, f32x4.splat(-0.0));
  const q = f32x4.mul(x, x);
  let y = f32x4.splat(-17.0 / 315.0);
  y = f32x4.add(f32x4.mul(y, q), f32x4.splat(2.0 / 15.0));
  y = f32x4.add(f32x4.mul(y, q), f32x4.splat(-1.0 / 3.0));
  const near = f32x4.add(x, f32x4.mul(x, f32x4.mul(y, q)));
  return v128.bitselect(near, v128.or(far, sign), f32x4.lt(f32x4.abs(x), f32x4.splat(0.25)));
}

/** Bytes of scratch memory for either pass: r⊙h, and what the products need. */
export function gruScratch(rows: i32, H: i32): i32 {
  return 4 * ((rows * H + 3) & ~3) + gemmScratch(2 * H);
}

/**
 * z, r = σ(a_zr + h·U_zr), c = tanh(a_c + (r⊙h)·U_c), h' = z⊙h + (1−z)⊙c.
 * @param a xW + b, [rows, 3H], columns z, r, c
 * @param h [rows, H], or 0 where it is zero: U then is not read
 * @param U [H, 3H]
 * @param gates [rows, 3H]: z, r and c, which the gradient needs
 * @param state h', [rows, H]
 */
export function gru(
  a: usize,
  h: usize,
  U: usize,
  rows: i32,
  H: i32,
  gates: usize,
  state: usize,
  scratch: usize,
): void {
  const row = (<usize>H) << 2;
  const products = scratch + ((<usize>(4 * rows * H) + 15) & ~15);
  memory.copy(gates, a, <usize>rows * 3 * row);
  if (h !== 0) gemm(NN, rows, 2 * H, H, h, H, U, 3 * H, gates, 3 * H, 0, 1, 0, products);
  for (let i = 0; i < rows; i++) {
    const at = gates + <usize>i * 3 * row;
    for (let j = 0; j < 2 * H; j += 4) {
      const to = at + ((<usize>j) << 2);
      storePart(to, sigmoid(loadPart(to, 2 * H - j)), 2 * H - j);
    }
    if (h === 0) continue;
    for (let j = 0; j < H; j += 4) {
      const k = (<usize>j) << 2;
      const reset = f32x4.mul(loadPart(at + row + k, H - j), loadPart(h + <usize>i * row + k, H - j));
      storePart(scratch + <usize>i * row + k, reset, H - j);
    }
  }
  const candidates = gates + 2 * row;
  const columnsC = U + 2 * row;
  if (h !== 0) gemm(NN, rows, H, H, scratch, H, columnsC, 3 * H, candidates, 3 * H, 0, 1, 0, products);
  const one = f32x4.splat(1);
  for (let i = 0; i < rows; i++) {
    const at = gates + <usize>i * 3 * row;
    for (let j = 0; j < H; j += 4) {
      const k = (<usize>j) << 2;
      const z = loadPart(at + k, H - j);
      const c = tanh(loadPart(at + 2 * row + k, H - j));
      storePart(at + 2 * row + k, c, H - j);
      let next = f32x4.mul(f32x4.sub(one, z), c);
      if (h !== 0) next = f32x4.add(next, f32x4.mul(z, loadPart(h + <usize>i * row + k, H - j)));
      storePart(state + <usize>i * row + k, next, H - j);
    }
  }
}

/**
 * With d = dh': dz = d⊙(h−c)⊙z(1−z), dc = d⊙(1−z)⊙(1−c²), e = dc·U_cᵀ, dr = e⊙h⊙r(1−r) before the activations;
 * dh = d⊙z + e⊙r + [dz, dr]·U_zrᵀ; dU = [hᵀ·dz, hᵀ·dr, (r⊙h)ᵀ·dc].
 * @param h, U as in `gru`; where h is 0 neither dh nor dU is written
 * @param dA [rows, 3H]: dz, dr, dc
 */
export function gruGradient(
  d: usize,
  h: usize,
  U: usize,
  gates: usize,
  rows: i32,
  H: i32,
  dA: usize,
  dh: usize,
  dU: usize,
  scratch: usize,
): void {
  const row = (<usize>H) << 2;
  const products = scratch + ((<usize>(4 * rows * H) + 15) & ~15);
  const one = f32x4.splat(1);
  for (let i = 0; i < rows; i++) {
    const at = <usize>i * 3 * row;
    const own = <usize>i * row;
    for (let j = 0; j < H; j += 4) {
      const k = (<usize>j) << 2;
      const rest = H - j;
      const z = loadPart(gates + at + k, rest);
      const c = loadPart(gates + at + 2 * row + k, rest);
      const g = loadPart(d + own + k, rest);
      const left = f32x4.mul(g, f32x4.sub(one, z));
      const before = h === 0 ? f32x4.splat(0) : loadPart(h + own + k, rest);
      storePart(dA + at + k, f32x4.mul(f32x4.mul(left, z), f32x4.sub(before, c)), rest);
      storePart(dA + at + 2 * row + k, f32x4.mul(left, f32x4.sub(one, f32x4.mul(c, c))), rest);
      if (h === 0) storePart(dA + at + row + k, f32x4.splat(0), rest);
      else storePart(dh + own + k, f32x4.mul(g, z), rest);
    }
  }
  if (h === 0) return;
  gemm(NT, rows, H, H, dA + 2 * row, 3 * H, U + 2 * row, 3 * H, scratch, H, 0, 0, 0, products);
  for (let i = 0; i < rows; i++) {
    const at = <usize>i * 3 * row;
    const own = <usize>i * row;
    for (let j = 0; j < H; j += 4) {
      const k = (<usize>j) << 2;
      const rest = H - j;
      const r = loadPart(gates + at + row + k, rest);
      const before = loadPart(h + own + k, rest);
      const e = loadPart(scratch + own + k, rest);
      const open = f32x4.mul(r, f32x4.sub(one, r));
      storePart(dA + at + row + k, f32x4.mul(f32x4.mul(e, before), open), rest);
      storePart(dh + own + k, f32x4.add(loadPart(dh + own + k, rest), f32x4.mul(e, r)), rest);
      storePart(scratch + own + k, f32x4.mul(r, before), rest);
    }
  }
  gemm(NT, rows, H, 2 * H, dA, 3 * H, U, 3 * H, dh, H, 0, 1, 0, products);
  gemm(TN, H, 2 * H, rows, h, H, dA, 3 * H, dU, 3 * H, 0, 0, 0, products);
  gemm(TN, H, H, rows, scratch, H, dA + 2 * row, 3 * H, dU + 2 * row, 3 * H, 0, 0, 0, products);
}
