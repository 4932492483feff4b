/** Numbers as the page prints them: Intl, tabular, no leading zero for what lies between 0 and 1, a true minus sign. */

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

const minus = (text: string) => text.replace('-', '\u2212');

/** `1,000`. */
export const count = (n: number): string => minus(whole.format(n));

/** From here on a figure is told by its power of ten: a run that diverges must not push its neighbours away. */
const POWERS = 1e5;

/** `4.5e23`. */
const power = (value: number): string => minus(value.toExponential(1).replace('e+', 'e'));

/** `.748`; `1.000` keeps its 1; `4.5e23`. */
export function fraction(value: number, digits = 3): string {
  if (value === 0) return '0';
  if (Math.abs(value) >= POWERS && Number.isFinite(value)) return power(value);
  return minus(value.toFixed(digits).replace(/^(-?)0\./, '$1.'));
}

/** Digits so that four figures show: `.1138`, `.00049`, `12.30`. */
export function loss(value: number): string {
  if (!Number.isFinite(value)) return 'not a number';
  const size = Math.abs(value);
  const digits = size === 0 || size >= 0.001 ? 4 : Math.min(8, 3 - Math.floor(Math.log10(size)));
  return fraction(value, size >= 10 ? 2 : digits);
}

/** `2.66 %`, with a thin space that does not break. */
export function percent(share: number): string {
  const value = share * 100;
  const digits = value >= 10 ? 1 : value >= 1 ? 2 : 3;
  return `${fraction(value, digits)}\u202f%`;
}

/** `66.6 k`, `1.20 M`. */
export function compact(n: number): string {
  if (n < 1000) return whole.format(n);
  return n < 1e6
    ? `${(n / 1e3).toFixed(n < 1e4 ? 2 : n < 1e5 ? 1 : 0)}\u202fk`
    : `${(n / 1e6).toFixed(2)}\u202fM`;
}

/** A setting as one would type it: `0.01`, `64, 32`. */
export const plain = (value: number): string => minus(String(value));

/** `+.031`, `−.002`. */
export const signed = (value: number, digits = 3): string =>
  `${value < 0 ? '\u2212' : '+'}${fraction(Math.abs(value), digits)}`;

/** How long a wait is, as one would say it: `8 s`, `45 s`, `3 min`, `2 h`; coarser the longer it is, so that it does not flicker. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${Math.ceil(seconds)}\u202fs`;
  if (seconds < 90) return `${Math.ceil(seconds / 5) * 5}\u202fs`;
  return seconds < 5400 ? `${Math.round(seconds / 60)}\u202fmin` : `${Math.round(seconds / 3600)}\u202fh`;
}
