// @vitest-environment jsdom
/** Cutting wires and taking readings off one another, as the page shows them. */
import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CutReading, ProbeReading } from '../../../../workers/protocol';
import type { Auc } from '../../../metrics/auc';
import { cohortWords, eventCohorts } from '../../../pipeline/cohorts';
import { defaultPipeline } from '../../../pipeline/defaults';
import { pipelineSchema } from '../../../pipeline/schema';
import { mendAll, toggleWires, useCuts } from '../../../state/cuts';
import { history } from '../../../state/history';
import { Readings } from '../../../state/readings';
import { usePipeline, useRun, useUi } from '../../../state/stores';
import { AttentionTab } from '../AttentionTab';
import { GatesTab } from '../GatesPanel';
import { verdictOf } from './CutPanel';
import { comparedOf, comparedWords } from './compare';
import { cutGroups, wireName } from './wireNames';

const reading = (
  step: number,
  all: number[],
  click: number[] | null,
  shape = [1, 1, 2, 2],
): ProbeReading => ({
  step,
  block: 'towers',
  name: 'attention',
  shape,
  cohorts: [
    { name: 'all', rows: 512, mean: Float32Array.from(all) },
    ...(click ? [{ name: 'no click', rows: 300, mean: Float32Array.from(click) }] : []),
  ],
});
const auc = (value: number): Auc => ({ ok: true, value, se: 0.01, positives: 9, rows: 99 });

beforeEach(() => {
  history.clear();
  mendAll();
  usePipeline.setState({ pipeline: defaultPipeline() });
  useRun.setState({ phase: 'paused' });
  useUi.setState({ scrub: null, cohort: 'all', minus: null });
});
afterEach(() => {
  cleanup();
  useRun.setState({ phase: 'idle' });
});

describe('differences', () => {
  const readings = new Readings();
  readings.addProbe(reading(10, [0.5, 0.5, 0.5, 0.5], [0.6, 0.4, 0.5, 0.5]));
  readings.addProbe(reading(20, [0.7, 0.3, 0.2, 0.8], null));
  const of = (minus: Parameters<typeof comparedOf>[5], scrub: number | null = null, cohort = 'all') =>
    comparedOf(readings, 'towers', 'attention', scrub, cohort, minus)!;

  it('take another cohort off at the same step: the newest at which both were read', () => {
    const shown = of({ kind: 'cohort', name: 'no click' });
    expect([shown.step, shown.minus!.step, shown.minus!.cohort]).toEqual([10, 10, 'no click']);
    expect(comparedWords(shown)).toBe('Step 10: all rows (512) minus rows with no click (300)');
  });

  it('take a pinned step off, of the same cohort', () => {
    const shown = of({ kind: 'step', step: 10 });
    expect([shown.step, shown.minus!.step]).toEqual([20, 10]);
    expect(comparedWords(shown)).toBe('Step 20 minus step 10: all rows (512)');
  });

  it('are none where a cohort was never read, or the shape is another', () => {
    expect(of({ kind: 'cohort', name: 'country FR' }).minus).toBeNull();
    const other = new Readings();
    other.addProbe(reading(10, [0.5, 0.5, 0.5, 0.5], null));
    other.addProbe(reading(20, new Array(8).fill(0.5), null, [2, 1, 2, 2]));
    expect(
      comparedOf(other, 'towers', 'attention', null, 'all', { kind: 'step', step: 10 })!.minus,
    ).toBeNull();
  });

  it('stand in the maps with their sign', async () => {
    act(() => history.addProbe(reading(10, [0.5, 0.5, 0.4, 0.6], [0.3, 0.7, 0.4, 0.6])));
    render(<AttentionTab />);
    fireEvent.change(screen.getByLabelText('minus'), { target: { value: 'cohort no click' } });
    const cells = within(screen.getByTestId('attention-map')).getAllByRole('cell');
    expect(cells.map((c) => c.textContent).filter(Boolean)).toEqual(['+.20', '\u2212.20', '.00', '.00']);
    expect(cells.map((c) => c.className.includes('below'))).toContain(true);
    act(() => history.addProbe(reading(30, [0.9, 0.1, 0.4, 0.6], [0.3, 0.7, 0.4, 0.6])));
    await screen.findByText(/Step 30:/);
    fireEvent.click(screen.getByRole('button', { name: 'Pin this step' }));
    expect(useUi.getState().minus).toEqual({ kind: 'step', step: 30 });
  });
});

