// @vitest-environment jsdom
import { act, cleanup, render } from '@testing-library/react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { blockWith, defaultPipeline } from '../../pipeline/defaults';
import { history } from '../../state/history';
import { usePipeline, useUi } from '../../state/stores';
import { useLooks } from '../use';
import { GatesInside } from './GatesInside';
import { layOutAlone } from './places';

const choice = blockWith('bottom', 'mmoe', { experts: 2 });

function Picture({ width }: { width: number }) {
  const looks = useLooks();
  return (
    <svg>
      <title>gates</title>
      <GatesInside layout={layOutAlone(width, 300, looks.length)} looks={looks} choice={choice} />
    </svg>
  );
}

const read = (block: string, shares: number[]) =>
  act(() =>
    history.addProbe({
      step: 5,
      block,
      name: 'gates',
      shape: [1, 2, 2],
      cohorts: [{ name: 'all', rows: 64, mean: Float32Array.from(shares) }],
    }),
  );

beforeEach(() => {
  history.clear();
  useUi.setState({ scrub: null, cohort: 'all' });
  usePipeline.setState({ pipeline: { ...defaultPipeline(), bottom: choice } });
});
afterEach(cleanup);

it('draws the one Bottom of all features without a word of sides', () => {
  read('bottom', [0.75, 0.25, 0.5, 0.5]);
  const { container } = render(<Picture width={700} />);
  expect(container.textContent).toContain('.75');
  expect(container.textContent).not.toContain('side');
});

it.each(['item', 'user'] as const)(
  'under twin towers the %s’s Bottom: the user’s is drawn, and said to be',
  (side) => {
    read(`bottom.${side}`, [0.75, 0.25, 0.5, 0.5]);
    const { container } = render(<Picture width={700} />);
    const [drawn, said] = [/\.75/.test(container.textContent), /user’s side/.test(container.textContent)];
    expect([drawn, said]).toEqual(side === 'user' ? [true, true] : [false, false]);
  },
);
