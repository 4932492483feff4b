// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Profile } from '../../../../workers/protocol';
import { defaultPipeline } from '../../../pipeline/defaults';
import { simulate } from '../../../state/data';
import { useProfile } from '../../../state/profile';
import { openDataView } from '../../../state/route';
import { connect } from '../../../state/session';
import { useData, usePipeline, useRun, useUi } from '../../../state/stores';
import { FakeClient } from '../../../state/testing/fakes';
import DataPage from './DataPage';
import { distance } from './Rates';

const rate = (
  task: string,
  country: string,
  value: number,
  published: number | null,
): Profile['rates'][number] => ({
  country,
  task,
  positives: [120, 40],
  rows: 8000,
  rate: value,
  givenParent: null,
  se: 0.001,
  published: published === null ? null : { rate: published, givenParent: null },
});

/** A profile of so many columns in two markets; column i diverges by i ‰. */
const profileOf = (columns: number): Profile => ({
  countries: ['ES', 'US'],
  rates: [
    rate('click', 'ES', 0.0265, 0.026),
    rate('click', 'US', 0.03, 0.02),
    rate('conversion', 'all', 0.0006, null),
  ],
  features: Array.from({ length: columns }, (_, i) => ({
    name: `column_${i}`,
    kind: i % 2 === 0 ? 'numerical' : 'categorical',
    missing: 0.1,
    zeros: 0,
    quantiles: i % 2 === 0 ? [0, 0.1, 0.2, 0.3, 0.4, 0.5, 1] : null,
    bins: i % 2 === 0 ? ['0 – 0.3', '0.3 – 1'] : ['red', 'blue'],
    shares: [
      [0.5, 0.5],
      [0.2, 0.8],
    ],
    divergence: i / 1000,
    auc: [0.5 + i / 1000, null],
  })),
  correlation: { names: ['a', 'b'], values: [1, -0.7, -0.7, 1] },
  sample: {
    header: ['click', ...Array.from({ length: 30 }, (_, i) => `c${i}`)],
    rows: [Array(31).fill('1')],
  },
  origin: null,
  checks: [],
});

let fake: FakeClient;
beforeEach(async () => {
  usePipeline.setState({ pipeline: defaultPipeline() });
  useRun.setState(useRun.getInitialState(), true);
  useData.setState(useData.getInitialState(), true);
  useProfile.setState(useProfile.getInitialState(), true);
  fake = new FakeClient();
  fake.profile = profileOf(300);
  connect(fake.client);
  await simulate();
});
afterEach(cleanup);

const names = () =>
  [...document.querySelectorAll('.features tbody .column-name')].map((element) => element.textContent);

describe('the Data view', () => {
  it('sets rates beside the published ones and tells noise from difference', async () => {
    render(<DataPage />);
    const row = async (name: RegExp) => (await screen.findByRole('row', { name })).textContent;
    expect(await row(/click ES/)).toContain('within noise');
    expect(await row(/click US/)).toContain('10.0 s.e. above');
    expect(screen.getByRole('heading', { name: 'Rates, simulated' })).toBeTruthy();
    expect(distance(rate('click', 'ES', 0.02, null))).toBeNull();
  });

  it('ranks 300 columns, a page of them at a time, and marks those above the threshold', async () => {
    render(<DataPage />);
    await screen.findByText('1–20 of 300 columns');
    expect(names().slice(0, 2)).toEqual(['column_299', 'column_298']);
    expect(screen.getByText(/279 of 300 columns differ/)).toBeTruthy();
    const threshold = screen.getByRole('slider', { name: 'Dependent above' });
    fireEvent.change(threshold, { target: { value: '0.2' } });
    fireEvent.pointerUp(threshold);
    expect(screen.getByText(/99 of 300 columns differ/)).toBeTruthy();
    fireEvent.change(screen.getByRole('combobox', { name: 'Order of the columns' }), {
      target: { value: 'order' },
    });
    expect(names()[0]).toBe('column_0');
    const pages = within(screen.getByRole('navigation', { name: 'Pages of columns' }));
    fireEvent.click(pages.getByRole('button', { name: 'Next' }));
    expect(names()[0]).toBe('column_20');
    fireEvent.change(screen.getByRole('searchbox', { name: 'Search columns' }), { target: { value: '_29' } });
    expect(names()).toHaveLength(11);
  });

  it('shows the columns of the rows in pages too', async () => {
    render(<DataPage />);
    await screen.findByText('1–10 of 31 columns');
    expect(screen.getByRole('columnheader', { name: 'c8' })).toBeTruthy();
    expect(screen.queryByRole('columnheader', { name: 'c9' })).toBeNull();
  });

  it('says why there is no profile, and asks again', async () => {
    fake.refuseData = 'The rows could not be looked at.';
    useProfile.setState(useProfile.getInitialState(), true);
    render(<DataPage />);
    expect((await screen.findAllByText(/could not be looked at/)).length).toBeGreaterThan(0);
    fake.refuseData = null;
    fireEvent.click(screen.getAllByRole('button', { name: 'Try again' })[0]!);
    expect(await screen.findByText('1–20 of 300 columns')).toBeTruthy();
  });

  it('is left by Escape, but not from a field', async () => {
    openDataView();
    render(<DataPage />);
    const search = await screen.findByRole('searchbox', { name: 'Search columns' });
    fireEvent.keyDown(search, { key: 'Escape' });
    expect(useUi.getState().route).toBe('data');
    fireEvent.keyDown(document.body, { key: 'Escape' });
    expect(useUi.getState().route).toBe('lab');
  });
});
