// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DatasetSummary } from '../../../workers/protocol';
import { DEFAULT_REQUEST } from '../../data/simulator/request';
import { defaultPipeline } from '../../pipeline/defaults';
import { simulate } from '../../state/data';
import { connect } from '../../state/session';
import { useShards } from '../../state/shards';
import { useData, usePipeline, useRun, useUi } from '../../state/stores';
import { FakeClient, OFFER, SHARD, SUMMARY } from '../../state/testing/fakes';
import { CheckMark, Checks, worstOf } from './Checks';
import { DataTab } from './DataTab';
import { duration, figuresOf, LoadingLine } from './LoadingLine';
import { OfferSheet } from './OfferSheet';
import { bytes } from './Shards';
import { WorldDials } from './WorldDials';

// jsdom lacks it; dialogs ask for it.
vi.stubGlobal('CSS', { escape: (text: string) => text });

let fake: FakeClient;
const request = () => useData.getState().request;
const settled = () => vi.waitFor(() => expect(useData.getState().loading).toBeNull());

beforeEach(async () => {
  usePipeline.setState({ pipeline: defaultPipeline() });
  useRun.setState(useRun.getInitialState(), true);
  useData.setState(useData.getInitialState(), true);
  useShards.setState(useShards.getInitialState(), true);
  useUi.setState(useUi.getInitialState(), true);
  fake = new FakeClient();
  connect(fake.client);
  await simulate();
});
afterEach(async () => {
  await settled();
  cleanup();
});

describe('the world’s dials', () => {
  it('turn the world, show the way back, and take it', async () => {
    render(<WorldDials />);
    const back = () => screen.queryByRole('button', { name: 'Country: back to the default' });
    expect(back()).toBeNull();
    const country = within(screen.getByRole('radiogroup', { name: 'Country' }));
    fireEvent.click(country.getByRole('radio', { name: 'US' }));
    expect(request().country).toBe('US');
    fireEvent.click(back()!);
    expect(request()).toEqual(DEFAULT_REQUEST);
  });

  it('say the schema’s sentence about what cannot be, and stay where they were', () => {
    useData.setState({
      request: { ...DEFAULT_REQUEST, clickKeepRate: 1, impressions: 8_000_000, rows: 200_000 },
    });
    render(<WorldDials />);
    const rows = screen.getByRole('slider', { name: 'Rows N' });
    fireEvent.change(rows, { target: { value: '50000' } });
    fireEvent.pointerUp(rows);
    expect(screen.getByRole('alert').textContent).toMatch(/no room for non-clicks in 50,000 rows/);
    expect(request().rows).toBe(200_000);
    const seed = screen.getByRole('textbox', { name: 'World seed' });
    fireEvent.change(seed, { target: { value: '1.5' } });
    fireEvent.blur(seed);
    expect(screen.getAllByRole('alert').some((a) => /"1.5" is no whole number/.test(a.textContent!))).toBe(
      true,
    );
    expect(request().seed).toBe(1);
  });

  it('leave out what the other world does not have, and count what is changed below the fold', async () => {
    useData.setState({ request: { ...DEFAULT_REQUEST, world: 'micro-video', nonlinearity: 1 } });
    render(<WorldDials />);
    expect(screen.queryByRole('radiogroup', { name: 'Country' })).toBeNull();
    expect(screen.queryByRole('switch', { name: 'Add to cart' })).toBeNull();
    expect(screen.getByText('1 changed')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'All defaults' }));
    expect(request()).toEqual(DEFAULT_REQUEST);
  });
});

