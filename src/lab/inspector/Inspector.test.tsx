// @vitest-environment jsdom
import { act, cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultPipeline } from '../../pipeline/defaults';
import { usePipeline, useRun, useUi } from '../../state/stores';
import { shareOfTime } from './Facts';
import { Inspector } from './Inspector';

const towers = () => usePipeline.getState().pipeline.towers.params;

beforeEach(() => {
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
  usePipeline.setState({ pipeline: defaultPipeline() });
  useRun.setState(useRun.getInitialState(), true);
  useUi.setState({ selected: 'towers' });
});
afterEach(cleanup);

describe('the inspector of a block', () => {
  it('sets a value of the papers by its segment', async () => {
    render(<Inspector />);
    const width = screen.getByRole('radiogroup', { name: 'Width D' });
    await userEvent.click(width.querySelectorAll('input')[1]!);
    expect(towers().width).toBe(64);
  });

  it('takes another value from the field beside it', async () => {
    render(<Inspector />);
    await userEvent.type(screen.getByRole('textbox', { name: 'Width D, other value' }), '48{Enter}');
    expect(towers().width).toBe(48);
  });

  it('says in a sentence why a value is refused, and keeps the old one', async () => {
    render(<Inspector />);
    await userEvent.type(screen.getByRole('textbox', { name: 'Heads h, other value' }), '5{Enter}');
    expect(screen.getByRole('alert').textContent).toContain('does not divide into 5 heads');
    expect(towers().heads).toBe(4);
    await userEvent.type(screen.getByRole('textbox', { name: 'Layers, other value' }), 'many{Enter}');
    expect(screen.getAllByRole('alert').at(-1)!.textContent).toContain('"many" is no number');
  });

  it('gives the defaults back', async () => {
    usePipeline.setState({
      pipeline: {
        ...defaultPipeline(),
        towers: { block: 'task-attention', params: { ...towers(), ratio: 2, width: 64 } },
      },
    });
    render(<Inspector />);
    await userEvent.click(screen.getByRole('button', { name: 'Defaults' }));
    expect(towers().width).toBe(32);
  });

  it('reads layer widths as one types them', async () => {
    useUi.setState({ selected: 'bottom' });
    render(<Inspector />);
    const field = screen.getByRole('textbox', { name: 'Layer widths' });
    await userEvent.clear(field);
    await userEvent.type(field, '48 24{Enter}');
    expect(usePipeline.getState().pipeline.bottom.params.layers).toEqual([48, 24]);
  });
});

describe('what a block costs', () => {
  const share = () => screen.getByText(/^share/).nextElementSibling!.textContent;
  const costs = [
    { path: 'bottom', flops: 900 },
    { path: 'towers', flops: 100 },
  ];
  const block = (path: string, ms: number) => ({ path, forward: ms, backward: 2 * ms, update: ms });
  const times = { step: 250, steps: 64, batch: 2, blocks: [block('bottom', 1), block('towers', 0.5)] };

  it('is its share of operations until it trains, and of the measured time from then on', () => {
    useRun.setState({ costs });
    render(<Inspector />);
    expect(screen.getByText('share, by FLOP')).toBeTruthy();
    expect(share()).toBe('10.0\u202f%');
    expect(screen.getByText('Share by FLOP; it is measured while it trains.')).toBeTruthy();
    act(() => useRun.setState({ times }));
    // 2 of 4 + 2 + 2 ms: the gathering of the batch is part of a step too.
    expect(share()).toBe('25.0\u202f%');
    expect(screen.getByText('share of a step')).toBeTruthy();
    expect(screen.getByText('Share of a step: measured at step 250.')).toBeTruthy();
    expect(shareOfTime(times, 'bottom')).toBe(0.5);
    expect(shareOfTime(times, 'top')).toBeNull();
  });

  it('stays counted on a GPU, and says why', () => {
    useRun.setState({ costs, backend: { name: 'webgpu', label: 'WebGPU', reason: 'You asked for it.' } });
    render(<Inspector />);
    expect(share()).toBe('10.0\u202f%');
    expect(screen.getByText('Share by FLOP: a GPU’s blocks are not timed apart.')).toBeTruthy();
  });
});

describe('the inspector of training and tasks', () => {
  it('sets the learning rate, and clipping from none and back', async () => {
    useUi.setState({ selected: 'training' });
    render(<Inspector />);
    const rate = await screen.findByRole('textbox', { name: /Learning rate/ }, { timeout: 10_000 });
    await userEvent.clear(rate);
    await userEvent.type(rate, '3e-3{Enter}');
    const clip = screen.getByRole('textbox', { name: 'Clip norm' });
    await userEvent.type(clip, '5{Enter}');
    expect(usePipeline.getState().pipeline.training).toMatchObject({ learningRate: 0.003, clipNorm: 5 });
    await userEvent.clear(clip);
    await userEvent.type(clip, '{Enter}');
    expect(usePipeline.getState().pipeline.training.clipNorm).toBeNull();
  });

  it('sets λ of the task it belongs to', async () => {
    useUi.setState({ selected: 'loss' });
    render(<Inspector />);
    const fields = await screen.findAllByRole('textbox', { name: /Loss weight/ }, { timeout: 10_000 });
    await userEvent.clear(fields[1]!);
    await userEvent.type(fields[1]!, '2.5{Enter}');
    expect(usePipeline.getState().pipeline.tasks.map((t) => t.lossWeight)).toEqual([1, 2.5]);
  });
});
