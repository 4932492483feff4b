import { describe, expect, it } from 'vitest';
import { StepTimer } from './stepTimer';

/** A timer on a clock that the test moves. */
function timerOf(blocks: number) {
  let now = 0;
  const timer = new StepTimer(blocks, () => now);
  const spend = (ms: number) => {
    now += ms;
  };
  return { timer, spend };
}

/** A step of two blocks, of which the first put 3 nodes on the tape and the second 2. */
function step({ timer, spend }: ReturnType<typeof timerOf>, scale = 1): void {
  let nodes = 0;
  timer.begin();
  spend(1 * scale);
  timer.beginForward(() => nodes);
  spend(2 * scale);
  nodes = 3;
  timer.blockDone();
  spend(4 * scale);
  nodes = 5;
  timer.between();
  spend(8 * scale);
  for (const node of [4, 3, 2, 1, 0]) {
    timer.backThrough(node);
    spend((node >= 3 ? 16 : 32) * scale);
  }
  timer.between();
  spend(64 * scale);
  timer.end();
}

describe('the timer of steps', () => {
  it('tells every millisecond of a step to what was under way, once', () => {
    const made = timerOf(2);
    expect(made.timer.read()).toBeNull();
    step(made);
    expect(made.timer.read()).toEqual({
      steps: 1,
      forward: [2, 4],
      backward: [96, 32],
      batch: 1,
      update: 72,
    });
  });

  it('is the mean of the last 64 steps: older ones are forgotten, and what lies between steps is not counted', () => {
    const made = timerOf(2);
    for (let s = 0; s < 100; s++) step(made, 1000);
    for (let s = 0; s < 32; s++) {
      made.spend(5000);
      step(made, 2);
    }
    const half = made.timer.read()!;
    expect([half.steps, half.batch]).toEqual([64, (1000 + 2) / 2]);
    for (let s = 0; s < 32; s++) step(made, 2);
    expect(made.timer.read()).toMatchObject({ steps: 64, forward: [4, 8], update: 144 });
  });

  it('takes several backward passes, and counts nothing outside a step', () => {
    const made = timerOf(2);
    const { timer, spend } = made;
    timer.beginForward(() => 0);
    timer.backThrough(0);
    timer.between();
    timer.end();
    expect(timer.read()).toBeNull();
    timer.begin();
    timer.beginForward(() => 1);
    timer.blockDone();
    timer.between();
    for (let task = 0; task < 3; task++) {
      timer.backThrough(0);
      spend(7);
      timer.between();
    }
    // A step that broke off is no step.
    timer.begin();
    spend(3);
    timer.end();
    expect(timer.read()).toMatchObject({ steps: 1, backward: [0, 0], batch: 3 });
  });
});
