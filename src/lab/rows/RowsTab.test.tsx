// @vitest-environment jsdom
/** The Rows tab as a user drives it: a row is found, its page opened, the order changed; what is refused is said. */
import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PageReading, RowReading } from '../../../workers/protocol';
import { DEFAULT_FUSIONS } from '../../metrics/fusion';
import { defaultPipeline } from '../../pipeline/defaults';
import { forgetReadings, useRowView } from '../../state/rowView';
import { connect } from '../../state/session';
import { useData, usePipeline, useRun } from '../../state/stores';
import { FakeClient, SUMMARY } from '../../state/testing/fakes';
import RowsTab from './RowsTab';

const logs = (...p: number[]) => p.map(Math.log);

const ROW: RowReading = {
  step: 300,
  part: 'validation',
  row: 41,
  rows: 25_000,
  matches: 214,
  place: 2,
  id: 777,
  group: 12,
  page: { kind: 'redraw' },
  weight: 1,
  columns: [
    { kind: 'categorical', name: 'colour', code: 3, value: 'red' },
    { kind: 'numerical', name: 'price', z: 0.5, raw: 12.5, note: null },
    { kind: 'numerical', name: 'age', z: 5, raw: 90, note: 'clipped' },
    { kind: 'list', name: 'seen', codes: [4, 5] },
  ],
  labels: [1, 1],
  truth: [0.2, 0.05],
  logP: logs(0.25, 0.05),
  loss: 4.382,
  probes: [
    {
      step: 300,
      block: 'towers',
      name: 'attention',
      shape: [1, 1, 2, 2],
      cohorts: [{ name: 'row', rows: 1, mean: Float32Array.of(0.9, 0.1, 0.3, 0.7) }],
    },
  ],
};

/** Three items; by CTR 1, 2, 3, by CTCVR 3, 2, 1. The third was bought. */
const PAGE: PageReading = {
  step: 300,
  part: 'redrawn',
  page: null,
  pages: 1000,
  group: 12,
  size: 3,
  rows: [0, 1, 2],
  ids: [5, 6, 7],
  logP: Float32Array.from(logs(0.5, 0.01, 0.4, 0.02, 0.3, 0.03)),
  labels: Uint8Array.of(1, 0, 0, 0, 1, 1),
  truth: Float32Array.of(0.5, 0.01, 0.4, 0.02, 0.3, 0.03),
  price: { name: 'price', values: [10, 20, Number.NaN] },
};

const api = {
  readRow: vi.fn(async (_pick: unknown) => ROW),
  readPage: vi.fn(async (_pick: unknown) => PAGE),
  judgeFusions: vi.fn(async ({ fusions, k }: { fusions: readonly unknown[]; k: number }) => {
    const metric = { ok: true, value: 0.5, se: 0.01, pages: 900, excluded: 100 };
    const event = (gain: number | null) => {
      const compared = { metric, gain: gain === null ? null : { ...metric, value: gain } };
      return { ndcg: compared, recall: compared, listAuc: compared };
    };
    const judged = fusions.map((fusion, i) => ({
      fusion,
      events: [0, 1].map((task) => ({ task, labels: event(i ? 0.1 : null), truth: event(i ? 0.001 : null) })),
    }));
    return { step: 300, k, pages: 1000, rows: 20_000, judged };
  }),
  cancelReading: vi.fn(async () => undefined),
};
const drawn = vi.fn(async (_group: number) => ({ rows: 3 }));

let disconnect = () => {};
beforeEach(() => {
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      disconnect() {}
    },
  );
  const fake = new FakeClient();
  disconnect = connect({
    ...fake.client,
    trainer: (use) => use(api as never),
    data: (use) => use({ page: drawn } as never),
  });
  usePipeline.setState({ pipeline: defaultPipeline() });
  useData.setState({ summary: SUMMARY });
  useRun.setState({ phase: 'paused' });
  useRowView.setState({
    view: 'row',
    kind: 'last',
    reference: 'first',
    fusions: DEFAULT_FUSIONS,
    pageEvent: null,
  });
  forgetReadings();
  vi.clearAllMocks();
});
afterEach(() => {
  cleanup();
  disconnect();
  vi.unstubAllGlobals();
});

