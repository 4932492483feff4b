import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Evaluation } from '../../workers/protocol';
import { curvesCsv } from './export';
import { History } from './history';

const evaluation = (step: number, value: number): Evaluation => ({
  step,
  metrics: [
    {
      space: 'click',
      auc: { ok: true, value, se: 0.01, positives: 5, rows: 10 },
      logLoss: 0.1,
      expectedAuc: null,
    },
  ],
});

const frame = (...steps: number[]) =>
  Float64Array.from(steps.flatMap((s) => [s, 0.01, 1, 0.2, 0.1 / 3, 0.1]));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('History', () => {
  it('tells its listeners at most five times a second, and at last', () => {
    const history = new History();
    const told = vi.fn();
    history.subscribe(told);
    for (let i = 1; i <= 100; i++) {
      history.addFrame(frame(i), 6, 1000);
      vi.advanceTimersByTime(10);
    }
    vi.advanceTimersByTime(400);
    expect(told.mock.calls.length).toBeLessThanOrEqual(8);
    expect(history.step).toBe(100);
  });

  it('counts the news of each part by itself, and of all where the run ends', () => {
    const history = new History();
    const versions = () => (['frames', 'evaluations', 'readings'] as const).map((p) => history.getVersion(p));
    history.addFrame(frame(1), 6, 1);
    expect(versions()).toEqual([1, 0, 0]);
    history.addEvaluation(evaluation(1, 0.5));
    // Within one redraw nothing is told yet.
    expect(versions()).toEqual([1, 0, 0]);
    vi.advanceTimersByTime(400);
    expect(versions()).toEqual([1, 1, 0]);
    history.rest();
    expect(versions()).toEqual([2, 2, 1]);
    expect(history.getVersion()).toBe(3);
  });

  it('keeps the run before as a ghost, but not one that never got anywhere', () => {
    const history = new History();
    history.addEvaluation(evaluation(0, 0.5));
    history.begin('nothing');
    expect(history.ghost).toBeNull();
    history.addFrame(frame(1, 2), 6, 1);
    history.addEvaluation(evaluation(25, 0.7));
    history.begin('A');
    expect(history.ghost?.name).toBe('A');
    expect(history.ghost?.evaluations.get('click')?.last(1)).toBe(0.7);
    expect(history.frames).toBeNull();
  });

  it('forgets what came after the step that a run goes on from', () => {
    const history = new History();
    history.addFrame(frame(1, 2, 3, 4), 6, 1);
    history.rewind(2);
    history.addFrame(frame(3), 6, 1);
    expect(history.frames?.length).toBe(3);
  });

  it('does not count the evaluation at a resumed step twice', () => {
    const history = new History();
    history.addEvaluation(evaluation(25, 0.7));
    history.addEvaluation(evaluation(25, 0.7));
    expect(history.evaluations.get('click')?.length).toBe(1);
  });

  it('hands out its losses to the last digit', () => {
    const history = new History();
    history.addFrame(frame(1), 6, 1);
    const csv = curvesCsv(history, [{ id: 'click' }, { id: 'a,b' }]);
    expect(csv.split('\n')[0]).toBe('step,loss_click,"loss_a,b",loss_total,gradient_norm,learning_rate');
    expect(Number(csv.split('\n')[1]!.split(',')[1])).toBe(0.1 / 3);
  });
});
