// @vitest-environment jsdom
/** A panel of AUC: live or at the step that is read, in words; a fault takes down no other panel. */
import { act, cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { defaultPipeline } from '../../pipeline/defaults';
import { outputSpaces } from '../../pipeline/spaces';
import { history } from '../../state/history';
import { useUi } from '../../state/stores';
import { AucPanel } from './AucPanel';
import { readAt } from './readAt';

const [ctr] = outputSpaces(defaultPipeline().tasks);
const space = ctr!;

beforeEach(() => {
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      disconnect() {}
    },
  );
  history.clear();
  useUi.setState({ scrub: null, auc: 'label' });
});
afterEach(() => {
  cleanup();
  readAt(null);
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const evaluate = (step: number, value: number) =>
  history.addEvaluation({
    step,
    metrics: [
      {
        space: space.id,
        auc: { ok: true, value, se: 0.01, positives: 312, rows: 1000 },
        logLoss: null,
        expectedAuc: null,
      },
    ],
  });

it('shows the newest AUC, and with the scrubber or a reading away from live that of the step, and says so', () => {
  act(() => {
    for (const [step, value] of [
      [0, 0.5],
      [50, 0.611],
      [100, 0.722],
    ] as const) {
      evaluate(step, value);
    }
    history.rest();
  });
  render(<AucPanel space={space} />);
  const figure = screen.getByTestId(`auc-${space.name}`);
  expect(figure.textContent).toBe('.722');
  expect(document.querySelector('.detail')?.textContent).toContain('312 pos.');
  act(() => useUi.setState({ scrub: 60 }));
  expect(figure.textContent).toBe('.611');
  expect(document.querySelector('.detail')?.textContent).toContain('at step 50');
  expect(document.querySelector('.detail')?.textContent).not.toContain('312');
  act(() => readAt(0));
  expect(figure.textContent).toBe('.500');
  act(() => readAt(null));
  expect(figure.textContent).toBe('.611');
  act(() => useUi.setState({ scrub: null }));
  expect(figure.textContent).toBe('.722');
});

it('a fault in one panel leaves the next one standing, and names the panel', () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  render(
    <>
      <AucPanel space={{ ...space, name: 'Broken', task: 9 }} />
      <AucPanel space={space} />
    </>,
  );
  expect(screen.getByRole('alert').textContent).toContain('Broken AUC could not be drawn');
  expect(screen.getByTestId(`auc-${space.name}`).textContent).toBe('–');
});
