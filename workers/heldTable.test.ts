/** A table that is let go of while nobody uses it: when, how its memory is given back, and how it comes back. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { madeUp } from '../src/data/testing/tables';
import { HeldTable, IDLE } from './heldTable';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A table whose largest column tells when its memory is given back. */
function watched(seed: number) {
  const table = madeUp({ rows: 40, seed });
  const given = vi.fn();
  Object.assign(table.numerical.buffer, { transfer: given });
  return { table, given };
}
const rows = ({ rows: n }: { rows: number }) => n;

describe('a table that can be drawn again', () => {
  it('stays while it is used now and then, and is let go of after the last use', async () => {
    const first = watched(1);
    const again = vi.fn(async () => first.table);
    const held = new HeldTable(first.table, again);
    for (let i = 0; i < 3; i++) {
      await vi.advanceTimersByTimeAsync(IDLE - 1);
      expect(await held.use(rows)).toBe(40);
    }
    expect([held.there, again.mock.calls.length]).toEqual([true, 0]);
    await vi.advanceTimersByTimeAsync(IDLE);
    expect(held.there).toBe(false);
    expect(first.given).toHaveBeenCalledExactlyOnceWith(0);
  });

  it('is never taken from who still uses it', async () => {
    const first = watched(1);
    const held = new HeldTable(first.table, async () => first.table);
    let done: () => void = () => undefined;
    const long = held.use(() => new Promise<void>((resolve) => (done = resolve)));
    await held.use(rows);
    await vi.advanceTimersByTimeAsync(5 * IDLE);
    expect([held.there, first.given.mock.calls.length]).toEqual([true, 0]);
    done();
    await long;
    await vi.advanceTimersByTimeAsync(IDLE);
    expect(held.there).toBe(false);
  });

  it('is drawn once for all who come meanwhile, and once more after a fault', async () => {
    const again = vi.fn(async () => watched(2).table);
    const held = new HeldTable(watched(1).table, again);
    await vi.advanceTimersByTimeAsync(IDLE);
    again.mockRejectedValueOnce(new Error('no room'));
    await expect(held.use(rows)).rejects.toThrow('no room');
    expect(await Promise.all([held.use(rows), held.use(rows)])).toEqual([40, 40]);
    expect(again).toHaveBeenCalledTimes(2);
  });
});

it('a table from a file stays for good', async () => {
  const { table, given } = watched(1);
  const held = new HeldTable(table, null);
  await held.use(rows);
  await vi.advanceTimersByTimeAsync(10 * IDLE);
  expect([held.there, given.mock.calls.length]).toEqual([true, 0]);
});
