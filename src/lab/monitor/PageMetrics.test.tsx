// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { defaultPipeline } from '../../pipeline/defaults';
import { history } from '../../state/history';
import { forgetReadings } from '../../state/rowView';
import { connect } from '../../state/session';
import { useData, usePipeline, useRun, useUi } from '../../state/stores';
import { FakeClient, SUMMARY } from '../../state/testing/fakes';
import { PageMetrics } from './PageMetrics';

const value = (v: number) => ({ ok: true as const, value: v, se: 0.01, pages: 900, excluded: 100 });
const none = { ok: false as const, reason: 'no page has a purchase', pages: 0, excluded: 1000 };
const readings = (v: number) => ({ ndcg: value(v), recall: value(v), gauc: value(v), listAuc: none });

beforeEach(() => {
  history.clear();
  usePipeline.setState({ pipeline: defaultPipeline() });
  useData.setState({ summary: SUMMARY });
  useUi.setState({ auc: 'expected' });
  useRun.setState({ phase: 'idle' });
  forgetReadings();
});
afterEach(cleanup);

it('page metrics show once a run has them, by truth or by labels as the switch says', () => {
  const { rerender } = render(<PageMetrics />);
  expect(screen.queryByRole('table')).toBeNull();
  history.addEvaluation({
    step: 500,
    metrics: [],
    pages: {
      pages: 1000,
      rows: 12_000,
      k: 10,
      spaces: [{ space: 'click', labels: readings(0.4), truth: readings(0.6) }],
    },
  });
  rerender(<PageMetrics />);
  const row = () => screen.getByRole('row', { name: /CTR/ }).textContent;
  expect(row()).toContain('.600 ±\u202f.010');
  expect(row()).toContain('no page has a purchase');
  expect(screen.getByRole('table').textContent).toContain('by true probabilities');
  act(() => useUi.setState({ auc: 'label' }));
  expect(row()).toContain('.400');
  expect(screen.getByRole('columnheader', { name: 'NDCG@10 ± s.e.' })).toBeTruthy();
});

it('at a pause they are read on demand, can be stopped, and say their step; a refusal is one sentence', async () => {
  const pages = {
    pages: 1000,
    rows: 20_000,
    k: 10,
    spaces: [{ space: 'click', labels: readings(0.4), truth: readings(0.6) }],
  };
  let answer: (reading: unknown) => void = () => {};
  let refuse: (cause: Error) => void = () => {};
  const api = {
    judgePages: () =>
      new Promise((resolve, reject) => {
        [answer, refuse] = [resolve, reject];
      }),
    cancelReading: async () => refuse(new Error('Stopped: nothing was read.')),
  };
  const end = connect({ ...new FakeClient().client, trainer: (use) => use(api as never) });
  history.setStep(150);
  render(<PageMetrics />);
  expect(screen.queryByRole('button')).toBeNull();
  act(() => useRun.setState({ phase: 'training' }));
  expect(screen.queryByRole('button')).toBeNull();
  act(() => useRun.setState({ phase: 'paused' }));
  const read = () => screen.getByRole('button', { name: 'Read page metrics at step 150' });
  fireEvent.click(read());
  fireEvent.click(screen.getByRole('button', { name: 'Stop' }));
  expect((await screen.findByText('Stopped: nothing was read.')).textContent).toBeTruthy();
  fireEvent.click(read());
  await act(async () => answer({ step: 150, pages }));
  expect(screen.getByRole('table').textContent).toContain('1,000 whole pages at step 150');
  expect(screen.queryByRole('button')).toBeNull();
  end();
});
