// @vitest-environment jsdom
/** The pulse: which way it takes, how long it lasts, and that nothing of it is there at full speed. */
import { act, cleanup, fireEvent, render } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultPipeline } from '../../pipeline/defaults';
import { useHandStep } from '../../state/handStep';
import { history } from '../../state/history';
import { usePipeline, useRun } from '../../state/stores';
import { Cards } from './Pipeline';
import { waysOf } from './Pulse';
import { layOut, span } from './places';

describe('the way of a pulse', () => {
  it('runs along the lanes to the losses, and bends where the Bottom parts the tasks', () => {
    for (const [width, height] of [
      [1100, 400],
      [390, 800],
    ] as const) {
      for (const K of [1, 2, 4]) {
        const layout = layOut(width, height, K);
        for (const together of [true, false]) {
          const ways = waysOf(layout, together);
          expect(ways.map(({ lane }) => lane)).toEqual(layout.lanes);
          const [from, to] = span(layout, 'bottom');
          for (const { along, trunk } of ways) {
            expect([...along].sort((a, b) => a - b)).toEqual(along);
            expect(along[3]).toBeLessThan(span(layout, 'loss')[0]);
            expect(along[2]).toBeGreaterThan(from);
            expect(along[2]).toBeLessThan(to);
            expect(Math.abs(trunk - layout.middle)).toBeLessThanOrEqual(20);
          }
          expect(new Set(ways.map(({ trunk }) => trunk)).size).toBe(K);
        }
        expect(waysOf(layout, true)[0]!.along[2]).toBeGreaterThan(waysOf(layout, false)[0]!.along[2]);
      }
    }
  });
});

describe('the pulse on the page', () => {
  const layout = layOut(1100, 400, 2);
  const pulse = () => document.querySelector<HTMLElement>('.pulse');
  const frame = (step: number) => history.addFrame(Float64Array.of(step, 0.01, 1, 1, 0.5, 0.5), 6, 100);

  beforeEach(() => {
    usePipeline.setState({ pipeline: defaultPipeline() });
    useRun.setState(useRun.getInitialState(), true);
    useHandStep.setState({ pulse: 0 });
    history.clear();
  });
  afterEach(cleanup);

  it('is not there at full speed, nor while a slow run rests', () => {
    render(<Cards layout={layout} />);
    act(() => useRun.setState({ phase: 'training', speed: null }));
    expect(pulse()).toBeNull();
    act(() => useRun.setState({ phase: 'paused', speed: 2 }));
    expect(pulse()).toBeNull();
  });

  it('lasts as long as a step, begins anew with each, and has an arrow a lane each way', async () => {
    render(<Cards layout={layout} />);
    await act(async () => useRun.setState({ phase: 'training', speed: 2 }));
    await expect.poll(pulse).not.toBeNull();
    expect(pulse()!.style.getPropertyValue('--beat')).toBe('500ms');
    expect(pulse()!.querySelectorAll('.there')).toHaveLength(2);
    expect(pulse()!.querySelectorAll('.back')).toHaveLength(2);
    const first = pulse();
    await act(async () => frame(1));
    await expect.poll(pulse).not.toBe(first);
    await act(async () => useRun.setState({ speed: 10 }));
    expect(pulse()!.style.getPropertyValue('--beat')).toBe('200ms');
  });

  it('shows a step by hand once, and is gone when it is over', async () => {
    render(<Cards layout={layout} />);
    await act(async () => {
      useRun.setState({ phase: 'paused' });
      useHandStep.setState({ pulse: 1 });
    });
    await expect.poll(pulse).not.toBeNull();
    const end = new Event('animationend', { bubbles: true });
    fireEvent(pulse()!.querySelector('.back')!, Object.assign(end, { animationName: 'pulse-back' }));
    expect(pulse()).toBeNull();
    expect(useHandStep.getState().pulse).toBe(0);
  });
});