const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }));
const lastRow = () => api.readRow.mock.calls.at(-1)![0];

describe('a row', () => {
  it('is read when the tab opens: predictions beside truth and labels, inputs in words, attention of its own', async () => {
    render(<RowsTab />);
    const table = await screen.findByTestId('row-predictions');
    expect(within(table).getByRole('row', { name: /CTR/ }).textContent).toContain('25.0\u202f%');
    const cvr = within(table).getByRole('row', { name: /CVR 20/ });
    // .05/.25, truth .05/.2.
    expect(cvr.textContent).toMatch(/20\.0\u202f%25\.0\u202f%yes/);
    expect(screen.getByRole('row', { name: /colour red/ }).textContent).toContain('code 3');
    expect(screen.getByRole('row', { name: /age/ }).textContent).toContain('pulled in');
    const inside = screen.getByRole('region', { name: 'Inside, for this row' });
    expect(within(inside).getByRole('table', { name: /layer 1, head 1/ }).textContent).toContain('.90');
    expect(screen.getByText(/3 of 214 that match/)).toBeTruthy();
  });

  it('is looked for by what happened on it', async () => {
    render(<RowsTab />);
    await screen.findByTestId('row-predictions');
    const choice = screen.getByRole('combobox', { name: 'Rows with' });
    const option = within(choice).getByRole('option', { name: 'purchase' }) as HTMLOptionElement;
    fireEvent.change(choice, { target: { value: option.value } });
    await waitFor(() =>
      expect(lastRow()).toMatchObject({
        filter: { event: { withEvent: 1, without: null } },
        seek: { kind: 'first' },
      }),
    );
    press('Next row');
    expect(lastRow()).toMatchObject({ seek: { kind: 'next', row: 41 } });
    press('Most surprising');
    expect(lastRow()).toMatchObject({ seek: { kind: 'surprising', rank: 0 } });
    press('Random');
    const first = lastRow() as { seek: { seed: number } };
    press('Random');
    expect((lastRow() as { seek: { seed: number } }).seek.seed).toBe(first.seek.seed + 1);
    const field = screen.getByRole('textbox', { name: 'row' });
    fireEvent.change(field, { target: { value: '1,000' } });
    fireEvent.keyDown(field, { key: 'Enter' });
    expect(lastRow()).toMatchObject({ seek: { kind: 'row', row: 999 } });
  });

  it('that is not found is refused in a sentence, and the one on the screen stays', async () => {
    render(<RowsTab />);
    await screen.findByTestId('row-predictions');
    api.readRow.mockRejectedValueOnce(new Error('No row matches: choose another filter.'));
    press('First row');
    expect((await screen.findByRole('alert')).textContent).toBe('No row matches: choose another filter.');
    expect(screen.getByTestId('row-predictions')).toBeTruthy();
  });

  it('is read anew at a pause, and not while nothing has been trained', async () => {
    useRun.setState({ phase: 'idle' });
    render(<RowsTab />);
    expect(screen.getByText(/press Train/)).toBeTruthy();
    expect(api.readRow).not.toHaveBeenCalled();
    act(() => useRun.setState({ phase: 'training' }));
    await screen.findByTestId('row-predictions');
    const before = api.readRow.mock.calls.length;
    expect(screen.getByRole('button', { name: 'Most surprising' })).toHaveProperty('disabled', true);
    act(() => useRun.setState({ phase: 'paused' }));
    await waitFor(() => expect(api.readRow.mock.calls.length).toBe(before + 1));
    expect(lastRow()).toMatchObject({ seek: { kind: 'row', row: 41 } });
    // A new run has other weights: nothing of the old one stays.
    act(() => useRun.setState({ phase: 'idle' }));
    expect(useRowView.getState().row.reading).toBeNull();
  });
});