describe('wires', () => {
  const naming = { tasks: defaultPipeline().tasks, choice: defaultPipeline().towers, schema: null };

  it('are named from what is read to who reads, with their place', () => {
    expect(wireName('attention', [2, 2, 2, 2], 6, naming)).toEqual({
      wire: 'click → purchase',
      place: 'layer 1, head 2',
    });
    expect(wireName('residualShare', [2, 2], 3, naming)).toEqual({
      wire: 'parent → purchase',
      place: 'block 2',
    });
    expect(wireName('aitmWeights', [1, 2], 1, naming).wire).toBe('passed vector → purchase');
  });

  it('that are cut stand in groups, one a wire', () => {
    const cuts = [{ block: 'towers', name: 'attention', cells: [2, 6, 10, 1] }];
    const groups = cutGroups(
      cuts,
      () => [2, 2, 2, 2],
      () => naming,
    );
    expect(groups.map((g) => [g.wire, g.where, g.cells])).toEqual([
      ['click → purchase', '3 places', [2, 6, 10]],
      ['purchase → click', 'layer 1, head 1', [1]],
    ]);
  });

  it('are cut and mended by a press; the loss stands beside them, and noise is called noise', async () => {
    act(() => history.addProbe(reading(10, [0.5, 0.5, 0.4, 0.6], null)));
    render(<AttentionTab />);
    fireEvent.click(screen.getByRole('button', { name: 'cut click → purchase' }));
    const cuts = [{ block: 'towers', name: 'attention', cells: [2] }];
    expect(useCuts.getState().cuts).toEqual(cuts);
    expect(screen.getByRole('button', { name: 'cut click → purchase' }).getAttribute('aria-pressed')).toBe(
      'true',
    );
    const panel = screen.getByTestId('cut-panel');
    expect(panel.textContent).toContain('Reading…');
    const space = (id: string, lost: number, se: number) => ({
      space: id,
      auc: { whole: auc(0.75), cut: auc(0.75 - lost), lost: { value: lost, se } },
      expectedAuc: null,
    });
    const found: CutReading = {
      step: 10,
      cuts,
      rows: 5000,
      spaces: [
        space('click', 0.001, 0.002),
        space('conversion', 0.02, 0.004),
        space('conversion|click', -0.03, 0.004),
      ],
    };
    act(() => history.addCuts(found));
    const rows = (await within(panel).findAllByRole('row')).slice(1);
    expect(rows.map((r) => r.lastElementChild!.textContent)).toEqual(['within noise', 'loses', 'gains']);
    expect(rows[1]!.textContent).toContain('\u2212.0200 ± .0078');
    fireEvent.click(within(panel).getByRole('button', { name: /Mend click → purchase/ }));
    expect(useCuts.getState().cuts).toEqual([]);
    expect(within(panel).queryByRole('table')).toBeNull();
  });

  it('cannot be cut before there is a run, nor where nothing flows', () => {
    act(() => history.addProbe(reading(10, [1, 0, 0.4, 0.6], null)));
    render(<AttentionTab />);
    const names = () =>
      screen.queryAllByRole('button', { name: /^cut / }).map((b) => b.getAttribute('aria-label'));
    expect(names()).toEqual(['cut click → click', 'cut click → purchase', 'cut purchase → purchase']);
    act(() => useRun.setState({ phase: 'idle' }));
    expect(names()).toEqual([]);
  });

  it('several at once; the same again mends', () => {
    toggleWires('towers', 'attention', [3, 1]);
    toggleWires('bottom', 'gates', [0]);
    expect(useCuts.getState().cuts.map((c) => [c.block, c.cells])).toEqual([
      ['bottom', [0]],
      ['towers', [1, 3]],
    ]);
    toggleWires('towers', 'attention', [1]);
    toggleWires('bottom', 'gates', [0]);
    expect(useCuts.getState().cuts.map((c) => c.cells)).toEqual([[3]]);
  });

  it('say why there is no figure', () => {
    const none: Auc = { ok: false, reason: 'no clicks among these 5 rows', positives: 0, rows: 5 };
    expect(verdictOf({ whole: none, cut: none, lost: null })).toBe('no clicks among these 5 rows');
    // Beyond its noise, but not beyond the digits that are printed.
    const tiny = { value: -0.00004, se: 0.00001 };
    expect(verdictOf({ whole: auc(0.7), cut: auc(0.7), lost: tiny })).toBe('next to nothing');
  });
});

it('residual logits stand by group of rows, and a root has no wire to cut', () => {
  const base = defaultPipeline();
  usePipeline.setState({
    pipeline: pipelineSchema.parse({ ...base, top: { block: 'logit-residual', params: {} } }),
  });
  const probe = { ...reading(10, [-3, -2], [-4, -1], [2]), block: 'top', name: 'residualLogits' };
  act(() => history.addProbe(probe));
  render(<GatesTab />);
  const table = screen.getAllByRole('table').find((t) => t.textContent!.includes('by group of rows'))!;
  const rows = within(table).getAllByRole('row').slice(1);
  expect(rows.map((r) => r.textContent)).toEqual([
    'all rows\u22123.00\u22122.00',
    'rows with no click\u22124.00\u22121.00',
  ]);
  expect(
    within(table)
      .getAllByRole('button')
      .map((b) => b.getAttribute('aria-label')),
  ).toEqual(['cut parent → purchase']);
});

it('cohorts of a tree: with each event, and without it where it could have been', () => {
  const tasks = [
    { id: 'a', label: 'click', parent: null },
    { id: 'b', label: 'cart', parent: 'a' },
    { id: 'c', label: 'purchase', parent: 'a' },
  ];
  expect(eventCohorts(tasks).map((c) => [c.name, c.withEvent, c.without])).toEqual([
    ['click', 0, null],
    ['no click', null, 0],
    ['cart', 1, null],
    ['click, no cart', 0, 1],
    ['purchase', 2, null],
    ['click, no purchase', 0, 2],
  ]);
  expect(['all', 'click', 'no click', 'click, no cart', 'country ES'].map(cohortWords)).toEqual([
    'all rows',
    'rows with a click',
    'rows with no click',
    'rows with a click but no cart',
    'rows of country ES',
  ]);
});
