/** Seeded draws: initial weights and dropout masks, the same on every backend and machine. */
import { hash32, hashString, Rng } from '../data/random';

/** How a parameter starts. */
export type Init =
  | { readonly kind: 'normal'; readonly sd: number }
  | { readonly kind: 'uniform'; readonly limit: number }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'values'; readonly values: readonly number[] };

/** He et al. 2015: N(0, 2/fan-in), for layers that end in a ReLU. */
export const he = (fanIn: number): Init => ({ kind: 'normal', sd: Math.sqrt(2 / fanIn) });

/** Glorot & Bengio 2010: U(±√(6/(fan-in+fan-out))), for linear projections. */
export const glorot = (fanIn: number, fanOut: number): Init => ({
  kind: 'uniform',
  limit: Math.sqrt(6 / (fanIn + fanOut)),
});

export const zeros: Init = { kind: 'constant', value: 0 };
export const ones: Init = { kind: 'constant', value: 1 };

/** Fills one parameter. Its stream follows from seed and name alone, so that a change elsewhere in the model leaves it as it was. */
export function fillInitial(out: Float32Array, init: Init, seed: number, name: string): void {
  switch (init.kind) {
    case 'constant':
      out.fill(init.value);
      return;
    case 'values':
      out.set(init.values);
      return;
    case 'normal': {
      const rng = new Rng(hash32(seed, hashString(name)));
      for (let i = 0; i < out.length; i++) out[i] = rng.normal() * init.sd;
      return;
    }
    case 'uniform': {
      const rng = new Rng(hash32(seed, hashString(name)));
      for (let i = 0; i < out.length; i++) out[i] = (2 * rng.uniform() - 1) * init.limit;
      return;
    }
  }
}

/** The numbers that make a dropout mask: the key of its counter, what falls below is dropped, what is kept grows. */
export function dropoutNumbers(rate: number, seed: number, step: number, site: number) {
  return { key: hash32(seed, step, site), threshold: Math.round(rate * 2 ** 32), keep: 1 / (1 - rate) };
}

/**
 * An inverted-dropout mask: 0 with probability `rate`, else 1/(1−rate). Counter-based: element i is a function of
 * (seed, step, site, i) alone, so a resumed run draws what the first one would have drawn.
 */
export function dropoutMask(
  size: number,
  rate: number,
  seed: number,
  step: number,
  site: number,
): Float32Array {
  const mask = new Float32Array(size);
  const { key, threshold, keep } = dropoutNumbers(rate, seed, step, site);
  for (let i = 0; i < size; i++) {
    // A bijective 32-bit mix ("lowbias32", Wellons 2018) of the keyed counter, in line because it runs once an element.
    let x = (i ^ key) | 0;
    x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
    x = Math.imul(x ^ (x >>> 15), 0xd35a2d97);
    x ^= x >>> 15;
    if (x >>> 0 >= threshold) mask[i] = keep;
  }
  return mask;
}