describe('a page', () => {
  const order = () =>
    within(screen.getByTestId('ranked-page'))
      .getAllByRole('row')
      .slice(1)
      .map((row) => Number(row.dataset.item));
  const open = async () => {
    render(<RowsTab />);
    await screen.findByTestId('row-predictions');
    press('Open its page');
    await screen.findByTestId('ranked-page');
  };

  it('of a sampled row is drawn again, ordered by CTCVR, with what moved against CTR, letters and the price', async () => {
    await open();
    expect(drawn).toHaveBeenCalledWith(12);
    expect(api.readPage.mock.calls[0]![0]).toMatchObject({ kind: 'given' });
    expect(order()).toEqual([3, 2, 1]);
    const rows = within(screen.getByTestId('ranked-page')).getAllByRole('row');
    expect(rows[1]!.textContent).toContain('up 2 places');
    expect(rows[1]!.textContent).toContain('purchase');
    expect(rows[3]!.textContent).toContain('down 2 places');
    expect(rows[2]!.textContent).toContain('20');
    expect(screen.getByText(/drawn again/)).toBeTruthy();
  });

  it('changes its order with the fusion and its dials, and says the place under each', async () => {
    await open();
    fireEvent.click(screen.getByRole('radio', { name: 'sum, Eq. 7' }));
    // .5 + 20 × .01 = .7, .4 + .4 = .8, .3 + .6 = .9.
    expect(order()).toEqual([3, 2, 1]);
    const beta = screen.getByRole('textbox', { name: 'β' });
    fireEvent.change(beta, { target: { value: '2' } });
    fireEvent.keyDown(beta, { key: 'Enter' });
    expect(order()).toEqual([1, 2, 3]);
    fireEvent.change(screen.getByRole('slider', { name: 'β, slider' }), { target: { value: '50' } });
    expect(order()).toEqual([3, 2, 1]);
    fireEvent.change(beta, { target: { value: '400' } });
    fireEvent.keyDown(beta, { key: 'Enter' });
    expect(screen.getByRole('alert').textContent).toBe('β must be a number from 0 to 100.');
    const places = screen.getByRole('table', { name: 'Place of each item by each order' });
    expect(within(places).getByRole('row', { name: 'item 1 1 3 3 3' })).toBeTruthy();
  });

  it('has its own metrics without an interval, and the mean over all with a verdict no stronger than noise', async () => {
    await open();
    const means = await screen.findByRole('table', { name: /Mean of 1,000 whole pages at step 300/ });
    await waitFor(() => expect(within(means).getAllByText(/within noise/).length).toBeGreaterThan(0));
    fireEvent.click(screen.getByRole('radio', { name: 'labels' }));
    expect(within(means).queryByText(/within noise/)).toBeNull();
    expect(within(means).getAllByText(/better/).length).toBe(12);
    const own = screen.getByTestId('fusion-page');
    // By CTR the purchase is third: NDCG@5 = (1/log2 4)/1 = .5; by CTCVR first: 1.
    const cells = (name: RegExp) =>
      within(within(own).getByRole('row', { name }))
        .getAllByRole('cell')
        .map((c) => c.textContent);
    expect(cells(/^CTR \./)[1]).toBe('.500');
    expect(cells(/^CTCVR/)[1]).toBe('1.000');
    expect(own.textContent).toContain('one page alone has no interval');
  });

  it('is refused in a sentence where there is none', async () => {
    api.readPage.mockRejectedValueOnce(new Error('Rows were left out one by one.'));
    useRowView.setState({ view: 'page' });
    render(<RowsTab />);
    expect((await screen.findByRole('alert')).textContent).toBe('Rows were left out one by one.');
  });

  it('leads to the row of an item', async () => {
    await open();
    press('item 2');
    await screen.findByTestId('row-predictions');
    expect(lastRow()).toMatchObject({ part: 'redrawn', seek: { kind: 'row', row: 1 } });
  });
});
