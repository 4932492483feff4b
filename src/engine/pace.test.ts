import { expect, it } from 'vitest';
import { Pace } from './pace';

const took = async (work: () => Promise<unknown>) => {
  const from = performance.now();
  await work();
  return performance.now() - from;
};

it('full speed waits for nothing', async () => {
  const pace = new Pace();
  expect(pace.slow).toBe(false);
  expect(await took(async () => Promise.all(Array.from({ length: 100 }, () => pace.wait())))).toBeLessThan(
    50,
  );
});

it('holds steps to their distance: the work between them counts', async () => {
  const pace = new Pace();
  pace.set(10);
  pace.begin();
  const time = await took(async () => {
    await new Promise((go) => setTimeout(go, 60));
    await pace.wait();
    await pace.wait();
  });
  expect(time).toBeGreaterThan(190);
  expect(time).toBeLessThan(400);
});

it('lets go at once when woken or when the speed changes', async () => {
  const pace = new Pace();
  pace.set(1);
  pace.begin();
  setTimeout(() => pace.wake(), 20);
  expect(await took(() => pace.wait())).toBeLessThan(500);
  setTimeout(() => pace.set(null), 20);
  expect(await took(() => pace.wait())).toBeLessThan(500);
});

it('reads gates and attention after each step only where steps are slow enough to look', () => {
  const pace = new Pace();
  pace.set(10);
  expect([pace.slow, pace.shows]).toEqual([true, false]);
  pace.set(2);
  expect([pace.slow, pace.shows]).toEqual([true, true]);
});
