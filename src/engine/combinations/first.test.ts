/** Every Bottom with every Tower and Top that the compatibility table allows, one half of the pairs of Bottom and Tower. */
import { beforeAll, expect, it } from 'vitest';
import { openWasm } from '../../nn';
import { wasmPaths } from '../../nn/wasmPaths';
import { halfOfPairs, trainEveryTop } from '../testing/combine';

beforeAll(async () => void (await openWasm(wasmPaths())));

it.each(halfOfPairs(0))(
  '%s + %s trains with every Top',
  async (bottom, tower) => {
    const { tried, refused, faults } = await trainEveryTop(bottom, tower);
    expect(faults).toEqual([]);
    // Of all Tops the table refuses one alone: ESM² has no meaning for two tasks.
    expect(refused).toEqual(['esm2 on two tasks']);
    expect(tried).toBe(29);
  },
  300_000,
);
