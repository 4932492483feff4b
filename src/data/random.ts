/** Seeded randomness, the same on every machine and browser: hashes, a generator, permutations. */
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { normalQuantile } from './exact-math';

export { exactExp, exactLog, normalQuantile } from './exact-math';

/** murmur3's finaliser: each input bit flips each output bit about half of the time. */
function avalanche(h: number): number {
  let x = h;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

/**
 * Hash of a list of integers (each taken modulo 2³²) as an unsigned 32-bit number. Order counts, and so does length.
 * One call names one random quantity: `hash32(seed, SITE, index)`.
 */
export function hash32(...ints: number[]): number {
  let h = 0x9e3779b9 ^ ints.length;
  for (let i = 0; i < ints.length; i++)
    h = avalanche(Math.imul(h, 0x01000193) ^ avalanche(ints[i]! + 0x7f4a7c15));
  return h >>> 0;
}

/** Hash of a string's UTF-16 units as an unsigned 32-bit number, e.g. to seed a parameter by its name. */
export function hashString(s: string): number {
  let h = 0x811c9dc5 ^ s.length;
  for (let i = 0; i < s.length; i++) h = Math.imul(h ^ s.charCodeAt(i), 0x01000193);
  return avalanche(h) >>> 0;
}

/** 2⁻³². */
const UNIT = 2.3283064365386963e-10;

/**
 * pure-rand's xoroshiro128+, seeded through hash32 so that near seeds give unrelated sequences.
 * It costs about 7 ns a draw, which the simulator (30 million draws) can afford.
 */
export class Rng {
  private readonly generator: RandomGenerator;

  /** Equal (seed, stream) give equal sequences; different streams of one seed are independent. Both are integers. */
  constructor(seed: number, stream = 0) {
    // The last word is never 0, for the all-zero state is the generator's one fixed point.
    this.generator = xoroshiro128plusFromState([
      hash32(seed, stream, 1) | 0,
      hash32(seed, stream, 2) | 0,
      hash32(seed, stream, 3) | 0,
      hash32(seed, stream, 4) | 1,
    ]);
  }

  /** An unsigned 32-bit integer. */
  uint32(): number {
    return this.generator.next() >>> 0;
  }

  /** A number in the open interval (0, 1), a multiple of 2⁻³³. */
  uniform(): number {
    return ((this.generator.next() >>> 0) + 0.5) * UNIT;
  }

  /** A standard normal number: the normal quantile of one uniform (|z| < 6.4). */
  normal(): number {
    return normalQuantile(this.uniform());
  }

  /** An integer in 0…n−1, without bias. */
  below(n: number): number {
    return uniformInt(this.generator, 0, n - 1);
  }

  /** Puts the items in a random order, in place (Fisher–Yates), and returns them. */
  shuffle(items: Uint32Array): Uint32Array {
    for (let i = items.length - 1; i > 0; i--) {
      const j = uniformInt(this.generator, 0, i);
      const held = items[i]!;
      items[i] = items[j]!;
      items[j] = held;
    }
    return items;
  }
}

/** Stream numbers that this file uses for itself; everybody else's streams are hashes of names or small numbers. */
const PERMUTATION_STREAM = 0x7065726d;

/** The order in which epoch `epoch` of a run visits rows 0…n−1: a function of the three numbers alone, so a run can resume anywhere. */
export function permutation(n: number, seed: number, epoch: number): Uint32Array {
  const order = new Uint32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  return new Rng(hash32(seed, epoch), PERMUTATION_STREAM).shuffle(order);
}