describe('progress', () => {
  it('is told in the figures that are known', () => {
    const figures = (more: object) => figuresOf({ what: 'x', stopping: false, share: 0.5, ...more });
    expect(figures({})).toBe('50\u202f%');
    expect(figures({ rows: 1200, bytesPerSecond: 64e6, secondsLeft: 75 })).toBe(
      '50\u202f% · 1,200 rows · 64\u202fMB/s · 75\u202fs left',
    );
    expect([duration(0), duration(600), duration(4200 * 60)]).toEqual([
      '0\u202fs',
      '10\u202fmin',
      '70\u202fh 0\u202fmin',
    ]);
    expect([bytes(0), bytes(2_400_000), bytes(1.2e9)]).toEqual([
      '0\u202fbytes',
      '2.40\u202fMB',
      '1.20\u202fGB',
    ]);
  });

  it('can be cancelled', async () => {
    fake.hang = { share: 0.25 };
    render(<LoadingLine />);
    void simulate({ seed: 3 });
    const bar = await screen.findByRole('progressbar', { name: /simulated world/ });
    await vi.waitFor(() => expect(bar.getAttribute('aria-valuenow')).toBe('25'));
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(screen.getByRole('button', { name: 'Stopping' })).toHaveProperty('disabled', true);
    await settled();
    expect(useData.getState().summary).toEqual(SUMMARY);
  });
});

describe('checks', () => {
  const checks: DatasetSummary['checks'] = [
    { kind: 'leak', level: 'error', about: ['play_time'], message: 'play_time tells click.' },
    { kind: 'drift', level: 'warning', about: ['age'], message: 'age differs.' },
    { kind: 'few positives', level: 'info', about: [], message: 'few.' },
  ];
  it('are listed with their level in words and counted on the button', () => {
    render(<Checks checks={checks} most={2} />);
    expect(screen.getAllByRole('listitem').map((li) => li.textContent)).toEqual([
      'errorplay_time tells click.',
      'warningage differs.',
      'and 1 more in the Data view',
    ]);
    cleanup();
    render(<CheckMark checks={checks} />);
    expect(screen.getByTitle('1 error, 1 warning').textContent).toMatch(/^2/);
    expect(worstOf(checks)).toBe('1 × leak (play_time)');
    expect(worstOf(checks.slice(1))).toBe('');
  });
});

describe('the Data tab', () => {
  it('shows the sample’s rates beside those at the source', () => {
    useData.setState({
      summary: { ...SUMMARY, origin: { rows: 1000, positives: [30, 1], strata: [] } },
    });
    render(<DataTab />);
    const click = within(screen.getByRole('table', { name: 'Events' })).getByRole('row', { name: /click/ });
    expect([...click.querySelectorAll('td')].map((c) => c.textContent)).toEqual([
      '20,000',
      '2.66\u202f%',
      '3.00\u202f%',
    ]);
  });

  it('keeps shards, and deletes one only after a second press', async () => {
    render(<DataTab />);
    fireEvent.click(await screen.findByRole('button', { name: 'Save the data in use' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Delete ES' }));
    expect(document.activeElement?.textContent).toBe('Keep');
    fireEvent.click(screen.getByRole('button', { name: 'Keep' }));
    expect(fake.shards).toEqual([SHARD]);
    fireEvent.click(screen.getByRole('button', { name: 'Delete ES' }));
    fireEvent.click(screen.getByRole('button', { name: 'Delete for good' }));
    await screen.findByText('Nothing is kept yet.');
    expect(fake.shards).toEqual([]);
  });

  it('says how much room there is', async () => {
    render(<DataTab />);
    const meter = await screen.findByRole('meter');
    expect(meter.getAttribute('aria-valuetext')).toBe('21.0\u202fMB of 1.00\u202fGB');
  });
});

it('an offer names host, rows and size, and is fetched by the yes alone', async () => {
  useShards.setState({ offer: OFFER });
  render(<OfferSheet />);
  const dialog = screen.getByRole('dialog');
  expect(dialog.textContent).toMatch(/data\.example\.org.*50,000.*9\.00\u202fMB/);
  expect(fake.calls.some((c) => c.startsWith('fetch'))).toBe(false);
  fireEvent.click(within(dialog).getByRole('button', { name: /^Fetch/ }));
  await vi.waitFor(() => expect(fake.calls).toContain(`fetch ${OFFER.url}`));
});
