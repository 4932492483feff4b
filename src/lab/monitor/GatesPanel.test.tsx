// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ProbeReading } from '../../../workers/protocol';
import { findSpec } from '../../blocks/catalog';
import { defaultPipeline } from '../../pipeline/defaults';
import { pipelineSchema } from '../../pipeline/schema';
import { history } from '../../state/history';
import { usePipeline, useUi } from '../../state/stores';
import { GatesTab } from './GatesPanel';

const withBottom = (block: string, params: Record<string, unknown> = {}) =>
  usePipeline.setState({
    pipeline: pipelineSchema.parse({ ...defaultPipeline(), bottom: { block, params } }),
  });

const gates = (
  step: number,
  shape: number[],
  all: number[],
  bought: number[],
  name = 'gates',
): ProbeReading => ({
  step,
  block: 'bottom',
  name,
  shape,
  cohorts: [
    { name: 'all', rows: 512, mean: Float32Array.from(all) },
    { name: 'purchase', rows: 64, mean: Float32Array.from(bought) },
  ],
});
const figures = (table: HTMLElement) =>
  within(table)
    .getAllByRole('row')
    .slice(1)
    .map((r) =>
      within(r)
        .getAllByRole('cell')
        .map((c) => c.textContent),
    );

beforeEach(() => {
  history.clear();
  useUi.setState({ scrub: null, cohort: 'all' });
});
afterEach(cleanup);

it('says which blocks have gates where the Bottom has none', () => {
  withBottom('nse');
  render(<GatesTab />);
  expect(screen.getByText(/no gates/).textContent).toMatch(/MMoE, PLE.* or AdaTT/);
});

it('shows shares, entropy and dead experts of the cohort and step that are chosen', () => {
  withBottom('mmoe', { experts: 4 });
  act(() => {
    history.addProbe(
      gates(0, [1, 2, 4], [0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25], new Array(8).fill(0.25)),
    );
    history.addProbe(
      gates(100, [1, 2, 4], [0.6, 0.392, 0.008, 0, 1, 0, 0, 0], [0.4, 0.3, 0.2, 0.1, 0.4, 0.3, 0.2, 0.1]),
    );
  });
  render(<GatesTab />);
  const table = () => screen.getByRole('table');
  expect(figures(table())[0]!.slice(0, 4)).toEqual(['.60', '.39', '.01', '0']);
  expect(figures(table())[1]!.at(-1)).toBe('0');
  expect(table().textContent).toMatch(/S3, S4 dead/);
  fireEvent.change(screen.getByLabelText('Cohort'), { target: { value: 'purchase' } });
  expect(figures(table())[0]).toEqual(['.40', '.30', '.20', '.10', '.92']);
  expect(table().textContent).not.toMatch(/dead/);
  const scrub = screen.getByRole('slider');
  expect(scrub.getAttribute('aria-valuetext')).toBe('live, step 100');
  fireEvent.change(scrub, { target: { value: '0' } });
  expect(figures(table())[0]).toEqual(['.25', '.25', '.25', '.25', '1.00']);
  expect(scrub.getAttribute('aria-valuetext')).toBe('step 0, frame 1 of 2');
  fireEvent.change(scrub, { target: { value: '1' } });
  expect(useUi.getState().scrub).toBeNull();
});

it('shows the shared stream of PLE and, below ML-MMoE, what each expert reads', () => {
  withBottom('ple', { experts: 1, shared: 1, levels: 2 });
  act(() => {
    history.addProbe(
      gates(0, [2, 2, 3], [0.5, 0, 0.5, 0, 0.5, 0.5, 1, 0, 0, 0, 0, 1], new Array(12).fill(1 / 3)),
    );
    history.addProbe(gates(0, [1, 1, 3], [0.2, 0.3, 0.5], [0.2, 0.3, 0.5], 'sharedGate'));
  });
  const { unmount } = render(<GatesTab />);
  expect(screen.getAllByRole('table').map((t) => t.querySelector('caption')!.textContent)).toEqual([
    'Level 1',
    'Level 2: P1 dead',
    'Level 1, shared stream',
  ]);
  expect(figures(screen.getAllByRole('table')[2]!)[0]!.slice(0, 3)).toEqual(['.20', '.30', '.50']);
  unmount();
  history.clear();
  expect(Object.keys(findSpec('bottom', 'ml-mmoe')!.probes)).toContain('levelGates');
  withBottom('ml-mmoe', { experts: 2, levels: 2 });
  act(() => {
    history.addProbe(gates(0, [1, 2, 2], [0.5, 0.5, 0.5, 0.5], new Array(4).fill(0.5)));
    history.addProbe(gates(0, [1, 1, 2, 2], [0.9, 0.1, 0.3, 0.7], new Array(4).fill(0.5), 'levelGates'));
  });
  render(<GatesTab />);
  expect(screen.getAllByRole('table').map((t) => t.querySelector('caption')!.textContent)).toEqual([
    'Top level',
    'Experts of level 2 read level 1',
  ]);
});
