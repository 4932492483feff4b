/**
 * exp, log, sin, cos and the normal quantile from IEEE additions, multiplications and divisions alone.
 *
 * The engine's own Math.exp, log, sin and cos may differ in the last digit between browsers, and one digit is enough
 * to turn a drawn click into no click. Whatever decides the bytes of a data set goes through these. (Math.sqrt is
 * correctly rounded on every engine and needs no double.)
 */

const LN2_HI = 0.6931471803691238;
const LN2_LO = 1.9082149292705877e-10;

/** POWER_OF_TWO[k + 1074] = 2^k; made by exact doublings, because nothing obliges `2 ** k` to be exact. */
const POWER_OF_TWO = (() => {
  const table = new Float64Array(1074 + 1024);
  table[1074] = 1;
  for (let k = 1075; k < table.length; k++) table[k] = table[k - 1]! * 2;
  for (let k = 1073; k >= 0; k--) table[k] = table[k + 1]! / 2;
  return table;
})();

/** e^x, any finite or infinite x, relative error below 1e-15. The method is fdlibm's: reduce by ln 2, then a rational. */
export function exactExp(x: number): number {
  if (x > 709.782712893384) return Number.POSITIVE_INFINITY;
  if (x < -745.1332191019411) return 0;
  if (Number.isNaN(x)) return x;
  const k = Math.floor(x * Math.LOG2E + 0.5);
  const hi = x - k * LN2_HI;
  const lo = k * LN2_LO;
  const r = hi - lo;
  const t = r * r;
  const c =
    r -
    t *
      (0.16666666666666602 +
        t *
          (-0.0027777777777015593 +
            t * (0.00006613756321437934 + t * (-0.0000016533902205465252 + t * 4.1381367970572385e-8))));
  const y = 1 - (lo - (r * c) / (2 - c) - hi);
  if (k > 1023) return y * 2 * POWER_OF_TWO[1073 + k]!;
  if (k >= -1021) return y * POWER_OF_TWO[1074 + k]!;
  // A subnormal result: scale in two steps, so that it is rounded once.
  return y * POWER_OF_TWO[1074 + k + 64]! * POWER_OF_TWO[1074 - 64]!;
}

const scratch = new Float64Array(1);
const words = new Uint32Array(scratch.buffer);
/** Where the high half of a double lies: 1 on little-endian machines. */
const HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

/** Natural logarithm, relative error below 1e-15; −∞ at 0, NaN below. The method is fdlibm's. */
export function exactLog(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  let k = 0;
  let v = x;
  if (v < 2.2250738585072014e-308) {
    k = -54;
    v *= 18014398509481984;
  }
  // v = 2^k · m with m in [√½, √2).
  scratch[0] = v;
  const high = words[HIGH]!;
  k += (high >>> 20) - 1023;
  words[HIGH] = (high & 0xfffff) | 0x3ff00000;
  let m = scratch[0]!;
  if (m > Math.SQRT2) {
    m /= 2;
    k += 1;
  }
  const f = m - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const odd = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const even =
    z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  const half = 0.5 * f * f;
  return k * LN2_HI - (half - (s * (half + odd + even) + k * LN2_LO) - f);
}

/** Both kernels hold on [−π/4, π/4] (fdlibm). */
function kernelSin(x: number): number {
  const z = x * x;
  return (
    x +
    x *
      z *
      (-0.16666666666666632 +
        z *
          (0.00833333333332249 +
            z *
              (-0.0001984126982985795 +
                z * (0.0000027557313707070068 + z * (-2.5050760253406863e-8 + z * 1.58969099521155e-10)))))
  );
}

function kernelCos(x: number): number {
  const z = x * x;
  return (
    1 -
    (0.5 * z -
      z *
        z *
        (0.0416666666666666 +
          z *
            (-0.001388888888887411 +
              z *
                (0.00002480158728947673 +
                  z * (-2.7557314351390663e-7 + z * (2.087572321298175e-9 + z * -1.1359647557788195e-11))))))
  );
}

const HALF_PI = 1.5707963267948966;
const HALF_PI_LO = 6.123233995736766e-17;

/** [cos φ, sin φ] of an angle of a few turns at most (radians), absolute error below 1e-15. */
export function exactCosSin(phi: number): readonly [number, number] {
  const quarter = Math.floor(phi / HALF_PI + 0.5);
  const r = phi - quarter * HALF_PI - quarter * HALF_PI_LO;
  const c = kernelCos(r);
  const s = kernelSin(r);
  switch (((quarter % 4) + 4) % 4) {
    case 0:
      return [c, s];
    case 1:
      return [-s, c];
    case 2:
      return [-c, -s];
    default:
      return [s, -c];
  }
}

/** σ(x) = 1/(1+e^−x). */
export function exactSigmoid(x: number): number {
  return 1 / (1 + exactExp(-x));
}

/** Evaluates a polynomial, lowest coefficient first. */
function polynomial(c: readonly number[], x: number): number {
  let sum = 0;
  for (let i = c.length - 1; i >= 0; i--) sum = sum * x + c[i]!;
  return sum;
}

// Wichura's algorithm AS 241 (PPND16), Applied Statistics 37 (1988).
const A = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
  67265.7709270087, 33430.57558358813, 2509.0809287301227,
];
const B = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
  28729.085735721943, 5226.495278852546,
];
const C = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
  0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
];
const D = [
  1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
  0.0005475938084995345, 1.0507500716444169e-9,
];
const E = [
  6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
  0.0012426609473880784, 0.000027115555687434876, 2.0103343992922881e-7,
];
const F = [
  1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
  0.000018463183175100548, 1.421511758316446e-7, 2.0442631033899397e-15,
];

/** Φ⁻¹(u): the z below which a standard normal falls with probability u in (0, 1); ∓∞ at the ends, NaN outside. */
export function normalQuantile(u: number): number {
  const q = u - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(A, r)) / polynomial(B, r);
  }
  const tail = q < 0 ? u : 1 - u;
  if (!(tail > 0)) {
    return tail === 0 ? (q < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY) : Number.NaN;
  }
  const r = Math.sqrt(-exactLog(tail));
  const z =
    r <= 5 ? polynomial(C, r - 1.6) / polynomial(D, r - 1.6) : polynomial(E, r - 5) / polynomial(F, r - 5);
  return q < 0 ? -z : z;
}
