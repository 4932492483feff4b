// @vitest-environment jsdom
/** The end of the pipeline in the inspector: the balancer as a block, what it does now, and the card that tells its weights. */
import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { blockWith, defaultPipeline } from '../../pipeline/defaults';
import { history } from '../../state/history';
import { usePipeline, useRun, useUi } from '../../state/stores';
import { LossEnd } from '../builder/LossEnd';
import { layOut } from '../builder/places';
import { pairIndex } from './BalanceNow';
import { Inspector } from './Inspector';

const hold = (id: string) =>
  usePipeline.setState({ pipeline: { ...defaultPipeline(), balancer: blockWith('balancer', id) } });

/** One step of two tasks: weights 1.5 and .25, norms .02 and .004, cosine −.31. */
const told = (balance?: number[]) =>
  history.addFrame(
    Float64Array.of(7, 0.01, 1, 0.4, 0.3, 0.05),
    6,
    1000,
    balance && Float64Array.from(balance),
  );

/** The inspector with all that it loads when the loss is selected. @returns the fields of the loss weights */
async function inspect() {
  const { unmount } = render(<Inspector />);
  const weights = await screen.findAllByRole('textbox', { name: /Loss weight λ/ }, { timeout: 10_000 });
  return { unmount, weights };
}

beforeEach(() => {
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
  history.clear();
  useRun.setState(useRun.getInitialState(), true);
  useUi.setState({ selected: 'loss' });
});
afterEach(cleanup);

describe('the balancer in the inspector', () => {
  it('is a block with its own knobs, above the tasks', async () => {
    hold('mgda');
    const { weights } = await inspect();
    expect(screen.getByRole('heading', { level: 2 }).textContent).toContain('MGDA');
    const normalise = screen.getByRole('radiogroup', { name: 'Normalise by' });
    await userEvent.click(within(normalise).getByRole('radio', { name: 'length' }));
    expect(usePipeline.getState().pipeline.balancer.params.normalise).toBe('l2');
    expect(weights).toHaveLength(2);
  });

  it('shows weights, norms and cosines of the last step', async () => {
    hold('pcgrad');
    told([7, 1.5, 0.25, 0.02, 0.004, -0.31]);
    await inspect();
    const table = screen.getByRole('table');
    expect(within(table).getByText('Step 7')).toBeTruthy();
    const cells = [...table.querySelectorAll('td')].map((td) => td.textContent);
    expect(cells).toEqual(['1.500', '.0200', '1.00', '−.31', '.250', '.0040', '−.31', '1.00']);
  });

  it('shows the weights alone where there is no more, a dash for what is missing, and nothing before a step', async () => {
    hold('uwl');
    const { unmount } = await inspect();
    expect(screen.queryByRole('table')).toBeNull();
    unmount();
    told([7, 1.5, Number.NaN]);
    await inspect();
    const cells = [...screen.getByRole('table').querySelectorAll('td')].map((td) => td.textContent);
    expect(cells).toEqual(['1.500', '–']);
  });

  it('forgets with the run', () => {
    told([7, 1.5, 0.25]);
    expect(history.balance?.last(1)).toBe(1.5);
    history.clear();
    expect(history.balance).toBeNull();
  });
});

it('the card at the end tells the balancer’s weights, or λ where they are the user’s', () => {
  hold('uwl');
  const layout = layOut(1200, 500, 2);
  told();
  const { rerender } = render(<LossEnd layout={layout} />);
  expect(screen.getByText('λ 10')).toBeTruthy();
  told([8, 1.5, 0.25]);
  rerender(<LossEnd layout={layout} />);
  cleanup();
  render(<LossEnd layout={layout} />);
  expect(screen.getByText('w 1.50')).toBeTruthy();
  expect(screen.queryByText('λ 10')).toBeNull();
});

it('pairs are counted above the diagonal, row by row', () => {
  const K = 4;
  const seen: number[] = [];
  for (let j = 0; j < K; j++) for (let k = j + 1; k < K; k++) seen.push(pairIndex(j, k, K));
  expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
});
