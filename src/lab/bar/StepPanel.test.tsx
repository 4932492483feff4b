// @vitest-environment jsdom
/** The panel of a step by hand: what it says in words and figures, and that nothing is read while it is closed. */
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blockWith, defaultPipeline, defaultTasks } from '../../pipeline/defaults';
import type { StepReading } from '../../pipeline/run';
import { useHandStep } from '../../state/handStep';
import { usePipeline } from '../../state/stores';
import { StepPanel } from './StepPanel';
import { movedInWords, pullsInWords, shiftsOf } from './stepWords';

const reading: StepReading = {
  step: 12,
  rows: 512,
  positives: [217, 7],
  rate: 0.00996,
  weights: [1, 10],
  losses: [0.1284, 0.0039],
  lossesAfter: [0.1201, 0.0038],
  shared: 100,
  sharedNorms: [0.0326, 0.00191],
  ownNorms: [0.0294, 0.00108],
  cosine: [
    [1, -0.17],
    [-0.17, 1],
  ],
  blocks: [
    { path: 'bottom', title: 'Separate nets', size: 10, change: 0.394 },
    { path: 'top', title: 'Identity', size: 0, change: 0.1 },
  ],
  probes: [
    {
      block: 'towers',
      name: 'attention',
      shape: [1, 2, 2, 2],
      before: Float32Array.of(0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5),
      after: Float32Array.of(0.5, 0.5, 0.5, 0.5, 0.5, 0.75, 0.5, 0.5),
    },
    {
      block: 'top',
      name: 'probabilities',
      shape: [2],
      before: Float32Array.of(0.5, 0.25),
      after: Float32Array.of(0.5, 0.375),
    },
    { block: 'bottom', name: 'still', shape: [1], before: Float32Array.of(1), after: Float32Array.of(1) },
  ],
};
const LABELS = ['click', 'purchase'];

describe('in words', () => {
  it('tells how tasks pull', () => {
    expect(pullsInWords(reading, LABELS)).toEqual(['click and purchase: cosine −.17, they pull apart.']);
    const at = (value: number | null) =>
      ({
        ...reading,
        cosine: [
          [1, value],
          [value, 1],
        ],
      }) as StepReading;
    expect(pullsInWords(at(0.5), LABELS)[0]).toMatch(/pull the same way/);
    expect(pullsInWords(at(0.05), LABELS)[0]).toMatch(/nearly square/);
    expect(pullsInWords(at(null), LABELS)[0]).toMatch(/no weight in common/);
    expect(pullsInWords({ ...reading, shared: 0 }, LABELS)[0]).toMatch(/No two tasks/);
    expect(pullsInWords(reading, ['click'])[0]).toMatch(/One task alone/);
  });

  it('tells how far blocks moved and what changed most, by name of its place', () => {
    expect(reading.blocks.map(movedInWords)).toEqual(['3.94\u202f%', 'from 0']);
    const naming = () => ({
      tasks: defaultTasks(),
      choice: blockWith('bottom', 'ple', { experts: 1, shared: 2 }),
      schema: null,
    });
    expect(shiftsOf(reading, naming)).toEqual([
      { what: 'attention, head 2: click reads purchase', before: 0.5, after: 0.75 },
      { what: 'probability on an impression, purchase', before: 0.25, after: 0.375 },
    ]);
    const what = (name: string, shape: number[], block = 'bottom') =>
      shiftsOf({ ...reading, probes: [{ ...reading.probes[0]!, block, name, shape }] }, naming)[0]!.what;
    // Place 5 of 8: of the second gate the second expert, or whatever stands there.
    expect(what('gates', [1, 2, 4])).toBe('share of each expert, purchase uses purchase 1');
    expect(what('sharedGate', [2, 1, 4])).toBe(
      'share of each expert in the shared stream, level 2: shared uses purchase 1',
    );
    expect(what('gates', [1, 2, 4], 'bottom.user')).toMatch(/^user’s side: share/);
    expect(what('residualShare', [4, 2], 'towers')).toBe('share of the parent’s vector, block 3, purchase');
    expect(what('newProbe', [2, 4], 'towers')).toMatch(/^new probe, /);
  });
});

describe('the panel', () => {
  beforeEach(() => {
    usePipeline.setState({ pipeline: defaultPipeline() });
    useHandStep.setState({ open: false, reading: null });
  });
  afterEach(cleanup);

  it('opens beside Step, tells a step, and closes with Escape', async () => {
    render(<StepPanel />);
    const button = screen.getByRole('button', { name: /This step/ });
    expect(button.getAttribute('aria-expanded')).toBe('false');
    fireEvent.click(button);
    const panel = await screen.findByRole('region', { name: 'This step' });
    expect(panel.textContent).toMatch(/Press Step/);
    expect(screen.getAllByRole('listitem').map((stage) => stage.textContent)).toEqual([
      'Forward Data → Embedding → Separate nets → Task Attention → Identity',
      'Losses click, purchase',
      'Back gradients: Identity → Task Attention → Separate nets → Embedding',
      'Update Fixed weights, then all weights move',
    ]);
    act(() => useHandStep.setState({ reading }));
    expect(screen.getByRole('heading').textContent).toBe('Step 12');
    expect(screen.getByText(/512 rows: 217 with a click, 7 with a purchase/)).toBeTruthy();
    expect(screen.getByRole('row', { name: /purchase .0039 .0038 10 .00191 .00108/ })).toBeTruthy();
    expect(screen.getByRole('status').textContent).toBe(
      'Step 12: click loss .1284 to .1201, purchase loss .0039 to .0038.',
    );
    fireEvent.keyDown(panel, { key: 'Escape' });
    expect(screen.queryByRole('region')).toBeNull();
    expect(document.activeElement).toBe(button);
  });
});
