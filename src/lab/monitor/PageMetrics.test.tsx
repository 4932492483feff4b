// @vitest-environment jsdom
import { act, cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { defaultPipeline } from '../../pipeline/defaults';
import { history } from '../../state/history';
import { useData, usePipeline, useUi } from '../../state/stores';
import { SUMMARY } from '../../state/testing/fakes';
import { PageMetrics } from './PageMetrics';

const value = (v: number) => ({ ok: true as const, value: v, se: 0.01, pages: 900, excluded: 100 });
const none = { ok: false as const, reason: 'no page has a purchase', pages: 0, excluded: 1000 };
const readings = (v: number) => ({ ndcg: value(v), recall: value(v), gauc: value(v), listAuc: none });

beforeEach(() => {
  history.clear();
  usePipeline.setState({ pipeline: defaultPipeline() });
  useData.setState({ summary: SUMMARY });
  useUi.setState({ auc: 'expected' });
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
