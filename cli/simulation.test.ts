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

  it('reads every setting, and writes what it reads', () => {
    const request = parseSimulation('sim:es?r=-1&n=5000&m=150000&keep=0.25&seed=7');
    expect(request).toEqual({
      country: 'ES',
      relatedness: -1,
      rows: 5000,
      impressions: 150_000,
      clickKeepRate: 0.25,
      seed: 7,
    });
    expect(parseSimulation(simulationAddress(request))).toEqual(request);
    expect(parseSimulation('sim:es?m=3e6&n=1e5')).toEqual(DEFAULT_REQUEST);
  });

  it.each([
    ['sim:fr', 'no simulated world "fr"'],
    ['sim:', 'no simulated world ""'],
    ['sim:es?q=1', 'no setting "q": choose among r, n, m, keep, seed'],
    ['sim:es?r=0&r=1', 'The setting "r" of the simulated world is given twice'],
    ['sim:es?r=', 'r of the simulated world is "": it must be a number'],
    ['sim:es?n=0x10', 'n of the simulated world is "0x10": it must be a number'],
    ['sim:es?r=-2', 'r of the simulated world is -2: it must be at least -1'],
    ['sim:es?n=2000000', 'n of the simulated world is 2000000: it must be at most 1000000'],
    ['sim:es?seed=1.5', 'seed of the simulated world is 1.5: it must be a whole number'],
    ['sim:es?__proto__=1', 'no setting "__proto__"'],
  ])('refuses %s', (address, sentence) => {
    expect(() => parseSimulation(address)).toThrow(CliError);
    expect(() => parseSimulation(address)).toThrow(sentence);
  });
});
