/** Addresses of simulated worlds: read, written, and refused with a sentence that names the setting. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_REQUEST } from '../src/data';
import { CliError } from './io';
import { parseSimulation, simulationAddress } from './simulation';

describe('sim: addresses', () => {
  it('has the defaults of the page for what is left out', () => {
    expect(parseSimulation('sim:es')).toEqual(DEFAULT_REQUEST);
    expect(parseSimulation('sim:ES?')).toEqual(DEFAULT_REQUEST);
  });

  it('reads every setting, and writes what differs', () => {
    const address =
      'sim:us?r=-1&eta=1&kappa=0.7&tension=0.5&sc=1&sr=2.2&atc=1&seq=1&n=5000&m=150000&keep=0.25&seed=7';
    const request = parseSimulation(address);
    expect(request).toEqual({
      world: 'aliexpress',
      country: 'US',
      relatedness: -1,
      nonlinearity: 1,
      countryShift: 0.7,
      tension: 0.5,
      clickStrength: 1,
      purchaseStrength: 2.2,
      addToCart: true,
      sequences: true,
      rows: 5000,
      impressions: 150_000,
      clickKeepRate: 0.25,
      seed: 7,
    });
    expect(simulationAddress(request)).toBe(address);
    expect(simulationAddress(DEFAULT_REQUEST)).toBe('sim:es');
    expect(parseSimulation('sim:es?m=3e6&n=1e5&atc=0')).toEqual(DEFAULT_REQUEST);
    expect(parseSimulation('sim:all').country).toBe('ALL');
  });

  it('gives the micro-video world more impressions where none are asked for', () => {
    const request = parseSimulation('sim:es?world=micro-video');
    expect(request).toMatchObject({ impressions: 6_000_000, rows: 100_000, clickKeepRate: 0.3 });
    expect(simulationAddress(request)).toBe('sim:es?world=micro-video');
    const other = parseSimulation('sim:es?world=micro-video&m=3000000&keep=0.5');
    expect(other).toMatchObject({ impressions: 3_000_000, clickKeepRate: 0.5 });
    expect(parseSimulation(simulationAddress(other))).toEqual(other);
  });

  it.each([
    ['sim:de', 'no simulated world "de": choose among es, ru, fr, nl, us, all'],
    ['sim:', 'no simulated world ""'],
    [
      'sim:es?q=1',
      'no setting "q": choose among r, eta, kappa, tension, sc, sr, atc, seq, world, n, m, keep, seed',
    ],
    ['sim:es?r=0&r=1', 'The setting "r" of the simulated world is given twice'],
    ['sim:es?r=', 'r of the simulated world is "": it must be a number'],
    ['sim:es?n=0x10', 'n of the simulated world is "0x10": it must be a number'],
    ['sim:es?r=-2', 'r of the simulated world is -2: it must be at least -1'],
    ['sim:es?n=2000000', 'n of the simulated world is 2000000: it must be at most 1000000'],
    ['sim:es?atc=yes', 'atc of the simulated world is "yes": it must be 1 (on) or 0 (off)'],
    ['sim:es?world=moon', 'world of the simulated world is "moon": it must be aliexpress or micro-video'],
    ['sim:es?kappa=2', 'kappa of the simulated world is 2: it must be at most 1'],
    ['sim:es?seed=1.5', 'seed of the simulated world is 1.5: it must be a whole number'],
    ['sim:es?__proto__=1', 'no setting "__proto__"'],
  ])('refuses %s', (address, sentence) => {
    expect(() => parseSimulation(address)).toThrow(CliError);
    expect(() => parseSimulation(address)).toThrow(sentence);
  });
});
